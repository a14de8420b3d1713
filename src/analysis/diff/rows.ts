import type { CellValue } from "../../tables/cells.js";
import { schema } from "../../tables/schema.js";
import type { Table, TableName } from "../../tables/table.js";

/** One row as an object: `null` where a cell is absent. */
export type Row = Readonly<Record<string, CellValue>>;

/** The rows of a table that can be used, cells by their columns' names. */
export function rowsOf(table: Table): Row[] {
  const types = new Map(schema[table.name].map(({ name, type }) => [name, type]));
  const cells = table.columns.map((name) => [name, cellsOf(table, name, types.get(name))] as const);
  return Array.from({ length: table.count }, (_, row) => row)
    .filter((row) => table.rejected[row] !== 1)
    .map((row) => Object.fromEntries(cells.map(([name, column]) => [name, column[row] ?? null])));
}

/** A column of a series (`p1`, `p2`, …) is not in the schema: numbers. */
function cellsOf(table: Table, name: string, type: string | undefined): readonly CellValue[] {
  if (type === "flag") return table.flag(name);
  if (type === "text" || type === "day") return table.text(name);
  return Array.from(table.number(name), (value) => (Number.isNaN(value) ? null : value));
}

/** A table of rows whose cells were checked when they were first read. */
export function tableOf(name: TableName, rows: readonly Row[]): Table {
  const own = schema[name].map((column) => column.name);
  const columns = [...new Set([...own, ...rows.flatMap((row) => Object.keys(row))])];
  const cells = (column: string): readonly CellValue[] => rows.map((row) => row[column] ?? null);
  const numbers = new Map<string, Float64Array>();
  return {
    name,
    count: rows.length,
    columns,
    rejected: new Uint8Array(rows.length),
    text: (column) => cells(column) as readonly (string | null)[],
    flag: (column) => cells(column) as readonly (boolean | null)[],
    number: (column) => {
      const made =
        numbers.get(column) ?? Float64Array.from(cells(column), (v) => (v === null ? Number.NaN : Number(v)));
      numbers.set(column, made);
      return made;
    },
    place: () => ({ file: null, line: null, column: null }),
  };
}
