import type { DuckDBConnection } from "@duckdb/node-api";
import { optionalPackage } from "./optional-package.js";

/**
 * Runs work on an in-memory DuckDB database that is closed behind it. Nothing is downloaded: extensions beyond those in
 * the package are off.
 *
 * @throws MarginError `PACKAGE_MISSING`.
 */
export async function withDuckDB<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = await optionalPackage("@duckdb/node-api", () => import("@duckdb/node-api"));
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
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
