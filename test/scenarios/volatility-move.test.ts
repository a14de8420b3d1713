import { expect, test } from "vitest";
import { decayFactor, movedVolatility } from "../../src/scenarios/volatility-move.js";

const relative = { unit: "relative", decay: null } as const;
const points = { unit: "points", decay: null } as const;

test("volatility moves as a share or in points, never below 0, NaN stays NaN", () => {
  expect(movedVolatility(0.4, -0.25, relative, 1)).toBeCloseTo(0.3, 15);
  expect(movedVolatility(0.4, 0.05, points, 1)).toBeCloseTo(0.45, 15);
  expect(movedVolatility(0.04, -0.05, points, 1)).toBe(0);
  expect(movedVolatility(Number.NaN, 0.05, points, 1)).toBeNaN();
});

const decay = { referenceYears: 30 / 365, exponent: 0.5, least: 0.2, most: 2 };

test("a move fades with the square root of time: 30 days whole, 120 days half, 7.5 days double", () => {
  expect(decayFactor(decay, 30 / 365)).toBe(1);
  expect(decayFactor(decay, 120 / 365)).toBeCloseTo(0.5, 15);
  expect(decayFactor(decay, 7.5 / 365)).toBeCloseTo(2, 14);
  // 30 days / (4 years) = 0.0205, root 0.143: held at 0.2. No time left, or two days (factor 3.9): held at 2.
  expect(decayFactor(decay, 4)).toBe(0.2);
  expect(decayFactor(decay, 2 / 365)).toBe(2);
  expect(decayFactor(decay, 0)).toBe(2);
  expect(decayFactor(decay, Number.NaN)).toBeNaN();
  // 120 days: +20 % becomes +10 % of 0.3; +8 points become +4.
  expect(movedVolatility(0.3, 0.2, { unit: "relative", decay }, 120 / 365)).toBeCloseTo(0.33, 14);
  expect(movedVolatility(0.3, 0.08, { unit: "points", decay }, 120 / 365)).toBeCloseTo(0.34, 14);
  expect(movedVolatility(0.3, 0.08, { unit: "points", decay }, Number.NaN)).toBeNaN();
});

test("a move of nothing is nothing to the bit, whatever its decay", () => {
  expect(movedVolatility(0.123456789, 0, { unit: "relative", decay }, 3)).toBe(0.123456789);
  expect(movedVolatility(0.123456789, 0, { unit: "points", decay }, 3)).toBe(0.123456789);
});

test("any power: against exp and log to 1e-13", () => {
  const free = { referenceYears: 1, least: 0, most: 1e300 };
  for (const exponent of [0, 0.1, 0.25, 1 / 3, 0.44, 0.75, 0.999, 1, 1.5, 2.2, 4])
    for (const years of [1e-4, 0.01, 0.3, 1, 2.7, 30]) {
      const expected = Math.exp(-exponent * Math.log(years));
      expect(Math.abs(decayFactor({ ...free, exponent }, years) / expected - 1)).toBeLessThan(1e-13);
    }
});
