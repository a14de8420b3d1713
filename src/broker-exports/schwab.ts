import type { ExportCollector } from "./collector.js";
import { type ExportedContract, isCallOf, optionOf, stockOf } from "./contract-name.js";
import { readDay, readTime } from "./days.js";
import { type CsvLine, csvLines, type ExportFile } from "./export-file.js";
import { type Header, headerOf, noHeader } from "./header.js";
import {
  addCashRow,
  addPlainHolding,
  addToTotal,
  compareTotal,
  isWhole,
  type RunningTotal,
} from "./table-row.js";

/** Positions CSV; three generations of names, of which the newest drops the long ones in parentheses. */
const columns = {
  symbol: ["symbol"],
  description: ["description"],
  quantity: ["qty (quantity)", "quantity", "qty"],
  price: ["price"],
  value: ["mkt val (market value)", "market value", "mkt val"],
  type: ["security type", "asset type"],
} as const;
const required = ["symbol", "quantity", "price", "value"];

const title = /^Positions for (?:account )?(.+?) as of (.+?) ET, (\S+)$/i;
const optionSymbol = /^(\S+(?: [A-Z])?) (\d{1,2}\/\d{1,2}\/\d{4}) (\d+(?:\.\d+)?) ([CP])$/;
const cashTypes = ["cash", "cash and money market", "money market", "money market funds"];
const bondTypes = ["fixed income", "bond", "bonds", "treasury", "treasuries", "cd", "cds"];

/** Reads the export of Schwab's Positions page, of one account or of all. */
export function readSchwab(file: ExportFile, out: ExportCollector): void {
  let header: Header | null = null;
  let before: CsvLine | null = null;
  let isFirst = true;
  const sum: RunningTotal = { value: 0 };
  for (const row of csvLines(file)) {
    const found = isFirst ? title.exec(row.cells[0] ?? "") : null;
    const next: Header | null = headerOf(row, columns, { required, out });
    const isText = row.cells.slice(1).every((cell) => cell === "");
    if (next !== null) {
      header = next;
      sum.value = 0;
      // Of several accounts each has a line with its name above its table.
      if (before !== null) out.startAccount(before.cells[0] ?? "");
    } else if (before !== null) out.skip(before.line, "a line of text");
    before = isText && found === null && next === null ? row : null;
    if (found !== null) readTitle(found, out);
    else if (next === null && !isText) {
      if (header === null) out.skip(row.line, "a line before the header");
      else readRow(row, header, out, sum);
    }
    isFirst = false;
  }
  if (before !== null) out.skip(before.line, "a line of text");
  if (header === null) throw noHeader(out, columns, required);
}

function readTitle(found: RegExpExecArray, out: ExportCollector): void {
  const [account = "", time = "", date = ""] = found.slice(1);
  out.stated = { text: `${time} ET, ${date}`, day: readDay(date), newYorkTime: readTime(time) };
  // `All-Accounts` names none; each has a line of its own.
  if (!/^all[- ]accounts$/i.test(account)) out.startAccount(account);
}

function readRow(row: CsvLine, header: Header, out: ExportCollector, sum: RunningTotal): void {
  const { line } = row;
  const shown = header.cell(row, "symbol");
  const type = header.cell(row, "type").toLowerCase();
  if (/^(?:account|positions) total$/i.test(shown)) {
    out.skip(line, "a total");
    // The positions' total leaves cash out in some files.
    if (/^account/i.test(shown)) compareTotal(row, header, out, sum);
    return;
  }
  addToTotal(row, header, sum);
  if (/^cash & cash investments$/i.test(shown) || cashTypes.includes(type)) {
    addCashRow(row, header, out, shown);
    return;
  }
  if (!isWhole(row, header, out, shown)) return;
  if (bondTypes.includes(type)) {
    out.refuse("EXPORT_HOLDING", {
      line,
      shown,
      column: header.name("type"),
      expected: "shares, funds and options",
    });
    return;
  }
  const contract = contractOf(shown, type);
  addPlainHolding(row, header, out, { contract, example: "AAPL 01/16/2026 250.00 C" });
}

function contractOf(symbol: string, type: string): ExportedContract | null {
  const found = optionSymbol.exec(symbol);
  if (found === null) return type === "option" || type === "options" ? null : stockOf(symbol);
  const [root = "", date = "", strike = "", right = ""] = found.slice(1);
  const [day, isCall] = [readDay(date), isCallOf(right)];
  return day === null || isCall === null ? null : optionOf({ root, day, isCall, strike: Number(strike) });
}
