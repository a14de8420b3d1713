import { existsSync, readFileSync } from "node:fs";

/**
 * How far New York's clocks are from UTC, as the build found it in Node's data of time zones. Starting those takes longer than
 * reading a thousand accounts.
 */
export interface NewYorkClock {
  /** Version of the data: `process.versions.tz`. */
  readonly tz: string;
  /** Days since 1970, ascending: from each on its offset holds at the opening and the close, up to the next. The last ends it. */
  readonly days: readonly number[];
  /** Milliseconds from New York's time to UTC, by place in `days`. */
  readonly offsetsMs: readonly number[];
}

/** There in what is built, never beside the source. */
const builtClock = new URL("../basics/new-york.json", import.meta.url);

/** The clock of the build; null where there is none, or this Node has other data. */
export function newYorkClock(): NewYorkClock | null {
  if (!existsSync(builtClock)) return null;
  const clock = JSON.parse(readFileSync(builtClock, "utf8")) as NewYorkClock;
  return clock.tz === process.versions["tz"] ? clock : null;
}

/** Milliseconds from New York's time to UTC on a day, opening to close; null where the clock does not say. */
export function offsetMsOn({ days, offsetsMs }: NewYorkClock, day: number): number | null {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] ?? 0) <= day) low = middle + 1;
    else high = middle;
  }
  return offsetsMs[low - 1] ?? null;
}
