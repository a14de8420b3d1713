import type { DuckDBConnection } from "@duckdb/node-api";
import { writeFileSync } from "node:fs";
import { loadArrow } from "./arrow.js";
import { sqlName, sqlText, withDuckDB } from "./duckdb.js";
import { optionalPackage } from "./optional-package.js";

/** A column to write: `null` is absent; NaN is written as absent too, for no reader may take it for a number. */
export type OutColumn =
  | { readonly name: string; readonly type: "text"; readonly cells: readonly (string | null)[] }
  | { readonly name: string; readonly type: "number"; readonly cells: readonly (number | null)[] };

/** Rows as JSON objects, one a line. */
export function ndjsonText(columns: readonly OutColumn[]): string {
  const count = columns[0]?.cells.length ?? 0;
  const lines = Array.from({ length: count }, (_, row) =>
    JSON.stringify(Object.fromEntries(columns.map((column) => [column.name, shown(column.cells[row])]))),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** Writes an Arrow IPC file of Utf8 and Float64 columns. @throws MarginError `PACKAGE_MISSING`. */
export async function writeArrow(file: string, columns: readonly OutColumn[]): Promise<void> {
  const { Table, tableToIPC, vectorFromArray, Utf8, Float64 } = await loadArrow();
  const vectors = columns.map((column) => {
    const cells = column.cells.map(shown);
    return [
      column.name,
      vectorFromArray(cells, column.type === "text" ? new Utf8() : new Float64()),
    ] as const;
  });
  writeFileSync(file, tableToIPC(new Table(Object.fromEntries(vectors)), "file"));
}

/** Rows handed to DuckDB at once. */
const rowsAChunk = 2048;

/** Writes a Parquet file (zstd) of VARCHAR and DOUBLE columns. @throws MarginError `PACKAGE_MISSING`. */
export async function writeParquet(file: string, columns: readonly OutColumn[]): Promise<void> {
  await withDuckDB(async (connection) => {
    const types = columns.map(
      ({ name, type }) => `${sqlName(name)} ${type === "text" ? "varchar" : "double"}`,
    );
    await connection.run(`create table result (${types.join(", ")})`);
    await append(connection, columns);
    await connection.run(`copy result to ${sqlText(file)} (format parquet, compression zstd)`);
  });
}

async function append(connection: DuckDBConnection, columns: readonly OutColumn[]): Promise<void> {
  const { DuckDBDataChunk, DOUBLE, VARCHAR } = await optionalPackage(
    "@duckdb/node-api",
    () => import("@duckdb/node-api"),
  );
  const appender = await connection.createAppender("result");
  const types = columns.map(({ type }) => (type === "text" ? VARCHAR : DOUBLE));
  const count = columns[0]?.cells.length ?? 0;
  for (let first = 0; first < count; first += rowsAChunk) {
    const chunk = DuckDBDataChunk.create(types);
    chunk.setColumns(columns.map(({ cells }) => cells.slice(first, first + rowsAChunk).map(shown)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function shown(cell: string | number | null | undefined): string | number | null {
  if (typeof cell !== "number") return cell ?? null;
  return Number.isNaN(cell) ? null : cell === 0 ? 0 : cell; // never -0
}
