import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse/sync";
import { type Failure, failure } from "../basics/failure.js";
import { type FileBytes, partRead } from "./file-bytes.js";
import { columnList } from "./schema.js";
import type { TableBuilder } from "./table-builder.js";

/** A row is some hundred bytes; a line beyond this is another kind of file, or a quote that is never closed. */
const maxRecordBytes = 1 << 20;

/** What reading one CSV file carries from row to row. */
interface CsvRead {
  readonly builder: TableBuilder;
  readonly file: string;
  readonly bytes: Buffer;
  readonly isUtf8: boolean;
  readonly lines: number[];
  /** Line of the file in which a line of the bytes stands. */
  readonly lineOf: (line: number) => number;
  header: readonly string[] | null;
  cellOf: readonly number[];
  lastLine: number;
  /** csv-parse counts a CRLF inside quotes as two lines; so many such ones were seen. */
  countedTwice: number;
}

/**
 * Adds the rows of a CSV file to a table. The first line that is not blank is the header. Rows with another number of
 * cells than the header, with broken quotes or with bytes that are not UTF-8 are reported and left out. After a line of
 * more than 1 MiB, or a quote that is never closed, reading goes on at the next physical line, so that one line does
 * not take the accounts behind it along.
 *
 * Line numbers are the physical line on which a row begins, line ends inside quotes counted.
 */
export function addCsvFile(builder: TableBuilder, source: FileBytes): void {
  const { file } = source;
  const { bytes, lineOf } = partRead(source);
  const read: CsvRead = {
    builder,
    file,
    bytes,
    isUtf8: isUtf8(bytes),
    lines: [],
    lineOf,
    header: null,
    cellOf: [],
    lastLine: 0,
    countedTwice: 0,
  };
  builder.startFile({ file, line: (index) => read.lines[index] ?? null });
  for (let from = 0; from < bytes.length;) from = readFrom(read, from);
}

/** Reads records from a byte offset on, which is the start of a line; gives the offset at which to go on. */
function readFrom(read: CsvRead, from: number): number {
  const firstLine = read.lastLine;
  read.countedTwice = 0;
  try {
    parse(read.bytes.subarray(from), {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: maxRecordBytes,
      record_delimiter: ["\r\n", "\n", "\r"],
      skip_records_with_error: true,
      on_record: (cells: string[], context) => {
        for (const cell of cells)
          if (cell.includes("\r\n")) read.countedTwice += cell.split("\r\n").length - 1;
        addRecord(read, cells, firstLine + context.lines - read.countedTwice);
        return null;
      },
      on_skip: (error) => noteSyntax(read, error, firstLine),
    });
    return read.bytes.length;
  } catch (error) {
    // Thrown by noteSyntax: from here on the records cannot be told apart.
    if (!(error instanceof CsvError)) throw error;
    return skipLine(read, error, { from, firstLine });
  }
}

/** Reports the physical line on which the record begins that cannot be read; gives the start of the next one. */
function skipLine(read: CsvRead, error: CsvError, begin: { from: number; firstLine: number }): number {
  const { bytes } = read;
  let [start, line] = [begin.from, begin.firstLine + 1];
  // Lines of records that were read, and blank ones behind them.
  while (line <= read.lastLine || isBlankLine(bytes, start)) {
    start = nextLine(bytes, start);
    line++;
  }
  const end = nextLine(bytes, start);
  const isLong = error.code === "CSV_MAX_RECORD_SIZE";
  const cells = bytes.toString("utf8", start, Math.min(end, start + longestOwner)).split(",");
  // The last cell may be cut.
  cells.pop();
  const place = { file: read.file, line: read.lineOf(line), ...owner(read, cells) };
  const failed = isLong
    ? failure("CSV_LINE_TOO_LONG", { ...place, expected: `at most ${maxRecordBytes} bytes in a row` })
    : failure("CSV_SYNTAX", { ...place, expected: "a closing quote for each that opens" });
  read.builder.failures.push(failed);
  addRefused(read, line, failed.account ?? null);
  read.lastLine = line;
  // Without a header there is no telling what the rest of the file says.
  return read.header === null ? bytes.length : end;
}

/** Bytes of a broken line that are searched for its account. */
const longestOwner = 4096;
const [lineFeed, carriageReturn] = [10, 13];

/** Offset behind the line end (LF, CRLF or CR) of the line at `start`. */
function nextLine(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === lineFeed) return at + 1;
    if (bytes[at] === carriageReturn) return bytes[at + 1] === lineFeed ? at + 2 : at + 1;
  }
  return bytes.length;
}

