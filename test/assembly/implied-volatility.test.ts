import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import {
  hasVectors,
  loadTestKernel,
  type Option,
  optionOf,
  readVectors,
  skipped,
} from "./european-kernel.js";

const kernel = loadTestKernel();
beforeEach(() => kernel.reset());

const statuses = { ok: 0, below: 1, above: 2, noTime: 3, bad: 4 };

describe.skipIf(!hasVectors)(`roots at 80 digits${skipped}`, () => {
  const records = hasVectors ? readVectors("implied_vol_mpmath.json") : [];

  test("1e-14 relative plus what the last bit of the price leaves open; no number where there is no solution", () => {
    const found = kernel.impliedVolatilities(
      records.map(optionOf),
      records.map((record) => record.price),
    );
    records.forEach((record, i) => {
      const { volatility, status } = found[i]!;
      if (record.expected === null) {
        const expected = record.reason?.includes("upper") === true ? statuses.above : statuses.below;
        expect([status, volatility], record.id).toEqual([expected, NaN]);
        return;
      }
      const bound = 1e-14 * record.expected + (2 ** -52 * record.price) / record.vega;
      expect(status, record.id).toBe(statuses.ok);
      expect(Math.abs(volatility - record.expected), record.id).toBeLessThanOrEqual(bound);
    });
  });
});

const option: Option = { isCall: true, spot: 100, strike: 100, years: 0.5, rate: 0.03, carry: 0.01 };

describe("statuses", () => {
  const one = (change: Partial<Option>, price: number): { volatility: number; status: number } =>
    kernel.impliedVolatilities([{ ...option, ...change }], [price])[0]!;

  test.each([
    ["price 0", {}, 0, statuses.below],
    ["price at the exercise value", { strike: 80, rate: 0, carry: 0 }, 20, statuses.below],
    ["price below the exercise value", { strike: 80, rate: 0, carry: 0 }, 19, statuses.below],
    ["call at its spot", { rate: 0, carry: 0 }, 100, statuses.above],
    ["put at its strike", { isCall: false, rate: 0 }, 100, statuses.above],
    ["above", {}, 120, statuses.above],
    ["no time", { years: 0 }, 5, statuses.noTime],
    ["spot 0", { spot: 0 }, 5, statuses.above],
    ["strike 0", { strike: 0, carry: 0 }, 100, statuses.below],
    ["NaN price", {}, NaN, statuses.bad],
    ["negative price", {}, -1, statuses.bad],
    ["infinite price", {}, Infinity, statuses.bad],
    ["NaN spot", { spot: NaN }, 5, statuses.bad],
    ["NaN strike", { strike: NaN }, 5, statuses.bad],
    ["NaN years", { years: NaN }, 5, statuses.bad],
    ["NaN rate", { rate: NaN }, 5, statuses.bad],
    ["negative years", { years: -1 }, 5, statuses.bad],
    ["negative spot", { spot: -1 }, 5, statuses.bad],
  ] as [string, Partial<Option>, number, number][])("%s", (_, change, price, status) => {
    expect(one(change, price)).toEqual({ volatility: NaN, status });
  });
});

describe("laws", () => {
  test("value(implied(price)) = price within 4e-15 of max(spot, strike), or no volatility is given", () => {
    const any = fc.record({
      isCall: fc.boolean(),
      moneyness: fc.double({ min: -3, max: 3, noNaN: true }),
      deviation: fc.double({ min: 1e-4, max: 8, noNaN: true }),
      years: fc.double({ min: 1e-3, max: 5, noNaN: true }),
      rate: fc.double({ min: -0.05, max: 0.1, noNaN: true }),
      carry: fc.double({ min: -0.05, max: 0.1, noNaN: true }),
    });
    let solved = 0;
    fc.assert(
      fc.property(any, ({ isCall, moneyness, deviation, years, rate, carry }) => {
        kernel.reset();
        const strike = 100 * Math.exp(moneyness * Math.max(deviation, 0.01));
        fc.pre(strike < 1e6 && strike > 1e-3);
        const row = { isCall, spot: 100, strike, years, rate, carry };
        const price = kernel.grid([row], [[deviation / Math.sqrt(years)]], [1])[0]!;
        const { volatility, status } = kernel.impliedVolatilities([row], [price])[0]!;
        if (status !== statuses.ok) {
          expect(volatility).toBeNaN();
          return;
        }
        solved += 1;
        const again = kernel.grid([row], [[volatility]], [1])[0]!;
        expect(Math.abs(again - price)).toBeLessThanOrEqual(4e-15 * Math.max(100, strike));
      }),
      { numRuns: 2000 },
    );
    expect(solved).toBeGreaterThan(1000);
  });

  test("any finite terms and price: a finite volatility that gives the price back, or none", () => {
    const wild = fc.oneof(
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      fc.double({ min: -300, max: 300, noNaN: true }).map((x) => 10 ** x),
      fc.constant(0),
    );
    const rate = fc.double({ min: -2, max: 2, noNaN: true });
    const row = fc.record({ isCall: fc.boolean(), spot: wild, strike: wild, years: wild, rate, carry: rate });
    fc.assert(
      fc.property(row, wild, (terms, price) => {
        kernel.reset();
        const { volatility, status } = kernel.impliedVolatilities([terms], [price])[0]!;
        if (status !== statuses.ok) return Number.isNaN(volatility);
        const again = kernel.grid([terms], [[volatility]], [1])[0]!;
        const forward = terms.spot * Math.exp(-terms.carry * terms.years);
        const strike = terms.strike * Math.exp(-terms.rate * terms.years);
        return volatility > 0 && Math.abs(again - price) <= 1e-13 * Math.max(forward, strike);
      }),
      { numRuns: 5000 },
    );
  });

  test("rises with the price", () => {
    const prices = Array.from({ length: 400 }, (_, i) => 1.5 + i * 0.24);
    const found = kernel.impliedVolatilities(
      prices.map(() => option),
      prices,
    );
    for (let i = 1; i < found.length; i++)
      expect(found[i]!.volatility).toBeGreaterThan(found[i - 1]!.volatility);
  });
});
