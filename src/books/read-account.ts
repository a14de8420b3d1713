import type { DuckDBConnection } from "@duckdb/node-api";
import type { ColumnFile } from "../tables/column-file.js";
import { sqlFile, sqlName, sqlText, withDuckDB } from "../tables/duckdb.js";
import { isParquet, leftFile } from "../tables/file-bytes.js";
import { loadColumnFiles } from "../tables/load-files.js";
import { parquetHead, parquetSource, readParquetRows } from "../tables/parquet.js";
import { readTableFiles, type TableFiles, type TablesRead } from "../tables/read-tables.js";
import { tableNames } from "../tables/schema.js";

/**
 * The tables of one account of a book in Parquet: its rows of positions and accounts alone, so that one account of a large
 * book can be looked at. Prices that other accounts give for what it holds are read too, for they agree on its volatilities.
 *
 * @returns null where positions are no Parquet files with a column of account names.
 * @throws MarginError as `loadTableFiles`.
 */
export async function readAccount(files: TableFiles, account: string): Promise<TablesRead | null> {
  if (files.positions.length === 0 || !files.positions.every(isParquet)) return null;
  return withDuckDB(async (connection) => {
    const own = new Map<string, ColumnFile>();
    for (const file of files.positions) {
      const filter = await positionsFilter(connection, file, { files: files.positions, account });
      if (filter === null) return null;
      own.set(file, await readParquetRows(connection, file, filter));
    }
    for (const file of (files.accounts ?? []).filter(isParquet)) {
      const columns = await columnsOf(connection, file);
      if (columns.get("account") === "VARCHAR")
        // With its first row, so that a table that lists other accounts is not taken for none.
        own.set(
          file,
          await readParquetRows(connection, file, `${ofAccount(account)} or file_row_number = 0`),
        );
    }
    const others = tableNames.flatMap((name) => {
      const named = files[name];
      return typeof named === "object" ? named.filter((file) => !own.has(file)) : [];
    });
    const loaded = new Map(await loadColumnFiles(others, connection));
    for (const [file, content] of own) loaded.set(file, () => leftFile(file, content));
    return readTableFiles(files, loaded);
  });
}

/** SQL: rows whose account may be this one, blanks around it aside. */
function ofAccount(account: string): string {
  return `contains(account, ${sqlText(account)})`;
}

async function positionsFilter(
  connection: DuckDBConnection,
  file: string,
  { files, account }: { readonly files: readonly string[]; readonly account: string },
): Promise<string | null> {
  const columns = await columnsOf(connection, file);
  if (columns.get("account") !== "VARCHAR" || columns.get("symbol") !== "VARCHAR") return null;
  if (!columns.has("price")) return ofAccount(account);
  const held = `select replace(symbol, ' ', '') from read_parquet([${files.map(sqlFile).join(", ")}], union_by_name = true) where ${ofAccount(account)}`;
  return `${ofAccount(account)} or (${sqlName("price")} is not null and replace(symbol, ' ', '') in (${held}))`;
}

async function columnsOf(connection: DuckDBConnection, file: string): Promise<Map<string, string>> {
  const head = await parquetHead(connection, parquetSource(file));
  return new Map(head.map(({ name, type }) => [name, type]));
}
