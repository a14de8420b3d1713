import type { DuckDBConnection } from "@duckdb/node-api";
import type Bindings from "@duckdb/node-bindings";
import { optionalPackage } from "./optional-package.js";

/** A database in a file, and how it is opened. */
export interface DatabaseFile {
  /** Absolute, so that no name of a database that is no file is taken for one. */
  readonly path: string;
  readonly access: "READ_ONLY" | "READ_WRITE";
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
  const { DuckDBInstance } = await optionalPackage("@duckdb/node-api", () => import("@duckdb/node-api"));
  const common = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };
  // The cache holds one database a file: opened twice in one process, a file would be locked against neither.
  const instance =
    file === null
      ? await DuckDBInstance.create(":memory:", common)
      : await DuckDBInstance.fromCache(file.path, { ...common, access_mode: file.access });
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** The layer below DuckDB's interface, which reads and writes vectors as they lie in memory. @throws MarginError `PACKAGE_MISSING`. */
export async function duckdbBindings(): Promise<typeof Bindings> {
  return optionalPackage(
    "@duckdb/node-bindings",
    async () => (await import("@duckdb/node-bindings")).default,
  );
}

export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name of one file: what DuckDB would take for a pattern stands for itself. */
export function sqlFile(file: string): string {
  return sqlText(file.replaceAll(/[*?[]/g, "[$&]"));
}
