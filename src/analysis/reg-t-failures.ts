import type { ErrorCode } from "../basics/error-table.js";
import { type Failure, failure } from "../basics/failure.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { refusedInCash } from "../reg-t/cash-account.js";
import type { RegTResult } from "../reg-t/result.js";
import type { Run } from "../requirement/run.js";
import { holdingPrice } from "../risk/class-groups.js";

/** What keeps a position or an account out of portfolio margin alone. */
const ofPortfolioMargin: ReadonlySet<string> = new Set<ErrorCode>([
  "ACCOUNT_TYPE_UNSUPPORTED",
  "UNLISTED_REFUSED",
  "HOUSE_INPUT_MISSING",
]);

/** What a model needs and a premium does not: a price is used as it stands, whether or not a volatility gives it. */
const ofModel: ReadonlySet<string> = new Set<ErrorCode>([
  "PRICE_BELOW_INTRINSIC",
  "PRICE_ABOVE_MAXIMUM",
  "PRICE_WITHOUT_TIME",
  "VALUE_NOT_FINITE",
  "QUOTE_CROSSED",
  "QUOTE_EMPTY",
]);

/** Why an account has no strategy-based figure: what portfolio margin found and strategies need too, and what they alone need. */
export function strategyFailures(
  account: string,
  holdings: readonly number[],
  found: readonly Failure[],
  run: Run,
): Failure[] {
  const unpriced = unpricedRows(holdings, run);
  const { futures, unknown } = unusableHere(account, holdings, run);
  const kept = found.filter((item) => isOfBoth(item) && !isPricedAnyway(item, unpriced, run));
  return [...kept, ...futures, ...(kept.length > 0 ? [] : unknown)];
}

/** A run's failures by what strategies make of them: still failures, or prices used as they stand. */
export function sortedFailures(
  failures: readonly Failure[],
  run: Run,
): { readonly kept: Failure[]; readonly asTheyStand: Failure[] } {
  const unpriced = unpricedRows(
    Array.from({ length: run.book.count }, (_, holding) => holding),
    run,
  );
  const asTheyStand = failures.filter((item) => isPricedAnyway(item, unpriced, run));
  const known = new Set(asTheyStand);
  return { kept: failures.filter((item) => isOfBoth(item) && !known.has(item)), asTheyStand };
}

function isOfBoth({ code }: Failure): boolean {
  return !ofPortfolioMargin.has(code);
}

/** Rows of the contract master that one of the holdings has no price of its own or of the market for. */
function unpricedRows(holdings: readonly number[], { prepared, book }: Run): Set<number> {
  const unpriced = new Set<number>();
  for (const holding of holdings)
    if (!Number.isFinite(holdingPrice({ ...prepared, book }, holding)))
      unpriced.add(book.contract[holding] ?? -1);
  return unpriced;
}

function isPricedAnyway(
  { code, symbol }: Failure,
  unpriced: ReadonlySet<number>,
  { prepared }: Run,
): boolean {
  if (!ofModel.has(code) || symbol === undefined) return false;
  return !unpriced.has(prepared.contracts.rowOf.get(canonicalSymbol(symbol)) ?? -1);
}

const noFutures = "no futures: they are margined in a futures account";

/** Futures; and options whose values were given, but neither their price nor their underlying's. */
function unusableHere(
  account: string,
  holdings: readonly number[],
  { prepared, book }: Run,
): { readonly futures: Failure[]; readonly unknown: Failure[] } {
  const { contracts, market } = prepared;
  const futures: Failure[] = [];
  const unknown: Failure[] = [];
  for (const holding of holdings) {
    const row = book.contract[holding] ?? -1;
    const [symbol, underlying = ""] = [contracts.symbols[row] ?? "", contracts.underlying[row]];
    const at = market.underlyings.rowOf.get(underlying) ?? -1;
    const of = { symbol, account };
    if (market.underlyings.kind[at] === "future" || contracts.isFuture[row] === 1)
      futures.push(failure("POSITION_NOT_ELIGIBLE", { value: symbol, expected: noFutures, ...of }));
    else if (!Number.isFinite(market.underlyings.price[at] ?? Number.NaN))
      unknown.push(
        failure("UNDERLYING_UNKNOWN", { value: underlying, expected: `the underlying of ${symbol}`, ...of }),
      );
    else if (!Number.isFinite(holdingPrice({ ...prepared, book }, holding)))
      unknown.push(failure("QUOTE_EMPTY", { value: symbol, expected: "a price", ...of }));
  }
  return { futures, unknown };
}

/** By account: rows that say a receipt stands behind something other than a short option. */
export function escrowFailures({ request, prepared }: Run): ReadonlyMap<string, readonly Failure[]> {
  const { positions } = request.tables;
  const [accounts, symbols] = [positions.text("account"), positions.text("symbol")];
  const quantities = positions.number("quantity");
  const found = new Map<string, Failure[]>();
  positions.flag("escrow").forEach((isEscrow, row) => {
    const [account, symbol] = [accounts[row], symbols[row]];
    if (isEscrow !== true || !account || !symbol) return;
    const contract = prepared.contracts.rowOf.get(canonicalSymbol(symbol)) ?? -1;
    if (prepared.contracts.isOption[contract] === 1 && (quantities[row] ?? 0) < 0) return;
    const place = positions.place(row, "escrow");
    const expected = "a receipt behind a short option";
    const item = failure("CELL_CHOICE", { ...place, value: symbol, expected, account });
    found.set(account, [...(found.get(account) ?? []), item]);
  });
  return found;
}

const inFull = "shares, cash or an escrow receipt for all of it: a cash account has no credit";

/** Positions that a cash account may not hold. */
export function refusals(account: string, { groups, accountType }: RegTResult): Failure[] {
  if (accountType !== "cash") return [];
  const symbols = groups
    .filter(({ strategy }) => refusedInCash.has(strategy))
    .flatMap(({ legs }) => legs.map(({ symbol }) => symbol));
  return [...new Set(symbols)].map((symbol) =>
    failure("POSITION_NOT_ELIGIBLE", { value: symbol, expected: inFull, symbol, account }),
  );
}

/** Beyond it a double holds no millionth of a dollar, and the sums of a pairing are not exact. */
const largestUsd = 9e9;

/** An account whose positions are too large for exact sums; `null` where they are not. */
export function tooLarge(
  account: string,
  holdings: readonly number[],
  { prepared, book }: Run,
): Failure | null {
  const { contracts, market } = prepared;
  const worth = holdings.reduce((sum, holding) => {
    const row = book.contract[holding] ?? -1;
    const price =
      market.underlyings.price[market.underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1];
    return sum + Math.abs(book.quantity[holding] ?? 0) * (contracts.multiplier[row] ?? 1) * (price ?? 0);
  }, 0);
  if (worth <= largestUsd) return null;
  const expected = `underlyings worth at most ${largestUsd} USD: larger sums are not exact`;
  return failure("CELL_RANGE", { value: worth, expected, account });
}
