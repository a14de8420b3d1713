import { canonicalSymbol } from "../../contracts/contract-master.js";
import { parseOptionSymbol } from "../../contracts/option-symbol.js";
import { joined } from "../../tables/join-tables.js";
import { schema } from "../../tables/schema.js";
import type { InputTables, Table, TableName } from "../../tables/table.js";
import { TableBuilder } from "../../tables/table-builder.js";

type Cells = Record<string, string | number | boolean | null>;

/** A file's series as input of the model. */
export interface SeriesTables {
  readonly tables: InputTables;
  /** Canonical symbols of the series in the file's order, each once. */
  readonly symbols: readonly string[];
  /** Row of the file by symbol. */
  readonly rowOf: ReadonlyMap<string, number>;
}

/**
 * The tables with which the model prices a file's series: no theoretical values; every option with the file's volatility,
 * else its close, instead of its quotes; shares that only the file knows at their close.
 */
export function seriesTables(tables: InputTables): SeriesTables {
  const { theoretical } = tables;
  const rowOf = new Map<string, number>();
  theoretical.text("symbol").forEach((symbol, row) => {
    if (symbol === null || theoretical.rejected[row] === 1) return;
    const key = canonicalSymbol(symbol);
    if (!rowOf.has(key)) rowOf.set(key, row);
  });
  const symbols = [...rowOf.keys()];
  const known = firstRows(tables.options);
  const isOption = (symbol: string): boolean => parseOptionSymbol(symbol) !== null || known.has(symbol);
  const options = builtOf("options", (add) => {
    for (const [symbol, row] of rowOf)
      if (isOption(symbol)) add(optionCells(symbol, { tables, row, at: known.get(symbol) }));
  });
  const listed = firstRows(tables.underlyings);
  const shares = builtOf("underlyings", (add) => {
    for (const [symbol, row] of rowOf) {
      const price = theoretical.number("close")[row] ?? Number.NaN;
      if (!isOption(symbol) && !listed.has(symbol) && price > 0) add({ symbol, price });
    }
  });
  const none = new TableBuilder("theoretical").build();
  const underlyings = joined(tables.underlyings, shares);
  return { tables: { ...tables, options, underlyings, theoretical: none }, symbols, rowOf };
}

function firstRows(table: Table): Map<string, number> {
  const rows = new Map<string, number>();
  table.text("symbol").forEach((symbol, row) => {
    const key = symbol === null ? null : canonicalSymbol(symbol);
    if (key !== null && !rows.has(key)) rows.set(key, row);
  });
  return rows;
}

function builtOf(name: TableName, fill: (add: (cells: Cells) => void) => void): Table {
  const builder = new TableBuilder(name);
  builder.startFile({ file: null, line: () => null });
  fill((cells) => builder.addJsonRow(cells));
  return builder.build();
}

function optionCells(
  symbol: string,
  { tables, row, at }: { tables: InputTables; row: number; at: number | undefined },
): Cells {
  const stated = (column: string): number | null => {
    const value = tables.theoretical.number(column)[row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  };
  const cells = at === undefined ? {} : cellsOf(tables.options, at);
  const volatility = stated("volatility");
  const close = stated("close");
  if (volatility === null && close === null) return { ...cells, symbol };
  return { ...cells, symbol, volatility, price: close, bid: null, ask: null };
}

function cellsOf(table: Table, row: number): Cells {
  return Object.fromEntries(
    schema.options.map(({ name, type }) => {
      if (type === "flag") return [name, table.flag(name)[row] ?? null];
      if (type !== "number") return [name, table.text(name)[row] ?? null];
      const value = table.number(name)[row] ?? Number.NaN;
      return [name, Number.isNaN(value) ? null : value];
    }),
  );
}
