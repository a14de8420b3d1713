import type { DuckDBConnection } from "@duckdb/node-api";
import { isParquet } from "../tables/file-bytes.js";
import { parquetHead, parquetSource } from "../tables/parquet.js";
import type { TableFiles } from "../tables/read-tables.js";
import { appendColumns } from "../tables/write-columns.js";
import type { LotColumns } from "../valuation/lot-columns.js";
import { copyLots } from "./read-lots.js";
import type { CodedPositions, PositionsFile } from "./positions-file.js";
import { rowsOf } from "./vectors.js";

/** Lots of a whole book, read before its contracts are valued: a lot has the code of its symbol as it is written. */
export interface LotsAhead {
  readonly lots: LotColumns;
  /** False where positions name accounts that are in no list: then some of the lots are not there. */
  readonly isWhole: boolean;
}

/** What is read, and where to. */
export interface ReadAhead {
  readonly files: readonly Pick<PositionsFile, "coded">[];
  /**
   * SQL: rows of `book_rows` that are taken, and rows of `book_odd` that are taken all the same. The first asks of names only
   * whether they are there.
   */
  readonly isPlain: string;
  readonly isFraction: string;
  /** Room for all lots. */
  readonly lots: LotColumns;
}

/** Where of so many rows a larger part has symbols that are not listed, a book is better read another way. */
const sampled = { rows: 2 ** 15, mostUnlisted: 1 / 32 };
/** And where so many lots have. */
const mostUnlisted = 2 ** 20;

/**
 * Numbers the symbols that the Parquet tables of contracts list, in `book_spellings` (text, code).
 *
 * @returns whether positions mostly have these, so that they can be read before it is known which are held
 */
export async function numberListed(connection: DuckDBConnection, files: TableFiles): Promise<boolean> {
  const listed = await listedSymbols(connection, files);
  if (listed.length === 0) return false;
  await connection.run("create or replace temp table book_spellings (text varchar, code integer)");
  await numberSymbols(connection, listed.join(" union all "));
  const [[rows, unlisted] = []] = await rowsOf(
    connection,
    `select count(*)::double, count(*) filter (where s.code is null)::double
     from (select symbol from book_rows limit ${sampled.rows}) p left join book_spellings s on p.symbol = s.text`,
  );
  return Number(unlisted) <= sampled.mostUnlisted * Number(rows);
}

/**
 * Reads each position once, by the numbers in `book_spellings` and `book_accounts`; where positions have other symbols, those
 * are looked for once more.
 *
 * @returns null where many have others
 */
export async function readAhead(connection: DuckDBConnection, asked: ReadAhead): Promise<LotsAhead | null> {
  const { files, lots, isPlain, isFraction } = asked;
  const mark = lots.mark === null ? "" : ", coalesce(p.price, 'nan'::double)";
  const lotsOf = (source: string): string => `select a.code, s.code, p.quantity${mark} from ${source} p
    join book_accounts a on p.account = a.text join book_spellings s on p.symbol = s.text`;
  const coded = files.flatMap((file) => file.coded ?? []);
  const plain =
    coded.length < files.length ? [lotsOf("book_rows")] : coded.map((file) => codedLots(file, mark));
  const listed = await connection.run(
    `${plain.map((select) => `${select} where ${isPlain} union all `).join("")}${lotsOf("book_odd")} where ${isFraction}`,
  );
  let at = await copyLots(listed, { lots, at: 0 });
  if (lots.count - at > mostUnlisted) return null;
  if (at < lots.count) {
    const others = "p anti join book_spellings s on p.symbol = s.text";
    await connection.run(`create or replace temp table book_rest as
      select p.* from book_rows ${others} where ${isPlain} union all
      select p.* from book_odd ${others} where ${isFraction}`);
    await numberSymbols(connection, "select symbol from book_rest");
    at = await copyLots(await connection.run(lotsOf("book_rest")), { lots, at });
  }
  if (at === lots.count) await listHeld(connection, lots);
  return { lots, isWhole: at === lots.count };
}

/** SQL: lots of a file that has codes: a text is looked up once, not in each row. */
function codedLots({ select, accounts, symbols }: CodedPositions, mark: string): string {
  return `select a.code, s.code, p.quantity${mark} from (${select}) p
    join (${codesIn(accounts, "book_accounts")}) a on p.account = a.own
    join (${codesIn(symbols, "book_spellings")}) s on p.symbol = s.own`;
}

/** SQL: a file's code beside that of the book. */
function codesIn(own: string, book: string): string {
  return `select own.code as own, book.code from ${own} own join ${book} book on own.text = book.text`;
}

/** Adds to `book_spellings` what it does not have yet of a column of symbols. */
async function numberSymbols(connection: DuckDBConnection, symbols: string): Promise<void> {
  await connection.run(`insert into book_spellings
    select symbol, ((select count(*) from book_spellings) + row_number() over (order by symbol) - 1)::integer
    from (select distinct symbol from (${symbols}) where symbol is not null
      except select text from book_spellings)`);
}

/** SQL: symbols of the contracts in Parquet tables. */
async function listedSymbols(connection: DuckDBConnection, files: TableFiles): Promise<string[]> {
  const selects: string[] = [];
  for (const file of [...(files.underlyings ?? []), ...(files.options ?? [])].filter(isParquet)) {
    const head = await parquetHead(connection, parquetSource(file));
    const [first, ...others] = head.filter(({ name }) => name === "symbol");
    if (first?.type === "VARCHAR" && others.length === 0)
      selects.push(`select symbol from ${parquetSource(file)}`);
  }
  return selects;
}

/** Makes the table `book_held` (code) of the symbols that the lots have. */
async function listHeld(connection: DuckDBConnection, { contract }: LotColumns): Promise<void> {
  const [[count] = []] = await rowsOf(connection, "select count(*) from book_spellings");
  const isHeld = new Uint8Array(Number(count));
  for (let i = 0; i < contract.length; i++) isHeld[contract[i] ?? 0] = 1;
  const codes = Int32Array.from(isHeld.keys()).filter((code) => isHeld[code] === 1);
  await appendColumns(connection, "book_held", [{ name: "code", type: "code", codes, texts: [] }]);
}
