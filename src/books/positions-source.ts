import type { DuckDBConnection } from "@duckdb/node-api";
import { sqlText } from "../tables/duckdb.js";
import { columnFormatOf, type FileBytes, isParquet } from "../tables/file-bytes.js";
import { arrowPositions } from "./arrow-positions.js";
import { parquetPositions } from "./parquet-positions.js";
import { clashingRows, writeNames } from "./position-names.js";
import {
  type OpenPositions,
  type PositionColumn,
  positionColumns,
  type PositionsFile,
} from "./positions-file.js";
import { textPositions } from "./text-positions.js";
import { rowsOf, textsOf } from "./vectors.js";

/** Largest quantity whose millionths a double still counts one by one. */
const mostQuantity = Number.MAX_SAFE_INTEGER / 1e6;

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
  /** SQL: a row of `book_rows` that is not in `book_odd`. */
  readonly isPlain: string;
  /** SQL: a row of `book_odd` that the netting can take all the same. */
  readonly isFraction: string;
  /** SQL: a row of `book_rows` with nothing wrong in any cell, though its quantity may be refused. */
  readonly isRead: string;
  /** Symbols of the rows that can be read, as they are written, each once. */
  readonly symbols: readonly string[];
  readonly #files: readonly PositionsFile[];

  private constructor(connection: DuckDBConnection, files: readonly PositionsFile[], found: Found) {
    this.connection = connection;
    this.#files = files;
    this.rowCount = found.rowCount;
    this.hasMarks = found.hasMarks;
    this.isPlain = found.isPlain;
    this.isFraction = found.isFraction;
    this.isRead = found.isRead;
    this.symbols = found.symbols;
  }

  /**
   * Makes the view `book_rows` of all files and the table `book_odd`, or gives null where a file's columns are of types that
   * only the reader of cells can judge.
   *
   * @param checksAccounts false where accounts are looked up in a list that has no blank name
   * @throws Error of DuckDB where a file is not whole.
   */
  static async open(
    connection: DuckDBConnection,
    files: readonly string[],
    checksAccounts: boolean,
  ): Promise<PositionsSource | null> {
    const opened: PositionsFile[] = [];
    for (const [k, file] of files.entries()) {
      const positions = await openerOf(file)(connection, file, k);
      if (positions === null) return null;
      opened.push(positions);
    }
    const parts = opened.map(({ select }, k) => `select ${k} as file, * from (${select})`);
    await connection.run(`create or replace temp view book_rows as ${parts.join(" union all ")}`);
    const [rowCount = 0, ...present] = await countsOf(connection, opened);
    const absent = positionColumns.filter((_, k) => (present[k] ?? 0) < rowCount);
    const prices = (["price", "trade_price"] as const).filter(
      (name) => (present[positionColumns.indexOf(name)] ?? 0) > 0,
    );
    const hasMarks = prices.includes("price");
    const texts = (name: string): Promise<string[]> =>
      textsOf(connection, `select distinct ${name} from book_rows where ${name} is not null order by 1`);
    const written = await texts("symbol");
    const accounts = checksAccounts ? await texts("account") : null;
    const blank = { symbol: written.filter(isBlank), account: (accounts ?? []).filter(isBlank) };
    const odd = oddPredicate({ absent, prices, blank });
    await connection.run(`create or replace temp table book_odd as select * from book_rows where ${odd}`);
    const isRead = readPredicate(blank);
    if (hasMarks) await writeNames(connection, written, accounts);
    const unread = new Set(
      await textsOf(
        connection,
        `select distinct symbol from book_odd where symbol is not null and not (${isRead}) except
         select symbol from book_rows where symbol in (select symbol from book_odd) and ${isRead}`,
      ),
    );
    const symbols = written.filter((text) => !unread.has(text));
    const found = { isPlain: `not (${odd})`, isFraction: `${isRead} and ${fractionOfShares}`, isRead };
    return new PositionsSource(connection, opened, { rowCount, hasMarks, symbols, ...found });
  }

  /** Rows that {@link readLots} gives for all accounts, where every account is known. */
  async usableCount(): Promise<number> {
    const sql = `select (select count(*) from book_odd)::double, (select count(*) from book_odd where ${this.isFraction})::double`;
    const [[odd, fractions] = []] = await rowsOf(this.connection, sql);
    return this.rowCount - Number(odd) + Number(fractions);
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
    const rows = await rowsOf(
      this.connection,
      `select ${columns} from book_odd${clashing} order by file, row`,
    );
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

/** Rows of all files, and cells that are there by column. */
async function countsOf(connection: DuckDBConnection, files: readonly PositionsFile[]): Promise<number[]> {
  const counts = ["*", ...positionColumns].map(() => 0);
  for (const { counts: asked } of files)
    for (const [k, sql] of asked.entries()) {
      const [[count] = []] = await rowsOf(connection, sql);
      counts[k]! += Number(count);
    }
  return counts;
}

interface Found extends Pick<
  PositionsSource,
  "rowCount" | "hasMarks" | "isPlain" | "isFraction" | "isRead" | "symbols"
> {}

/**
 * SQL: a fraction of a share, six decimals at most, as the book's reader takes it. A fraction of a contract passes too; the
 * reader's failure names it.
 */
const fractionOfShares = `quantity <> floor(quantity) and abs(quantity) <= ${mostQuantity}
  and abs(quantity * 1e6 - round(quantity * 1e6)) <= 1e-3 * greatest(1, abs(quantity) * 1e-6)`;

const mostDouble = "1.7976931348623157e308";

function isNone(name: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`coalesce(${name} in (${texts.map(sqlText).join(", ")}), false)`];
}

/** As the reader of cells: see `readJsonCell`. */
function readPredicate(blank: Record<"account" | "symbol", string[]>): string {
  const tests = [
    "account is not null and symbol is not null and quantity is not null",
    `quantity between -${mostDouble} and ${mostDouble}`,
    ...["price", "trade_price"].map((name) => `(${name} is null or ${name} between 0 and ${mostDouble})`),
    ...isNone("symbol", blank.symbol).map((test) => `not ${test}`),
    ...isNone("account", blank.account).map((test) => `not ${test}`),
  ];
  return `(${tests.join(" and ")})`;
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** SQL over `book_rows`: rows with anything absent, blank, out of range, or not whole. NaN counts as above every number. */
function oddPredicate(found: {
  readonly absent: readonly PositionColumn[];
  readonly prices: readonly PositionColumn[];
  readonly blank: Record<"account" | "symbol", string[]>;
}): string {
  const tests = [
    ...found.absent.filter((name) => !name.endsWith("price")).map((name) => `${name} is null`),
    ...(["account", "symbol"] as const).flatMap((name) => isNone(name, found.blank[name])),
    // Comparisons without a function around the column are answered from the files' statistics.
    `quantity > ${mostQuantity}`,
    `quantity < -${mostQuantity}`,
    "quantity = 0",
    "quantity <> floor(quantity)",
    ...found.prices.map((name) => `coalesce(${name} < 0 or ${name} > ${mostDouble}, false)`),
  ];
  return tests.join(" or ");
}
