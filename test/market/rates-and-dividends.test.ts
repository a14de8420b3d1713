import { describe, expect, test } from "vitest";
import { yearsBetween } from "../../src/basics/dates.js";
import { buildDividends, dividendsBefore } from "../../src/market/dividends.js";
import { rateCurve } from "../../src/market/rates.js";
import { tablesFromSnapshot } from "../../src/tables/read-tables.js";
import type { InputTables } from "../../src/tables/table.js";

const tables = (given: object): InputTables =>
  tablesFromSnapshot({ positions: [], underlyings: [], ...given }).tables;

describe("rates", () => {
  test("linear between the points, flat outside, in any order of rows", () => {
    const rows = [
      { years: 1, rate: 0.05 },
      { years: 0.25, rate: 0.02 },
      { years: 0.5, rate: 0.03 },
    ];
    const rate = rateCurve(tables({ rates: rows }).rates);
    expect([0, 0.25, 0.375, 0.5, 0.75, 1, 30].map((years) => rate(years))).toEqual([
      0.02, 0.02, 0.025, 0.03, 0.04, 0.05, 0.05,
    ]);
  });

  test("one number holds for all times; none is 0", () => {
    expect([0, 5].map(rateCurve(tables({ rates: -0.01 }).rates))).toEqual([-0.01, -0.01]);
    expect(rateCurve(tables({}).rates)(1)).toBe(0);
  });
});

describe("dividends", () => {
  const asOfMs = Date.parse("2024-03-15T16:00:00-04:00");
  const rows = [
    { symbol: "KO", ex_date: "2024-09-13", amount: 0.5 },
    { symbol: "KO", ex_date: "2024-03-15", amount: 9 },
    { symbol: "KO", ex_date: "2024-03-16", amount: 0.25 },
    { symbol: "PEP", ex_date: "2024-06-06", amount: 1.3 },
  ];
  const all = buildDividends(tables({ dividends: rows }).dividends, asOfMs);

  test("by symbol and ascending; one that went ex this morning is in the price already", () => {
    expect([...all.keys()].toSorted()).toEqual(["KO", "PEP"]);
    expect([...(all.get("KO")?.amounts ?? [])]).toEqual([0.25, 0.5]);
    // 17.5 hours from 16:00 to 09:30 of the next day.
    expect(all.get("KO")?.years[0]).toBeCloseTo(17.5 / 24 / 365, 12);
  });

  test("an option sees those that go ex within its life", () => {
    const until = (time: string): number => yearsBetween(asOfMs, Date.parse(time));
    expect(dividendsBefore(all.get("KO"), until("2024-03-16T09:29:00-04:00"))).toBeNull();
    expect([...(dividendsBefore(all.get("KO"), until("2024-03-16T16:00:00-04:00"))?.amounts ?? [])]).toEqual([
      0.25,
    ]);
    expect(dividendsBefore(all.get("KO"), until("2024-12-20T16:00:00-05:00"))?.amounts).toHaveLength(2);
    expect(dividendsBefore(undefined, 1)).toBeNull();
  });
});
