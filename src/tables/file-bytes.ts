import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { ErrorCode } from "../basics/error-table.js";
import { failure, MarginError } from "../basics/failure.js";

/** A file's content, unpacked, with the format its name tells. */
export interface FileBytes {
  readonly file: string;
  readonly format: "csv" | "json";
  readonly bytes: Buffer;
}

/** Largest content after unpacking; more is a mistake or an attack. */
const maxUnpackedBytes = 2 ** 31 - 1;

/**
 * Reads a `.csv` or `.json` file, `.gz` allowed behind.
 *
 * @throws MarginError `FILE_FORMAT_UNKNOWN`, `FILE_NOT_FOUND`, `FILE_UNREADABLE` (a folder, no permission, a damaged
 *   .gz), `FILE_TOO_LARGE`, `FILE_EMPTY` (nothing but blanks).
 */
export function readFileBytes(file: string): FileBytes {
  const format = /\.(csv|json)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase();
  if (format !== "csv" && format !== "json") {
    // A missing file is the likelier slip than a format nobody reads.
    attempt(file, () => readFileSync(file).length);
    throw refusal("FILE_FORMAT_UNKNOWN", file, "a name that ends in .csv, .json, .csv.gz or .json.gz");
  }
  const raw = attempt(file, () => readFileSync(file));
  const packed = /\.gz$/i.test(file);
  const bytes = packed ? attempt(file, () => gunzipSync(raw, { maxOutputLength: maxUnpackedBytes })) : raw;
  if (isBlank(bytes))
    throw refusal("FILE_EMPTY", file, format === "csv" ? "a header line" : "a JSON document");
  return { file, format, bytes };
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
