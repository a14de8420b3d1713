import { readAmount } from "./amounts.js";
import type { ExportCollector } from "./collector.js";
import { readDay } from "./days.js";
import { type CsvLine, csvLines, type ExportFile, headerName } from "./export-file.js";
import { type Header, headerOf, noHeader } from "./header.js";
import { addIbkrHolding, type IbkrField } from "./ibkr-holding.js";

const columns = {
  account: ["account"],
  level: ["datadiscriminator"],
  category: ["asset category"],
  currency: ["currency"],
  symbol: ["symbol"],
  quantity: ["quantity"],
  multiplier: ["mult", "multiplier"],
  price: ["close price"],
  value: ["value"],
  expiry: ["expiry"],
  strike: ["strike"],
  right: ["put/call"],
} as const;
const required = ["category", "currency", "symbol", "quantity", "price", "value"];
const sections = ["Open Positions", "Long Open Positions", "Short Open Positions"];

/** The statement's money while it is read: its own currency, and cash by the place it was found in. */
interface Money {
  base: string;
  /** Column of the total, by section. */
  readonly totals: Map<string, number>;
  readonly ending: Map<string, { amountUsd: number; line: number }>;
  netAssetValue: { amountUsd: number; line: number } | null;
}

/**
 * Reads Interactive Brokers' Activity Statement. Every row names its section first, then whether it is a header, data or a
 * total; columns belong to the last header of the section. Rows of lots repeat the summary above them.
 */
export function readIbkrActivity(file: ExportFile, out: ExportCollector): void {
  const money: Money = { base: "", totals: new Map(), ending: new Map(), netAssetValue: null };
  const headers = new Map<string, Header>();
  let wasFound = false;
  for (const row of csvLines(file)) {
    const [section = "", kind = ""] = row.cells;
    if (!sections.includes(section)) {
      readOther(row, money, out);
      continue;
    }
    if (kind === "Header") {
      const header = headerOf(row, columns, { required, out });
      for (const place of [section, kind]) out.unusedColumns.delete(place);
      if (header === null) throw noHeader(out, columns, required);
      headers.set(section, header);
      wasFound = true;
      continue;
    }
    const header = headers.get(section);
    if (header === undefined) throw noHeader(out, columns, required);
    if (kind === "Data") readRow(row, header, out);
    else out.skip(row.line, "a total");
  }
  if (!wasFound) throw noHeader(out, columns, required);
  addMoney(money, out);
}

function readRow(given: CsvLine, header: Header, out: ExportCollector): void {
  const row = withWholeTimes(given, header);
  const shown = header.cell(row, "symbol");
  if (header.has("level") && header.cell(row, "level") !== "Summary") {
    out.skip(row.line, "a lot of the holding above");
    return;
  }
  // Every row ends as its header does, so one cell more or less has moved the others.
  if (row.cells.length !== header.cellCount) {
    const expected = `${header.cellCount} cells as in the header, found ${row.cells.length}`;
    out.refuse("CSV_SYNTAX", { line: row.line, shown, value: shown, expected });
    return;
  }
  const field = (name: IbkrField): { column: string; text: string } | null =>
    header.has(name) ? { column: header.name(name), text: header.cell(row, name) } : null;
  if (row.cells[0] === "Short Open Positions" && (readAmount(header.cell(row, "quantity"))?.value ?? 0) > 0) {
    const expected = "a quantity below zero among the short positions";
    out.refuse("CELL_RANGE", { line: row.line, shown, column: header.name("quantity"), expected });
    return;
  }
  // A consolidated statement names the account row by row.
  const account = header.cell(row, "account");
  addIbkrHolding(out, { line: row.line, account: account === "" ? out.account : account, field });
}

/** Some statements write `2025-03-27, 10:30:15` without quotes, which moves every later cell by one. */
function withWholeTimes(row: CsvLine, header: Header): CsvLine {
  if (row.cells.length === header.cellCount) return row;
  const cells = [...row.cells];
  const at = cells.findIndex(
    (cell, i) => /^\d{4}-\d{2}-\d{2}$/.test(cell) && /^\d{2}:\d{2}:\d{2}$/.test(cells[i + 1] ?? ""),
  );
  if (at >= 0) cells.splice(at, 2, `${cells[at]}, ${cells[at + 1]}`);
  return { line: row.line, cells };
}

function readOther({ line, cells }: CsvLine, money: Money, out: ExportCollector): void {
  const [section = "", kind, name = "", first = ""] = cells;
  if (kind === "Header") {
    const total = cells.findIndex((cell) => ["total", "current total"].includes(headerName(cell)));
    money.totals.set(section, total);
  }
  if (kind !== "Data") return;
  if (section === "Account Information" && name === "Account") out.startAccount(first);
  if (section === "Account Information" && name === "Base Currency") money.base = first;
  if (section === "Statement" && name === "Period") {
    const last = first.split(/ - /).at(-1) ?? "";
    out.stated = { text: first, day: readDay(last), newYorkTime: null };
  }
  const amount = readAmount(cells[money.totals.get(section) ?? -1] ?? "");
  if (amount === null || amount === undefined) return;
  if (section === "Cash Report" && headerName(name) === "ending cash")
    money.ending.set(first, { amountUsd: amount.value, line });
  if (section === "Net Asset Value" && headerName(name) === "cash")
    money.netAssetValue = { amountUsd: amount.value, line };
}

/** All cash in the account's own currency where that is the dollar, else its dollars. */
function addMoney({ base, ending, netAssetValue }: Money, out: ExportCollector): void {
  const isUsd = base === "" || base === "USD";
  const summary = isUsd ? ending.get("Base Currency Summary") : undefined;
  const reported = summary ?? ending.get("USD");
  const found = reported ?? (base === "USD" ? netAssetValue : null);
  if (found === null || found === undefined) return;
  const name =
    summary !== undefined
      ? "Ending Cash, all currencies"
      : reported !== undefined
        ? "Ending Cash, USD"
        : "Cash of Net Asset Value";
  out.addCash(found.line, found.amountUsd, name);
  for (const [currency, { line }] of ending)
    if (summary === undefined && currency !== "USD" && currency !== "Base Currency Summary")
      out.note(line, `cash in ${currency} is not counted: it is not converted`);
  if (
    reported !== undefined &&
    netAssetValue !== null &&
    Math.abs(netAssetValue.amountUsd - reported.amountUsd) > 0.02
  )
    out.note(
      netAssetValue.line,
      `Net Asset Value has ${netAssetValue.amountUsd.toFixed(2)} of cash; ${name} was used`,
    );
}
