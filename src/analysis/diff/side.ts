import { failure, MarginError } from "../../basics/failure.js";
import { canonicalSymbol, quotedPrice } from "../../contracts/contract-master.js";
import { marginOfRun } from "../../requirement/margin.js";
import { prepareRun } from "../../requirement/prepare-run.js";
import type { AccountResult, MarginResult } from "../../requirement/result.js";
import type { MarginOptions } from "../../requirement/run.js";
import type { PreparedRisk } from "../../risk/prepare.js";
import type { RuleSet } from "../../rules/load.js";
import type { TablesRead } from "../../tables/read-tables.js";
import type { InputTableName, Table } from "../../tables/table.js";
import type { DividendModel } from "../../valuation/escrowed.js";
import type { Valuation } from "../../valuation/valuation.js";
import { strategyMargin } from "../strategy-side.js";
import { type Row, rowsOf, tableOf } from "./rows.js";

/** What values books: a loaded engine. */
export interface DiffEngine {
  readonly version: string;
  /** @internal */
  readonly valuation: Valuation;
  margin(input: object, options?: MarginOptions): MarginResult;
}

/** One of the two books with its rules. */
export interface DiffBook {
  readonly read: TablesRead;
  readonly rules: RuleSet;
}

/** A book as its own run sees it: its rows, its requirement, and the volatility of each contract in its market. */
export interface Side extends DiffBook {
  readonly rows: Readonly<Record<InputTableName, readonly Row[]>>;
  readonly margin: MarginResult;
  readonly prepared: PreparedRisk;
  /** Of the run, by name. */
  readonly accounts: ReadonlyMap<string, AccountResult>;
  /** Quantities by account and canonical symbol, lots added. */
  readonly holdings: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Rows by canonical symbol. */
  readonly underlyings: ReadonlyMap<string, Row>;
  readonly options: ReadonlyMap<string, Row>;
  readonly theoretical: ReadonlyMap<string, Row>;
}

/**
 * @param alsoHeld symbols that the other book holds: valued in this one's market as well, though no account has them.
 * @throws MarginError as `Engine.margin`.
 */
export function sideOf(
  { read, rules }: DiffBook,
  engine: DiffEngine,
  asked: { readonly dividendModel: DividendModel; readonly alsoHeld: readonly string[] },
): Side {
  const { dividendModel, alsoHeld } = asked;
  const { tables } = read;
  const rows = {
    positions: rowsOf(tables.positions),
    underlyings: rowsOf(tables.underlyings),
    options: rowsOf(tables.options),
    dividends: rowsOf(tables.dividends),
    rates: rowsOf(tables.rates),
    accounts: rowsOf(tables.accounts),
    theoretical: rowsOf(tables.theoretical),
  };
  const held = new Set(heldSymbols(rows.positions));
  const others = alsoHeld.filter((symbol) => !held.has(symbol));
  const request = {
    tables: others.length === 0 ? tables : { ...tables, positions: withSymbols(rows.positions, others) },
    readFailures: read.failures,
    rules,
    engineVersion: engine.version,
    strategyMargin: strategyMargin(),
    dividendModel,
  };
  const run = engine.valuation.finish(prepareRun(request, engine.valuation));
  const margin =
    others.length === 0 ? marginOfRun(run, engine.valuation) : engine.margin(read, { rules, dividendModel });
  return {
    read,
    rules,
    rows,
    margin,
    accounts: accountsOf(margin),
    holdings: holdingsOf(rows.positions),
    prepared: run.prepared,
    underlyings: bySymbol(rows.underlyings),
    options: bySymbol(rows.options),
    theoretical: bySymbol(rows.theoretical),
  };
}

/** Positions of no account: their contracts are valued, and nobody holds them. */
function withSymbols(positions: readonly Row[], symbols: readonly string[]): Table {
  const others = symbols.map((symbol) => ({ account: null, symbol, quantity: 1, price: null }));
  return tableOf("positions", [...positions, ...others]);
}

