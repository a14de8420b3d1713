import type { DuckDBConnection } from "@duckdb/node-api";
import { accessSync, constants, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ErrorCode } from "../basics/error-table.js";
import { failure, MarginError } from "../basics/failure.js";
import { withDuckDB } from "../tables/duckdb.js";
import { rawBytes } from "../tables/file-bytes.js";
import { createTables, hasTables, storeFormat } from "./store-tables.js";
import { rowsOf } from "./vectors.js";

/**
 * Finds out before a long run whether a run can be stored in a file: that it is a store, or can be made one.
 *
 * @throws MarginError `STORE_FOREIGN`, `STORE_LOCKED`, `FILE_UNWRITABLE`, `PACKAGE_MISSING`.
 */
export async function checkStore(file: string): Promise<void> {
  if (exists(file)) {
    await openStore(file, "READ_ONLY", (connection) => refuseForeign(connection, file));
    refuseUnwritable(file, file);
    return;
  }
  refuseUnwritable(dirname(resolve(file)), file);
}

/**
 * Changes a store in one transaction: all of the work is in the file afterwards, or nothing of it. A file that is not there
 * becomes a store.
 *
 * @throws MarginError as {@link checkStore}, and what the work throws as such.
 */
export async function writeStore<T>(
  file: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const isNew = !exists(file);
  try {
    return await openStore(file, "READ_WRITE", async (connection) => {
      await connection.run("begin transaction");
      try {
        if (!(await refuseForeign(connection, file))) await createTables(connection);
        const result = await work(connection);
        await connection.run("commit");
        return result;
      } catch (error) {
        await rollBack(connection);
        throw error;
      }
    });
  } catch (error) {
    if (isNew && !isLocked(error)) for (const part of [file, `${file}.wal`]) rmSync(part, { force: true });
    throw error;
  }
}

/**
 * Reads a store; nothing of it can be changed.
 *
 * @throws MarginError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `STORE_FOREIGN`, `STORE_LOCKED`, `PACKAGE_MISSING`.
 */
export async function readStore<T>(
  file: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  // A file that is not there, or is a folder: the reader of bytes says so.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) rawBytes(file);
  return openStore(file, "READ_ONLY", async (connection) => {
    if (!(await refuseForeign(connection, file)))
      throw refused("STORE_FOREIGN", file, "a store; it is empty");
    return work(connection);
  });
}

/** @returns whether the store has its tables; false where the file has none at all. */
async function refuseForeign(connection: DuckDBConnection, file: string): Promise<boolean> {
  if (await hasTables(connection, ["plimsoll_store"])) {
    const [[format] = []] = await rowsOf(
      connection,
      "select coalesce(max(format)::varchar, 'not told') from plimsoll_store",
    );
    if (format === String(storeFormat)) return true;
    throw refused("STORE_FOREIGN", file, `a store of format ${storeFormat}; its format is ${String(format)}`);
  }
  if (await hasTables(connection, null))
    throw refused("STORE_FOREIGN", file, "a store, or a database without tables; it has other tables");
  return false;
}

async function openStore<T>(
  file: string,
  access: "READ_ONLY" | "READ_WRITE",
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  try {
    return await withDuckDB(work, { path: resolve(file), access });
  } catch (error) {
    throw error instanceof MarginError ? error : storeError(file, access, error);
  }
}

/** What DuckDB says of a file, as a code; what it does not say of the file stays as it is. */
function storeError(file: string, access: "READ_ONLY" | "READ_WRITE", error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split("\n")[0] ?? "";
  // A commit that does not fit on the device is an error of the transaction too.
  const isFull = /Could not write|No space left|File too large/.test(text);
  if (!isFull && /Could not set lock|different configuration|^TransactionContext Error/.test(text))
    return refused("STORE_LOCKED", file, `a file that is open nowhere else: ${line}`);
  if (
    /not a valid DuckDB|version number|^IO Error: Extension|^(Catalog|Binder|Serialization) Error/.test(text)
  )
    return refused("STORE_FOREIGN", file, `a DuckDB file that --store made: ${line}`);
  if (!/^(IO|Fatal|Out of Memory|TransactionContext) Error/.test(text)) return error;
  return access === "READ_ONLY"
    ? refused("FILE_UNREADABLE", file, `a whole DuckDB file: ${line}`)
    : refused("FILE_UNWRITABLE", file, `a file that can be written: ${line}`);
}

function refused(code: ErrorCode, file: string, expected: string): MarginError {
  return new MarginError([failure(code, { file, value: file, expected })]);
}

function isLocked(error: unknown): boolean {
  return error instanceof MarginError && error.code === "STORE_LOCKED";
}

/** After some errors DuckDB has rolled back already, and says so by another one. */
async function rollBack(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run("rollback");
  } catch {
    return;
  }
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function refuseUnwritable(path: string, file: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    throw refused("FILE_UNWRITABLE", file, `a file that can be written: ${why}`);
  }
}
