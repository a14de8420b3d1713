import { failure } from "../basics/failure.js";
import { columnList } from "./schema.js";
import type { TableBuilder } from "./table-builder.js";

/** A column of a Parquet or Arrow file. */
export interface FileColumn {
  readonly name: string;
  /**
   * Text, number, flag or `null`; days as `YYYY-MM-DD`. Whatever else the file holds (a time, a list) is a `{ type: text }`
   * object, an integer beyond 2^53 a `bigint`, which no column of the schema takes: it is refused, never cast.
   */
  readonly cells: readonly unknown[];
}

/** Rows of a file whose format names its columns. Its rows have no lines: a failure carries the 1-based row. */
export interface ColumnFile {
  readonly count: number;
  /** 0-based number of each row in the file, where not all rows are here. */
  readonly rowNumbers?: readonly number[];
  readonly columns: readonly FileColumn[];
}

/** Adds the rows of a Parquet or Arrow file to a table; columns are found by name, cells checked like those of JSON. */
export function addColumnFile(builder: TableBuilder, file: string, content: ColumnFile): void {
  const known = columnList(builder.name);
  const names = content.columns.map(({ name }) => name);
  const note = (
    code: "TABLE_COLUMN_UNKNOWN" | "TABLE_COLUMN_MISSING" | "TABLE_COLUMN_DUPLICATE",
    name: string,
  ): void => {
    const expected = code === "TABLE_COLUMN_DUPLICATE" ? "each column once" : known;
    builder.failures.push(failure(code, { file, column: name, value: name, expected }));
  };
  builder.startFile({ file, line: (row) => (content.rowNumbers?.[row] ?? row) + 1 });
  for (const [k, name] of names.entries()) {
    if (names.indexOf(name) !== k) note("TABLE_COLUMN_DUPLICATE", name);
    else if (!builder.knows(name)) note("TABLE_COLUMN_UNKNOWN", name);
  }
  // A column that stands twice is used from neither place.
  const cellsOf = builder.columns.map(({ name }) => {
    const first = names.indexOf(name);
    return first !== -1 && first === names.lastIndexOf(name) ? content.columns[first]?.cells : undefined;
  });
  for (const [c, column] of builder.columns.entries()) {
    if (column.required !== true || cellsOf[c] !== undefined) continue;
    if (!names.includes(column.name)) note("TABLE_COLUMN_MISSING", column.name);
    builder.isUnusable = true;
  }
  if (builder.isUnusable) return;
  builder.addColumns(content.count, cellsOf);
}

/** A value of a type that no table takes, named so that the failure shows it. */
export function foreign(type: string, value: unknown): Readonly<Record<string, string>> {
  return { [type]: String(value) };
}

/** An integer that a double holds exactly; any other stays what it is, and is refused. */
export function exactInteger(value: bigint): number | bigint {
  return value >= -mostExact && value <= mostExact ? Number(value) : value;
}

const mostExact = BigInt(Number.MAX_SAFE_INTEGER);
