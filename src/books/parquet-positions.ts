import type { DuckDBConnection } from "@duckdb/node-api";
import { sqlName } from "../tables/duckdb.js";
import { leftFile } from "../tables/file-bytes.js";
import { parquetHead, parquetSource } from "../tables/parquet.js";
import { type PositionColumn, positionColumns, type PositionsFile } from "./positions-file.js";

/** A Parquet file as it lies. Null where a column is of a type that only the reader of cells can judge. */
export async function parquetPositions(
  connection: DuckDBConnection,
  file: string,
): Promise<PositionsFile | null> {
  const source = parquetSource(file);
  const head = await parquetHead(connection, source);
  const wanted = wantedColumns(head);
  if (wanted === null) return null;
  const names = head.map(({ name }) => name);
  return {
    file,
    select: `select file_row_number as row, ${wanted} from ${parquetSource(file, { numbered: true })}`,
    // Asked one by one, for then the file's footer answers.
    counts: ["*", ...positionColumns].map((name) =>
      name === "*" || names.includes(name) ? `select count(${name})::double from ${source}` : "select 0",
    ),
    picked: async (rows) => {
      const columns = names.map((name) => {
        const at = positionColumns.indexOf(name as PositionColumn);
        return { name, cells: rows.map((row) => (at < 0 ? null : (row[at + 1] ?? null))) };
      });
      return leftFile(file, { count: rows.length, rowNumbers: rows.map(([row]) => Number(row)), columns });
    },
  };
}

function wantedColumns(head: readonly { readonly name: string; readonly type: string }[]): string | null {
  const typeOf = new Map(head.map(({ name, type }) => [name, type]));
  const text = (name: string): string | null => (typeOf.get(name) === "VARCHAR" ? sqlName(name) : null);
  const number = (name: string): string | null => {
    const type = typeOf.get(name) ?? "";
    if (["DOUBLE", "FLOAT"].includes(type) || /^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(type))
      return `${sqlName(name)}::double`;
    // By its digits: the nearest double.
    return type.startsWith("DECIMAL") ? `${sqlName(name)}::varchar::double` : null;
  };
  const price = (name: string): string | null => (typeOf.has(name) ? number(name) : "null::double");
  const columns = [text("account"), text("symbol"), number("quantity"), price("price"), price("trade_price")];
  const escrow = typeOf.get("escrow") ?? "BOOLEAN";
  if (typeOf.size !== head.length || columns.includes(null) || escrow !== "BOOLEAN") return null;
  return columns.map((column, k) => `${column} as ${positionColumns[k]}`).join(", ");
}
