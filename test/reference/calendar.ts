const msPerDay = 86_400_000;

/** What an option symbol says: `IBM   070421C00100000`, with or without the blanks. */
export interface SymbolTerms {
  readonly symbol: string;
  readonly root: string;
  readonly isCall: boolean;
  readonly strike: number;
  /** Midnight UTC of the day trading ends, ms since 1970. A Saturday is read as the Friday before. */
  readonly dayMs: number;
}

/** Takes a symbol apart; `null` for what is not an option. */
export function optionSymbolTerms(text: string): SymbolTerms | null {
  const match = /^([A-Z0-9.]{1,6}) *(\d\d)(\d\d)(\d\d)([CP])(\d{8})$/.exec(text);
  if (match === null) return null;
  const [, root = "", year, month, day, type, thousandths] = match;
  const date = Date.UTC(2000 + Number(year), Number(month) - 1, Number(day));
  const isSaturday = new Date(date).getUTCDay() === 6;
  return {
    symbol: root.padEnd(6) + text.slice(-15),
    root,
    isCall: type === "C",
    strike: Number(thousandths) / 1000,
    dayMs: isSaturday ? date - msPerDay : date,
  };
}

/** The instant of a time of day in New York. Summer time: second Sunday of March to first Sunday of November (since 2007). */
export function newYorkInstant(dayMs: number, hours: number): number {
  const year = new Date(dayMs).getUTCFullYear();
  const summer = dayMs >= nthSunday(year, 2, 2) && dayMs < nthSunday(year, 10, 1);
  return dayMs + (hours + (summer ? 4 : 5)) * 3_600_000;
}

function nthSunday(year: number, month: number, n: number): number {
  const first = Date.UTC(year, month, 1);
  return first + ((7 - new Date(first).getUTCDay()) % 7) * msPerDay + (n - 1) * 7 * msPerDay;
}

/** ACT/365F. */
export function yearsBetween(fromMs: number, toMs: number): number {
  return (toMs - fromMs) / (365 * msPerDay);
}

/** The instant of a snapshot's `asOf`: with an offset, or as a time of New York named in brackets. */
export function asOfInstant(text: string): number {
  const local = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d))?\[America\/New_York\]$/.exec(text);
  if (local === null) return Date.parse(text);
  const [, day = "", hours, minutes, seconds = "0"] = local;
  return newYorkInstant(Date.parse(day), Number(hours) + Number(minutes) / 60 + Number(seconds) / 3600);
}
