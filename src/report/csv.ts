import { stringify } from "csv-stringify/sync";

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
