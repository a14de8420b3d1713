import type { DuckDBConnection } from "@duckdb/node-api";
import { MarginError } from "../basics/failure.js";
import { type ArrowCells, arrowCells } from "../tables/arrow.js";
import { leftFile, rawBytes } from "../tables/file-bytes.js";
import { appendParts, type OutColumn } from "../tables/write-columns.js";
import { countsIn, type PositionsFile } from "./positions-file.js";

const rowsAPart = 65_536;

/** Copies the positions of an Arrow IPC file into a table. Null where the reader of tables has something to say of the file as a whole. */
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
  const select = await appendParts(connection, `book_file_${k}`, partsOf(found));
  return {
    file,
    select,
    counts: countsIn(select),
    picked: async (rows) => {
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

/** So many rows at a time. A row with a cell of another type loses its quantity, so that it is judged cell by cell. */
function* partsOf({ count, columns }: ArrowCells): Generator<OutColumn[]> {
  const column = (name: string): ((row: number) => unknown) =>
    columns.find((candidate) => candidate.name === name)?.cellAt ?? (() => null);
  const [account, symbol, quantity] = [column("account"), column("symbol"), column("quantity")];
  const [price, tradePrice, escrow] = [column("price"), column("trade_price"), column("escrow")];
  const isUsable = (row: number): boolean =>
    isPrice(price(row)) && isPrice(tradePrice(row)) && [true, false, null].includes(escrow(row) as boolean);
  for (let first = 0; first === 0 || first < count; first += rowsAPart) {
    const rows = Array.from({ length: Math.min(rowsAPart, count - first) }, (_, k) => first + k);
    const texts = (name: string, cell: (row: number) => unknown): OutColumn => {
      return { name, type: "text", cells: rows.map((row) => textOf(cell(row))) };
    };
    const numbers = (name: string, cell: (row: number) => unknown): OutColumn => {
      return { name, type: "number", cells: Float64Array.from(rows, (row) => numberOf(cell(row))) };
    };
    yield [
      numbers("row", (row) => row),
      texts("account", account),
      texts("symbol", symbol),
      numbers("quantity", (row) => (isUsable(row) ? quantity(row) : null)),
      numbers("price", price),
      numbers("trade_price", tradePrice),
    ];
  }
}

/** Or absent. NaN would be taken for absent. */
function isPrice(value: unknown): boolean {
  return value === null || (typeof value === "number" && !Number.isNaN(value));
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}
