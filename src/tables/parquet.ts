import { statSync } from "node:fs";
import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import type { ColumnFile } from "./column-file.js";
import { exactInteger, foreign } from "./column-file.js";
import { joinedTexts } from "./joined-texts.js";
import { sqlFile, sqlName, withDuckDB } from "./duckdb.js";

/** How a column of a Parquet type is asked for, and what its values become. */
interface Reading {
  readonly sql: (name: string) => string;
  readonly cell: (value: unknown) => unknown;
  /** What is asked for is text. */
  readonly isText: boolean;
}

const asIs = (value: unknown): unknown => value;

/**
 * Reads a Parquet file through DuckDB, rows in the file's order. Nothing is cast to the schema's type: numbers stay
 * numbers, text stays text, and the table's own check refuses what does not fit. A decimal becomes the nearest double of
 * its digits; an integer that no double holds is refused.
 *
 * @param connection an open database, where the caller has one: opening one takes as long as reading a small file
 * @throws Error of DuckDB where the file is not whole; MarginError `PACKAGE_MISSING`.
 */
export async function readParquet(file: string, connection?: DuckDBConnection): Promise<ColumnFile> {
  return connection === undefined ? withDuckDB((own) => readWith(own, file)) : readWith(connection, file);
}

/** SQL: the rows of one file, nothing added but, where asked for, the column `file_row_number`. */
export function parquetSource(file: string, { numbered = false } = {}): string {
  const more = numbered ? ", file_row_number = true" : "";
  return `read_parquet(${sqlFile(file)}, hive_partitioning = false, filename = false${more})`;
}

/** Names and DuckDB types of the columns of a source. */
export async function parquetHead(
  connection: DuckDBConnection,
  source: string,
): Promise<{ readonly name: string; readonly type: string }[]> {
  const described = await connection.run(`describe select * from ${source}`);
  const rows = await described.getRows();
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** The rows of a Parquet file for which a condition in SQL holds, with their numbers. */
export async function readParquetRows(
  connection: DuckDBConnection,
  file: string,
  condition: string,
): Promise<ColumnFile> {
  return readWith(connection, file, condition);
}

/** Where a condition is given, the last column read is the number of the row. */
async function readWith(
  connection: DuckDBConnection,
  file: string,
  condition: string | null = null,
): Promise<ColumnFile> {
  const isSmall = condition === null && statSync(file).size < smallBytes;
  const atOnce = isSmall ? await readAsItIs(connection, file) : null;
  if (atOnce !== null) return atOnce;
  const head = await parquetHead(connection, parquetSource(file, { numbered: condition !== null }));
  const wanted = head.map(wantedColumn);
  if (condition === null) return readWhole(connection, file, wanted);
  const source = parquetSource(file, { numbered: true });
  const sql = `${source} where ${condition} order by file_row_number`;
  const { count, columns } = await readCells(connection, sql, wanted);
  const rowNumbers = columns.at(-1)?.cells.map(Number) ?? [];
  return { count, rowNumbers, columns: columns.slice(0, -1) };
}

/** Below so many bytes a query more takes longer than the cells. */
const smallBytes = 32_768;

/** Cell by cell, without asking first of what types they are; null where one is not asked for by its name alone. */
async function readAsItIs(connection: DuckDBConnection, file: string): Promise<ColumnFile | null> {
  const result = await connection.run(`select * from ${parquetSource(file)}`);
  const wanted = result
    .columnNames()
    .map((name, k) => wantedColumn({ name, type: String(result.columnType(k)) }));
  return wanted.every(({ name, sql }) => sql === sqlName(name)) ? cellsOf(result, wanted) : null;
}

interface WantedColumn {
  readonly name: string;
  readonly sql: string;
  readonly cell: Reading["cell"];
  readonly isText: boolean;
}

function wantedColumn({ name, type }: { readonly name: string; readonly type: string }): WantedColumn {
  const { sql, cell, isText } = readingOf(type);
  return { name, sql: sql(sqlName(name)), cell, isText };
}

async function readWhole(
  connection: DuckDBConnection,
  file: string,
  wanted: readonly WantedColumn[],
): Promise<ColumnFile> {
  const source = parquetSource(file);
  const asText = wanted.filter(({ isText }) => isText);
  const others = wanted.filter(({ isText }) => !isText);
  const texts = await textsOf(connection, file, wanted);
  if (texts === null) return readCells(connection, source, wanted);
  const rest = others.length === 0 ? null : await readCells(connection, source, others);
  const columns = wanted.map((column) => {
    const { name, cell, isText } = column;
    if (!isText) return rest?.columns[others.indexOf(column)] ?? { name, cells: [] };
    const cells = texts[asText.indexOf(column)] ?? [];
    return { name, cells: cell === asIs ? cells : cells.map((text) => (text === null ? null : cell(text))) };
  });
  return { count: rest?.count ?? texts[0]?.length ?? 0, columns };
}

/** The columns of text; null where they are better read cell by cell, or have to be. */
async function textsOf(
  connection: DuckDBConnection,
  file: string,
  wanted: readonly WantedColumn[],
): Promise<(string | null)[][] | null> {
  const columns = wanted.filter(({ isText }) => isText).map(({ sql }) => sql);
  if (columns.length === 0) return [];
  if (statSync(file).size < smallBytes) return null;
  // DuckDB refuses to number the rows of a file that has such a column itself.
  if (wanted.some(({ name }) => name.toLowerCase() === "file_row_number")) return null;
  return joinedTexts(connection, {
    columns,
    source: parquetSource(file, { numbered: true }),
    row: "file_row_number",
  });
}

/** Cell by cell. */
async function readCells(
  connection: DuckDBConnection,
  source: string,
  wanted: readonly WantedColumn[],
): Promise<ColumnFile> {
  return cellsOf(
    await connection.run(`select ${wanted.map(({ sql }) => sql).join(", ")} from ${source}`),
    wanted,
  );
}

function cellsOf(result: DuckDBMaterializedResult, wanted: readonly WantedColumn[]): ColumnFile {
  const columns = wanted.map(({ name }) => ({ name, cells: [] as unknown[] }));
  for (let part = 0; part < result.chunkCount; part++) {
    const chunk = result.getChunk(part);
    for (const [k, { cells }] of columns.entries()) {
      const cell = wanted[k]?.cell ?? asIs;
      for (const value of chunk.getColumnValues(k)) cells.push(value === null ? null : cell(value));
    }
  }
  return { count: result.rowCount, columns };
}

function readingOf(type: string): Reading {
  if (["BOOLEAN", "DOUBLE", "FLOAT"].includes(type))
    return { sql: (name) => name, cell: asIs, isText: false };
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type))
    return { sql: (name) => name, cell: integer, isText: false };
  if (type === "VARCHAR") return { sql: (name) => name, cell: asIs, isText: true };
  return { sql: (name) => `${name}::varchar`, cell: textCell(type), isText: true };
}

/** What becomes of the text of a value of another type. DuckDB writes a day as YYYY-MM-DD. */
function textCell(type: string): Reading["cell"] {
  if (type.startsWith("ENUM") || type === "DATE") return asIs;
  return type.startsWith("DECIMAL") ? Number : (value) => foreign(type, value);
}

function integer(value: unknown): unknown {
  return typeof value === "bigint" ? exactInteger(value) : value;
}
