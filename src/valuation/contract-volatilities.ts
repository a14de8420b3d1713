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

/** Why an option's quote gives no volatility. */
interface Problem {
  readonly code: ErrorCode;
  readonly value: unknown;
  readonly expected: string;
  readonly column: string;
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
  const quotes = readQuotes(request);
  if (quotes.source.some(isImplied)) yield* implyVolatilities(quotes, request, valuation);
  return quotes;
}

/** What the market says of each option, aligned with the rows asked for. */
interface Quotes {
  readonly volatility: Float64Array;
  /** The price a volatility is implied from; NaN where there is none. */
  readonly price: Float64Array;
  readonly source: (VolatilitySource | null)[];
  readonly failures: Failure[];
}

/** Whether a volatility of this source is implied from the quote's price. */
function isImplied(source: VolatilitySource | null | undefined): boolean {
  return source !== null && source !== "given";
}

function* implyVolatilities(
  { volatility, price, source, failures }: Quotes,
  request: VolatilityRequest,
  valuation: Valuation,
): Steps<void> {
  const implied = valuation.impliedQuestion(request.placed());
  for (let i = 0; i < price.length; i++)
    implied.setPrice(i, isImplied(source[i]) ? (price[i] ?? Number.NaN) : Number.NaN);
  yield implied.calls;
  for (let i = 0; i < price.length; i++) {
    if (!isImplied(source[i])) continue;
    volatility[i] = implied.volatility(i);
    const found = implied.status(i);
    if (found !== "ok") failures.push(atQuote(request, i, impliedProblem(found, price[i], source[i])));
  }
}

function impliedProblem(
  status: Exclude<ImpliedVolatilityStatus, "ok">,
  price: number | undefined,
  source: VolatilitySource | null | undefined,
): Problem {
  const column = source === "mid" ? "bid/ask" : "price";
  return { code: statusCodes[status], value: price, expected: "a price that some volatility gives", column };
}

function atQuote(request: VolatilityRequest, i: number, problem: Problem): Failure {
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

function readQuotes(request: VolatilityRequest): Quotes {
  const { rows } = request;
  const columns = quoteColumns(request.market);
  const quotes: Quotes = {
    volatility: new Float64Array(rows.length),
    price: new Float64Array(rows.length),
    source: [],
    failures: [],
  };
  for (let i = 0; i < rows.length; i++) {
    const { volatility, price, source, problem } = readQuote(rows[i] ?? -1, columns, request);
    quotes.volatility[i] = volatility;
    quotes.price[i] = price;
    quotes.source.push(source);
    if (problem !== null) quotes.failures.push(atQuote(request, i, problem));
  }
  return quotes;
}

interface Quote {
  readonly volatility: number;
  /** The price a volatility is implied from; NaN where there is none. */
  readonly price: number;
  readonly source: VolatilitySource | null;
  readonly problem: Problem | null;
}

function readQuote(row: number, columns: QuoteColumns, { contracts, marks }: VolatilityRequest): Quote {
  const at = contracts.optionRow[row] ?? -1;
  const volatility = cellAt(columns.volatility, at);
  const price = pricePerShare(cellAt(columns.price, at), row, contracts);
  const bid = pricePerShare(cellAt(columns.bid, at), row, contracts);
  const ask = pricePerShare(cellAt(columns.ask, at), row, contracts);
  const usableMid = bid <= ask && ask > 0 && bid >= 0;
  const marketPrice = Number.isNaN(price) ? (usableMid ? (bid + ask) / 2 : Number.NaN) : price;
  if (!Number.isNaN(volatility)) return { volatility, price: marketPrice, source: "given", problem: null };
  const source = Number.isNaN(price) ? (usableMid ? "mid" : null) : "price";
  if (source !== null) return { volatility, price: marketPrice, source, problem: null };
  if (bid > ask) {
    const problem = {
      code: "QUOTE_CROSSED" as const,
      value: `${bid} / ${ask}`,
      expected: "bid <= ask",
      column: "bid",
    };
    return { volatility, price: marketPrice, source, problem };
  }
  const mark = pricePerShare(marks[row] ?? Number.NaN, row, contracts);
  if (!Number.isNaN(mark)) return { volatility, price: mark, source: "mark", problem: null };
  const expected = "volatility, price, or bid and ask with ask > 0";
  const problem = { code: "QUOTE_EMPTY" as const, value: contracts.symbols[row], expected, column: "ask" };
  return { volatility, price: marketPrice, source, problem };
}

function cellAt(column: Float64Array, at: number): number {
  return at < 0 ? Number.NaN : (column[at] ?? Number.NaN);
}
