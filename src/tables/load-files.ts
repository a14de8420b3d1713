import type { DuckDBConnection } from "@duckdb/node-api";
import { failure, MarginError } from "../basics/failure.js";
import { readArrow } from "./arrow.js";
import { columnFormatOf, type FileBytes, rawBytes } from "./file-bytes.js";
import { readParquet } from "./parquet.js";
import { type LoadedFiles, readTableFiles, type TableFiles, type TablesRead } from "./read-tables.js";
import { tableNames } from "./schema.js";

/**
 * Reads the Parquet and Arrow files among `files`; the others are left to the reader of text. What is wrong with a file
 * is thrown when it is asked for, so that every bad file of a run is listed.
 */
export async function loadColumnFiles(
  files: readonly string[],
  connection?: DuckDBConnection,
): Promise<LoadedFiles> {
  const loaded = new Map<string, () => FileBytes>();
  for (const file of new Set(files)) {
    if (columnFormatOf(file) === null) continue;
    try {
      const content = await readColumnFile(file, connection);
      loaded.set(file, () => content);
    } catch (error) {
      if (!(error instanceof MarginError)) throw error;
      loaded.set(file, () => {
        throw error;
      });
    }
  }
  return loaded;
}

/**
 * Reads tables from files of every format: CSV, JSON, NDJSON (`.gz` allowed), Parquet, Arrow IPC.
 *
 * @throws MarginError as `readTableFiles`, and `PACKAGE_MISSING`.
 */
export async function loadTableFiles(given: TableFiles): Promise<TablesRead> {
  const files = tableNames.flatMap((name) => {
    const named = given[name];
    return typeof named === "object" ? named : [];
  });
  return readTableFiles(given, await loadColumnFiles(files));
}

async function readColumnFile(file: string, connection: DuckDBConnection | undefined): Promise<FileBytes> {
  const bytes = rawBytes(file);
  const format = columnFormatOf(file);
  if (bytes.length === 0)
    throw new MarginError([failure("FILE_EMPTY", { file, value: file, expected: `a whole ${format} file` })]);
  try {
    const content = format === "Parquet" ? await readParquet(file, connection) : await readArrow(bytes);
    return { file, format: "columns", bytes, content };
  } catch (error) {
    if (error instanceof MarginError) throw error;
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    const expected = `a whole ${format} file: ${why}`;
    throw new MarginError([failure("FILE_UNREADABLE", { file, value: file, expected })]);
  }
}
