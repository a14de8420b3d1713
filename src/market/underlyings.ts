import { numbersOf } from "../basics/collections.js";
import { type Failure, failure } from "../basics/failure.js";
import type { ContractMaster } from "../contracts/contract-master.js";
import type {
  PortfolioType,
  ProductDefault,
  ProductDefaults,
  UnderlyingKind,
} from "../contracts/product-defaults.js";
import type { Table } from "../tables/table.js";
import { type Conversion, conversionsOf } from "./convertibles.js";

/** The underlyings table with the rule set's defaults filled in, one row a symbol, in code-unit order. */
export interface Underlyings {
  readonly count: number;
  readonly symbols: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  /** USD per share or index point; NaN where the table has none that can be used. */
  readonly price: Float64Array;
  readonly kind: readonly UnderlyingKind[];
  readonly classGroup: readonly string[];
  readonly portfolioType: readonly PortfolioType[];
  /** Signed multiple of the class group's move. */
  readonly leverage: Float64Array;
  /** Continuous dividend yield plus borrow rate, per year. */
  readonly carryYield: Float64Array;
  readonly marginEligible: Uint8Array;
  /** USD per point of a future; 1 for all others; NaN for a future whose point value nobody gives. */
  readonly multiplier: Float64Array;
  /** USD that moves with the class group: the price, or the value of the shares that a unit converts into. */
  readonly exposure: Float64Array;
  /** USD per unit: the price less the value of the shares it converts into, not below 0; 0 for all others. */
  readonly conversionLoss: Float64Array;
}

/** By index into the underlyings of the contracts: the row of the underlyings table, -1 without. */
export function underlyingRows(
  contracts: Pick<ContractMaster, "underlyings">,
  { rowOf }: Pick<Underlyings, "rowOf">,
): Int32Array {
  return Int32Array.from(contracts.underlyings, (symbol) => rowOf.get(symbol) ?? -1);
}

interface Row {
  readonly tableRow: number;
  readonly symbol: string;
  /** Of the product table: of what the symbol converts into, where it does. */
  readonly product: ProductDefault | undefined;
  readonly kind: UnderlyingKind;
  readonly classGroup: string;
  /** What the row, or the product table, says of its type; `null` too where the row has a bad cell. */
  readonly ownType: PortfolioType | null;
}

/** Reads the table; a failure of one row carries its `symbol`. */
export function buildUnderlyings(
  table: Table,
  defaults: ProductDefaults,
): { underlyings: Underlyings; failures: Failure[] } {
  const { conversions: all, failures: conversionFailures } = conversionsOf(table);
  // A warrant does not move as the shares it can buy, and no model here knows it: it counts as itself, and is not eligible.
  const conversions = new Map([...all].filter(([, { priceUsd }]) => priceUsd === 0));
  const rows = sortedRows(table, defaults, conversions);
  const typeOfClass = classGroupTypes(rows, defaults);
  const price = table.number("price");
  const leverage = table.number("leverage");
  const dividendYield = table.number("dividend_yield");
  const borrowRate = table.number("borrow_rate");
  const eligible = table.flag("margin_eligible");
  const multiplier = table.number("multiplier");
  const prices = numbersOf(rows, (row) => price[row.tableRow] ?? Number.NaN);
  const underlyings: Underlyings = {
    count: rows.length,
    symbols: rows.map((row) => row.symbol),
    rowOf: new Map(rows.map((row, i) => [row.symbol, i])),
    price: prices,
    ...conversionColumns(rows, prices, conversions),
    kind: rows.map((row) => row.kind),
    classGroup: rows.map((row) => row.classGroup),
    portfolioType: rows.map((row) => typeOfClass.get(row.classGroup) ?? "equity"),
    leverage: numbersOf(rows, (row) => orElse(leverage[row.tableRow], row.product?.leverage ?? 1)),
    carryYield: Float64Array.from(
      rows,
      (row) => orElse(dividendYield[row.tableRow], 0) + orElse(borrowRate[row.tableRow], 0),
    ),
    marginEligible: Uint8Array.from(rows, (row) =>
      eligible[row.tableRow] === false || (all.get(row.symbol)?.priceUsd ?? 0) > 0 ? 0 : 1,
    ),
    multiplier: numbersOf(rows, (row) =>
      orElse(
        multiplier[row.tableRow],
        row.kind === "future" ? (defaults.product(row.symbol)?.multiplier ?? Number.NaN) : 1,
      ),
    ),
  };
  return {
    underlyings,
    failures: [
      ...conversionFailures,
      ...typeConflicts(rows, typeOfClass, table),
      ...multiplierFailures(rows, underlyings, table),
    ],
  };
}

