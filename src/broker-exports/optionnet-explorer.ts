import { readAmount } from "./amounts.js";
import type { ExportCollector } from "./collector.js";
import { type ExportedContract, optionOfSymbol, isCallOf, stockOf } from "./contract-name.js";
import { readDay } from "./days.js";
import { type CsvLine, csvLines, type ExportFile } from "./export-file.js";
import { fits, type Header, headerOf, noHeader } from "./header.js";

const tradeColumns = { account: ["account"], trade: ["tradeid"], status: ["status"] } as const;
const fillColumns = {
  account: ["account"],
  trade: ["tradeid"],
  transaction: ["transaction"],
  quantity: ["qty"],
  symbol: ["symbol"],
  expiry: ["expiry"],
  type: ["type"],
  description: ["description"],
} as const;
const tradeRequired = ["account", "trade", "status"];
const fillRequired = Object.keys(fillColumns);

interface Fill {
  readonly line: number;
  readonly account: string;
  readonly contract: ExportedContract;
  /** In millionths, so that fills add up exactly. */
  readonly millionths: number;
}

interface Report {
  fillHeader: Header | null;
  tradeHeader: Header | null;
  /** Accounts with trades that are closed, by trade. */
  readonly closed: Set<string>;
  readonly fills: Fill[];
}

/**
 * Reads OptionNet Explorer's Detail report: trades, each with its fills below. What is held is the sum of the fills of trades
 * that are not closed. It has no prices of today.
 */
export function readOptionnetExplorer(file: ExportFile, out: ExportCollector): void {
  const report: Report = { fillHeader: null, tradeHeader: null, closed: new Set(), fills: [] };
  for (const row of csvLines(file)) readLine(row, report, out);
  if (report.fillHeader === null) throw noHeader(out, fillColumns, fillRequired);
  addSums(report.fills, out);
}

function readLine(row: CsvLine, report: Report, out: ExportCollector): void {
  const fillHeader = headerOf(row, fillColumns, { required: fillRequired, out });
  const tradeHeader = headerOf(row, tradeColumns, { required: tradeRequired, out });
  if (fillHeader !== null) report.fillHeader = fillHeader;
  else if (tradeHeader !== null) report.tradeHeader = tradeHeader;
  else if (report.fillHeader === null || row.cells[0] !== "") readText(row, out);
  else if (row.cells[1] === "") readFill(row, report.fillHeader, report, out);
  else readTrade(row, report, out);
}

function readText({ line, cells }: CsvLine, out: ExportCollector): void {
  const time = /^Date\/Time: (\S+) /.exec(cells[0] ?? "");
  if (time !== null)
    out.stated = { text: time.input.slice(11), day: readDay(time[1] ?? ""), newYorkTime: null };
  else out.skip(line, "a line of text");
}

function readTrade(row: CsvLine, { tradeHeader, closed }: Report, out: ExportCollector): void {
  const cell = (key: string): string => tradeHeader?.cell(row, key) ?? "";
  if (/^closed$/i.test(cell("status"))) closed.add(tradeKey(cell("account"), cell("trade")));
  out.skip(row.line, "the heading of a trade");
}

function tradeKey(account: string, trade: string): string {
  return JSON.stringify([account, trade]);
}

function readFill(row: CsvLine, header: Header, { closed, fills }: Report, out: ExportCollector): void {
  const { line } = row;
  const text = (key: string): string => header.cell(row, key);
  const [account, shown] = [text("account"), text("symbol")];
  if (closed.has(tradeKey(account, text("trade")))) {
    out.skip(line, "a fill of a closed trade");
    return;
  }
  out.startAccount(account);
  const refuse = (key: string, expected: string): void =>
    out.refuse("EXPORT_HOLDING", { line, shown, column: header.name(key), value: text(key), expected });
  if (!fits(row, header)) {
    refuse("symbol", `${header.width} cells as in the header, found ${row.cells.length}`);
    return;
  }
  const sign = { buy: 1, sell: -1 }[text("transaction").toLowerCase()];
  const quantity = readAmount(text("quantity"));
  const contract = contractOf(text);
  if (sign === undefined) refuse("transaction", "Buy or Sell");
  else if (quantity === null || quantity === undefined || !(quantity.value > 0))
    refuse("quantity", "a number above zero");
  else if (typeof contract === "string") refuse("symbol", contract);
  else fills.push({ line, account, contract, millionths: Math.round(sign * quantity.value * 1e6) });
}

/**
 * The report's symbols name the Saturday after a Friday's expiry to this day; the column with the expiry is right, and
 * strike and right stand in the description once more.
 */
function contractOf(text: (key: string) => string): ExportedContract | string {
  const isCall = isCallOf(text("type"));
  if (isCall === null)
    return /^stock$/i.test(text("type"))
      ? (stockOf(text("symbol")) ?? "a symbol of shares")
      : "a type of Put, Call or Stock";
  const option = optionOfSymbol(text("symbol"));
  if (option === null) return "an option symbol of 21 characters";
  const described = / ([\d,]+(?:\.\d+)?) (?:Put|Call)$/i.exec(text("description"));
  const strike = readAmount(described?.[1] ?? "")?.value ?? option.strike;
  const agrees =
    option.isCall === isCall && strike === option.strike && readDay(text("expiry")) === option.day;
  return agrees ? option : `${text("expiry")}, ${text("type")} and ${strike}, as in the columns beside it`;
}

function addSums(fills: readonly Fill[], out: ExportCollector): void {
  const sums = new Map<string, { fill: Fill; millionths: number }>();
  for (const fill of fills) {
    const key = JSON.stringify([fill.account, fill.contract.symbol]);
    const sum = sums.get(key) ?? { fill, millionths: 0 };
    sums.set(key, { fill: sum.fill, millionths: sum.millionths + fill.millionths });
  }
  for (const { fill, millionths } of sums.values()) {
    out.startAccount(fill.account);
    const today = out.stated?.day ?? null;
    if (millionths === 0) out.skip(fill.line, "fills that add up to nothing");
    else if (today !== null && "day" in fill.contract && fill.contract.day < today)
      out.skip(fill.line, "an option that had expired by the file's date");
    else {
      out.checked.untold++;
      const none = { price: null, bid: null, ask: null };
      out.addHolding({ line: fill.line, contract: fill.contract, quantity: millionths / 1e6, ...none });
    }
  }
}
