import { addHolding, type NamedCell } from "./add-holding.js";
import { readAmount } from "./amounts.js";
import type { ExportCollector } from "./collector.js";
import type { ExportedContract } from "./contract-name.js";
import type { CsvLine } from "./export-file.js";
import { fits, type Header } from "./header.js";

/** The cell under a column with the column's name; `null` where the file does not have the column. */
export function cellOf(row: CsvLine, header: Header, key: string): NamedCell | null {
  return header.has(key) ? { column: header.name(key), text: header.cell(row, key) } : null;
}

/** The cell under a column that the header is known to have. */
export function requiredCell(row: CsvLine, header: Header, key: string): NamedCell {
  return { column: header.name(key), text: header.cell(row, key) };
}

/** Refuses a holding whose row has more or fewer cells than the header. @returns whether it fits. */
export function isWhole(row: CsvLine, header: Header, out: ExportCollector, shown: string): boolean {
  if (fits(row, header)) return true;
  const expected = `${header.width} cells as in the header, found ${row.cells.length}`;
  out.refuse("CSV_SYNTAX", { line: row.line, shown, value: shown, expected });
  return false;
}

/** A row of money: its value is cash of the account. */
export function addCashRow(row: CsvLine, header: Header, out: ExportCollector, shown: string): void {
  const value = header.cell(row, "value");
  const amount = readAmount(value);
  if (amount !== null && amount !== undefined) {
    out.addCash(row.line, amount.value, shown);
    return;
  }
  const expected = "an amount in USD";
  out.refuse("CELL_TYPE", { line: row.line, shown, column: header.name("value"), value, expected });
}

/** The holding of a row with the columns symbol, quantity, price and value; `example` is an option as the broker spells it. */
export function addPlainHolding(
  row: CsvLine,
  header: Header,
  out: ExportCollector,
  { contract, example }: { readonly contract: ExportedContract | null; readonly example: string },
): void {
  const shown = header.cell(row, "symbol");
  if (contract === null) {
    const expected = `a symbol of shares, or an option like ${example}`;
    out.refuse("SYMBOL_INVALID", { line: row.line, shown, column: header.name("symbol"), expected });
    return;
  }
  addHolding(out, {
    line: row.line,
    shown,
    contract,
    quantity: requiredCell(row, header, "quantity"),
    price: cellOf(row, header, "price"),
    value: cellOf(row, header, "value"),
  });
}

/** Values of the rows read so far, USD, as a file adds them up at its end. */
export interface RunningTotal {
  value: number;
}

export function addToTotal(row: CsvLine, header: Header, sum: RunningTotal): void {
  sum.value += readAmount(header.cell(row, "value"))?.value ?? 0;
}

/** Half a cent a row of rounding stays below this; a row that is missing does not. */
const totalTolerance = 1;

/** Notes where the file's own total is another than that of its rows: some were left out, by a filter or by a cut. */
export function compareTotal(row: CsvLine, header: Header, out: ExportCollector, sum: RunningTotal): void {
  const total = readAmount(header.cell(row, "value"))?.value;
  if (total === undefined || Math.abs(total - sum.value) < totalTolerance) return;
  const [stated, found] = [total.toFixed(2), sum.value.toFixed(2)];
  out.note(row.line, `the total is ${stated}, the rows above add up to ${found}: the file may lack some`);
}
