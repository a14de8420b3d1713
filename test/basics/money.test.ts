import { expect, test } from "vitest";
import { roundToCents } from "../../src/basics/money.js";

test("rounds to cents, half away from zero, and never gives -0", () => {
  const rounded: [number, number][] = [
    [1.125, 1.13],
    [-1.125, -1.13],
    [1.124_999, 1.12],
    [0.004_999, 0],
    [0.375, 0.38],
    [1e9 + 0.25, 1e9 + 0.25],
    [-123.456, -123.46],
  ];
  for (const [usd, cents] of rounded) expect(roundToCents(usd)).toBe(cents);
  expect(Object.is(roundToCents(-0.001), 0)).toBe(true);
  expect(roundToCents(Number.NaN)).toBeNaN();
});
