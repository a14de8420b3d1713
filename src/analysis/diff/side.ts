import { failure, MarginError } from "../../basics/failure.js";
import { canonicalSymbol, quotedPrice } from "../../contracts/contract-master.js";
import { prepareRun } from "../../requirement/prepare-run.js";
import type { MarginResult } from "../../requirement/result.js";
import type { MarginOptions } from "../../requirement/run.js";
import type { PreparedRisk } from "../../risk/prepare.js";
import type { RuleSet } from "../../rules/load.js";
import type { TablesRead } from "../../tables/read-tables.js";
import type { InputTableName } from "../../tables/table.js";
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
  const others = alsoHeld.map((symbol) => ({ account: null, symbol, quantity: 1, price: null }));
  const positions = tableOf("positions", [...rows.positions, ...others]);
  const request = {
    tables: { ...read.tables, positions },
    readFailures: read.failures,
    rules,
    engineVersion: engine.version,
    strategyMargin: strategyMargin(),
    dividendModel,
  };
  return {
    read,
    rules,
    rows,
    margin: engine.margin(read, { rules, dividendModel }),
    prepared: engine.valuation.finish(prepareRun(request, engine.valuation)).prepared,
    underlyings: bySymbol(rows.underlyings),
    options: bySymbol(rows.options),
    theoretical: bySymbol(rows.theoretical),
  };
}

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
  const names = sides.flatMap(({ margin }) => margin.accounts.map((each) => each.account));
  if (account === undefined || names.includes(account)) return;
  const expected = `one of ${[...new Set(names)].toSorted().slice(0, 8).join(", ")}`;
  throw new MarginError([failure("ACCOUNT_UNKNOWN", { value: account, expected })]);
}
