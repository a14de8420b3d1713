import { nulls } from "../basics/collections.js";
import { type Failure, failure } from "../basics/failure.js";
import { type ContractMaster, pricePerShare } from "../contracts/contract-master.js";
import type { Market } from "../market/market.js";
import type { Table } from "../tables/table.js";
import type { RiskArrays } from "./risk-arrays.js";

/** What the table of theoretical values says of the contracts of a run, by contract row. */
export interface TheoreticalValues {
  /** Whether a table was given at all. */
  readonly isGiven: boolean;
  /** 1 = the contract's profits are those of the table, not the model's. */
  readonly isTheoretical: Uint8Array;
  /** USD per contract; NaN where the rule set's minimum applies. */
  readonly minimum: Float64Array;
  /** `null` where the class group is that of the underlying. */
  readonly classGroup: readonly (string | null)[];
  /** The product groups that the table names, by class group. */
  readonly productGroupOf: ReadonlyMap<string, string>;
}

export interface TheoreticalSources {
  readonly table: Table;
  /** By canonical symbol. */
  readonly rows: ReadonlyMap<string, number>;
  readonly contracts: ContractMaster;
  readonly market: Market;
  /** Scenarios of the rule set. */
  readonly scenarioCount: number;
  /** By contract row: a mark that the accounts agree on; NaN without. */
  readonly marks: Float64Array;
}

/**
 * The rows of the contracts held against the rule set: as many values as it has scenarios, and a price. What is wrong comes
 * back as failures with the symbol; the model is not asked instead.
 */
export function theoreticalValues(
  sources: TheoreticalSources,
  classGroupOf: (row: number, named: string | null) => string,
): { values: TheoreticalValues; failures: Failure[] } {
  const { table, rows, contracts } = sources;
  if (table.count === 0) return { values: noneGiven(contracts.count), failures: [] };
  const tableRows = Int32Array.from(contracts.symbols, (symbol) => rows.get(symbol) ?? -1);
  const named = table.text("class_group");
  const classGroup = Array.from(tableRows, (at) => named[at] ?? null);
  const failures: Failure[] = [];
  const productGroupOf = new Map<string, string>();
  const groups = table.text("product_group");
  const minimum = table.number("minimum");
  tableRows.forEach((at, row) => {
    if (at < 0 || table.rejected[at] === 1) return;
    failures.push(...scenarioFailures(sources, at, row), ...closeFailures(sources, at, row));
    const id = classGroupOf(row, classGroup[row] ?? null);
    const group = groups[at] ?? null;
    const known = productGroupOf.get(id);
    if (group === null || group === known) return;
    if (known === undefined) productGroupOf.set(id, group);
    else {
      const symbol = contracts.symbols[row] ?? "";
      const expected = `${known}, the product group of class group ${id}`;
      failures.push(
        failure("THEORETICAL_GROUP_CONFLICT", {
          ...table.place(at, "product_group"),
          value: symbol,
          expected,
          symbol,
        }),
      );
    }
  });
  const values: TheoreticalValues = {
    isGiven: true,
    isTheoretical: Uint8Array.from(tableRows, (at) => (at < 0 ? 0 : 1)),
    minimum: Float64Array.from(tableRows, (at) => minimum[at] ?? Number.NaN),
    classGroup,
    productGroupOf,
  };
  return { values, failures };
}

function noneGiven(count: number): TheoreticalValues {
  return {
    isGiven: false,
    isTheoretical: new Uint8Array(count),
    minimum: new Float64Array(count).fill(Number.NaN),
    classGroup: nulls(count),
    productGroupOf: new Map(),
  };
}

/** Numbers of the columns p1 … pM that the table has, ascending. */
function givenPoints(table: Table): number[] {
  const points = table.columns.filter((name) => /^p\d+$/.test(name)).map((name) => Number(name.slice(1)));
  return points.toSorted((a, b) => a - b);
}

function scenarioFailures(
  { table, contracts, scenarioCount }: TheoreticalSources,
  at: number,
  row: number,
): Failure[] {
  const isFilled = (point: number): boolean => !Number.isNaN(table.number(`p${point}`)[at] ?? Number.NaN);
  const filled = givenPoints(table).filter(isFilled);
  const wanted = Array.from({ length: scenarioCount }, (_, s) => s + 1);
  const wrong = wanted.find((point) => !isFilled(point)) ?? filled.find((point) => point > scenarioCount);
  if (wrong === undefined) return [];
  const symbol = contracts.symbols[row] ?? "";
  const expected = `p1 to p${scenarioCount}, and no more; ${filled.length} values are given`;
  const place = table.place(at, `p${wrong}`);
  return [failure("THEORETICAL_SCENARIOS", { ...place, value: symbol, expected, symbol })];
}

function closeFailures(sources: TheoreticalSources, at: number, row: number): Failure[] {
  if (!Number.isNaN(closeOf(sources, at, row))) return [];
  const symbol = sources.contracts.symbols[row] ?? "";
  const expected = "a close in USD per unit";
  const place = sources.table.place(at, "close");
  return [failure("THEORETICAL_CLOSE_MISSING", { ...place, value: symbol, expected, symbol })];
}

/** USD per unit: the table's close, else the market's price, else a mark that the accounts agree on. */
function closeOf(sources: TheoreticalSources, at: number, row: number): number {
  const { table, contracts, marks } = sources;
  const close = pricePerShare(table.number("close")[at] ?? Number.NaN, row, contracts);
  const mark = pricePerShare(marks[row] ?? Number.NaN, row, contracts);
  return [close, marketPrice(sources, row), mark].find((price) => !Number.isNaN(price)) ?? Number.NaN;
}

/** The market's price per share: of shares that of the underlyings table, of options `price`, else the mid. */
function marketPrice({ contracts, market }: TheoreticalSources, row: number): number {
  const { underlyings, quotes } = market;
  if (contracts.isOption[row] !== 1)
    return underlyings.price[underlyings.rowOf.get(contracts.symbols[row] ?? "") ?? -1] ?? Number.NaN;
  const at = contracts.optionRow[row] ?? -1;
  const cell = (column: string): number => quotes.number(column)[at] ?? Number.NaN;
  const [price, bid, ask] = [cell("price"), cell("bid"), cell("ask")];
  const mid = bid <= ask && ask > 0 ? (bid + ask) / 2 : Number.NaN;
  return pricePerShare(Number.isNaN(price) ? mid : price, row, contracts);
}

/**
 * Writes the table's values over the rows of its contracts:
 *
 *     profit[row * scenarioCount + s] = p(s + 1) × multiplier of the contract's quotes     USD per long contract
 *
 * Options keep NaN for Greeks: the table has none.
 */
export function fillTheoretical(arrays: RiskArrays, sources: TheoreticalSources): void {
  const { table, rows, contracts, scenarioCount } = sources;
  const points = Array.from({ length: scenarioCount }, (_, s) => table.number(`p${s + 1}`));
  const volatility = table.number("volatility");
  contracts.symbols.forEach((symbol, row) => {
    const at = rows.get(symbol);
    if (at === undefined) return;
    const multiplier = contracts.quoteMultiplier[row] ?? Number.NaN;
    points.forEach((values, s) => {
      arrays.profit[row * scenarioCount + s] = (values[at] ?? Number.NaN) * multiplier;
    });
    arrays.value[row] = closeOf(sources, at, row);
    arrays.price[row] = marketPrice(sources, row);
    if (contracts.isOption[row] === 1) arrays.volatility[row] = volatility[at] ?? Number.NaN;
  });
}
