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
  for (let first = 0; first === 0 || first < count; first += rowsAPart) {
    const rows = Math.min(rowsAPart, count - first);
    const cells = (name: string): unknown[] => {
      const cellAt = columns.find((column) => column.name === name)?.cellAt;
      return Array.from({ length: rows }, (_, k) => cellAt?.(first + k) ?? null);
    };
    const [quantity, price, tradePrice, escrow] = ["quantity", "price", "trade_price", "escrow"].map(cells);
    const isUsable = (k: number): boolean =>
      isPrice(price?.[k]) && isPrice(tradePrice?.[k]) && [true, false, null].includes(escrow?.[k] as boolean);
    yield [
      numbers("row", rows, (k) => first + k),
      { name: "account", type: "text", cells: cells("account").map(textOf) },
      { name: "symbol", type: "text", cells: cells("symbol").map(textOf) },
      numbers("quantity", rows, (k) => (isUsable(k) ? quantity?.[k] : null)),
      numbers("price", rows, (k) => price?.[k]),
      numbers("trade_price", rows, (k) => tradePrice?.[k]),
    ];
  }
}

/** Absent where the cell is no number. A loop, for `Float64Array.from` takes several times as long. */
function numbers(name: string, rows: number, cellAt: (k: number) => unknown): OutColumn {
  const cells = new Float64Array(rows).fill(Number.NaN);
  for (let k = 0; k < rows; k++) {
    const value = cellAt(k);
    if (typeof value === "number") cells[k] = value;
  }
  return { name, type: "number", cells };
}

/** Or absent. NaN would be taken for absent. */
function isPrice(value: unknown): boolean {
  return value === null || (typeof value === "number" && !Number.isNaN(value));
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
