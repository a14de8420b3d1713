import type { BrokerFormat } from "./formats.js";

/** Rows that were passed over for one reason. */
export interface SkippedRows {
  readonly reason: string;
  /** 1-based lines of the file, in its order. */
  readonly lines: readonly number[];
}

/** Money that an export states. */
export interface CashFound {
  readonly account: string;
  /** USD, signed. */
  readonly amountUsd: number;
  /** What the file calls it. */
  readonly name: string;
  readonly line: number | null;
}

/** What was read from one export, what was passed over and why. Accounts go by their labels, never by their numbers. */
export interface ExportReport {
  readonly file: string;
  readonly format: BrokerFormat;
  /** Date and time as the file states them, `null` where it does not. */
  readonly stated: string | null;
  /** The same as an as-of time, where the file names the zone; `null` otherwise. */
  readonly asOf: string | null;
  readonly accounts: readonly string[];
  /** Rows of holdings: those of the positions table, and those refused with a failure. */
  readonly rowsUsed: number;
  readonly rowsRefused: number;
  readonly skipped: readonly SkippedRows[];
  /** Names that are no symbol of shares, options or futures; each is refused with a failure. */
  readonly unknownSymbols: readonly string[];
  readonly cash: readonly CashFound[];
  /** How many rows agree with themselves (quantity × price × multiplier = value), and how many say too little to tell. */
  readonly crossChecked: { readonly agree: number; readonly withinRounding: number; readonly untold: number };
  /** Columns of the file that nothing was taken from. */
  readonly unusedColumns: readonly string[];
  readonly notes: readonly string[];
}
