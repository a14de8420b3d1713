import { sha256 } from "../basics/sha256.js";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { addColumnFile } from "./column-file.js";
import { addCsvFile } from "./csv.js";
import { rejectDuplicates } from "./duplicates.js";
import { type FileBytes, readFileBytes } from "./file-bytes.js";
import { hashFile, update } from "./input-hash.js";
import { addJsonRows, isObject, type JsonSource, parseJsonFile } from "./json.js";
import { addNdjsonFile } from "./ndjson.js";
import { tableNames } from "./schema.js";
import type { InputTableName, InputTables, Table, TableName } from "./table.js";
import { TableBuilder } from "./table-builder.js";

/** Tables with everything that was wrong with them. */
export interface TablesRead {
  readonly tables: InputTables;
  readonly failures: readonly Failure[];
}

/** Files of each table. Several files of one table are read one after another, in the order given. */
export interface TableFiles {
  readonly positions: readonly string[];
  readonly underlyings?: readonly string[];
  readonly options?: readonly string[];
  readonly dividends?: readonly string[];
  /** Files, or one continuously compounded rate per year for all times; as text it is checked like a cell. */
  readonly rates?: readonly string[] | number | string;
  readonly accounts?: readonly string[];
  /** Theoretical values, used instead of the model; with them underlyings may be left out. */
  readonly theoretical?: readonly string[];
  readonly asOf: string | null;
  readonly rules?: unknown;
}

/** Files that were read beforehand, by name: their content, or the error that reading them gave. */
export type LoadedFiles = ReadonlyMap<string, () => FileBytes>;

const noFiles: LoadedFiles = new Map();

const snapshotKeys = ["asOf", "rules", ...tableNames];

/**
 * Reads tables from CSV, JSON and NDJSON files (`.gz` allowed); `loadTableFiles` reads Parquet and Arrow too. Bad rows and cells come back as failures.
 *
 * @param how without `hashesInput` the hash of the input is empty, and files whose rows are elsewhere are not read for it
 * @throws MarginError where a file cannot be read at all (every such file is listed), where it lacks a required column,
 *   or positions or underlyings are not given: `TABLE_MISSING`, `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY`,
 *   `FILE_FORMAT_UNKNOWN`, `FILE_TOO_LARGE`, `JSON_SYNTAX`, `JSON_SHAPE`, `TABLE_COLUMN_MISSING`,
 *   `TABLE_COLUMN_DUPLICATE` (of a required column).
 */
export function readTableFiles(
  given: TableFiles,
  loaded: LoadedFiles = noFiles,
  { hashesInput = true } = {},
): TablesRead {
  const hash = hashesInput ? sha256() : null;
  const fatal: Failure[] = [];
  const builders = newBuilders();
  for (const name of tableNames) {
    const files = given[name] ?? [];
    if (typeof files === "number" || typeof files === "string") {
      // One rate for all times is one row at 0 years: rates are flat outside their times.
      builders.rates.startFile({ file: null, line: () => null });
      builders.rates.addCsvRow(["0", String(files).trim()], [0, 1]);
      if (hash !== null) update(hash, name, Buffer.from(String(files)));
      continue;
    }
    if (files.length === 0 && isNeeded(name, (given.theoretical ?? []).length > 0))
      fatal.push(failure("TABLE_MISSING", { value: name }));
    for (const file of files) {
      fatal.push(
        ...failuresOf(() => {
          const bytes = fileContent(file, loaded);
          if (hash !== null) hashFile(hash, name, bytes);
          addFile(builders[name], bytes);
        }),
      );
    }
  }
  if (fatal.length > 0) throw new MarginError(fatal);
  return finish(builders, {
    asOf: given.asOf,
    rules: given.rules ?? null,
    inputHash: hash?.digest("hex") ?? "",
    own: [],
  });
}

/**
 * Reads one table from files, one after another.
 *
 * @throws MarginError as {@link readTableFiles}.
 */
export function readTable(
  name: TableName,
  files: readonly string[],
  loaded: LoadedFiles = noFiles,
): { readonly table: Table; readonly failures: readonly Failure[] } {
  const builder = new TableBuilder(name);
  for (const file of files) addFile(builder, fileContent(file, loaded));
  rejectDuplicates(builder);
  if (builder.isUnusable) throw new MarginError(builder.failures);
  return { table: builder.build(), failures: builder.failures };
}

/**
 * Reads a snapshot: one JSON file (`.gz` allowed) with a key for each table, `asOf` and `rules`.
 *
 * @throws MarginError as {@link readTableFiles}, and `JSON_SHAPE` where the document is not an object.
 */
