import type { ExportCollector } from "./collector.js";
import { type ExportedContract, isCallOf, optionOf, stockOf } from "./contract-name.js";
import { readDay, readTime } from "./days.js";
import { type CsvLine, csvLines, type ExportFile } from "./export-file.js";
import { type Header, headerOf, noHeader } from "./header.js";
import { addCashRow, addPlainHolding, isWhole } from "./table-row.js";

/** Portfolio_Positions CSV; the names are those of 2023 to 2026, compared without regard to case. */
const columns = {
  account: ["account number", "account name/number"],
  accountName: ["account name"],
  symbol: ["symbol"],
  description: ["description"],
  quantity: ["quantity"],
  price: ["last price"],
  value: ["current value"],
} as const;
const required = ["account", "symbol", "description", "quantity", "price", "value"];

const optionSymbol = /^-\s?(.+?)(\d{6})([CP])(\d+(?:\.\d+)?)$/;
const downloaded = /^Date downloaded\s+(\S+)\s+(.*?)\s*ET$/i;

/** Reads Fidelity's Portfolio_Positions export. */
export function readFidelity(file: ExportFile, out: ExportCollector): void {
  const lines = csvLines(file);
  readStatedTime(lines, out);
  let header: Header | null = null;
  for (const row of lines) {
    const next: Header | null = headerOf(row, columns, { required, out });
    if (next !== null) header = next;
    else if (header === null) out.skip(row.line, "a line before the header");
    else readRow(row, header, out);
  }
  if (header === null) throw noHeader(out, columns, required);
}

function readStatedTime(lines: readonly CsvLine[], out: ExportCollector): void {
  for (const { cells } of lines) {
    const text = cells[0] ?? "";
    const found = downloaded.exec(text);
    if (found === null) continue;
    const [date = "", time = ""] = found.slice(1);
    out.stated = { text, day: readDay(date), newYorkTime: readTime(time) };
  }
}

function readRow(row: CsvLine, header: Header, out: ExportCollector): void {
  const { line } = row;
  const account = header.cell(row, "account");
  const symbol = header.cell(row, "symbol");
  // The notices at the end are one long cell each.
  if (row.cells.filter((cell) => cell !== "").length === 1) {
    out.skip(line, "a line of text");
    return;
  }
  if (account !== "") out.startAccount(account);
  if (isCash(symbol, header.cell(row, "description"))) addCashRow(row, header, out, symbol);
  else if (isWhole(row, header, out, symbol))
    addPlainHolding(row, header, out, { contract: contractOf(symbol), example: "-AAPL261016C230" });
}

/** `SPAXX**` and other core positions, and trades that have not settled, have a value and no quantity. */
function isCash(symbol: string, description: string): boolean {
  return symbol.endsWith("**") || /^pending activity$/i.test(symbol) || /^held in /i.test(description);
}

function contractOf(symbol: string): ExportedContract | null {
  const found = optionSymbol.exec(symbol);
  if (found === null) return stockOf(symbol);
  const [root = "", date = "", right = "", strike = ""] = found.slice(1);
  const day = readDay(`20${date}`);
  const isCall = isCallOf(right);
  return day === null || isCall === null ? null : optionOf({ root, day, isCall, strike: Number(strike) });
}
