import { formatDay, weekday } from "../basics/dates.js";
import type { ExportedOption } from "./contract-name.js";

/** Roots of an index's weekly and end-of-month options where they are not the index's own symbol. Source: Cboe, Nasdaq. */
const weeklyRoots: Readonly<Record<string, string>> = { SPX: "SPXW", NDX: "NDXP", RUT: "RUTW", VIX: "VIXW" };

/**
 * The root of an option that an export names by its underlying alone. Of the third Friday both kinds exist, one settled at the
 * opening and one at the close, so there the file has to tell.
 *
 * @param isWeekly Whether the file calls it weekly, quarterly or end of month; `null` where it does not say.
 * @returns `null` where the root cannot be told.
 */
export function rootOf(underlying: string, day: number, isWeekly: boolean | null): string | null {
  const weekly = Object.hasOwn(weeklyRoots, underlying) ? weeklyRoots[underlying] : undefined;
  if (weekly === undefined) return underlying;
  if (isWeekly === true) return weekly;
  if (underlying === "VIX") return isWeekly === false ? underlying : null;
  const isMonthly = isThirdFriday(day);
  if (isWeekly === false) return isMonthly ? underlying : null;
  return isMonthly ? null : weekly;
}

/** The third Friday itself, the Thursday before it (the last day of trading, or the Friday is a holiday), the Saturday after. */
function isThirdFriday(day: number): boolean {
  if (weekday(day) < 4) return false;
  const friday = day - (weekday(day) - 5);
  const dayOfMonth = Number(formatDay(friday).slice(8));
  return dayOfMonth >= 15 && dayOfMonth <= 21;
}

const underlyings: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(weeklyRoots).map(([index, root]) => [root, index])),
  XEO: "OEX",
};

/**
 * Symbol of the underlying of an option, for a price that an export states beside it.
 *
 * @returns `null` for an adjusted root (it ends in a digit): what the contract delivers is not told by its root.
 */
export function underlyingOf({ symbol, underlying }: ExportedOption): string | null {
  if (underlying !== null) return underlying;
  const root = symbol.slice(0, 6).trimEnd();
  if (/\d$/.test(root)) return null;
  return (Object.hasOwn(underlyings, root) ? underlyings[root] : undefined) ?? root;
}
