import { addHolding } from "./add-holding.js";
import { readAmount } from "./amounts.js";
import type { ExportCollector } from "./collector.js";
import type { ExportedContract } from "./contract-name.js";
import { readDay } from "./days.js";
import { type CsvLine, csvLines, type ExportFile } from "./export-file.js";
import { type Header, headerOf, noHeader } from "./header.js";
import { addCashRow, cellOf, isWhole, requiredCell } from "./table-row.js";
import { contractOfDetail } from "./thinkorswim-names.js";

/** Position Statement; which columns stand beside these is the user's layout. */
const columns = {
  instrument: ["instrument"],
  quantity: ["qty"],
  paid: ["trade price"],
  price: ["mark"],
  profit: ["p/l open"],
  value: ["net liq"],
} as const;
const required = ["instrument", "quantity", "price"];

const title = /^Position Statement for (\S+) (?:\(.*\) )?on (.+)$/i;
const ticker = /^(?:[A-Z][A-Z0-9]{0,5}(?:[./][A-Z]{1,3})?|\/[A-Z0-9]{1,6})(?::[A-Z]+)?$/;

/** An underlying's heading with the rows of its shares, contracts and legs below. */
interface Group {
  readonly heading: CsvLine;
  readonly details: CsvLine[];
}

/**
 * Reads thinkorswim's Position Statement. Headings, shares and legs stand in one column: a heading is the symbol of an
 * underlying, what stands below it belongs to it. A heading with a quantity and rows below is their sum; one with a
 * quantity and nothing below is the holding; one with neither was collapsed, and its legs are not in the file.
 */
export function readThinkorswim(file: ExportFile, out: ExportCollector): void {
  let header: Header | null = null;
  let group: Group | null = null;
  const finish = (): void => {
    if (group !== null && header !== null) readGroup(group, header, out);
    group = null;
  };
  for (const row of csvLines(file)) {
    const next: Header | null = headerOf(row, columns, { required, out });
    const found = title.exec(row.cells[0] ?? "");
    const isText = row.cells.filter((cell) => cell !== "").length < 3 && row.cells.length < 3;
    if (next === null && found === null && !isText && header !== null) {
      if (ticker.test(row.cells[0] ?? "")) {
        finish();
        group = { heading: row, details: [] };
      } else if (group === null) addStray(row, header, out);
      else group.details.push(row);
      continue;
    }
    finish();
    if (next !== null) header = next;
    else if (found !== null) readTitle(found, out);
    else readText(row, out);
  }
  finish();
  if (header === null) throw noHeader(out, columns, required);
}

function readTitle(found: RegExpExecArray, out: ExportCollector): void {
  const [account = "", time = ""] = found.slice(1);
  out.startAccount(account);
  // The clock is the user's own, in whatever zone.
  out.stated = { text: time, day: readDay(time.split(" ")[0] ?? ""), newYorkTime: null };
}

/** Names of groups, and the figures of the account at the end. */
function readText(row: CsvLine, out: ExportCollector): void {
  const [shown = "", value = ""] = row.cells;
  if (/^cash & sweep vehicle$/i.test(shown)) {
    const only = { width: 2, cellCount: 2, has: () => true, cell: () => value, name: () => shown };
    addCashRow(row, only, out, shown);
  } else out.skip(row.line, value === "" ? "a line of text" : "a figure of the account");
}

function addStray(row: CsvLine, header: Header, out: ExportCollector): void {
  const shown = header.cell(row, "instrument");
  const expected = "the heading of an underlying above it";
  out.refuse("EXPORT_HOLDING", { line: row.line, shown, column: header.name("instrument"), expected });
}

function readGroup({ heading, details }: Group, header: Header, out: ExportCollector): void {
  const symbol = header.cell(heading, "instrument");
  const quantity = readAmount(header.cell(heading, "quantity"));
  const refuse = (expected: string): void =>
    out.refuse("EXPORT_HOLDING", {
      line: heading.line,
      shown: symbol,
      column: header.name("quantity"),
      expected,
    });
  if (details.length === 0) {
    if (quantity === null)
      refuse("its rows: expand the group before exporting, collapsed ones are not in the file");
    else addDetail(heading, { symbol, isHeading: true }, header, out);
    return;
  }
  if (quantity !== null && quantity?.value !== sumOf(details, header)) {
    refuse(`the sum of the rows below, ${sumOf(details, header)}`);
    return;
  }
  out.skip(heading.line, "the heading of a group");
  for (const row of details) addDetail(row, { symbol, isHeading: false }, header, out);
}

function sumOf(details: readonly CsvLine[], header: Header): number {
  return details.reduce((sum, row) => sum + (readAmount(header.cell(row, "quantity"))?.value ?? 0), 0);
}

function addDetail(
  row: CsvLine,
  { symbol, isHeading }: { readonly symbol: string; readonly isHeading: boolean },
  header: Header,
  out: ExportCollector,
): void {
  const shown = header.cell(row, "instrument");
  if (!isWhole(row, header, out, shown)) return;
  const contract = contractOfDetail(symbol, isHeading ? null : shown);
  if (typeof contract === "string") {
    out.refuse("EXPORT_HOLDING", {
      line: row.line,
      shown,
      column: header.name("instrument"),
      expected: contract,
    });
    return;
  }
  if (readAmount(header.cell(row, "quantity"))?.value === 0) addPrice(row, contract, header, out);
  addHolding(out, {
    line: row.line,
    shown,
    contract,
    quantity: requiredCell(row, header, "quantity"),
    price: cellOf(row, header, "price"),
    value: cellOf(row, header, "value"),
    paid: cellOf(row, header, "paid"),
    profit: cellOf(row, header, "profit"),
  });
}

/** An underlying that is not held stands with a quantity of zero, and its price with it. */
function addPrice(row: CsvLine, contract: ExportedContract, header: Header, out: ExportCollector): void {
  const price = readAmount(header.cell(row, "price"));
  if (contract.kind === "stock" && price !== null && price !== undefined && price.value > 0)
    out.underlyingPrices.push({ line: row.line, symbol: contract.symbol, price: price.value });
}
