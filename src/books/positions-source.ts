import type { DuckDBConnection } from "@duckdb/node-api";
import type { TableFiles } from "../tables/read-tables.js";
import { columnFormatOf, type FileBytes, isParquet } from "../tables/file-bytes.js";
import { arrowPositions } from "./arrow-positions.js";
import { fractionOfShares, isBlank, oddPredicate, readPredicate } from "./odd-rows.js";
import { parquetPositions } from "./parquet-positions.js";
import type { LotColumns, LotShape } from "../valuation/lot-columns.js";
import { clashingRows, writeNames } from "./position-names.js";
import {
  type OpenPositions,
  type PositionColumn,
  positionColumns,
  type PositionsFile,
} from "./positions-file.js";
import { type LotsAhead, numberListed, readAhead } from "./read-ahead.js";
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
    this.ahead = found.ahead;
  }

  /**
   * Makes the view `book_rows` of all files and the table `book_odd`, or gives null where a file's columns are of types that
   * only the reader of cells can judge.
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
    const parts = opened.map(({ select }, k) => `select ${k} as file, * from (${select})`);
    await connection.run(`create or replace temp view book_rows as ${parts.join(" union all ")}`);
    const shape = await shapeOf(connection, opened);
    const { rowCount, hasMarks } = shape;
    const accounts = checksAccounts ? await textsIn(connection, "account") : null;
    const early =
      allAtOnce?.isRoomFor(shape) === true ? await judgeAhead(connection, shape, allAtOnce, opened) : null;
    const judged = early ?? (await judgeAll(connection, shape, accounts));
    if (hasMarks) await writeNames(connection, judged.written, accounts);
    const unread = await unreadSymbols(connection, judged);
    const symbols = judged.written.filter((text) => !unread.has(text));
    const found = { ...judged, rowCount, hasMarks, symbols, ahead: early?.ahead ?? null };
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
  "rowCount" | "hasMarks" | "oddCount" | "isPlain" | "isFraction" | "isRead" | "symbols" | "ahead"
> {}

interface HowToOpen {
  /** False where accounts are looked up in a list that has no blank name. */
  readonly checksAccounts: boolean;
  /** Where `book_accounts` is there already: how lots are read ahead, if all have room. */
  readonly allAtOnce?: AllAtOnce;
}

export interface AllAtOnce {
  readonly isRoomFor: (book: Pick<Shape, "rowCount" | "hasMarks">) => boolean;
  readonly lots: (shape: LotShape) => LotColumns;
  readonly tables: TableFiles;
}

/** What the rows of all files have, by their counts. */
interface Shape {
  readonly rowCount: number;
  readonly hasMarks: boolean;
  /** Columns in which a cell is absent, and prices that any row has. */
  readonly absent: readonly PositionColumn[];
  readonly prices: readonly PositionColumn[];
}

async function shapeOf(connection: DuckDBConnection, files: readonly PositionsFile[]): Promise<Shape> {
  const [rowCount = 0, ...present] = await countsOf(connection, files);
  const absent = positionColumns.filter((_, k) => (present[k] ?? 0) < rowCount);
  const prices = (["price", "trade_price"] as const).filter(
    (name) => (present[positionColumns.indexOf(name)] ?? 0) > 0,
  );
  return { rowCount, hasMarks: prices.includes("price"), absent, prices };
}

/** Rows of all files, and cells that are there by column. */
async function countsOf(connection: DuckDBConnection, files: readonly PositionsFile[]): Promise<number[]> {
  const counts = ["*", ...positionColumns].map(() => 0);
  for (const { counts: asked } of files) {
    const [found = []] = await rowsOf(connection, `select ${asked.map((sql) => `(${sql})`).join(", ")}`);
    for (const [k, count] of found.entries()) counts[k]! += Number(count);
  }
  return counts;
}

async function textsIn(connection: DuckDBConnection, name: "account" | "symbol"): Promise<string[]> {
  const sql = `select distinct ${name} from book_rows where ${name} is not null order by 1`;
  return textsOf(connection, sql);
}

interface Judged extends Pick<PositionsSource, "oddCount" | "isPlain" | "isFraction" | "isRead"> {
  /** Symbols of all rows as they are written, each once. */
  readonly written: readonly string[];
}

/** Puts the odd rows aside, with what is known of the names. */
async function judgeRows(
  connection: DuckDBConnection,
  { absent, prices }: Shape,
  { written, accounts }: { readonly written: readonly string[]; readonly accounts: readonly string[] | null },
): Promise<Judged> {
  const blank = { symbol: written.filter(isBlank), account: (accounts ?? []).filter(isBlank) };
  const odd = oddPredicate({ absent, prices, blank });
  const [[oddCount] = []] = await rowsOf(
    connection,
    `create or replace temp table book_odd as select * from book_rows where ${odd}`,
  );
  const isRead = readPredicate(blank);
  const isFraction = `${isRead} and ${fractionOfShares}`;
  return { written, oddCount: Number(oddCount), isPlain: `not (${odd})`, isFraction, isRead };
}

async function judgeAll(
  connection: DuckDBConnection,
  shape: Shape,
  accounts: readonly string[] | null,
): Promise<Judged> {
  return judgeRows(connection, shape, { written: await textsIn(connection, "symbol"), accounts });
}

/** As {@link judgeRows}, with the lots of all accounts; null where they are better read another way. */
async function judgeAhead(
  connection: DuckDBConnection,
  shape: Shape,
  { tables, lots: roomFor }: AllAtOnce,
  files: readonly PositionsFile[],
): Promise<(Judged & { readonly ahead: LotsAhead }) | null> {
  if (!(await numberListed(connection, tables))) return null;
  const judged = await judgeRows(connection, shape, { written: [], accounts: null });
  const count = await usableRows(connection, { ...shape, ...judged });
  const lots = roomFor({ count, hasMarks: shape.hasMarks });
  try {
    const ahead = await readAhead(connection, { ...judged, files, lots });
    if (ahead?.isWhole === false) return { ...judged, ahead };
    const written = ahead === null ? [] : await textsOf(connection, heldOrOdd);
    // Those who hold a blank symbol have odd rows.
    if (ahead !== null && !written.some(isBlank)) return { ...judged, written, ahead };
  } catch (error) {
    lots.release();
    throw error;
  }
  lots.release();
  return null;
}

/** SQL: symbols of lots that were read ahead, and of odd rows. */
const heldOrOdd = `select text from book_spellings join book_held using (code) union
  select symbol from book_odd where symbol is not null order by 1`;

/** Symbols that stand in rows alone of which a cell cannot be read. */
async function unreadSymbols(
  connection: DuckDBConnection,
  { oddCount, isRead }: Judged,
): Promise<ReadonlySet<string>> {
  if (oddCount === 0) return new Set();
  const sql = `select distinct symbol from book_odd where symbol is not null and not (${isRead}) except
    select symbol from book_rows where symbol in (select symbol from book_odd) and ${isRead}`;
  return new Set(await textsOf(connection, sql));
}

async function usableRows(
  connection: DuckDBConnection,
  { rowCount, oddCount, isFraction }: Pick<PositionsSource, "rowCount" | "oddCount" | "isFraction">,
): Promise<number> {
  if (oddCount === 0) return rowCount;
  const sql = `select count(*)::double from book_odd where ${isFraction}`;
  const [[fractions] = []] = await rowsOf(connection, sql);
  return rowCount - oddCount + Number(fractions);
}
