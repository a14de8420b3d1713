import { AsyncLocalStorage } from "node:async_hooks";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type Bindings from "@duckdb/node-bindings";
import type * as Packages from "./duckdb-packages.js";
import { optionalPackage } from "./optional-package.js";

/** A database in a file, and how it is opened. */
export interface DatabaseFile {
  /** Absolute, so that no name of a database that is no file is taken for one. */
  readonly path: string;
  readonly access: "READ_ONLY" | "READ_WRITE";
}

/** The database in memory of the work around, where there is one. */
const shared = new AsyncLocalStorage<Promise<DuckDBInstance>>();

/**
 * Runs work in which every {@link withDuckDB} that names no file has a connection of its own to one database: opening and
 * closing one takes as long as a dozen small queries. It is opened on a thread of its own while the work begins; the first that
 * needs it hears of a failure. Work inside such work has the same database.
 */
export async function sharingDuckDB<T>(work: () => Promise<T>): Promise<T> {
  if (shared.getStore() !== undefined) return work();
  // Begun before the work, for loading what the work is made of would hold up what opens the database.
  const { opening } = await begunDatabase(null).catch((error: unknown) => ({
    opening: Promise.reject<DuckDBInstance>(error),
  }));
  opening.catch(() => null);
  try {
    return await shared.run(opening, work);
  } finally {
    const [opened] = await Promise.allSettled([opening]);
    if (opened.status === "fulfilled") opened.value.closeSync();
  }
}

/**
 * Runs work on a DuckDB database, in memory where no file is given, that is closed behind it. Nothing is downloaded:
 * extensions beyond those in the package are off.
 *
 * @throws MarginError `PACKAGE_MISSING`; Error of DuckDB where the file cannot be opened.
 */
export async function withDuckDB<T>(
  work: (connection: DuckDBConnection) => Promise<T>,
  file: DatabaseFile | null = null,
): Promise<T> {
  const common = file === null ? shared.getStore() : undefined;
  const instance = await (common ?? openDatabase(file));
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    if (common === undefined) instance.closeSync();
  }
}

async function openDatabase(file: DatabaseFile | null): Promise<DuckDBInstance> {
  return (await begunDatabase(file)).opening;
}

/** DuckDB is loaded, and a thread of its own opens the database. */
async function begunDatabase(
  file: DatabaseFile | null,
): Promise<{ readonly opening: Promise<DuckDBInstance> }> {
  const { DuckDBInstance: Instance } = await duckdbPackages("@duckdb/node-api");
  const common = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };
  // The cache holds one database a file: opened twice in one process, a file would be locked against neither.
  const opening =
    file === null
      ? Instance.create(":memory:", common)
      : Instance.fromCache(file.path, { ...common, access_mode: file.access });
  return { opening };
}

/** The layer below DuckDB's interface, which reads and writes vectors as they lie in memory. @throws MarginError `PACKAGE_MISSING`. */
export async function duckdbBindings(): Promise<typeof Bindings> {
  return (await duckdbPackages("@duckdb/node-bindings")).bindings;
}

async function duckdbPackages(wanted: string): Promise<typeof Packages> {
  return optionalPackage(wanted, () => import("./duckdb-packages.js"));
}

/** SQL: a text. No literal can hold a NUL. */
export function sqlText(text: string): string {
  const literals = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return literals.length === 1 ? literals.join("") : `(${literals.join(" || chr(0) || ")})`;
}

export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name of one file: what DuckDB would take for a pattern stands for itself. */
export function sqlFile(file: string): string {
  return sqlText(file.replaceAll(/[*?[]/g, "[$&]"));
}
