import type { DuckDBConnection } from "@duckdb/node-api";
import { statSync } from "node:fs";
import { failure, MarginError } from "../basics/failure.js";
import type { ColumnFile } from "../tables/column-file.js";
import { type FileBytes, isParquet, leftFile, rawBytes } from "../tables/file-bytes.js";
import { loadColumnFiles } from "../tables/load-files.js";
import { parquetHead, parquetSource } from "../tables/parquet.js";
import { readTableFiles, type TableFiles } from "../tables/read-tables.js";
import { tableNames } from "../tables/schema.js";

/**
 * Finds the files on which a run failed. Positions and accounts in Parquet are read through without being kept.
 *
 * @throws MarginError that lists every file that cannot be read, as `loadTableFiles` does; nothing where each can.
 */
export async function refuseUnreadable(connection: DuckDBConnection, files: TableFiles): Promise<void> {
  const large = [...files.positions, ...(files.accounts ?? [])].filter(isParquet);
  const others = tableNames.flatMap((name) => {
    const named = files[name];
    return typeof named === "object" ? named.filter((file) => !large.includes(file)) : [];
  });
  const loaded = new Map(await loadColumnFiles(others));
  for (const file of large) loaded.set(file, await readThrough(connection, file));
  readTableFiles(files, loaded);
}

/** The file without its rows, or what reading it gives. */
async function readThrough(connection: DuckDBConnection, file: string): Promise<() => FileBytes> {
  try {
    const content = await headOfWhole(connection, file);
    return () => leftFile(file, content);
  } catch (error) {
    return () => {
      throw error instanceof MarginError ? error : damaged(file, error);
    };
  }
}

async function headOfWhole(connection: DuckDBConnection, file: string): Promise<ColumnFile> {
  const found = statSync(file, { throwIfNoEntry: false });
  // A file that is not there, or is a folder: the reader of bytes says so.
  if (found?.isFile() !== true) rawBytes(file);
  if (found?.size === 0) {
    const expected = "a whole Parquet file";
    throw new MarginError([failure("FILE_EMPTY", { file, value: file, expected })]);
  }
  const source = parquetSource(file);
  const head = await parquetHead(connection, source);
  await connection.run(`select max(hash(columns(*))) from ${source}`);
  return { count: 0, columns: head.map(({ name }) => ({ name, cells: [] })) };
}

function damaged(file: string, error: unknown): MarginError {
  const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
  const expected = `a whole Parquet file: ${why}`;
  return new MarginError([failure("FILE_UNREADABLE", { file, value: file, expected })]);
}
