import { type Failure, failure, MarginError } from "../basics/failure.js";
import type { ExportCollector } from "./collector.js";
import { type CsvLine, headerName } from "./export-file.js";

/** Columns of a table: for each key that a reader asks for, the names that the broker has given the column, lower case. */
export type ColumnNames = Readonly<Record<string, readonly string[]>>;

/** Where the columns of a header stand. */
export interface Header {
  /** Cells of the header without empty ones at its end. */
  readonly width: number;
  /** All its cells. */
  readonly cellCount: number;
  /** Whether the file has the column. */
  has(key: string): boolean;
  /** The cell of a row under the column; empty where the row or the file has none. */
  cell(row: CsvLine, key: string): string;
  /** The column's name as the file writes it. */
  name(key: string): string;
}

/**
 * Reads a line as the header of a table, by exact names: never by likeness, for `Cost Basis Total` and `Average Cost Basis`
 * are alike and mean different things.
 *
 * @param required Keys that a header has; without one of them the line is no header and `null` comes back.
 * @throws MarginError `TABLE_COLUMN_DUPLICATE` where a column that is asked for stands twice.
 */
export function headerOf(
  { cells, line }: CsvLine,
  columns: ColumnNames,
  { required, out }: { readonly required: readonly string[]; readonly out: ExportCollector },
): Header | null {
  const names = cells.map(headerName);
  const places = new Map<string, number>();
  const twice: Failure[] = [];
  for (const [key, aliases] of Object.entries(columns)) {
    const found = names.flatMap((name, index) => (aliases.includes(name) ? [index] : []));
    if (found[0] !== undefined) places.set(key, found[0]);
    if (found.length > 1)
      twice.push(
        failure("TABLE_COLUMN_DUPLICATE", {
          file: out.file,
          line,
          value: cells[found[1] ?? 0],
          expected: "each column once",
        }),
      );
  }
  if (!required.every((key) => places.has(key))) return null;
  if (twice.length > 0) throw new MarginError(twice);
  const used = new Set(places.values());
  for (const [index, cell] of cells.entries())
    if (cell !== "" && !used.has(index)) out.unusedColumns.add(cell);
  return {
    cellCount: cells.length,
    width: names.findLastIndex((name) => name !== "") + 1,
    has: (key) => places.has(key),
    cell: (row, key) => row.cells[places.get(key) ?? -1] ?? "",
    name: (key) => cells[places.get(key) ?? -1] ?? key,
  };
}

/**
 * Whether a row has as many cells as its header; empty ones behind do not count. A row that is longer, or that ends early,
 * has its cells under other columns than they are meant for.
 */
export function fits({ cells }: CsvLine, { width }: Header): boolean {
  return cells.length >= width && cells.slice(width).every((cell) => cell === "");
}

/** The failure of a file without a header of its format. @returns to be thrown. */
export function noHeader(
  out: ExportCollector,
  columns: ColumnNames,
  required: readonly string[],
): MarginError {
  const names = required.map((key) => (columns[key] ?? [key]).join(" or "));
  const expected = `a line with the columns ${names.join(", ")}`;
  return new MarginError([failure("EXPORT_HEADER", { file: out.file, value: out.format, expected })]);
}
