import { MarginError, failure } from "../basics/failure.js";
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

/** PortfolioDownload.csv; which columns stand beside these depends on the chosen view. */
const columns = {
  symbol: ["symbol"],
  price: ["last price $", "last price"],
  quantity: ["quantity", "qty #"],
  value: ["value $", "value"],
} as const;
const required = ["symbol", "price", "quantity", "value"];

const optionSymbol = /^(\S+(?: [A-Z])?) ([A-Z][a-z]{2} \d{1,2} '\d{2}) \$([\d,]+(?:\.\d+)?) (Calls?|Puts?)$/;
const generated = /^Generated at (\w{3} \d{1,2} \d{4}) (\d{1,2}:\d{2} [AP]M) ET$/i;

/** Reads E*TRADE's PortfolioDownload.csv of one account. */
export function readEtrade(file: ExportFile, out: ExportCollector): void {
  const lines = csvLines(file);
  readSummary(lines, out);
  let header: Header | null = null;
  const sum: RunningTotal = { value: 0 };
  for (const row of lines) {
    const next: Header | null = headerOf(row, columns, { required, out });
    if (next !== null) header = next;
    else if (header === null) out.skip(row.line, "a line before the header");
    else readRow(row, header, out, sum);
  }
  if (header === null) throw noHeader(out, columns, required);
}

/** The account stands in a table of its own above the holdings, the date below them. */
function readSummary(lines: readonly CsvLine[], out: ExportCollector): void {
  const accounts: { account: string; line: number }[] = [];
  const first = lines.findIndex(({ cells }) => /^account$/i.test(cells[0] ?? "") && cells.length > 2);
  for (const { cells, line } of first < 0 ? [] : lines.slice(first + 1)) {
    if (cells.filter((cell) => cell !== "").length < 2) break;
    if (/^(?:symbol|total)$/i.test(cells[0] ?? "")) break;
    accounts.push({ account: cells[0] ?? "", line });
  }
  const [account, second] = accounts;
  if (second !== undefined)
    throw new MarginError([
      failure("EXPORT_SYNTAX", {
        file: out.file,
        line: second.line,
        expected: "one account: the holdings do not say which is theirs",
      }),
    ]);
  if (account !== undefined) out.startAccount(account.account);
  for (const { cells } of lines) {
    const found = generated.exec(cells[0] ?? "");
    if (found === null) continue;
    const [text, date = "", time = ""] = found;
    out.stated = { text, day: readDay(date), newYorkTime: readTime(time) };
  }
}

function readRow(row: CsvLine, header: Header, out: ExportCollector, sum: RunningTotal): void {
  const { line } = row;
  const shown = header.cell(row, "symbol");
  const filled = row.cells.filter((cell) => cell !== "").length;
  if (shown === "TOTAL") {
    out.skip(line, "a total");
    compareTotal(row, header, out, sum);
    return;
  }
  if (readDay(shown) !== null) {
    out.skip(line, "a lot of the holding above");
    return;
  }
  addToTotal(row, header, sum);
  if (shown === "CASH") addCashRow(row, header, out, shown);
  else if (filled === 1) out.skip(line, "a line of text");
  else if (isWhole(row, header, out, shown))
    addPlainHolding(row, header, out, { contract: contractOf(shown), example: "AAPL Jan 16 '26 $250 Call" });
}

function contractOf(symbol: string): ExportedContract | null {
  const found = optionSymbol.exec(symbol);
  if (found === null) return stockOf(symbol);
  const [root = "", date = "", strike = "", right = ""] = found.slice(1);
  const [day, isCall] = [readDay(date), isCallOf(right)];
  if (day === null || isCall === null) return null;
  return optionOf({ root, day, isCall, strike: Number(strike.replaceAll(",", "")) });
}
