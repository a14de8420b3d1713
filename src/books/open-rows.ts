import type { DuckDBConnection } from "@duckdb/node-api";
import { type PositionColumn, positionColumns, type PositionsFile } from "./positions-file.js";
import { rowsOf } from "./vectors.js";

/** What the rows of all files have, by their counts. */
export interface Shape {
  readonly rowCount: number;
  readonly hasMarks: boolean;
  /** Columns in which a cell is absent, and prices that any row has. */
  readonly absent: readonly PositionColumn[];
  readonly prices: readonly PositionColumn[];
}

/** Up to so many rows are kept: opening a file again takes longer than looking through them. */
const mostKept = 262_144;

/** Makes `book_rows`: the rows of few positions, a view of the files of many. */
export async function openRows(
  connection: DuckDBConnection,
  files: readonly PositionsFile[],
): Promise<Shape> {
  const [rowCount = 0] = await sumsOf(
    connection,
    files.map(({ rowCount: asked }) => [asked]),
  );
  const isKept = rowCount <= mostKept;
  const parts = files.map(({ select }, k) => `select ${k} as file, * from (${select})`);
  const kind = isKept ? "table" : "view";
  await connection.run(`create or replace temp ${kind} book_rows as ${parts.join(" union all ")}`);
  const present = isKept
    ? await keptCells(connection)
    : await sumsOf(
        connection,
        files.map(({ cellCounts }) => cellCounts),
      );
  const absent = positionColumns.filter((_, k) => (present[k] ?? 0) < rowCount);
  const prices = (["price", "trade_price"] as const).filter(
    (name) => (present[positionColumns.indexOf(name)] ?? 0) > 0,
  );
  return { rowCount, hasMarks: prices.includes("price"), absent, prices };
}

/** By column: cells that are there. */
async function keptCells(connection: DuckDBConnection): Promise<number[]> {
  const counts = positionColumns.map((name) => `count(${name})`);
  const [found = []] = await rowsOf(connection, `select ${counts.join(", ")} from book_rows`);
  return found.map(Number);
}

/** The answers to the same questions of each file, added up. */
async function sumsOf(
  connection: DuckDBConnection,
  files: readonly (readonly string[])[],
): Promise<number[]> {
  const sums: number[] = [];
  for (const asked of files) {
    const [found = []] = await rowsOf(connection, `select ${asked.map((sql) => `(${sql})`).join(", ")}`);
    for (const [k, count] of found.entries()) sums[k] = (sums[k] ?? 0) + Number(count);
  }
  return sums;
}
