import { numbersOf } from "../basics/collections.js";
import { expiryInstants, parseDay, yearsBetween } from "../basics/dates.js";
import type { Table } from "../tables/table.js";

/** Cash dividends of one underlying still to come, by ex-date. `years` from the as-of time, ACT/365F, ascending. */
export interface CashDividends {
  readonly years: Float64Array;
  /** USD per share. */
  readonly amounts: Float64Array;
}

/**
 * Dividends by symbol. A share goes ex at the opening of its ex-date (09:30 New York); those already ex at the
 * as-of time are in the price and left out.
 */
export function buildDividends(table: Table, asOfMs: number): ReadonlyMap<string, CashDividends> {
  const symbols = table.text("symbol");
  const dates = table.text("ex_date");
  const amounts = table.number("amount");
  const expiryInstant = expiryInstants();
  const bySymbol = new Map<string, Map<number, number>>();
  for (let row = 0; row < table.count; row++) {
    const [symbol, date, amount] = [symbols[row], dates[row], amounts[row]];
    if (table.rejected[row] === 1 || !symbol || !date || amount === undefined) continue;
    const day = parseDay(date);
    if (day === null) continue;
    const years = yearsBetween(asOfMs, expiryInstant(day, "am"));
    if (years <= 0) continue;
    const known = bySymbol.get(symbol) ?? new Map<number, number>();
    bySymbol.set(symbol, known.set(years, amount));
  }
  return new Map([...bySymbol].map(([symbol, byTime]) => [symbol, ascending(byTime)]));
}

function ascending(byTime: ReadonlyMap<number, number>): CashDividends {
  const entries = [...byTime].toSorted(([a], [b]) => a - b);
  return {
    years: numbersOf(entries, ([years]) => years),
    amounts: numbersOf(entries, ([, amount]) => amount),
  };
}

/** The dividends that fall within an option's life, `null` where there are none. */
export function dividendsBefore(all: CashDividends | undefined, years: number): CashDividends | null {
  if (all === undefined) return null;
  let count = 0;
  while (count < all.years.length && (all.years[count] ?? Number.NaN) <= years) count++;
  if (count === 0) return null;
  if (count === all.years.length) return all;
  return { years: all.years.slice(0, count), amounts: all.amounts.slice(0, count) };
}
