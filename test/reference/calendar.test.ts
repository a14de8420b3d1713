import { expect, test } from "vitest";
import { newYorkInstant, optionSymbolTerms, yearsBetween } from "./calendar.js";

test("reference: a Saturday symbol ends on Friday at 16:00 New York", () => {
  const terms = optionSymbolTerms("IBM   070421C00100000");
  expect(terms).toMatchObject({ root: "IBM", isCall: true, strike: 100, dayMs: Date.UTC(2007, 3, 20) });
  const expiry = newYorkInstant(terms!.dayMs, 16);
  expect(new Date(expiry).toISOString()).toBe("2007-04-20T20:00:00.000Z");
  // Summer time began between: 56 days less one hour.
  expect(yearsBetween(Date.parse("2007-02-23T16:00:00-05:00"), expiry) * 365 * 24).toBe(56 * 24 - 1);
});

test.each([
  [Date.UTC(2019, 2, 9), "2019-03-09T21:00:00.000Z"],
  [Date.UTC(2019, 2, 10), "2019-03-10T20:00:00.000Z"],
  [Date.UTC(2019, 10, 2), "2019-11-02T20:00:00.000Z"],
  [Date.UTC(2019, 10, 3), "2019-11-03T21:00:00.000Z"],
])("reference: 16:00 New York of %d is %s", (day, expected) => {
  expect(new Date(newYorkInstant(day, 16)).toISOString()).toBe(expected);
});

test("reference: a stock is no option, a compact symbol is", () => {
  expect(optionSymbolTerms("IBM")).toBeNull();
  expect(optionSymbolTerms("SPXW190426P02900500")).toMatchObject({
    root: "SPXW",
    isCall: false,
    strike: 2900.5,
  });
});
