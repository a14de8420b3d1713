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
  const [rowCount = 0] = await countsOf(
    connection,
    files.map(({ counts }) => counts.slice(0, 1)),
  );
  const isKept = rowCount <= mostKept;
  const parts = files.map(({ select }, k) => `select ${k} as file, * from (${select})`);
  const kind = isKept ? "table" : "view";
  await connection.run(`create or replace temp ${kind} book_rows as ${parts.join(" union all ")}`);
  const present = isKept
    ? ((await rowsOf(connection, keptCounts))[0] ?? []).map(Number)
    : await countsOf(
        connection,
        files.map(({ counts }) => counts.slice(1)),
      );
  const absent = positionColumns.filter((_, k) => (present[k] ?? 0) < rowCount);
  const prices = (["price", "trade_price"] as const).filter(
    (name) => (present[positionColumns.indexOf(name)] ?? 0) > 0,
  );
  return { rowCount, hasMarks: prices.includes("price"), absent, prices };
}

const keptCounts = `select ${positionColumns.map((name) => `count(${name})`).join(", ")} from book_rows`;

/** The answers to some questions of each file, added up. */
async function countsOf(
  connection: DuckDBConnection,
  files: readonly (readonly string[])[],
): Promise<number[]> {
  const counts: number[] = [];
  for (const asked of files) {
    const [found = []] = await rowsOf(connection, `select ${asked.map((sql) => `(${sql})`).join(", ")}`);
    for (const [k, count] of found.entries()) counts[k] = (counts[k] ?? 0) + Number(count);
  }
  return counts;
}
