import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { expiryInstant, parseDay } from "../../src/basics/dates.js";
import { newYorkClock, type NewYorkClock, offsetMsOn } from "../../src/basics/new-york.js";

const built = new URL("../../dist/basics/new-york.json", import.meta.url);
const msPerDay = 86_400_000;

test("the build keeps what Node says of New York's clocks, every day of these years", () => {
  const clock = JSON.parse(readFileSync(built, "utf8")) as NewYorkClock;
  expect(clock.tz).toBe(process.versions["tz"]);
  for (const year of [1970, 1974, 1987, 2006, 2007, 2026, 2027, 2199])
    for (let day = parseDay(`${year}-01-01`)!; day <= parseDay(`${year}-12-31`)!; day++) {
      const offsetMs = offsetMsOn(clock, day)!;
      expect(day * msPerDay + 16 * 3_600_000 + offsetMs).toBe(expiryInstant(day, "pm"));
      expect(day * msPerDay + 9.5 * 3_600_000 + offsetMs).toBe(expiryInstant(day, "am"));
    }
});

test("beyond its days it says nothing; run from source there is none", () => {
  const clock: NewYorkClock = { tz: "", days: [10, 20, 30], offsetsMs: [5, 4] };
  expect([9, 10, 19, 20, 29, 30].map((day) => offsetMsOn(clock, day))).toEqual([null, 5, 5, 4, 4, null]);
  expect(newYorkClock()).toBeNull();
});