export function readSnapshotFile(path: string): TablesRead {
  const bytes = readFileBytes(path);
  if (bytes.format !== "json") {
    const expected = "a snapshot in JSON, or tables as separate files";
    throw new MarginError([failure("FILE_FORMAT_UNKNOWN", { file: path, value: path, expected })]);
  }
  const hash = sha256();
  update(hash, "snapshot", bytes.bytes);
  return fromSource(parseJsonFile(bytes), hash.digest("hex"));
}

/**
 * The tables of a snapshot that is already an object; `fileName` stands in failures, which have no line then. Its
 * `inputHash` is that of its JSON with the keys of every object in alphabetical order.
 *
 * @throws MarginError `JSON_SHAPE`, `TABLE_MISSING`.
 */
export function tablesFromSnapshot(document: unknown, fileName: string | null = null): TablesRead {
  const hash = sha256();
  update(hash, "document", Buffer.from(canonicalJson(document)));
  return fromSource({ document, file: fileName, line: () => null }, hash.digest("hex"));
}

function fromSource(source: JsonSource, inputHash: string): TablesRead {
  const { document, file } = source;
  if (!isObject(document)) {
    const expected = `an object with the keys ${snapshotKeys.join(", ")}`;
    throw new MarginError([failure("JSON_SHAPE", { file, value: kindOf(document), expected })]);
  }
  const absent = tableNames.filter(
    (name) => isNeeded(name, (document["theoretical"] ?? null) !== null) && (document[name] ?? null) === null,
  );
  if (absent.length > 0)
    throw new MarginError(
      absent.map((name) => failure("TABLE_MISSING", { file, column: name, value: name })),
    );
  const own: Failure[] = Object.keys(document)
    .filter((key) => !snapshotKeys.includes(key))
    .map((key) => {
      const expected = snapshotKeys.join(", ");
      return failure("JSON_SHAPE", {
        file,
        line: source.line([key]),
        column: key,
        value: `unknown key ${key}`,
        expected,
      });
    });
  const builders = newBuilders();
  for (const name of tableNames) {
    const value = document[name] ?? null;
    if (value === null) continue;
    if (name === "rates" && !Array.isArray(value)) {
      builders.rates.startFile({ file, line: () => source.line(["rates"]) });
      builders.rates.addJsonRow({ years: 0, rate: value });
    } else addJsonRows(builders[name], source, [name]);
  }
  const asOf = typeof document["asOf"] === "string" ? document["asOf"] : null;
  if (asOf === null && (document["asOf"] ?? null) !== null)
    own.push(
      failure("AS_OF_INVALID", {
        file,
        line: source.line(["asOf"]),
        column: "asOf",
        value: document["asOf"],
      }),
    );
  return finish(builders, { asOf, rules: document["rules"] ?? null, inputHash, own });
}

function fileContent(file: string, loaded: LoadedFiles): FileBytes {
  return loaded.get(file)?.() ?? readFileBytes(file);
}

function addFile(builder: TableBuilder, bytes: FileBytes): void {
  if (bytes.content !== undefined) addColumnFile(builder, bytes.file, bytes.content);
  else if (bytes.format === "csv") addCsvFile(builder, bytes);
  else if (bytes.format === "ndjson") addNdjsonFile(builder, bytes);
  else addJsonRows(builder, parseJsonFile(bytes), []);
}

function finish(
  builders: Readonly<Record<InputTableName, TableBuilder>>,
  rest: { asOf: string | null; rules: unknown; inputHash: string; own: readonly Failure[] },
): TablesRead {
  for (const name of tableNames) rejectDuplicates(builders[name]);
  const { asOf, rules, inputHash, own } = rest;
  const failures = [...own, ...tableNames.flatMap((name) => builders[name].failures)];
  // Nothing of such a table can be used, and no row of it tells which accounts that touches.
  if (tableNames.some((name) => builders[name].isUnusable)) throw new MarginError(failures);
  const tables: InputTables = {
    asOf,
    positions: builders.positions.build(),
    underlyings: builders.underlyings.build(),
    options: builders.options.build(),
    dividends: builders.dividends.build(),
    rates: builders.rates.build(),
    accounts: builders.accounts.build(),
    theoretical: builders.theoretical.build(),
    rules,
    inputHash,
  };
  return { tables, failures };
}

function newBuilders(): Record<InputTableName, TableBuilder> {
  const entries = tableNames.map((name) => [name, new TableBuilder(name)] as const);
  return Object.fromEntries(entries) as Record<InputTableName, TableBuilder>;
}

/** Contracts with theoretical values need no market. */
function isNeeded(name: TableName, hasTheoretical: boolean): boolean {
  return name === "positions" || (name === "underlyings" && !hasTheoretical);
}

function failuresOf(read: () => void): readonly Failure[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof MarginError) return error.failures;
    throw error;
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, withSortedKeys) ?? "";
}

/** Numbers that JSON would all write as null stay apart. */
function withSortedKeys(_: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
