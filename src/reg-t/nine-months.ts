import { dayOf, formatDay } from "../basics/dates.js";

/**
 * Whether more than so many calendar months lie between two days (days since 1970-01-01): the expiry is after the same day
 * of the month, `months` later; where that month is shorter, after its last day.
 */
export function overMonths(asOfDay: number, expiryDay: number, months: number): boolean {
  const [year = 0, month = 1, day = 1] = formatDay(asOfDay).split("-").map(Number);
  const later = month - 1 + months;
  const [lastYear, lastMonth] = [year + Math.floor(later / 12), (later % 12) + 1];
  for (let at = day; at > 0; at--) {
    const limit = dayOf(lastYear, lastMonth, at);
    if (limit !== null) return expiryDay > limit;
  }
  return false;
}
