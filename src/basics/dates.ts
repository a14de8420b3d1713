import { Temporal } from "temporal-polyfill";
import { type Failure, failure } from "./failure.js";
import { newYorkClock, offsetMsOn } from "./new-york.js";

const msPerDay = 86_400_000;
const msPerYear = 365 * msPerDay;
const timeOfDayMs = { pm: 57_600_000, am: 34_200_000 } as const;
const marketZone = "America/New_York";

/** When an option stops: at the close (`pm`, 16:00 New York) or by the opening prices (`am`, 09:30 New York). */
export type Settlement = "pm" | "am";

/**
 * A calendar day from the text `YYYY-MM-DD`, as whole days since 1970-01-01.
 *
 * @returns `null` for any other text, for days that no calendar has (2007-02-29), and outside 1900 to 2199, where
 *   a day is a slip of the pen.
 */
export function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const year = Number(text.slice(0, 4));
  if (year < 1900 || year > 2199) return null;
  return dayOf(year, Number(text.slice(5, 7)), Number(text.slice(8, 10)));
}

/** Days since 1970-01-01 of a day of the Gregorian calendar (year 100 or later); `null` where there is no such day. */
export function dayOf(year: number, month: number, dayOfMonth: number): number | null {
  if (!Number.isInteger(year) || !Number.isInteger(dayOfMonth)) return null;
  if (dayOfMonth < 1 || dayOfMonth > daysOf(year, month)) return null;
  return Date.UTC(year, month - 1, dayOfMonth) / msPerDay;
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : (monthLengths[month - 1] ?? 0);
}

/** `YYYY-MM-DD` of a day given as days since 1970-01-01: the inverse of {@link parseDay}. */
export function formatDay(day: number): string {
  return new Date(day * msPerDay).toISOString().slice(0, 10);
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(day: number): number {
  // 1970-01-01 was a Thursday; the second remainder keeps days before it right.
  return (((day + 4) % 7) + 7) % 7;
}

/** The calendar day in New York at an instant, as days since 1970-01-01. */
export function newYorkDay(epochMs: number): number {
  const date = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(marketZone);
  return Date.UTC(date.year, date.month - 1, date.day) / msPerDay;
}

/**
 * Reads an as-of time: ISO 8601 with a zone, `2007-02-23T16:00:00-05:00`, `…Z` or `2007-02-23T16:00[America/New_York]`.
 * Parts of a millisecond are cut off. Where an offset and a named zone contradict each other the text is refused.
 *
 * @returns the instant as milliseconds since 1970-01-01T00:00Z with the text (trimmed), or a failure
 *   `AS_OF_MISSING`, `AS_OF_INVALID` (tell them apart by `"code" in result`).
 */
export function readAsOf(
  given: string | null,
): { readonly epochMs: number; readonly text: string } | Failure {
  const text = given?.trim() ?? "";
  const expected = "ISO 8601 with a zone, for instance 2007-02-23T16:00:00-05:00";
  if (text === "") return failure("AS_OF_MISSING", { column: "asOf", expected });
  try {
    const instant = text.includes("[") ? Temporal.ZonedDateTime.from(text) : Temporal.Instant.from(text);
    return { epochMs: instant.epochMilliseconds, text };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return failure("AS_OF_INVALID", { column: "asOf", value: text, expected });
  }
}

/**
 * The instant an option expires, as milliseconds since 1970-01-01T00:00Z: 16:00 (`pm`) or 09:30 (`am`) in New York
 * on the day given, with daylight saving time as it was in force. About 20 µs; for many contracts see
 * {@link expiryInstants}.
 */
export function expiryInstant(day: number, settlement: Settlement): number {
  const time = settlement === "pm" ? "16:00" : "09:30";
  return Temporal.PlainDate.from(formatDay(day)).toZonedDateTime({
    timeZone: marketZone,
    plainTime: time,
  }).epochMilliseconds;
}

/**
 * {@link expiryInstant} with a memory of its own: a book has thousands of contracts, some dozen expiries, and ex-dates all over
 * the year. New York changes its clocks at most once a month: where a month's first day and the next's are as far from
 * UTC, so are the days between.
 */
export function expiryInstants(): typeof expiryInstant {
  const known = { pm: new Map<number, number>(), am: new Map<number, number>() };
  const remembered: typeof expiryInstant = (day, settlement) => {
    const seen = known[settlement].get(day);
    if (seen !== undefined) return seen;
    const instant = expiryInstant(day, settlement);
    known[settlement].set(day, instant);
    return instant;
  };
  const clock = newYorkClock();
  return (day, settlement) => {
    const offsetMs = clock === null ? null : offsetMsOn(clock, day);
    if (offsetMs !== null) return day * msPerDay + timeOfDayMs[settlement] + offsetMs;
    const date = new Date(day * msPerDay);
    const first = day - date.getUTCDate() + 1;
    const next = first + daysOf(date.getUTCFullYear(), date.getUTCMonth() + 1);
    const instant = remembered(first, settlement);
    if (remembered(next, settlement) - instant !== (next - first) * msPerDay)
      return remembered(day, settlement);
    return instant + (day - first) * msPerDay;
  };
}

/** Years ACT/365F between two instants (ms since 1970): elapsed time over 365 days of 24 hours; negative backwards. */
export function yearsBetween(fromMs: number, toMs: number): number {
  return (toMs - fromMs) / msPerYear;
}
