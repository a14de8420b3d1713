import type { DuckDBConnection } from "@duckdb/node-api";
import { MarginError } from "../basics/failure.js";
import { type ArrowCells, arrowCells } from "../tables/arrow.js";
import { leftFile, rawBytes } from "../tables/file-bytes.js";
import { appendParts } from "../tables/write-columns.js";
import { PositionParts } from "./arrow-parts.js";
import { positionColumns, type PositionsFile } from "./positions-file.js";
import { writeCodes } from "./read-lots.js";

/**
 * Copies the positions of an Arrow IPC file into tables: numbers as they lie in memory, texts as codes beside a table of each text
 * once. Null where the reader of tables has something to say of the file as a whole.
 */
export async function arrowPositions(
  connection: DuckDBConnection,
  file: string,
  k: number,
): Promise<PositionsFile | null> {
  const found = await cellsOf(file);
  if (found === null) return null;
  const names = found.columns.map(({ name }) => name);
  const isPlain = ["account", "symbol", "quantity"].every((name) => names.includes(name));
  if (!isPlain || new Set(names).size !== names.length) return null;
  const copied = await copyCells(connection, `book_file_${k}`, found);
  return {
    file,
    ...copied,
    picked: async (rows) => {
      if (rows.length === 0)
        return leftFile(file, { count: 0, columns: names.map((name) => ({ name, cells: [] })) });
      const { columns } = await arrowCells(rawBytes(file));
      const rowNumbers = rows.map(([row]) => Number(row));
      const cells = columns.map(({ name, cellAt }) => ({
        name,
        cells: rowNumbers.map((row) => cellAt(row)),
      }));
      return leftFile(file, { count: rows.length, rowNumbers, columns: cells });
    },
  };
}

/** Null where the file cannot be read. @throws MarginError `PACKAGE_MISSING`. */
async function cellsOf(file: string): Promise<ArrowCells | null> {
  try {
    return await arrowCells(rawBytes(file));
  } catch (error) {
    const isMissing = error instanceof MarginError && error.failures[0]?.code === "PACKAGE_MISSING";
    if (isMissing) throw error;
    return null;
  }
}

/** Makes the tables `name`, its rows in their order, and `name_account` and `name_symbol`, each text by its code. */
async function copyCells(
  connection: DuckDBConnection,
  name: string,
  found: ArrowCells,
): Promise<Pick<PositionsFile, "select" | "coded" | "rowCount" | "cellCounts">> {
  const parts = new PositionParts(found);
  await appendParts(connection, name, parts);
  const [accounts, symbols] = [`${name}_account`, `${name}_symbol`];
  await writeCodes(connection, accounts, parts.codes("account"));
  await writeCodes(connection, symbols, parts.codes("symbol"));
  const cells = positionColumns.map((column) => {
    const count = parts.counts.get(column);
    if (count === found.count) return column;
    if (count === undefined) return `null::double as ${column}`;
    const isText = column === "account" || column === "symbol";
    return isText
      ? `nullif(${column}, -1) as ${column}`
      : `case when isnan(${column}) then null else ${column} end as ${column}`;
  });
  const select = `select rowid::double as row, ${cells.join(", ")} from ${name}`;
  return {
    select: `select row, a.text as account, s.text as symbol, quantity, price, trade_price from (${select}) p
      left join ${accounts} a on p.account = a.code left join ${symbols} s on p.symbol = s.code`,
    coded: { select, accounts, symbols },
    rowCount: `select ${found.count}::double`,
    cellCounts: positionColumns.map((column) => `select ${parts.counts.get(column) ?? 0}::double`),
  };
}
