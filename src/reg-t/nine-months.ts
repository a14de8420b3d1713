import { dayOf, formatDay } from "../basics/dates.js";

/**
 * The last day (days since 1970-01-01) that is not more than so many calendar months after another: the same day of the
 * month, `months` later; where that month is shorter, its last day.
 */
export function lastDayWithin(asOfDay: number, months: number): number {
  const [year = 0, month = 1, day = 1] = formatDay(asOfDay).split("-").map(Number);
  const later = month - 1 + months;
  const [lastYear, lastMonth] = [year + Math.floor(later / 12), (later % 12) + 1];
  for (let at = day; at > 0; at--) {
    const limit = dayOf(lastYear, lastMonth, at);
    if (limit !== null) return limit;
  }
  return Number.NaN;
}
