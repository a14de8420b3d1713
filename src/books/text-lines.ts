import { isUtf8 } from "node:buffer";
import { statSync } from "node:fs";
import { MarginError } from "../basics/failure.js";
import { type FileBytes, readFileBytes } from "../tables/file-bytes.js";

const lineFeed = 10;
const carriageReturn = 13;

/** Lines of a text file, all of which end alike. */
export interface TextLines {
  readonly format: "csv" | "ndjson";
  readonly ending: "\n" | "\r\n";
  readonly count: number;
  /** See {@link weightOf}: the same where another reader sees the same lines in the same order. */
  readonly weight: number;
  /** The first lines, without their ends. */
  readonly first: readonly string[];
}

const linesShown = 100;
/** Far below where a line is refused for its length. */
const longestLine = 65_536;

/**
 * Counts the lines of a CSV or NDJSON file. Null where the file cannot be read twice, is of another kind, is not text in UTF-8,
 * or has lines that end differently or are very long: the reader of tables has the word for it.
 */
export function linesOf(file: string): TextLines | null {
  // A pipe gives its bytes once.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const content = bytesOf(file);
  if (content === null || (content.format !== "csv" && content.format !== "ndjson")) return null;
  const { bytes, format } = content;
  // DuckDB is told that no line holds the byte 1, and ends a text at the byte 0.
  if (bytes.includes(0) || bytes.includes(1) || !isUtf8(bytes)) return null;
  const ending = bytes[bytes.indexOf(lineFeed) - 1] === carriageReturn ? "\r\n" : "\n";
  const [first, lines]: [string[], { count: number; weight: number }] = [[], { count: 0, weight: 0 }];
  let returns = 0;
  for (const [start, end] of linesIn(bytes)) {
    if (ending === "\r\n" && bytes[end] === lineFeed && bytes[end - 1] !== carriageReturn) return null;
    if (end - start > longestLine) return null;
    const stop = ending === "\r\n" && bytes[end] === lineFeed ? end - 1 : end;
    if (stop < end) returns++;
    if (first.length < linesShown) first.push(bytes.toString("utf8", start, stop));
    lines.weight += weightOf(lines.count, stop - start);
    lines.count++;
  }
  return countOf(bytes, carriageReturn) === returns ? { format, ending, first, ...lines } : null;
}

/** Weight of a 0-based line of so many bytes. The first weighs nothing: a byte order mark may be counted in. */
export function weightOf(line: number, bytes: number): number {
  return (line % weightCycle) * bytes;
}

export const weightCycle = 9973;

/** A file of text with these 0-based lines alone. */
export function excerptOf(file: string, wanted: Iterable<number>): FileBytes {
  const content = readFileBytes(file);
  const isWanted = new Set(wanted);
  const [parts, lines]: [Buffer[], number[]] = [[], []];
  let line = 0;
  for (const [start, end] of linesIn(content.bytes)) {
    if (isWanted.has(line++)) {
      parts.push(content.bytes.subarray(start, end + 1));
      lines.push(line);
    }
    if (lines.length === isWanted.size) break;
  }
  return { ...content, excerpt: { bytes: Buffer.concat(parts), lines } };
}

/** Start of each line, and the offset of its line feed, or of the end of the file. */
function* linesIn(bytes: Buffer): Generator<readonly [number, number]> {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(lineFeed, start);
    const end = found === -1 ? bytes.length : found;
    yield [start, end];
    start = end + 1;
  }
}

function countOf(bytes: Buffer, wanted: number): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) count++;
  return count;
}

function bytesOf(file: string): FileBytes | null {
  try {
    return readFileBytes(file);
  } catch (error) {
    if (error instanceof MarginError) return null;
    throw error;
  }
}
