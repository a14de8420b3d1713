import { stringify } from "csv-stringify/sync";
import { cellAt, type OutColumn, rowCountOf, rowsAPart } from "../tables/write-columns.js";

export type CsvCell = string | number | null;

/** Rows as CSV text with a header, LF line ends. `null` and NaN become empty cells; numbers are written in full. */
export function csvText(head: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "number" ? numberText(cell) : cell)));
  return stringify([[...head], ...cells]).trimEnd();
}

function numberText(value: number): string | null {
  if (Number.isNaN(value)) return null;
  return String(value === 0 ? 0 : value); // never "-0"
}

/** Columns as CSV text, so many rows at a time; as {@link csvText}. */
export function* csvParts(columns: readonly OutColumn[]): Generator<string> {
  yield `${csvText(
    columns.map(({ name }) => name),
    [],
  )}\n`;
  const count = rowCountOf(columns);
  for (let first = 0; first < count; first += rowsAPart) {
    const rows = Array.from({ length: Math.min(rowsAPart, count - first) }, (_, k) =>
      columns.map((column) => {
        const cell = cellAt(column, first + k);
        return typeof cell === "number" ? numberText(cell) : cell;
      }),
    );
    yield stringify(rows);
  }
}
