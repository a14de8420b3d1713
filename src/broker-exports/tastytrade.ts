import { addHolding } from "./add-holding.js";
import { readAmount } from "./amounts.js";
import type { ExportCollector } from "./collector.js";
import { type CsvLine, csvLines, type ExportFile } from "./export-file.js";
import { type Header, headerOf, noHeader } from "./header.js";
import { cellOf, isWhole, requiredCell } from "./table-row.js";
import { underlyingOf } from "./index-roots.js";
import { tastytradeContract } from "./tastytrade-names.js";

/** Positions > Export: only the columns that are on the screen are in the file. */
const columns = {
  account: ["account"],
  symbol: ["symbol"],
  type: ["type"],
  quantity: ["quantity"],
  expiry: ["exp date"],
  strike: ["strike price"],
  right: ["call/put"],
  underlyingPrice: ["underlying last price"],
  bid: ["bid (sell)"],
  ask: ["ask (buy)"],
  price: ["mark"],
  value: ["net liq"],
  paid: ["trade price"],
  profit: ["p/l open"],
} as const;
const required = ["account", "symbol", "type", "quantity"];

/** Reads the export of tastytrade's positions page. It has no cash and no date. */
export function readTastytrade(file: ExportFile, out: ExportCollector): void {
  let header: Header | null = null;
  for (const row of csvLines(file)) {
    const next: Header | null = headerOf(row, columns, { required, out });
    if (next !== null) header = next;
    else if (header === null) out.skip(row.line, "a line before the header");
    else readRow(row, header, out);
  }
  if (header === null) throw noHeader(out, columns, required);
}

function readRow(row: CsvLine, header: Header, out: ExportCollector): void {
  const { line } = row;
  const text = (key: string): string => header.cell(row, key);
  const shown = text("symbol");
  if (text("account") !== "") out.startAccount(text("account"));
  if (!isWhole(row, header, out, shown)) return;
  const contract = tastytradeContract({
    symbol: shown,
    type: text("type"),
    expiry: text("expiry"),
    strike: text("strike"),
    right: text("right"),
  });
  if (typeof contract === "string") {
    out.refuse("EXPORT_HOLDING", { line, shown, column: header.name("symbol"), expected: contract });
    return;
  }
  const last = readAmount(text("underlyingPrice"));
  const underlying = contract.kind === "option" ? underlyingOf(contract) : null;
  if (underlying !== null && last !== null && last !== undefined && last.value > 0)
    out.underlyingPrices.push({ line, symbol: underlying, price: last.value });
  addHolding(out, {
    line,
    shown,
    contract,
    quantity: requiredCell(row, header, "quantity"),
    // The last price of a share's underlying is its own.
    price: cellOf(
      row,
      header,
      header.has("price") || contract.kind !== "stock" ? "price" : "underlyingPrice",
    ),
    value: cellOf(row, header, "value"),
    // Profit is reckoned from the mark; the last price of an underlying is another one.
    paid: header.has("price") ? cellOf(row, header, "paid") : null,
    profit: header.has("price") ? cellOf(row, header, "profit") : null,
    bid: cellOf(row, header, "bid"),
    ask: cellOf(row, header, "ask"),
  });
}
