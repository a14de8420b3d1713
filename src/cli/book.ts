import { statSync } from "node:fs";
import { sum } from "../basics/collections.js";
import { MarginError } from "../basics/failure.js";
import { loadBookEngine } from "../book-engine.js";
import { bookColumns } from "../books/book-columns.js";
import { bookSummary } from "../books/book-summary.js";
import type { BookResult } from "../books/book-result.js";
import { sharingDuckDB } from "../tables/duckdb.js";
import { isParquet } from "../tables/file-bytes.js";
import type { TableFiles } from "../tables/read-tables.js";
import { ndjsonParts, writeParts } from "../tables/write-columns.js";
import {
  type ExitCode,
  exitCodeOf,
  printText,
  writeFailures,
  writeResult,
  writeTable,
  writeWhole,
} from "./output.js";
import type { BookProgress } from "./progress.js";
import { tableFiles } from "./given-tables.js";
import { type TableOptions, usage } from "./table-options.js";

/** What `margin` may be asked of a book. */
export interface BookCommandOptions extends TableOptions {
  readonly account?: string;
  readonly out?: string;
  readonly threads?: number;
  readonly receipt?: string;
  readonly memory?: number;
  readonly summary?: string;
  readonly store?: string;
}

const rowFormats = ["csv", "ndjson", "parquet", "arrow"] as const;
type RowFormat = (typeof rowFormats)[number];

/**
 * Runs a book as columns, where one row an account is asked for.
 *
 * @returns null where the run is another: trees are asked for, or the book needs them.
 */
export async function runBook(
  snapshot: string | undefined,
  format: string,
  options: BookCommandOptions,
): Promise<ExitCode | null> {
  const asked = rowFormats.find((name) => name === format);
  const files = snapshot === undefined ? await tableFiles(options) : null;
  const isBook =
    asked !== undefined &&
    files !== null &&
    isLarge(files, options) &&
    [options.account, options.receipt, options.positionsFormat].every((other) => other === undefined);
  if (!isBook || asked === undefined || files === null) return refusal(options);
  return sharingDuckDB(async () => runAsColumns(files, asked, options));
}

async function runAsColumns(
  files: TableFiles,
  format: RowFormat,
  options: BookCommandOptions,
): Promise<ExitCode | null> {
  const engine = await loadBookEngine({ threads: options.threads ?? 1 });
  const progress = await progressOn(process.stderr, options);
  try {
    const asked = {
      dividendModel: options.dividendModel,
      onProgress: progress.step,
      hashesInput: options.summary !== undefined || options.store !== undefined,
      ...(options.rules === undefined ? {} : { rules: options.rules }),
      ...(options.memory === undefined ? {} : { memoryBytes: options.memory }),
    };
    const needsDuckDB = files.positions.some(isParquet) || asksOfBook(options);
    const result = await (needsDuckDB ? engine.book(files, asked) : withoutDuckDB(engine.book(files, asked)));
    if (result === null) return refusal(options);
    await keepBook(result, { ...options, format }, progress);
    return exitCodeOf(result.failures);
  } finally {
    progress.stop();
    await engine.close();
  }
}

/** Below this, positions in text or Arrow are read as trees before DuckDB is loaded. */
const smallBytes = 200_000;

function isLarge({ positions }: TableFiles, options: BookCommandOptions): boolean {
  if (positions.some(isParquet) || (positions.length > 0 && asksOfBook(options))) return true;
  const sizes = positions.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return sum(sizes) >= smallBytes;
}

/** Null too where DuckDB is not there, for trees can do without. */
async function withoutDuckDB(book: Promise<BookResult | null>): Promise<BookResult | null> {
  try {
    return await book;
  } catch (error) {
    if (error instanceof MarginError && error.failures[0]?.code === "PACKAGE_MISSING") return null;
    throw error;
  }
}

function asksOfBook({ memory, summary }: BookCommandOptions): boolean {
  return memory !== undefined || summary !== undefined;
}

async function progressOn(stream: NodeJS.WriteStream, { store }: BookCommandOptions): Promise<BookProgress> {
  if (!stream.isTTY) return { step: () => null, stop: () => null };
  return (await import("./progress.js")).bookProgress(stream, { stores: store !== undefined });
}

/** @throws MarginError `USAGE` where options of a book's run are given to another. */
function refusal(options: BookCommandOptions): null {
  if (!asksOfBook(options)) return null;
  throw usage(
    "--memory and --summary go with positions that run as columns: --format csv, ndjson, parquet or arrow (docs/books.md)",
  );
}

async function keepBook(
  result: BookResult,
  { format, out, summary, store, dividendModel }: BookCommandOptions & { readonly format: RowFormat },
  progress: BookProgress,
): Promise<void> {
  // Rows and the bar would write over each other where both go to a terminal.
  if (out === undefined) progress.stop();
  progress.step({ name: "write", done: 0, of: 1 });
  await writeBook(result, format, out);
  if (summary !== undefined) writeResult(JSON.stringify(bookSummary(result), null, 1), summary);
  if (store !== undefined) progress.step({ name: "store", done: 0, of: 1 });
  const stored =
    store === undefined
      ? ""
      : await (await import("./store.js")).storeResult(store, result, { dividendModel });
  progress.stop();
  process.stderr.write(stored);
  writeFailures(result.failures);
}

async function writeBook(
  { accounts }: BookResult,
  format: RowFormat,
  out: string | undefined,
): Promise<void> {
  const columns = bookColumns(accounts);
  if (format === "csv" || format === "ndjson") {
    const parts =
      format === "csv" ? (await import("../report/csv.js")).csvParts(columns) : ndjsonParts(columns);
    if (out === undefined) for (const part of parts) printText(part);
    else await writeWhole(out, (temporary) => writeParts(temporary, parts));
    return;
  }
  if (out !== undefined) await writeTable(format, out, columns);
}
