import type { DuckDBConnection } from "@duckdb/node-api";
import type { FileBytes } from "../tables/file-bytes.js";

/** Those that a run over a book looks at; of a price of the trade only whether it is a price. */
export const positionColumns = ["account", "symbol", "quantity", "price", "trade_price"] as const;
export type PositionColumn = (typeof positionColumns)[number];

/** Positions of one file of any format, asked of DuckDB. */
export interface PositionsFile {
  readonly file: string;
  /** SQL: its rows with their 0-based number `row` and {@link positionColumns}. A cell that cannot be used is absent. */
  readonly select: string;
  /** Where it keeps texts as codes anyway: lots are then joined by codes. */
  readonly coded?: CodedPositions;
  /** SQL: how many rows there are, and by {@link positionColumns} how many cells. */
  readonly rowCount: string;
  readonly cellCounts: readonly string[];
  /** The file as its own reader is to see it, with these rows alone: each its number and its cells by column. */
  readonly picked: (rows: readonly (readonly unknown[])[]) => Promise<FileBytes>;
}

export interface CodedPositions {
  /** SQL: as {@link PositionsFile.select}, account and symbol by their codes. */
  readonly select: string;
  /** Tables (text, code), each text once. */
  readonly accounts: string;
  readonly symbols: string;
}

/** Makes a file's positions known to DuckDB, under names that end in `k`. Null where only the reader of tables can judge them. */
export type OpenPositions = (
  connection: DuckDBConnection,
  file: string,
  k: number,
) => Promise<PositionsFile | null>;

/** What there is of a file's rows, where no footer tells. */
export function countsIn(select: string): Pick<PositionsFile, "rowCount" | "cellCounts"> {
  const countOf = (name: string): string => `select count(${name})::double from (${select})`;
  return { rowCount: countOf("*"), cellCounts: positionColumns.map(countOf) };
}
