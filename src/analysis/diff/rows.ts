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
  const cells = remembered((column) => rows.map((row) => row[column] ?? null));
  const numbers = remembered((column) =>
    Float64Array.from(cells(column), (value) => (value === null ? Number.NaN : Number(value))),
  );
  return {
    name,
    count: rows.length,
    columns,
    rejected: new Uint8Array(rows.length),
    isAbsent: () => false,
    text: (column) => cells(column) as readonly (string | null)[],
    flag: (column) => cells(column) as readonly (boolean | null)[],
    number: numbers,
    place: () => ({ file: null, line: null, column: null }),
  };
}

/** A column is asked for once for each row by some readers. */
function remembered<Column>(of: (name: string) => Column): (name: string) => Column {
  const known = new Map<string, Column>();
  return (name) => {
    const column = known.get(name) ?? of(name);
    known.set(name, column);
    return column;
  };
}
