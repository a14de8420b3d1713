import type { DuckDBConnection } from "@duckdb/node-api";
import type { TableFiles } from "../tables/read-tables.js";
import type { LotColumns, LotShape } from "../valuation/lot-columns.js";
import { fractionOfShares, isBlank, oddPredicate, readPredicate } from "./odd-rows.js";
import type { Shape } from "./open-rows.js";
import type { PositionsFile } from "./positions-file.js";
import { type LotsAhead, numberListed, readAhead } from "./read-ahead.js";
import { integersOf, orderedTexts, rowsOf, textsOf } from "./vectors.js";

/** Symbols as they are written, each once in order, and their codes in `book_spellings`. */
export interface Written {
  readonly texts: readonly string[];
  readonly codes: Int32Array;
}

/** The rows by what can be done with them. */
export interface Judged {
  /** Symbols of all rows. */
  readonly written: Written;
  /** Rows of `book_odd`. */
  readonly oddCount: number;
  /** SQL: as those of `PositionsSource`. */
  readonly isPlain: string;
  readonly isFraction: string;
  readonly isRead: string;
}

/** How the lots of all accounts are read at once. */
export interface AllAtOnce {
  readonly isRoomFor: (book: Pick<Shape, "rowCount" | "hasMarks">) => boolean;
  /** Whether numbering the symbols of all contracts is worth reading so many rows once less. */
  readonly isAhead: (book: Pick<Shape, "rowCount">) => boolean;
  readonly lots: (shape: LotShape) => LotColumns;
  readonly tables: TableFiles;
  readonly accountCount: number;
}

/** Puts the odd rows aside, with what is known of the names. */
async function judgeRows(
  connection: DuckDBConnection,
  { absent, prices }: Shape,
  { written, accounts }: { readonly written: Written; readonly accounts: readonly string[] | null },
): Promise<Judged> {
  const blank = { symbol: written.texts.filter(isBlank), account: (accounts ?? []).filter(isBlank) };
  const odd = oddPredicate({ absent, prices, blank });
  const [[oddCount] = []] = await rowsOf(
    connection,
    `create or replace temp table book_odd as select * from book_rows where ${odd}`,
  );
  const isRead = readPredicate(blank);
  const isFraction = `${isRead} and ${fractionOfShares}`;
  return { written, oddCount: Number(oddCount), isPlain: `not (${odd})`, isFraction, isRead };
}

/** As {@link judgeRows}, with the symbols of all rows. */
export async function judgeAll(
  connection: DuckDBConnection,
  shape: Shape,
  accounts: readonly string[] | null,
): Promise<Judged> {
  return judgeRows(connection, shape, { written: await numberWritten(connection), accounts });
}

/** Makes `book_spellings` of the symbols of all rows. */
async function numberWritten(connection: DuckDBConnection): Promise<Written> {
  await connection.run(`create or replace temp table book_spellings as
    select symbol as text, (row_number() over (order by symbol) - 1)::integer as code
    from (select distinct symbol from book_rows where symbol is not null)`);
  const texts = await orderedTexts(connection, { text: "text", source: "book_spellings", row: "code" });
  return { texts, codes: Int32Array.from(texts.keys()) };
}

/** As {@link judgeRows}, with the lots of all accounts; null where they are better read another way. */
export async function judgeAhead(
  connection: DuckDBConnection,
  shape: Shape,
  { tables, lots: roomFor }: AllAtOnce,
  files: readonly PositionsFile[],
): Promise<(Judged & { readonly ahead: LotsAhead }) | null> {
  if (!(await numberListed(connection, tables))) return null;
  const unknown = { texts: [], codes: new Int32Array() };
  const judged = await judgeRows(connection, shape, { written: unknown, accounts: null });
  const count = await usableRows(connection, { ...shape, ...judged });
  const lots = roomFor({ count, hasMarks: shape.hasMarks });
  try {
    const ahead = await readAhead(connection, { ...judged, files, lots });
    if (ahead?.isWhole === false) return { ...judged, ahead };
    const written = ahead === null ? unknown : await writtenAhead(connection);
    // Those who hold a blank symbol have odd rows.
    if (ahead !== null && !written.texts.some(isBlank)) return { ...judged, written, ahead };
  } catch (error) {
    lots.release();
    throw error;
  }
  lots.release();
  return null;
}

/** Symbols of lots that were read ahead, and of odd rows. */
async function writtenAhead(connection: DuckDBConnection): Promise<Written> {
  await connection.run(`create or replace temp table book_written as
    select *, (row_number() over (order by text) - 1)::integer as row from (
      select text, code from book_spellings join book_held using (code) union
      select symbol, coalesce(s.code, -1) from book_odd left join book_spellings s on symbol = s.text
      where symbol is not null)`);
  const texts = await orderedTexts(connection, { text: "text", source: "book_written", row: "row" });
  const codes = await integersOf(connection, "select code from book_written order by row");
  return { texts, codes };
}

/** Symbols that stand in rows alone of which a cell cannot be read. */
export async function unreadSymbols(
  connection: DuckDBConnection,
  { oddCount, isRead }: Judged,
): Promise<ReadonlySet<string>> {
  if (oddCount === 0) return new Set();
  const sql = `select distinct symbol from book_odd where symbol is not null and not (${isRead}) except
    select symbol from book_rows where symbol in (select symbol from book_odd) and ${isRead}`;
  return new Set(await textsOf(connection, sql));
}

/** Rows whose lots can be taken, where every account is known. */
export async function usableRows(
  connection: DuckDBConnection,
  { rowCount, oddCount, isFraction }: Pick<Judged & Shape, "rowCount" | "oddCount" | "isFraction">,
): Promise<number> {
  if (oddCount === 0) return rowCount;
  const sql = `select count(*)::double from book_odd where ${isFraction}`;
  const [[fractions] = []] = await rowsOf(connection, sql);
  return rowCount - oddCount + Number(fractions);
}
