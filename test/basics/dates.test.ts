import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  expiryInstant,
  expiryInstants,
  formatDay,
  newYorkDay,
  parseDay,
  readAsOf,
  weekday,
  yearsBetween,
} from "../../src/basics/dates.js";

function leap(y: number): boolean {
  return (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
}

/** Days since 1970-01-01 counted month by month: the calendar's own rule, with no date library. */
function countedDays(year: number, month: number, day: number): number {
  let days = day - 1;
  for (let m = 1; m < month; m++)
    days += m === 2 ? (leap(year) ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31;
  for (let y = 1970; y < year; y++) days += leap(y) ? 366 : 365;
  for (let y = year; y < 1970; y++) days -= leap(y) ? 366 : 365;
  return days;
}

describe("parseDay and formatDay", () => {
  test("count days from 1970-01-01", () => {
    for (const [text, day] of [
      ["1970-01-01", 0],
      ["1969-12-31", -1],
      ["2000-02-29", countedDays(2000, 2, 29)],
      ["2007-04-21", countedDays(2007, 4, 21)],
      ["1900-03-01", countedDays(1900, 3, 1)],
      ["2199-12-31", countedDays(2199, 12, 31)],
    ] as const) {
      expect(parseDay(text)).toBe(day);
      expect(formatDay(day)).toBe(text);
    }
  });

  test("undo each other", () => {
    fc.assert(
      fc.property(fc.integer({ min: -25_567, max: 84_005 }), (day) => {
        expect(parseDay(formatDay(day))).toBe(day);
      }),
    );
  });

  test.each([
    "2007-02-29",
    "1900-02-29",
    "2007-04-31",
    "2007-13-01",
    "2007-00-10",
    "2007-01-00",
    "07-04-21",
    "2007-4-21",
    "20070421",
    "2007/04/21",
    "04/21/2007",
    "2007-04-21T00:00:00Z",
    "1899-12-31",
    "2200-01-01",
    "2007-04-21 ",
    "",
  ])("parseDay refuses %j", (text) => {
    expect(parseDay(text)).toBeNull();
  });
});

test("weekday: Thursday at the epoch, Wednesday before it, known Fridays", () => {
  expect(weekday(0)).toBe(4);
  expect(weekday(-1)).toBe(3);
  expect(weekday(-5)).toBe(6);
  expect(weekday(parseDay("2007-04-20")!)).toBe(5);
  expect(weekday(parseDay("2026-11-21")!)).toBe(6);
});

describe("readAsOf", () => {
  test.each([
    // 23 February 2007, 16:00 in New York = 21:00 UTC: 13,567 days and 21 hours.
    ["2007-02-23T16:00:00-05:00", (13_567 * 24 + 21) * 3_600_000],
    ["2007-02-23T21:00:00Z", (13_567 * 24 + 21) * 3_600_000],
    ["2007-02-23T16:00[America/New_York]", (13_567 * 24 + 21) * 3_600_000],
    ["2007-02-23T16:00-05:00[America/New_York]", (13_567 * 24 + 21) * 3_600_000],
    ["2007-02-23T21:00:00.1239Z", (13_567 * 24 + 21) * 3_600_000 + 123],
    [" 1970-01-01T00:00Z ", 0],
  ])("%s", (text, epochMs) => {
    expect(readAsOf(text)).toEqual({ epochMs, text: text.trim() });
  });

  test.each([
    "2007-02-23T16:00:00",
    "2007-02-23",
    "2007-02-29T16:00:00-05:00",
    "2007-02-23T16:00:00 EST",
    "2007-02-23T16:00-04:00[America/New_York]",
    "2007-02-23T16:00[Mars/Olympus]",
    "today",
    "1172264400",
  ])("refuses %s", (text) => {
    expect(readAsOf(text)).toMatchObject({
      code: "AS_OF_INVALID",
      column: "asOf",
      value: text,
      expected: "ISO 8601 with a zone, for instance 2007-02-23T16:00:00-05:00",
    });
  });

  test("says where it is missing", () => {
    expect(readAsOf(null)).toMatchObject({ code: "AS_OF_MISSING", value: null });
    expect(readAsOf("  ")).toMatchObject({ code: "AS_OF_MISSING" });
  });
});

describe("expiryInstant", () => {
  test.each([
    // New York keeps UTC-5 in winter and UTC-4 in summer; daylight saving time began on 11 March 2007, 1 April 2001.
    ["2007-03-09", "pm", "2007-03-09T21:00:00.000Z"],
    ["2007-03-12", "pm", "2007-03-12T20:00:00.000Z"],
    ["2007-04-20", "pm", "2007-04-20T20:00:00.000Z"],
    ["2001-03-16", "am", "2001-03-16T14:30:00.000Z"],
    ["2026-03-20", "am", "2026-03-20T13:30:00.000Z"],
    ["2026-12-18", "am", "2026-12-18T14:30:00.000Z"],
  ] as const)("%s %s", (day, settlement, expected) => {
    const plain = expiryInstant(parseDay(day)!, settlement);
    expect(new Date(plain).toISOString()).toBe(expected);
    const remembered = expiryInstants();
    expect([remembered(parseDay(day)!, settlement), remembered(parseDay(day)!, settlement)]).toEqual([
      plain,
      plain,
    ]);
  });

  test.each([1942, 1945, 1974, 1975, 1987, 2006, 2007, 2026, 2199])(
    "%i: every day, remembered or not",
    (year) => {
      const instants = expiryInstants();
      for (let day = parseDay(`${year}-01-01`)!; day <= parseDay(`${year}-12-31`)!; day++)
        for (const settlement of ["am", "pm"] as const)
          expect(instants(day, settlement)).toBe(expiryInstant(day, settlement));
    },
  );

  test("am and pm of one day are remembered apart", () => {
    const instants = expiryInstants();
    const day = parseDay("2026-03-20")!;
    expect(instants(day, "pm") - instants(day, "am")).toBe(6.5 * 3_600_000);
  });
});

test("newYorkDay: midnight is New York's", () => {
  const day = parseDay("2007-04-20")!;
  expect(newYorkDay(Date.parse("2007-04-21T03:59:59Z"))).toBe(day);
  expect(newYorkDay(Date.parse("2007-04-21T04:00:00Z"))).toBe(day + 1);
  expect(newYorkDay(Date.parse("1969-12-31T12:00:00Z"))).toBe(-1);
});

test("yearsBetween: ACT/365F, leap days counted, signed", () => {
  expect(yearsBetween(Date.parse("2007-02-23T21:00:00Z"), Date.parse("2008-02-23T21:00:00Z"))).toBe(1);
  expect(yearsBetween(Date.parse("2008-01-01T00:00:00Z"), Date.parse("2009-01-01T00:00:00Z"))).toBe(
    366 / 365,
  );
  expect(yearsBetween(Date.parse("2008-01-02T00:00:00Z"), Date.parse("2008-01-01T12:00:00Z"))).toBe(
    -0.5 / 365,
  );
  expect(yearsBetween(0, Number.NaN)).toBeNaN();
});
