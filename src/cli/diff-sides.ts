import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { bookOfReceipt, type ReceiptBook } from "../analysis/diff/receipt-book.js";
import { receiptFormat } from "../analysis/receipt/document.js";
import type { Engine } from "../engine.js";
import { readFileBytes } from "../tables/file-bytes.js";
import { isObject, parseJsonFile } from "../tables/json.js";
import { loadTableFiles } from "../tables/load-files.js";
import { readSnapshotFile, type TablesRead } from "../tables/read-tables.js";
import { tableNames } from "../tables/schema.js";
import type { InputTableName } from "../tables/table.js";
import type { DividendModel } from "../valuation/escrowed.js";
import { expandedFiles } from "./files.js";
import { usage } from "./table-options.js";

export interface SideOptions {
  readonly inputs: readonly string[];
  readonly asOf: string | undefined;
  readonly rules: string | undefined;
  readonly dividendModel: DividendModel;
}

/** One side of a difference, with what it was read from. */
export interface SideRead extends Omit<ReceiptBook, "rules"> {
  readonly rules: unknown;
  readonly source: "receipt" | "snapshot" | "tables";
}

/**
 * A side named on the command line: a receipt (its input is looked for by hash among `inputs`), a snapshot, or a folder of
 * tables.
 */
export async function readSide(path: string, options: SideOptions, engine: Engine): Promise<SideRead> {
  const { inputs, asOf, rules = null, dividendModel } = options;
  if (!isFolder(path) && isReceipt(path)) {
    if (asOf !== undefined) throw usage(`a receipt has an as-of time of its own: ${path}`);
    const read = await Promise.all((await expandedFiles(inputs)).map(async (input) => readInput(input)));
    const { document } = parseJsonFile(readFileBytes(path));
    const book = bookOfReceipt(engine, document, { inputs: read, rules, dividendModel });
    return { ...book, source: "receipt" };
  }
  const input = await readInput(path);
  const timed = asOf === undefined ? input : { ...input, tables: { ...input.tables, asOf } };
  return { input: timed, rules, account: null, source: isFolder(path) ? "tables" : "snapshot" };
}

async function readInput(path: string): Promise<TablesRead> {
  return isFolder(path) ? readFolder(path) : readSnapshotFile(path);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isReceipt(path: string): boolean {
  const bytes = readFileBytes(path);
  if (bytes.format !== "json") return false;
  const { document } = parseJsonFile(bytes);
  return isObject(document) && document["format"] === receiptFormat;
}

/**
 * The tables of a folder: `TABLE.ending` and `TABLE-ANYTHING.ending` for each table, in the order of the names; `run.json`
 * holds `asOf` and, where wanted, `rules`. Other files are none of ours.
 */
async function readFolder(folder: string): Promise<TablesRead> {
  const names = readdirSync(folder).toSorted();
  const filesOf = (table: InputTableName): string[] =>
    names.filter((name) => new RegExp(`^${table}(-[^.]*)?\\.`).test(name)).map((name) => join(folder, name));
  const files = Object.fromEntries(tableNames.map((table) => [table, filesOf(table)])) as Record<
    InputTableName,
    string[]
  >;
  const run = names.includes("run.json")
    ? parseJsonFile(readFileBytes(join(folder, "run.json"))).document
    : null;
  const { asOf = null, rules = null } = isObject(run) ? run : {};
  return loadTableFiles({ ...files, rules, asOf: typeof asOf === "string" ? asOf : null });
}
