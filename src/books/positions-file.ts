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
  /** SQL by `*` and {@link positionColumns}: how many rows, or cells of the column, there are. */
  readonly counts: readonly string[];
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

/** {@link PositionsFile.counts} where no footer answers. */
export function countsIn(select: string): string[] {
  return ["*", ...positionColumns].map((name) => `select count(${name})::double from (${select})`);
}