/** Accounts of a run by their names. */
export function accountsOf({ accounts }: MarginResult): Map<string, AccountResult> {
  return new Map(accounts.map((account) => [account.account, account]));
}

/** Lots add up in millionths, as the book adds them. */
function holdingsOf(positions: readonly Row[]): Map<string, Map<string, number>> {
  const held = new Map<string, Map<string, number>>();
  for (const row of positions) {
    const [account, symbol] = [String(row["account"]), symbolOf(row)];
    const own = held.get(account) ?? new Map<string, number>();
    const millionths = Math.round(Number(row["quantity"]) * unitsPerShare);
    const known = Math.round((own.get(symbol) ?? 0) * unitsPerShare);
    held.set(account, own.set(symbol, (known + millionths) / unitsPerShare));
  }
  return held;
}

const unitsPerShare = 1e6;

/** Canonical symbols of the positions that can be used, in code-unit order. */
export function heldSymbols(positions: readonly Row[]): string[] {
  return [...new Set(positions.map(symbolOf))].toSorted();
}

export function symbolOf(row: Row): string {
  return canonicalSymbol(String(row["symbol"] ?? ""));
}

/** Of identical duplicates the first stands; those that differ are not among the rows. */
function bySymbol(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.toReversed().map((row) => [symbolOf(row), row]));
}

/** Whether the side's run can value a contract. */
export function canValue({ prepared }: Side, symbol: string): boolean {
  const row = prepared.contracts.rowOf.get(symbol);
  return row !== undefined && prepared.unusable[row] !== 1;
}

export function hasUnderlying({ prepared, underlyings }: Side, symbol: string): boolean {
  return underlyings.has(symbol) && !prepared.problems.has(symbol);
}

/** Symbol of a contract's underlying; `null` where the side cannot tell. */
export function underlyingOf({ prepared: { contracts } }: Side, symbol: string): string | null {
  return contracts.underlying[contracts.rowOf.get(symbol) ?? -1] ?? null;
}

export function isOption({ prepared: { contracts } }: Side, symbol: string): boolean {
  return contracts.isOption[contracts.rowOf.get(symbol) ?? -1] === 1;
}

/** The volatility at which the side's model values an option; `null` where it values none there. */
export function volatilityOf(side: Side, symbol: string): number | null {
  const { contracts, arrays, theoretical } = side.prepared;
  const row = contracts.rowOf.get(symbol) ?? -1;
  const volatility = arrays.volatility[row] ?? Number.NaN;
  if (theoretical.isTheoretical[row] === 1 || !canValue(side, symbol)) return null;
  return Number.isNaN(volatility) ? null : volatility;
}

/** The market's price of a contract as it is quoted, or the mark that stands in for it; `null` where there is neither. */
export function quoteOf({ prepared: { contracts, arrays } }: Side, symbol: string): number | null {
  const row = contracts.rowOf.get(symbol) ?? -1;
  const price = quotedPrice(arrays.price[row] ?? Number.NaN, row, contracts);
  return Number.isNaN(price) ? null : price;
}

/** Whether the accounts' own mark stands in for a market price of the contract. */
export function isPricedByMark({ prepared: { contracts, arrays } }: Side, symbol: string): boolean {
  return arrays.volatilitySource[contracts.rowOf.get(symbol) ?? -1] === "mark";
}

/** @throws MarginError `USAGE` where no account of that name is in either book. */
export function checkAccount(account: string | undefined, ...sides: readonly Side[]): void {
  const names = sides.flatMap(({ accounts }) => [...accounts.keys()]);
  if (account === undefined || names.includes(account)) return;
  const expected = `one of ${[...new Set(names)].toSorted().slice(0, 8).join(", ")}`;
  throw new MarginError([failure("ACCOUNT_UNKNOWN", { value: account, expected })]);
}