function isBlankLine(bytes: Buffer, start: number): boolean {
  if (start >= bytes.length) return false;
  const at = bytes[start];
  return at === lineFeed || at === carriageReturn;
}

function addRecord(read: CsvRead, cells: readonly string[], lastLine: number): void {
  const line = lastLine - cells.reduce((sum, cell) => sum + lineEnds(cell), 0);
  read.lastLine = lastLine;
  if (!read.isUtf8 && cells.some((cell) => cell.includes("\uFFFD"))) {
    refuse(read, line, { value: cells.join(","), expected: "text in UTF-8", ...owner(read, cells) });
    return;
  }
  if (read.header === null) {
    readHeader(read, cells, line);
    return;
  }
  // `,,,` is what spreadsheets write for a blank line.
  if (cells.every((cell) => cell === "")) return;
  if (cells.length !== read.header.length) {
    const expected = `${read.header.length} cells as in the header, found ${cells.length}`;
    refuse(read, line, { value: cells.join(","), expected, ...owner(read, cells) });
    return;
  }
  read.lines.push(read.lineOf(line));
  read.builder.addCsvRow(cells, read.cellOf);
}

/** The account or symbol of a row that is left out, so that nobody takes its account for whole. */
function owner(read: CsvRead, cells: readonly string[]): { account?: string; symbol?: string } {
  const name = read.builder.columns[0]?.name;
  const value = (cells[read.cellOf[0] ?? -1] ?? "").trim();
  // A cell with a quote or a line end in it is a piece of something else.
  if (value === "" || /["\r\n]/.test(value) || (name !== "account" && name !== "symbol")) return {};
  return name === "account" ? { account: value } : { symbol: value };
}

function refuse(
  read: CsvRead,
  line: number | null,
  details: Partial<Omit<Failure, "code" | "message" | "value">> & { value?: string },
): void {
  const at = line === null ? null : read.lineOf(line);
  const failed = failure("CSV_SYNTAX", { file: read.file, line: at, ...details });
  read.builder.failures.push(failed);
  addRefused(read, line, failed.account ?? null);
}

/** Keeps a row for what was left out: a table with such a row is not whole. */
function addRefused(read: CsvRead, line: number | null, account: string | null): void {
  // A header that cannot be read: no row behind it can be told from another.
  if (read.header === null) read.builder.isUnusable = true;
  read.lines.push(line === null ? 0 : read.lineOf(line));
  read.builder.addRefusedRow(account);
}

function lineEnds(cell: string): number {
  return cell.includes("\n") || cell.includes("\r") ? cell.split(/\r\n|\n|\r/).length - 1 : 0;
}

function readHeader(read: CsvRead, header: readonly string[], line: number): void {
  const { builder, file } = read;
  read.header = header;
  const note = (code: Failure["code"], value: string, expected: string): void => {
    builder.failures.push(failure(code, { file, line: read.lineOf(line), column: value, value, expected }));
  };
  const known = columnList(builder.name);
  for (const [k, name] of header.entries()) {
    if (header.indexOf(name) !== k) note("TABLE_COLUMN_DUPLICATE", name, "each column once");
    else if (!builder.knows(name)) note("TABLE_COLUMN_UNKNOWN", name, known);
  }
  // A column that stands twice is used from neither place.
  read.cellOf = builder.columns.map(({ name }) => {
    const first = header.indexOf(name);
    return first === header.lastIndexOf(name) ? first : -1;
  });
  for (const [c, column] of builder.columns.entries()) {
    if (column.required !== true) continue;
    if (!header.includes(column.name)) note("TABLE_COLUMN_MISSING", column.name, known);
    if (read.cellOf[c] === -1) builder.isUnusable = true;
  }
}

/** @throws the error itself where the parser cannot find the next record. */
function noteSyntax(read: CsvRead, error: CsvError | undefined, firstLine: number): undefined {
  if (error === undefined) return undefined;
  if (error.code === "CSV_MAX_RECORD_SIZE" || error.code === "CSV_QUOTE_NOT_CLOSED") throw error;
  const lines = typeof error["lines"] === "number" ? firstLine + error["lines"] - read.countedTwice : null;
  if (lines !== null) read.lastLine = Math.max(read.lastLine, lines);
  refuse(read, lines, { expected: "quotes around whole cells" });
  return undefined;
}
