import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import type Bindings from "@duckdb/node-bindings";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { loadArrow } from "./arrow.js";
import { duckdbBindings, sqlName, sqlText, withDuckDB } from "./duckdb.js";
import { optionalPackage } from "./optional-package.js";

/**
 * A column to write: `null` is absent; NaN is written as absent too, for no reader may take it for a number. A column of codes
 * is text: cell k is `texts[codes[k]]`, absent where the code is -1.
 */
export type OutColumn =
  | { readonly name: string; readonly type: "text"; readonly cells: readonly (string | null)[] }
  | {
      readonly name: string;
      readonly type: "number";
      readonly cells: readonly (number | null)[] | Float64Array;
    }
  | {
      readonly name: string;
      readonly type: "code";
      readonly codes: Int32Array;
      readonly texts: readonly string[];
    };

export function rowCountOf(columns: readonly OutColumn[]): number {
  const [first] = columns;
  if (first === undefined) return 0;
  return first.type === "code" ? first.codes.length : first.cells.length;
}

/** A cell as it is written. */
export function cellAt(column: OutColumn, row: number): string | number | null {
  if (column.type === "code") return column.texts[column.codes[row] ?? -1] ?? null;
  const cell = column.cells[row];
  if (typeof cell !== "number") return cell ?? null;
  return Number.isNaN(cell) ? null : cell === 0 ? 0 : cell; // never -0
}

/** Rows as JSON objects, one a line. */
export function ndjsonText(columns: readonly OutColumn[]): string {
  return [...ndjsonParts(columns)].join("");
}

/** As {@link ndjsonText}, so many rows at a time. */
export function* ndjsonParts(columns: readonly OutColumn[]): Generator<string> {
  const count = rowCountOf(columns);
  for (let first = 0; first < count; first += rowsAPart) {
    const rows = Array.from({ length: Math.min(rowsAPart, count - first) }, (_, k) => first + k);
    const line = (row: number): string =>
      JSON.stringify(Object.fromEntries(columns.map((column) => [column.name, cellAt(column, row)])));
    yield rows.map((row) => `${line(row)}\n`).join("");
  }
}

export const rowsAPart = 10_000;

/** Writes text part by part, so that no text has to be held whole; between parts a signal is heard. */
export async function writeParts(file: string, parts: Iterable<string>): Promise<void> {
  const descriptor = openSync(file, "w");
  try {
    for (const part of parts) {
      // Whole: of a part that does not fit, writeSync writes what does and says nothing.
      writeFileSync(descriptor, part);
      await setImmediate();
    }
  } finally {
    closeSync(descriptor);
  }
}

/** An Arrow IPC file of Utf8 and Float64 columns. @throws MarginError `PACKAGE_MISSING`. */
export async function arrowBytes(columns: readonly OutColumn[]): Promise<Uint8Array> {
  const { Table, tableToIPC, vectorFromArray, Utf8, Float64 } = await loadArrow();
  const count = rowCountOf(columns);
  const vectors = columns.map((column) => {
    const cells = Array.from({ length: count }, (_, row) => cellAt(column, row));
    return [
      column.name,
      vectorFromArray(cells, column.type === "number" ? new Float64() : new Utf8()),
    ] as const;
  });
  return tableToIPC(new Table(Object.fromEntries(vectors)), "file");
}

/** Rows handed to DuckDB at once. */
const rowsAChunk = 2048;

/** Writes a Parquet file (zstd) of VARCHAR and DOUBLE columns. @throws MarginError `PACKAGE_MISSING`. */
export async function writeParquet(file: string, columns: readonly OutColumn[]): Promise<void> {
  await withDuckDB(async (connection) => {
    const selected = await appendColumns(connection, "result", columns);
    await connection.run(`copy (${selected}) to ${sqlText(file)} (format parquet, compression zstd)`);
  });
}

/**
 * Makes a table of a connection from columns: numbers with NaN for what is absent, codes as numbers.
 *
 * @returns SQL that selects it as it is meant, rows in their order.
 */
export async function appendColumns(
  connection: DuckDBConnection,
  table: string,
  columns: readonly OutColumn[],
): Promise<string> {
  return appendParts(connection, table, [columns]);
}

/** As {@link appendColumns}, of the same columns part by part, so that they need not be held whole; at least one part. */
export async function appendParts(
  connection: DuckDBConnection,
  table: string,
  parts: Iterable<readonly OutColumn[]>,
): Promise<string> {
  const bindings = await duckdbBindings();
  let appender: DuckDBAppender | null = null;
  let head: readonly OutColumn[] = [];
  for (const columns of parts) {
    if (appender === null) {
      head = columns;
      const types = columns.map(({ name, type }) => `${sqlName(name)} ${sqlTypes[type]}`);
      await connection.run(`create or replace temp table ${table} (${types.join(", ")})`);
      appender = await connection.createAppender(table);
    }
    await appendPart(appender, columns, bindings);
  }
  appender?.closeSync();
  return `select ${head.map(selectedColumn).join(", ")} from ${table}`;
}

const sqlTypes = { text: "varchar", number: "double", code: "integer" } as const;

async function appendPart(
  appender: DuckDBAppender,
  columns: readonly OutColumn[],
  bindings: typeof Bindings,
): Promise<void> {
  const { DuckDBDataChunk, DOUBLE, INTEGER, VARCHAR } = await optionalPackage(
    "@duckdb/node-api",
    () => import("@duckdb/node-api"),
  );
  const types = columns.map(({ type }) => ({ text: VARCHAR, number: DOUBLE, code: INTEGER })[type]);
  const count = rowCountOf(columns);
  for (let first = 0; first < count; first += rowsAChunk) {
    const rows = Math.min(rowsAChunk, count - first);
    const chunk = DuckDBDataChunk.create(types, rows);
    for (const [k, column] of columns.entries()) {
      if (column.type === "text") {
        chunk.setColumnValues(k, column.cells.slice(first, first + rows));
        continue;
      }
      const part = partOf(column, first, rows);
      const vector = bindings.data_chunk_get_vector(chunk.chunk, k);
      bindings.copy_data_to_vector(vector, 0, part.buffer as ArrayBuffer, part.byteOffset, part.byteLength);
    }
    appender.appendDataChunk(chunk);
  }
}

/** Numbers or codes as they lie in memory. */
function partOf(
  column: Exclude<OutColumn, { type: "text" }>,
  first: number,
  rows: number,
): Float64Array | Int32Array {
  if (column.type === "code") return column.codes.subarray(first, first + rows);
  const { cells } = column;
  if (cells instanceof Float64Array) return cells.subarray(first, first + rows);
  return Float64Array.from(cells.slice(first, first + rows), (cell) => cell ?? Number.NaN);
}

function selectedColumn(column: OutColumn): string {
  const name = sqlName(column.name);
  if (column.type === "text") return name;
  // Adding 0 takes the sign from -0.
  if (column.type === "number") return `case when isnan(${name}) then null else ${name} + 0 end as ${name}`;
  // A list counts from 1; past its ends there is nothing.
  const texts = column.texts.map(sqlText).join(", ");
  return `(case when ${name} < 0 then null else list_value(${texts === "" ? "null" : texts})[${name} + 1] end)::varchar as ${name}`;
}
