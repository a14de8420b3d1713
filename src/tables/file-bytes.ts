import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import type { ErrorCode } from "../basics/error-table.js";
import { failure, MarginError } from "../basics/failure.js";
import type { ColumnFile } from "./column-file.js";

/** A file's content, unpacked, with the format its name tells. */
export interface FileBytes {
  readonly file: string;
  readonly format: "csv" | "json" | "ndjson" | "columns";
  readonly bytes: Buffer;
  /** `bytes` is empty: the file is hashed where it lies. */
  readonly isLeft?: true;
  /** What a file of format `columns` (Parquet, Arrow) holds. */
  readonly content?: ColumnFile;
  /** Of a text file only these lines are read; it is hashed whole. */
  readonly excerpt?: Excerpt;
}

/** Whole lines of a text file. */
export interface Excerpt {
  readonly bytes: Buffer;
  /** 1-based line in the file, by line of the excerpt. */
  readonly lines: readonly number[];
}

/** The bytes that are read, and the line of the file in which a 1-based line of them stands. */
export function partRead({ bytes, excerpt }: FileBytes): {
  readonly bytes: Buffer;
  readonly lineOf: (line: number) => number;
} {
  if (excerpt === undefined) return { bytes, lineOf: (line) => line };
  return { bytes: excerpt.bytes, lineOf: (line) => excerpt.lines[line - 1] ?? line };
}

const textFormats = { csv: "csv", json: "json", ndjson: "ndjson", jsonl: "ndjson" } as const;
const columnEndings = {
  parquet: "Parquet",
  arrow: "Arrow IPC",
  arrows: "Arrow IPC",
  feather: "Arrow IPC",
} as const;

/** The kind of column file that a name tells, `null` for every other. */
export function columnFormatOf(file: string): "Parquet" | "Arrow IPC" | null {
  const ending = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(columnEndings, ending) ? columnEndings[ending as keyof typeof columnEndings] : null;
}

export function isParquet(file: string): boolean {
  return columnFormatOf(file) === "Parquet";
}

/** A column file whose bytes stay where they lie: its content was read by other means. */
export function leftFile(file: string, content: ColumnFile): FileBytes {
  return { file, format: "columns", bytes: Buffer.alloc(0), isLeft: true, content };
}

/** Largest content after unpacking; more is a mistake or an attack. */
const maxUnpackedBytes = 2 ** 31 - 1;

/**
 * Reads a `.csv`, `.json`, `.ndjson` or `.jsonl` file, `.gz` allowed behind.
 *
 * @throws MarginError `FILE_FORMAT_UNKNOWN`, `FILE_NOT_FOUND`, `FILE_UNREADABLE` (a folder, no permission, a damaged
 *   .gz), `FILE_TOO_LARGE`, `FILE_EMPTY` (nothing but blanks).
 */
export function readFileBytes(file: string): FileBytes {
  const ending = /\.(csv|json|ndjson|jsonl)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase();
  if (ending === undefined) {
    // A missing file is the likelier slip than a format nobody reads.
    attempt(file, () => readFileSync(file).length);
    const expected =
      columnFormatOf(file) === null
        ? "a name that ends in .csv, .json, .ndjson or .jsonl (.gz may follow), .parquet or .arrow"
        : "text here (.csv, .json, .ndjson); Parquet and Arrow are read by loadTableFiles and the commands";
    throw refusal("FILE_FORMAT_UNKNOWN", file, expected);
  }
  const format = textFormats[ending as keyof typeof textFormats];
  const raw = attempt(file, () => readFileSync(file));
  const packed = /\.gz$/i.test(file);
  const bytes = packed ? attempt(file, () => unpacked(raw)) : raw;
  if (isBlank(bytes))
    throw refusal("FILE_EMPTY", file, format === "csv" ? "a header line" : "a JSON document");
  return { file, format, bytes };
}

/** Node loads what unpacks only where something is packed. */
function unpacked(raw: Buffer): Buffer {
  return process.getBuiltinModule("node:zlib").gunzipSync(raw, { maxOutputLength: maxUnpackedBytes });
}

/** All bytes of a file of any kind. @throws MarginError as {@link readFileBytes}, but for the format. */
export function rawBytes(file: string): Buffer {
  return attempt(file, () => readFileSync(file));
}

/** Text of a JSON file. @throws MarginError `JSON_SYNTAX` at the first line that is not UTF-8, `FILE_TOO_LARGE`. */
export function textOf({ file, bytes }: FileBytes): string {
  const line = firstBadUtf8Line(bytes);
  if (line !== null)
    throw new MarginError([failure("JSON_SYNTAX", { file, line, expected: "text in UTF-8" })]);
  return attempt(file, () => bytes.toString("utf8")).replace(/^\uFEFF/, "");
}

/** 1-based number of the first line that is not UTF-8, `null` where all are. */
function firstBadUtf8Line(bytes: Buffer): number | null {
  if (isUtf8(bytes)) return null;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    const stop = end === -1 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(start, stop))) return line;
    start = stop + 1;
  }
  return line;
}

function isBlank(bytes: Buffer): boolean {
  // A byte order mark alone is no data either.
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return bytes.subarray(start).every((byte) => byte === 32 || (byte >= 9 && byte <= 13));
}

const codeOfSystemError: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "FILE_NOT_FOUND",
  ENOTDIR: "FILE_NOT_FOUND",
  ERR_FS_FILE_TOO_LARGE: "FILE_TOO_LARGE",
  ERR_STRING_TOO_LONG: "FILE_TOO_LARGE",
  ERR_BUFFER_TOO_LARGE: "FILE_TOO_LARGE",
};

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const systemCode = error instanceof Error && "code" in error ? String(error.code) : "";
    if (systemCode === "") throw error;
    const code = codeOfSystemError[systemCode] ?? "FILE_UNREADABLE";
    const expected = { EISDIR: "a file, not a folder", EACCES: "permission to read" }[systemCode];
    const fallback = systemCode.startsWith("Z_") ? "a whole gzip file" : "a readable file";
    throw refusal(code, file, expected ?? (code === "FILE_UNREADABLE" ? fallback : null));
  }
}

function refusal(code: ErrorCode, file: string, expected: string | null): MarginError {
  return new MarginError([failure(code, { file, value: file, expected })]);
}
