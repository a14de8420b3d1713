import type { ErrorCode } from "../basics/error-table.js";
import { type Failure, failure } from "../basics/failure.js";
import { type ContractMaster, pricePerShare } from "../contracts/contract-master.js";
import type { Market } from "../market/market.js";
import type { Steps } from "./kernel-call.js";
import type { PlacedOptions } from "./placed-options.js";
import type { ImpliedVolatilityStatus, Valuation } from "./valuation.js";

export type VolatilitySource = "given" | "price" | "mid" | "mark";

/** Volatility and market price of the options of a run, aligned with the rows asked for. */
export interface ContractVolatilities {
  /** Per square-root year; NaN where a failure says why there is none. */
  readonly volatility: Float64Array;
  readonly source: readonly (VolatilitySource | null)[];
  /** The market's price per share: `price`, else the mid of bid and ask; NaN where there is no quote. */
  readonly price: Float64Array;
  readonly failures: readonly Failure[];
}

interface Quote {
  readonly volatility: number;
  /** The price a volatility is implied from; NaN where there is none. */
  readonly price: number;
  readonly source: VolatilitySource | null;
  readonly problem: { code: ErrorCode; value: unknown; expected: string; column: string } | null;
}

const statusCodes: Record<Exclude<ImpliedVolatilityStatus, "ok">, ErrorCode> = {
  below_intrinsic: "PRICE_BELOW_INTRINSIC",
  above_maximum: "PRICE_ABOVE_MAXIMUM",
  no_time: "PRICE_WITHOUT_TIME",
  bad_input: "VALUE_NOT_FINITE",
};

export interface VolatilityRequest {
  /** Rows of the contract master; all options. */
  readonly rows: Int32Array;
  /** The options of `rows`, in that order; asked for where a volatility is to be implied. */
  readonly placed: () => PlacedOptions;
  readonly contracts: ContractMaster;
  readonly market: Market;
  /** By contract row: a mark that the accounts agree on, used where the market quotes nothing; NaN without. */
  readonly marks: Float64Array;
}

/**
 * Takes each option's volatility from, in this order: `volatility`; implied from `price`; implied from the mid of
 * `bid` and `ask`; implied from the accounts' own mark. The first that is there is used; where it does not work the
 * next is not tried, because a quote that contradicts the market is a finding, not a gap.
 */
export function* contractVolatilities(
  request: VolatilityRequest,
  valuation: Valuation,
): Steps<ContractVolatilities> {
  const columns = quoteColumns(request.market);
  const quotes = Array.from(request.rows, (row) => readQuote(row, columns, request));
  const volatility = Float64Array.from(quotes, (quote) => quote.volatility);
  const failures: Failure[] = [];
  quotes.forEach((quote, i) => {
    if (quote.problem !== null) failures.push(atQuote(request, i, quote.problem));
  });
  const found = { volatility, failures };
  if (quotes.some(impliesVolatility)) yield* implyVolatilities(quotes, found, request, valuation);
  return {
    volatility,
    source: quotes.map((quote) => quote.source),
    price: Float64Array.from(quotes, (quote) => quote.price),
    failures,
  };
}

function* implyVolatilities(
  quotes: readonly Quote[],
  { volatility, failures }: { readonly volatility: Float64Array; readonly failures: Failure[] },
  request: VolatilityRequest,
  valuation: Valuation,
): Steps<void> {
  const implied = valuation.impliedQuestion(request.placed());
  quotes.forEach((quote, i) => {
    implied.setPrice(i, impliesVolatility(quote) ? quote.price : Number.NaN);
  });
  yield implied.calls;
  quotes.forEach((quote, i) => {
    if (!impliesVolatility(quote)) return;
    volatility[i] = implied.volatility(i);
    const found = implied.status(i);
    if (found !== "ok") failures.push(atQuote(request, i, impliedProblem(found, quote)));
  });
}

function impliesVolatility(quote: Quote): boolean {
  return quote.problem === null && Number.isNaN(quote.volatility);
}

function impliedProblem(
  status: Exclude<ImpliedVolatilityStatus, "ok">,
  quote: Quote,
): NonNullable<Quote["problem"]> {
  const column = quote.source === "mid" ? "bid/ask" : "price";
  return {
    code: statusCodes[status],
    value: quote.price,
    expected: "a price that some volatility gives",
    column,
  };
}

function atQuote(request: VolatilityRequest, i: number, problem: NonNullable<Quote["problem"]>): Failure {
  const row = request.rows[i] ?? -1;
  const symbol = request.contracts.symbols[row] ?? "";
  const tableRow = request.contracts.optionRow[row] ?? -1;
  const { code, value, expected, column } = problem;
  const place = tableRow < 0 ? {} : request.market.quotes.place(tableRow, column);
  return failure(code, { ...place, value: value ?? symbol, expected, symbol });
}

type QuoteColumns = Readonly<Record<"volatility" | "price" | "bid" | "ask", Float64Array>>;

function quoteColumns({ quotes }: Market): QuoteColumns {
  const column = (name: keyof QuoteColumns): Float64Array => quotes.number(name);
  return { volatility: column("volatility"), price: column("price"), bid: column("bid"), ask: column("ask") };
}

function readQuote(row: number, columns: QuoteColumns, { contracts, marks }: VolatilityRequest): Quote {
  const at = contracts.optionRow[row] ?? -1;
  const cell = (column: keyof QuoteColumns): number => columns[column][at] ?? Number.NaN;
  const perShare = (quoted: number): number => pricePerShare(quoted, row, contracts);
  const volatility = cell("volatility");
  const [price, bid, ask] = [perShare(cell("price")), perShare(cell("bid")), perShare(cell("ask"))];
  const mid = (bid + ask) / 2;
  const usableMid = bid <= ask && ask > 0 && bid >= 0;
  const marketPrice = Number.isNaN(price) ? (usableMid ? mid : Number.NaN) : price;
  if (!Number.isNaN(volatility)) return { volatility, price: marketPrice, source: "given", problem: null };
  const noVolatility = { volatility: Number.NaN, price: marketPrice };
  if (!Number.isNaN(price)) return { ...noVolatility, source: "price", problem: null };
  if (usableMid) return { ...noVolatility, source: "mid", problem: null };
  if (bid > ask) {
    const problem = {
      code: "QUOTE_CROSSED" as const,
      value: `${bid} / ${ask}`,
      expected: "bid <= ask",
      column: "bid",
    };
    return { ...noVolatility, source: null, problem };
  }
  const mark = perShare(marks[row] ?? Number.NaN);
  if (!Number.isNaN(mark)) return { volatility: Number.NaN, price: mark, source: "mark", problem: null };
  const expected = "volatility, price, or bid and ask with ask > 0";
  const problem = { code: "QUOTE_EMPTY" as const, value: contracts.symbols[row], expected, column: "ask" };
  return { ...noVolatility, source: null, problem };
}
