import type { DuckDBConnection } from "@duckdb/node-api";
import type { ColumnFile } from "./column-file.js";
import { exactInteger, foreign } from "./column-file.js";
import { sqlFile, sqlName, withDuckDB } from "./duckdb.js";

/** How a column of a Parquet type is asked for, and what its values become. */
interface Reading {
  readonly sql: (name: string) => string;
  readonly cell: (value: unknown) => unknown;
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
  const described = await connection.runAndReadAll(`describe select * from ${source}`);
  return described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
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
  const source = parquetSource(file, { numbered: condition !== null });
  const head = await parquetHead(connection, source);
  const readings = head.map(({ type }) => readingOf(type));
  const wanted = head.map(({ name }, k) => readings[k]?.sql(sqlName(name)));
  const columns = head.map(({ name }) => ({ name, cells: [] as unknown[] }));
  const where = condition === null ? "" : ` where ${condition} order by file_row_number`;
  const result = await connection.stream(`select ${wanted.join(", ")} from ${source}${where}`);
  let count = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) break;
    count += chunk.rowCount;
    for (const [k, { cells }] of columns.entries()) {
      const cell = readings[k]?.cell ?? asIs;
      for (const value of chunk.getColumnValues(k)) cells.push(value === null ? null : cell(value));
    }
  }
  if (condition === null) return { count, columns };
  const rowNumbers = columns.at(-1)?.cells.map(Number) ?? [];
  return { count, rowNumbers, columns: columns.slice(0, -1) };
}

function readingOf(type: string): Reading {
  if (["VARCHAR", "BOOLEAN", "DOUBLE", "FLOAT"].includes(type)) return { sql: asText(""), cell: asIs };
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return { sql: asText(""), cell: integer };
  if (type.startsWith("ENUM")) return { sql: asText("::varchar"), cell: asIs };
  if (type.startsWith("DECIMAL")) return { sql: asText("::varchar"), cell: Number };
  // DuckDB writes a day as YYYY-MM-DD.
  if (type === "DATE") return { sql: asText("::varchar"), cell: asIs };
  return { sql: asText("::varchar"), cell: (value) => foreign(type, value) };
}

function asText(cast: string): (name: string) => string {
  return (name) => `${name}${cast}`;
}

function integer(value: unknown): unknown {
  return typeof value === "bigint" ? exactInteger(value) : value;
}
