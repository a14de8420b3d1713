import type { DuckDBConnection } from "@duckdb/node-api";
import { sqlName } from "../tables/duckdb.js";
import { leftFile } from "../tables/file-bytes.js";
import { parquetHead, parquetSource, readParquetRows } from "../tables/parquet.js";
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
  const mayBeWide = wideNames(head).length > 0;
  const names = head.map(({ name }) => name);
  return {
    file,
    select: `select file_row_number as row, ${wanted} from ${parquetSource(file, { numbered: true })}`,
    // A question each, for then the file's footer answers.
    rowCount: `select count(*)::double from ${source}`,
    cellCounts: positionColumns.map((name) =>
      names.includes(name) ? `select count(${name})::double from ${source}` : "select 0",
    ),
    picked: async (rows) => {
      const lost = mayBeWide ? await lostRows(connection, file, rows) : new Map<number, LostRow>();
      const columns = names.map((name) => {
        const at = positionColumns.indexOf(name as PositionColumn);
        const cellOf = (row: readonly unknown[]): unknown => (at < 0 ? null : (row[at + 1] ?? null));
        return { name, cells: rows.map((row) => lost.get(Number(row[0]))?.get(name) ?? cellOf(row)) };
      });
      return leftFile(file, { count: rows.length, rowNumbers: rows.map(([row]) => Number(row)), columns });
    },
  };
}

const mostExact = Number.MAX_SAFE_INTEGER;

type Head = readonly { readonly name: string; readonly type: string }[];

/** Number columns that may have integers that no double holds. */
function wideNames(head: Head): string[] {
  const wide = head.filter(({ type }) => /^U?BIGINT$/.test(type)).map(({ name }) => name);
  return wide.filter((name) => ["quantity", "price", "trade_price"].includes(name));
}

/** Its cells as the reader of cells is to see them, by column. */
type LostRow = ReadonlyMap<string, unknown>;

/** Rows of infinite quantity by number, as the file has them: the quantity may stand for what no double holds. */
async function lostRows(
  connection: DuckDBConnection,
  file: string,
  rows: readonly (readonly unknown[])[],
): Promise<Map<number, LostRow>> {
  const quantityAt = positionColumns.indexOf("quantity") + 1;
  const numbers = rows.filter((row) => row[quantityAt] === Infinity).map(([row]) => Number(row));
  if (numbers.length === 0) return new Map();
  const read = await readParquetRows(connection, file, `file_row_number in (${numbers.join(", ")})`);
  const { rowNumbers = [], columns } = read;
  return new Map(
    rowNumbers.map((row, k) => [row, new Map(columns.map(({ name, cells }) => [name, cells[k]]))]),
  );
}

function wantedColumns(head: Head): string | null {
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
  const exact = wideNames(head).map(
    (name) => `coalesce(${sqlName(name)} between -${mostExact} and ${mostExact}, true)`,
  );
  const quantity = number("quantity");
  // A row with an integer that no double holds gets a quantity that makes it odd.
  const judged =
    exact.length === 0 ? quantity : `case when ${exact.join(" and ")} then ${quantity} else 'infinity' end`;
  const columns = [text("account"), text("symbol"), quantity && judged, price("price"), price("trade_price")];
  const escrow = typeOf.get("escrow") ?? "BOOLEAN";
  if (typeOf.size !== head.length || columns.includes(null) || escrow !== "BOOLEAN") return null;
  return columns.map((column, k) => `${column} as ${positionColumns[k]}`).join(", ");
}
