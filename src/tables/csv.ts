import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse/sync";
import { type Failure, failure } from "../basics/failure.js";
import type { FileBytes } from "./file-bytes.js";
import { columnList } from "./schema.js";
import type { TableBuilder } from "./table-builder.js";

/** A row is some hundred bytes; a line beyond this is another kind of file, or a quote that is never closed. */
const maxRecordBytes = 1 << 20;

/** What reading one CSV file carries from row to row. */
interface CsvRead {
  readonly builder: TableBuilder;
  readonly file: string;
  readonly isUtf8: boolean;
  readonly lines: number[];
  header: readonly string[] | null;
  cellOf: readonly number[];
  lastLine: number;
  /** csv-parse counts a CRLF inside quotes as two lines; so many such ones were seen. */
  countedTwice: number;
}

/**
 * Adds the rows of a CSV file to a table. The first line that is not blank is the header. Rows with another number of
 * cells than the header, with broken quotes or with bytes that are not UTF-8 are reported and left out; a line of more
 * than 1 MiB ends the reading of the file, the rows before it are kept.
 *
 * Line numbers are the physical line on which a row begins, line ends inside quotes counted.
 */
export function addCsvFile(builder: TableBuilder, { file, bytes }: FileBytes): void {
  const read: CsvRead = {
    builder,
    file,
    isUtf8: isUtf8(bytes),
    lines: [],
    header: null,
    cellOf: [],
    lastLine: 0,
    countedTwice: 0,
  };
  builder.startFile({ file, line: (index) => read.lines[index] ?? null });
  try {
    parse(bytes, {
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
        addRecord(read, cells, context.lines - read.countedTwice);
        return null;
      },
      on_skip: (error) => noteSyntax(read, error),
    });
  } catch (error) {
    // Thrown by noteSyntax to end the reading: the failure is already noted.
    if (!(error instanceof CsvError)) throw error;
  }
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
  read.lines.push(line);
  read.builder.addCsvRow(cells, read.cellOf);
}

/** The account or symbol of a row that is left out, so that nobody takes its account for whole. */
function owner(read: CsvRead, cells: readonly string[]): { account?: string; symbol?: string } {
  const name = read.builder.columns[0]?.name;
  const value = cells[read.cellOf[0] ?? -1] ?? "";
  if (value === "" || (name !== "account" && name !== "symbol")) return {};
  return name === "account" ? { account: value } : { symbol: value };
}

function refuse(
  read: CsvRead,
  line: number | null,
  details: Partial<Omit<Failure, "code" | "message" | "value">> & { value?: string },
): void {
  read.builder.failures.push(failure("CSV_SYNTAX", { file: read.file, line, ...details }));
}

function lineEnds(cell: string): number {
  return cell.includes("\n") || cell.includes("\r") ? cell.split(/\r\n|\n|\r/).length - 1 : 0;
}

function readHeader(read: CsvRead, header: readonly string[], line: number): void {
  const { builder, file } = read;
  read.header = header;
  const note = (code: Failure["code"], value: string, expected: string): void => {
    builder.failures.push(failure(code, { file, line, column: value, value, expected }));
  };
  const known = columnList(builder.name);
  for (const [k, name] of header.entries()) {
    if (header.indexOf(name) !== k) note("TABLE_COLUMN_DUPLICATE", name, "each column once");
    else if (!builder.columns.some((column) => column.name === name))
      note("TABLE_COLUMN_UNKNOWN", name, known);
  }
  // A column that stands twice is used from neither place.
  read.cellOf = builder.columns.map(({ name }) => {
    const first = header.indexOf(name);
    return first === header.lastIndexOf(name) ? first : -1;
  });
  for (const column of builder.columns)
    if (column.required === true && !header.includes(column.name))
      note("TABLE_COLUMN_MISSING", column.name, known);
}

function noteSyntax(read: CsvRead, error: CsvError | undefined): undefined {
  if (error === undefined) return undefined;
  const atLine = typeof error["lines"] === "number" ? error["lines"] - read.countedTwice : null;
  if (error.code === "CSV_MAX_RECORD_SIZE") {
    const expected = `at most ${maxRecordBytes} bytes; nothing from here on was read`;
    const line = read.lastLine + 1;
    read.builder.failures.push(failure("CSV_LINE_TOO_LONG", { file: read.file, line, expected }));
    throw error;
  }
  const unclosed = error.code === "CSV_QUOTE_NOT_CLOSED";
  const expected = unclosed
    ? "a closing quote; the quote opens on this line or after it"
    : "quotes around whole cells";
  refuse(read, unclosed ? read.lastLine + 1 : atLine, { expected });
  return undefined;
}
