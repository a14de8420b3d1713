import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { bookColumns } from "../../src/books/book-columns.js";
import type { BookResult } from "../../src/books/book-result.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import { accountColumns } from "../../src/report/margin-csv.js";
import type { MarginResult } from "../../src/requirement/result.js";
import { sqlName, sqlText } from "../../src/tables/duckdb.js";
import { loadTableFiles } from "../../src/tables/load-files.js";
import type { TableFiles } from "../../src/tables/read-tables.js";
import { cellAt, type OutColumn, rowCountOf } from "../../src/tables/write-columns.js";

export type Cell = string | number | boolean | null;

/** Columns by name with their SQL types, and rows. */
export interface FileTable {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly Cell[])[];
}

/** A folder of Parquet files that a test writes. */
export class BookFolder {
  readonly path = mkdtempSync(join(tmpdir(), "plimsoll-book-"));
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(): Promise<BookFolder> {
    const instance = await DuckDBInstance.create(":memory:");
    return new BookFolder(instance, await instance.connect());
  }

  async sql(text: string): Promise<void> {
    await this.#connection.run(text);
  }

  /** @returns the file's path */
  async write(name: string, { columns, rows }: FileTable): Promise<string> {
    const file = join(this.path, name);
    mkdirSync(dirname(file), { recursive: true });
    const types = Object.entries(columns).map(([column, type]) => `${sqlName(column)} ${type}`);
    await this.sql(`create or replace temp table made (${types.join(", ")})`);
    const literals = rows.map((row) => `(${row.map(literal).join(", ")})`);
    if (literals.length > 0) await this.sql(`insert into made values ${literals.join(", ")}`);
    await this.sql(`copy made to ${sqlText(file)} (format parquet)`);
    return file;
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.path, { recursive: true, force: true });
  }
}

function literal(cell: Cell): string {
  if (cell === null) return "null";
  if (typeof cell === "string") return sqlText(cell);
  if (typeof cell === "boolean") return String(cell);
  return Number.isFinite(cell) ? String(cell) : `'${String(cell).toLowerCase()}'::double`;
}

/** The cells of every column as they are written. */
export function cellsOf(columns: readonly OutColumn[]): Record<string, (string | number | null)[]> {
  return Object.fromEntries(
    columns.map((column) => [
      column.name,
      Array.from({ length: rowCountOf([column]) }, (_, row) => cellAt(column, row)),
    ]),
  );
}

/** Every part that a run of columns and a run of trees have in common. */
type Common = Pick<
  MarginResult,
  "asOf" | "rules" | "engine" | "inputHash" | "notes" | "unverified" | "totals" | "ranking" | "failures"
>;

function commonOf(result: Common): Common {
  const { asOf, rules, engine, inputHash, notes, unverified, totals, ranking, failures } = result;
  return { asOf, rules, engine, inputHash, notes, unverified, totals, ranking, failures };
}

export interface Asked {
  readonly rules?: unknown;
  readonly dividendModel?: "spot" | "escrowed";
}

/** An engine and a folder for the tests of one file: there before the first of them, gone after the last. */
export function engineAndFolder(): { readonly engine: Engine; readonly folder: BookFolder } {
  const used = {} as { engine: Engine; folder: BookFolder };
  beforeAll(async () => {
    used.engine = await loadEngine();
    used.folder = await BookFolder.open();
  });
  afterAll(() => used.folder.close());
  return used;
}

/** Holds a book's run as columns against its run as trees; gives both. */
export async function expectAsTrees(
  engine: Engine,
  files: TableFiles,
  asked: Asked = {},
): Promise<{ book: BookResult; trees: MarginResult }> {
  const trees = engine.margin(await loadTableFiles(files), asked);
  const wanted = commonOf(trees);
  const netted = async (leastAhead: number): Promise<BookResult> => {
    const book = await engine.book(files, { ...asked, leastAhead });
    if (book === null) throw new Error("the book went to trees");
    for (const [key, found] of Object.entries(commonOf(book)))
      expect(found, key).toEqual(wanted[key as keyof Common]);
    expect(cellsOf(bookColumns(book.accounts))).toEqual(cellsOf(accountColumns(trees)));
    return book;
  };
  // Positions read before the contracts are valued, and after.
  await netted(0);
  return { book: await netted(Infinity), trees };
}