/** An absent optional cell (NaN) takes its documented default; a bad cell has rejected its row already. */
function orElse(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : value;
}

/** Rows by symbol. Of identical duplicates the first stands; differing ones the read has rejected. */
function sortedRows(
  table: Table,
  defaults: ProductDefaults,
  conversions: ReadonlyMap<string, Conversion>,
): Row[] {
  const symbols = table.text("symbol");
  const kinds = table.text("kind") as readonly (UnderlyingKind | null)[];
  const types = table.text("portfolio_type") as readonly (PortfolioType | null)[];
  const classes = table.text("class_group");
  const rows = new Map<string, Row>();
  for (let tableRow = 0; tableRow < table.count; tableRow++) {
    const symbol = symbols[tableRow] ?? null;
    if (symbol === null || rows.has(symbol)) continue;
    const into = conversions.get(symbol)?.into ?? symbol;
    const product = defaults.product(into);
    rows.set(symbol, {
      tableRow,
      symbol,
      product,
      kind: kinds[tableRow] ?? product?.kind ?? "stock",
      classGroup:
        classes[tableRow] ??
        (into === symbol ? null : classes[symbols.indexOf(into)]) ??
        product?.classGroup ??
        into,
      // A row that cannot be used must not set the range of the other symbols of its class group.
      ownType: table.rejected[tableRow] === 1 ? null : (types[tableRow] ?? product?.portfolioType ?? null),
    });
  }
  return [...rows.values()].toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** A convertible moves as the shares it becomes, and what it costs above them is lost in converting. */
function conversionColumns(
  rows: readonly Row[],
  price: Float64Array,
  conversions: ReadonlyMap<string, Conversion>,
): Pick<Underlyings, "exposure" | "conversionLoss"> {
  const rowOf = new Map(rows.map((row, i) => [row.symbol, i]));
  const exposure = numbersOf(rows, ({ symbol }, i) => {
    const { into, ratio } = conversions.get(symbol) ?? { into: symbol, ratio: 1 };
    return ratio * (price[rowOf.get(into) ?? i] ?? Number.NaN);
  });
  const conversionLoss = price.map((each, i) => Math.max(0, each - (exposure[i] ?? Number.NaN)));
  return { exposure, conversionLoss };
}

/**
 * A class group has one range: that of the symbol it is named after; else of its first symbol that states one;
 * else the product table's; else that of an equity.
 */
function classGroupTypes(rows: readonly Row[], defaults: ProductDefaults): Map<string, PortfolioType> {
  const types = new Map<string, PortfolioType>();
  for (const row of rows) {
    if (row.ownType === null) continue;
    if (row.symbol === row.classGroup || !types.has(row.classGroup)) types.set(row.classGroup, row.ownType);
  }
  for (const { classGroup } of rows)
    if (!types.has(classGroup)) types.set(classGroup, defaults.classGroupType(classGroup) ?? "equity");
  return types;
}

function typeConflicts(rows: readonly Row[], types: Map<string, PortfolioType>, table: Table): Failure[] {
  return rows
    .filter((row) => row.ownType !== null && row.ownType !== types.get(row.classGroup))
    .map((row) =>
      failure("CLASS_GROUP_TYPE_CONFLICT", {
        ...table.place(row.tableRow, "portfolio_type"),
        value: row.ownType,
        expected: `${types.get(row.classGroup)}, the type of class group ${row.classGroup}`,
        symbol: row.symbol,
      }),
    );
}

/** A future needs its point value; anything else counts in shares or index points, one each. */
function multiplierFailures(rows: readonly Row[], { multiplier }: Underlyings, table: Table): Failure[] {
  return rows.flatMap(({ symbol, kind, tableRow }, i) => {
    const place = table.place(tableRow, "multiplier");
    const value = multiplier[i] ?? Number.NaN;
    if (Number.isNaN(value))
      return [failure("CELL_MISSING", { ...place, expected: "USD per point of the future", symbol })];
    if (kind === "future" || value === 1) return [];
    return [failure("CELL_RANGE", { ...place, value, expected: `1, or kind future for ${symbol}`, symbol })];
  });
}
