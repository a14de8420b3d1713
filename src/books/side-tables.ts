import { withDuckDB } from "../tables/duckdb.js";
import { loadColumnFiles } from "../tables/load-files.js";
import type { LoadedFiles, TableFiles } from "../tables/read-tables.js";
import { tableNames } from "../tables/schema.js";
import type { InputTableName } from "../tables/table.js";

/** Files of all tables but these. */
export function filesBeside(files: TableFiles, left: readonly InputTableName[]): string[] {
  return tableNames.flatMap((name) => {
    const named = left.includes(name) ? [] : files[name];
    return typeof named === "object" ? named : [];
  });
}

/** Reads the tables beside positions and accounts, on a connection of their own. */
export async function loadSideTables(files: TableFiles): Promise<LoadedFiles> {
  const beside = filesBeside(files, ["positions", "accounts"]);
  return withDuckDB(async (connection) => loadColumnFiles(beside, connection));
}
