import type { Place } from "../basics/failure.js";

/** The input tables of a run, by the names they have in a snapshot and on the command line. */
export type InputTableName =
  "positions" | "underlyings" | "options" | "dividends" | "rates" | "accounts" | "theoretical";

/** Every table that is read: those of a run, and the lists of options of `price` and `implied-volatility`. */
export type TableName = InputTableName | "contracts" | "quotes" | "history" | "scenarios";

/**
 * One input table as columns. Cells were checked against the table's schema; what was wrong is in the failures
 * of the read, and `rejected[row]` is 1 for each row with a bad cell (a bad cell itself reads as absent).
 */
export interface Table {
  readonly name: TableName;
  readonly count: number;
  /** Names of the columns that may hold something: the schema's, and those of a numbered series that was given. */
  readonly columns: readonly string[];
  /** 1 = at least one cell of the row was bad. */
  readonly rejected: Uint8Array;
  /** No row says anything there: known without a look at the cells of a column that no file has. */
  isAbsent(column: string): boolean;
  /** `null` where the cell, or the whole optional column, is absent. */
  text(column: string): readonly (string | null)[];
  /** NaN where the cell, or the whole optional column, is absent; otherwise finite. */
  number(column: string): Float64Array;
  flag(column: string): readonly (boolean | null)[];
  /** Where row `row` (0-based) stands: file and 1-based line, for failures found later. */
  place(row: number, column?: string): Place;
}

/** Everything a run reads. Tables that were not given are empty tables. */
export interface InputTables {
  /** ISO 8601 text, `null` where not given; checked by `readAsOf`. */
  readonly asOf: string | null;
  readonly positions: Table;
  readonly underlyings: Table;
  readonly options: Table;
  readonly dividends: Table;
  /** Rows of `years`, `rate`; one number is one row at 0 years. */
  readonly rates: Table;
  readonly accounts: Table;
  /** Theoretical values of contracts, used instead of the model where they are given. */
  readonly theoretical: Table;
  /** Name of a built-in rule set, or a rule set itself as a document; `null` where not given. */
  readonly rules: unknown;
  /** SHA-256 (hex) over the bytes of every input file in a fixed order of tables, for `inputHash`. */
  readonly inputHash: string;
}
