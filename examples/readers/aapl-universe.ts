import { inflateRawSync } from "node:zlib";
import { type MarketTables, printedSymbol, readCsv } from "./tables.js";

/** The files of one stock's option universe in the Lean format. */
export interface UniverseFiles {
  /** `expiry,strike,right,open,…,close,…`: one row an option, closing mid prices; expiry YYYYMMDD. */
  readonly universe: Uint8Array;
  /** Zip of one CSV: `YYYYMMDD 00:00,open,high,low,close,volume`, prices in ten-thousandths. */
  readonly dailyPrices: Uint8Array;
  /** Lines `YYYYMMDD,price factor,split factor,reference price`. */
  readonly factors: Uint8Array;
}

/**
 * One day of a stock's option universe as tables: closing price of the stock and of every option that has one, and
 * the cash dividends to come.
 *
 * The universe's own row of the underlying is an early price of the day; the daily file has the close.
 * Dividends are those that were paid afterwards, in shares of the day.
 *
 * @param at `day` YYYY-MM-DD; `rates` zero rates of the day
 */
export function readAaplUniverse(
  files: UniverseFiles,
  at: { symbol: string; day: string; rates: MarketTables["rates"] },
): MarketTables {
  const rows = readCsv(files.universe);
  const options = rows
    .filter((row) => row["#expiry"] !== "" && Number(row["close"]) > 0)
    .map((row) => {
      const isCall = row["right"] === "C";
      const terms = { date: dashed(row["#expiry"] ?? ""), isCall, strike: Number(row["strike"]) };
      return { symbol: printedSymbol(at.symbol, terms), price: Number(row["close"]) };
    });
  return {
    asOf: `${at.day}T16:00:00[America/New_York]`,
    rates: at.rates,
    underlyings: [{ symbol: at.symbol, price: closingPrice(files.dailyPrices, at.day) }],
    options,
    dividends: paidDividends(files.factors, at.day).map((paid) => ({ symbol: at.symbol, ...paid })),
  };
}

function dashed(yyyymmdd: string): string {
  return `${yyyymmdd.slice(0, 4)}-${yyyymmdd.slice(4, 6)}-${yyyymmdd.slice(6, 8)}`;
}

function closingPrice(zip: Uint8Array, day: string): number {
  const lines = onlyFileOf(zip).toString("utf8").split("\n");
  const line = lines.find((text) => text.startsWith(day.replaceAll("-", "")));
  if (line === undefined) throw new Error(`no daily price of ${day}`);
  return Number(line.split(",")[4]) / 10_000;
}

/**
 * Unpacks a zip archive of one file. Sizes are read from the central directory, which every writer fills in.
 *
 *     end record:  50 4b 05 06 … +16 u32 offset of the central directory
 *     directory:   50 4b 01 02 … +20 u32 packed size … +42 u32 offset of the local header
 *     local:       50 4b 03 04 … +26 u16 name length, +28 u16 extra length, +30 name, extra, data
 */
function onlyFileOf(zip: Uint8Array): Buffer {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw new Error("not a zip archive");
  const directory = bytes.readUInt32LE(end + 16);
  const packedSize = bytes.readUInt32LE(directory + 20);
  const local = bytes.readUInt32LE(directory + 42);
  const data = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  return inflateRawSync(bytes.subarray(data, data + packedSize));
}

/**
 * Dividends out of price factors: a row's day is the last one with the dividend, and
 *
 *     dividend = (1 - factor / next factor) × reference price
 *
 * in shares of that day; multiplied by later splits' ratio for shares of `day`.
 */
function paidDividends(factors: Uint8Array, day: string): { ex_date: string; amount: number }[] {
  const rows = Buffer.from(factors)
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number));
  const today = Number(day.replaceAll("-", ""));
  const [, , splitToday = 1] = rows.find(([date = 0]) => date >= today) ?? [];
  const paid = rows.flatMap(([date = 0, factor = 1, split = 1, reference = 0], i) => {
    const [, next = factor] = rows[i + 1] ?? [];
    const amount = (1 - factor / next) * reference * (split / splitToday);
    if (date < today || next === factor) return [];
    // Prices are printed to the cent and factors to seven digits: the dividend is known to a tenth of a cent.
    return [{ ex_date: nextBusinessDay(dashed(String(date))), amount: Math.round(amount * 1000) / 1000 }];
  });
  return paid.filter(({ amount }) => amount > 0);
}

function nextBusinessDay(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  do date.setUTCDate(date.getUTCDate() + 1);
  while (date.getUTCDay() === 0 || date.getUTCDay() === 6);
  return date.toISOString().slice(0, 10);
}
