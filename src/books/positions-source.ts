import type { DuckDBConnection } from "@duckdb/node-api";
import { columnFormatOf, type FileBytes, isParquet } from "../tables/file-bytes.js";
import { arrowPositions } from "./arrow-positions.js";
import {
  type AllAtOnce,
  judgeAhead,
  judgeAll,
  type Judged,
  unreadSymbols,
  usableRows,
} from "./judge-rows.js";
import { openRows } from "./open-rows.js";
import { parquetPositions } from "./parquet-positions.js";
import { clashingRows, writeNames } from "./position-names.js";
import { type OpenPositions, positionColumns, type PositionsFile } from "./positions-file.js";
import type { LotsAhead } from "./read-ahead.js";
import { readLots } from "./read-lots.js";
import { textPositions } from "./text-positions.js";
import { rowsOf, textsOf } from "./vectors.js";

/**
 * Positions of a book, asked of DuckDB: files of Parquet as they lie, others copied into tables. No row becomes an object, but
 * for those that may not be usable as they stand: they are put aside as `book_odd`, by a predicate that the statistics of
 * Parquet files mostly answer, and are judged cell by cell.
 */
export class PositionsSource {
  readonly connection: DuckDBConnection;
  readonly rowCount: number;
  /** Whether any row has a price of its own. */
  readonly hasMarks: boolean;
  /** Rows of `book_odd`. */
  readonly oddCount: number;
  /** SQL: a row of `book_rows` that is not in `book_odd`. */
  readonly isPlain: string;
  /** SQL: a row of `book_odd` that the netting can take all the same. */
  readonly isFraction: string;
  /** SQL: a row of `book_rows` with nothing wrong in any cell, though its quantity may be refused. */
  readonly isRead: string;
  /** Symbols of the rows that can be read, as they are written, each once. */
  readonly symbols: readonly string[];
  /** By symbol: its code in `book_spellings`, which is what lots have of it; -1 where no lot has it. */
  readonly codes: Int32Array;
  /** The lots of all accounts, where there was room to read them at once. */
  readonly ahead: LotsAhead | null;
  readonly #files: readonly PositionsFile[];

  private constructor(connection: DuckDBConnection, files: readonly PositionsFile[], found: Found) {
    this.connection = connection;
    this.#files = files;
    this.rowCount = found.rowCount;
    this.hasMarks = found.hasMarks;
    this.oddCount = found.oddCount;
    this.isPlain = found.isPlain;
    this.isFraction = found.isFraction;
    this.isRead = found.isRead;
    this.symbols = found.symbols;
    this.codes = found.codes;
    this.ahead = found.ahead;
  }

  /**
   * Makes `book_rows` of all files and the tables `book_odd` and `book_spellings` (text, code), or gives null where a file's
   * columns are of types that only the reader of cells can judge.
   *
   * @throws Error of DuckDB where a file is not whole.
   */
  static async open(
    connection: DuckDBConnection,
    files: readonly string[],
    { checksAccounts, allAtOnce }: HowToOpen,
  ): Promise<PositionsSource | null> {
    const opened: PositionsFile[] = [];
    for (const [k, file] of files.entries()) {
      const positions = await openerOf(file)(connection, file, k);
      if (positions === null) return null;
      opened.push(positions);
    }
    const shape = await openRows(connection, opened);
    const accounts = checksAccounts ? await accountsIn(connection) : null;
    const atOnce = allAtOnce?.isRoomFor(shape) === true ? allAtOnce : null;
    const early =
      atOnce?.isAhead(shape) === true ? await judgeAhead(connection, shape, atOnce, opened) : null;
    const judged = early ?? (await judgeAll(connection, shape, accounts));
    if (shape.hasMarks) await writeNames(connection, judged.written.texts, accounts);
    const read = await readSymbols(connection, judged);
    const found = { ...shape, ...judged, ...read, ahead: early?.ahead ?? null };
    if (atOnce !== null && early === null) found.ahead = await lotsAtOnce(connection, found, atOnce);
    return new PositionsSource(connection, opened, found);
  }

  /** Rows that {@link readLots} gives for all accounts, where every account is known. */
  async usableCount(): Promise<number> {
    return usableRows(this.connection, this);
  }

  /** By the number in the column `file` of `book_rows`. */
  fileName(file: number): string | null {
    return this.#files[file]?.file ?? null;
  }

  /**
   * The odd rows, and those whose prices contradict each other, file by file with their 0-based numbers; every file, so that
   * its header is checked.
   */
  async oddRows(): Promise<Map<string, FileBytes>> {
    const columns = `file, row::double as row, ${positionColumns.join(", ")}`;
    const clashing = this.hasMarks ? ` union ${clashingRows(columns, this.isRead)}` : "";
    const sql = `select ${columns} from book_odd${clashing} order by file, row`;
    const rows = this.oddCount === 0 && !this.hasMarks ? [] : await rowsOf(this.connection, sql);
    const found = new Map<string, FileBytes>();
    for (const [k, { file, picked }] of this.#files.entries()) {
      const own = rows.filter(([at]) => Number(at) === k);
      found.set(file, await picked(own.map(([, ...cells]) => cells)));
    }
    return found;
  }
}

function openerOf(file: string): OpenPositions {
  if (isParquet(file)) return parquetPositions;
  return columnFormatOf(file) === null ? textPositions : arrowPositions;
}

interface Found extends Pick<
  PositionsSource,
  "rowCount" | "hasMarks" | "oddCount" | "isPlain" | "isFraction" | "isRead" | "symbols" | "codes" | "ahead"
> {}

interface HowToOpen {
  /** False where accounts are looked up in a list that has no blank name. */
  readonly checksAccounts: boolean;
  /** Where `book_accounts` is there already: how the lots of all accounts are read at once, if all have room. */
  readonly allAtOnce?: AllAtOnce;
}

async function accountsIn(connection: DuckDBConnection): Promise<string[]> {
  return textsOf(connection, "select distinct account from book_rows where account is not null order by 1");
}

/** The lots of all accounts. */
async function lotsAtOnce(
  connection: DuckDBConnection,
  found: Found,
  { lots: roomFor, accountCount }: AllAtOnce,
): Promise<LotsAhead> {
  const lots = await readLots({ connection, ...found }, { first: 0, end: accountCount }, roomFor);
  return { lots, isWhole: lots.count === (await usableRows(connection, found)) };
}

/** The symbols that {@link unreadSymbols} leaves. */
async function readSymbols(
  connection: DuckDBConnection,
  judged: Judged,
): Promise<Pick<Found, "symbols" | "codes">> {
  const { texts, codes } = judged.written;
  const unread = await unreadSymbols(connection, judged);
  if (unread.size === 0) return { symbols: texts, codes };
  const rows = [...texts.keys()].filter((row) => !unread.has(texts[row] ?? ""));
  return {
    symbols: rows.map((row) => texts[row] ?? ""),
    codes: Int32Array.from(rows, (row) => codes[row] ?? -1),
  };
}
