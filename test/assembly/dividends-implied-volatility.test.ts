import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { impliedVolatilities, loadKernel, values, type DividendRow } from "./dividends-kernel.js";

const block = loadKernel();
const base: DividendRow = {
  isCall: false,
  isAmerican: true,
  spot: 100,
  strike: 100,
  years: 1,
  rate: 0.05,
  yield: 0,
  dividends: [
    [0.1, 0.75],
    [0.6, 0.75],
  ],
};
const implied = (row: DividendRow, price: number): { volatility: number; status: number } =>
  impliedVolatilities(block, [row], [price])[0]!;

describe("round trip", () => {
  test("the price of the implied volatility is the given price within 1e-7 of the strike", () => {
    const cases = fc.record({
      isCall: fc.boolean(),
      isAmerican: fc.boolean(),
      spot: fc.double({ min: 50, max: 200, noNaN: true }),
      years: fc.double({ min: 0.02, max: 2, noNaN: true }),
      rate: fc.double({ min: -0.02, max: 0.08, noNaN: true }),
      yield: fc.double({ min: 0, max: 0.05, noNaN: true }),
      cash: fc.double({ min: 0, max: 4, noNaN: true }),
      vol: fc.double({ min: 0.03, max: 1.5, noNaN: true }),
    });
    let found = 0;
    fc.assert(
      fc.property(cases, ({ cash, vol, ...terms }) => {
        const row: DividendRow = {
          ...base,
          ...terms,
          dividends: [
            [0.3 * terms.years, cash],
            [0.8 * terms.years, cash],
          ],
        };
        const price = values(block, [row], [[vol]])[0]!;
        const { volatility, status } = implied(row, price);
        // a price that volatility does not move (exercised at once, or far out of the money) has no volatility
        const least = values(block, [row], [[0]])[0]!;
        if (price <= least + 1e-8) return;
        expect(status).toBe(0);
        expect(Math.abs(values(block, [row], [[volatility]])[0]! - price)).toBeLessThanOrEqual(
          1e-7 * row.strike,
        );
        found += 1;
      }),
      { numRuns: 250 },
    );
    expect(found).toBeGreaterThan(80);
  });
  test("the volatility itself, where the price depends on it", () => {
    for (const isCall of [true, false]) {
      for (const isAmerican of [true, false]) {
        for (const vol of [0.08, 0.25, 0.9]) {
          const row = { ...base, isCall, isAmerican };
          const price = values(block, [row], [[vol]])[0]!;
          expect(Math.abs(implied(row, price).volatility - vol)).toBeLessThan(1e-8);
        }
      }
    }
  });
});

describe("statuses", () => {
  const cases: [string, Partial<DividendRow>, number, number][] = [
    ["below exercise value", { spot: 80 }, 19.9, 1],
    ["at exercise value", { spot: 70, dividends: [] }, 30, 1],
    ["price 0", { spot: 130 }, 0, 1],
    ["below the forward's value, European", { isAmerican: false, isCall: true, spot: 130 }, 32, 1],
    ["put above its strike", {}, 100.5, 2],
    ["call above its spot", { isCall: true }, 100.5, 2],
    ["no time", { years: 0, dividends: [] }, 1, 3],
    ["NaN price", {}, NaN, 4],
    ["negative price", {}, -1, 4],
    ["infinite price", {}, Infinity, 4],
    ["NaN term", { rate: NaN }, 5, 4],
    ["bad dividend", { dividends: [[0.5, NaN]] }, 5, 4],
  ];
  test.each(cases)("%s", (_name, change, price, status) => {
    expect(implied({ ...base, ...change }, price)).toEqual({ volatility: NaN, status });
  });
  test("rows do not disturb each other", () => {
    const out = impliedVolatilities(block, [base, { ...base, strike: NaN }, base], [9, 9, 9]);
    expect(out[0]).toEqual(implied(base, 9));
    expect(out[1]!.status).toBe(4);
    expect(out[2]).toEqual(out[0]);
  });
});
