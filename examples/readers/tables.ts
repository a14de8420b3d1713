import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";

/** The tables of one market day, ready to be a snapshot once positions are added. */
export interface MarketTables {
  readonly asOf: string;
  readonly rates: { years: number; rate: number }[];
  readonly underlyings: { symbol: string; price: number; dividend_yield?: number }[];
  readonly options: { symbol: string; bid?: number; ask?: number; price?: number }[];
  readonly dividends: { symbol: string; ex_date: string; amount: number }[];
}

/** A CSV file with a header, packed (gzip) or not, as one object of texts a row. */
export function readCsv(file: Uint8Array): Record<string, string>[] {
  const packed = file[0] === 0x1f && file[1] === 0x8b;
  const text = packed ? gunzipSync(file) : file;
  return parse(text, { columns: true, skip_empty_lines: true });
}

/** The printed option symbol: root padded to 6, yymmdd, C or P, strike in thousandths. `date` is YYYY-MM-DD. */
export function printedSymbol(
  root: string,
  terms: { date: string; isCall: boolean; strike: number },
): string {
  const yymmdd = terms.date.slice(2).replaceAll("-", "");
  const thousandths = String(Math.round(terms.strike * 1000)).padStart(8, "0");
  return `${root.padEnd(6)}${yymmdd}${terms.isCall ? "C" : "P"}${thousandths}`;
}

const curveColumns: readonly (readonly [RegExp, number])[] = [
  [/^(BC_)?1month$/i, 1 / 12],
  [/^(BC_)?3month$/i, 0.25],
  [/^(BC_)?6month$/i, 0.5],
  [/^(BC_)?1year$/i, 1],
  [/^(BC_)?2year$/i, 2],
  [/^(BC_)?3year$/i, 3],
];

/**
 * Zero rates of a day (YYYY-MM-DD) out of a table of US Treasury par yields, from one month to three years.
 *
 * Par yields are compounded twice a year; each is turned into continuous compounding, 2 ln(1 + y/2), and taken as
 * the zero rate of its term: below three years the difference is some hundredths of a point.
 *
 * @param unit 1 where the table holds fractions, 0.01 where it holds per cent
 */
export function treasuryRates(
  file: Uint8Array,
  { day, unit }: { day: string; unit: number },
): { years: number; rate: number }[] {
  const row = readCsv(file).find((cells) => Object.values(cells)[0]?.startsWith(day));
  if (row === undefined) throw new Error(`no Treasury yields of ${day}`);
  return curveColumns.flatMap(([name, years]) => {
    const cell = Object.entries(row).find(([column]) => name.test(column))?.[1] ?? "";
    const yieldFraction = Number(cell) * unit;
    // An empty cell or a nought stands for "not published".
    return yieldFraction > 0 ? [{ years, rate: 2 * Math.log(1 + yieldFraction / 2) }] : [];
  });
}
