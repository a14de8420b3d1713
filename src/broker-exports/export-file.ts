import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse/sync";
import { failure, MarginError } from "../basics/failure.js";
import { rawBytes } from "../tables/file-bytes.js";
import type { ExportCollector } from "./collector.js";

/** Bytes of an export with its text: UTF-8, no byte order mark, line ends LF. */
export interface ExportFile {
  readonly file: string;
  readonly bytes: Buffer;
  readonly text: string;
}

/** One line of a CSV export: cells without blanks around them, blanks of other kinds made plain. */
export interface CsvLine {
  /** 1-based line on which the record begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** @throws MarginError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_TOO_LARGE`, `FILE_EMPTY`, `EXPORT_SYNTAX`. */
export function readExportFile(file: string): ExportFile {
  const bytes = rawBytes(file);
  if (!isUtf8(bytes)) {
    const line =
      bytes
        .toString("latin1")
        .split("\n")
        .findIndex((each) => !isUtf8(Buffer.from(each, "latin1"))) + 1;
    throw new MarginError([failure("EXPORT_SYNTAX", { file, line, expected: "text in UTF-8" })]);
  }
  const text = bytes
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .replaceAll(/\r\n?/g, "\n");
  if (text.trim() === "")
    throw new MarginError([
      failure("FILE_EMPTY", { file, value: file, expected: "an export with a header line" }),
    ]);
  return { file, bytes, text };
}

/**
 * The records of a CSV export; blank lines and lines of commas alone are left out. A quote in the middle of a cell is a
 * character like any other.
 *
 * @throws MarginError `EXPORT_SYNTAX` where a quote is never closed: the rest of the file would be one cell.
 */
export function csvLines({ file, text }: ExportFile): CsvLine[] {
  const lines: CsvLine[] = [];
  try {
    parse(text, {
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      record_delimiter: "\n",
      on_record: (cells: string[], { lines: last }) => {
        const inside = cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
        const plain = cells.map(plainText);
        if (plain.some((cell) => cell !== "")) lines.push({ line: last - inside, cells: plain });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error["lines"] === "number" ? error["lines"] : null;
    throw new MarginError([
      failure("EXPORT_SYNTAX", { file, line, expected: "a closing quote for each that opens" }),
    ]);
  }
  return lines;
}

/** Blanks of every kind as one plain blank each, none at the ends; zero-width characters gone; curly quotes straight. */
export function plainText(text: string): string {
  return text
    .replaceAll(/[\u200B-\u200D\uFEFF]/g, "")
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201C\u201D]/g, '"')
    .replaceAll(/[^\S\n]/g, " ")
    .trim();
}

/** A name of a column as it is compared: lower case, single blanks, no quotes around it. */
export function headerName(text: string): string {
  return plainText(text).replaceAll(/^"|"$/g, "").replaceAll(/\s+/g, " ").trim().toLowerCase();
}

/** What a reader does with one file. */
export type ExportReader = (file: ExportFile, out: ExportCollector) => void;
