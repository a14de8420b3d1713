import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";

/** The routes from tables to risk arrays at the ends of what a price can do: futures, and funds at a factor of 0. */
let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

/** Model value of an option on a future as `riskArrays` prints it (USD a unit), the rate 10 %. */
function closeOnFuture(asOf: string, price: number, option: object): number | undefined {
  const { rows, failures } = engine.riskArrays({
    asOf,
    rates: 0.1,
    underlyings: [{ symbol: "FUT", price, kind: "future", multiplier: 50 }],
    options: [{ symbol: "OPT", underlying: "FUT", multiplier: 50, ...option }],
    positions: [],
  });
  expect(failures).toEqual([]);
  return rows.find(({ symbol }) => symbol === "OPT")?.close;
}

describe("options on futures have Black's value, not that of a share", () => {
  test("Haug, The Complete Guide to Option Pricing Formulas (1998), Black 1976: 1.7011", () => {
    // 273.75 days of 365 are the book's nine months.
    const terms = { type: "put", strike: 19, expiry: "2027-08-20", exercise: "european", volatility: 0.28 };
    const asOf = "2026-11-20T02:00:00Z";
    expect(closeOnFuture(asOf, 19, terms)).toBeCloseTo(1.70105072524, 9);
    expect(closeOnFuture(asOf, 19, { ...terms, type: "call" })).toBeCloseTo(1.70105072524, 9);
  });

  test("American, 36.5 days: the converged value behind Barone-Adesi and Whaley's 1.8771", () => {
    const terms = { strike: 100, expiry: "2026-12-18", exercise: "american", volatility: 0.15 };
    for (const type of ["call", "put"])
      expect(closeOnFuture("2026-11-12T09:00:00Z", 100, { ...terms, type })).toBeCloseTo(1.876453368, 6);
  });
});

describe("a fund that its leverage takes to 0", () => {
  const asOf = "2026-11-20T16:00:00-05:00";
  // 28 days, both ends New York winter time.
  const discount = Math.exp((-0.04 * 28) / 365);
  const worthAtNothing = [
    ["european", "put", 3 * discount],
    ["american", "put", 3],
    ["european", "call", 0],
    ["american", "call", 0],
  ] as const;

  test.each(worthAtNothing)("%s %s", (exercise, type, worth) => {
    const option = { symbol: "OPT", underlying: "TEN", type, strike: 3, expiry: "2026-12-18", exercise };
    const { rows, failures } = engine.riskArrays({
      asOf,
      rates: 0.04,
      underlyings: [{ symbol: "TEN", price: 2, leverage: 10 }],
      options: [{ ...option, volatility: 1.5 }],
      positions: [],
    });
    expect(failures).toEqual([]);
    const row = rows.find(({ symbol }) => symbol === "OPT");
    // -15 % and -12 % times ten are more than all; -9 % leaves 0.20.
    const [first, second, third] = row?.profits ?? [];
    expect((row?.close ?? Number.NaN) + (first ?? Number.NaN)).toBeCloseTo(worth, 13);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test("with cash dividends to come a fund at 0 pays none of them", () => {
    const { rows } = engine.riskArrays({
      asOf,
      rates: 0.04,
      underlyings: [{ symbol: "TEN", price: 2, leverage: 10 }],
      dividends: [{ symbol: "TEN", ex_date: "2026-12-01", amount: 0.1 }],
      options: [
        { symbol: "P", underlying: "TEN", type: "put", strike: 3, expiry: "2026-12-18", volatility: 1.5 },
        { symbol: "C", underlying: "TEN", type: "call", strike: 3, expiry: "2026-12-18", volatility: 1.5 },
      ],
      positions: [],
    });
    const worthAtZero = Object.fromEntries(
      rows.map(({ symbol, close, profits }) => [symbol, close + (profits[0] ?? Number.NaN)]),
    );
    expect(worthAtZero["P"]).toBeCloseTo(3, 10);
    expect(worthAtZero["C"]).toBeCloseTo(0, 10);
  });
});
