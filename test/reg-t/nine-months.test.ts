import { expect, test } from "vitest";
import { formatDay, parseDay } from "../../src/basics/dates.js";
import { lastDayWithin } from "../../src/reg-t/nine-months.js";

test.each([
  ["2026-06-15", "2027-03-15"],
  ["2026-05-31", "2027-02-28"],
  ["2023-05-31", "2024-02-29"],
  ["2026-03-31", "2026-12-31"],
  ["2026-04-01", "2027-01-01"],
])("nine months after %s are over on %s", (day, last) => {
  expect(formatDay(lastDayWithin(parseDay(day)!, 9))).toBe(last);
});
