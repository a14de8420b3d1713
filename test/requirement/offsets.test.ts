import { expect, test } from "vitest";
import { offsetProfits, worstIndex } from "../../src/requirement/offsets.js";

const net = (share: number, reading: "reduced" | "remainder", ...parts: number[][]): number[] => [
  ...offsetProfits(
    parts.map((part) => Float64Array.from(part)),
    share,
    reading,
  ),
];

test("a product group at 90 %: losses whole, gains at the share, point by point", () => {
  // Point 1: -1,000 + 0.9 x 800 = -280. Point 2: both lose, nothing offsets. Point 3: -100 + 0.9 x 2,000 = 1,700.
  expect(net(0.9, "reduced", [-1000, -50, 2000], [800, -70, -100])).toEqual([-280, -120, 1700]);
});

test("a portfolio group at 50 % over what its product groups leave", () => {
  // Point 1: -280 + 0.5 x 100 = -230. Point 2: -120 - 10. Point 3: 0.5 x (1,700 + 300).
  expect(net(0.5, "reduced", [-280, -120, 1700], [100, -10, 300])).toEqual([-230, -130, 1000]);
});

test("the two readings cover the same loss and differ in the gain that is left", () => {
  // A gain of 500 covers the loss of 450 at 90 %: 500 of 1,000 is left, or 0.9 x 1,000 - 450 = 450.
  expect(net(0.9, "remainder", [1000], [-450])).toEqual([500]);
  expect(net(0.9, "reduced", [1000], [-450])).toEqual([450]);
  for (const reading of ["reduced", "remainder"] as const)
    expect(net(0.9, reading, [400], [-450])).toEqual([-450 + 0.9 * 400]);
});

test("a share of 1 nets whole, a share of 0 not at all", () => {
  for (const reading of ["reduced", "remainder"] as const) {
    expect(net(1, reading, [-5, 7])).toEqual([-5, 7]);
    expect(net(1, reading, [-5, 7], [3, -9])).toEqual([-2, -2]);
    expect(net(0, reading, [-5, 7], [30, -9])).toEqual([-5, -9]);
  }
});

test("nothing gives nothing, and NaN stays NaN at its point alone", () => {
  expect(net(0.9, "reduced")).toEqual([]);
  expect(net(0.9, "reduced", [Number.NaN, 1], [1, 1])).toEqual([Number.NaN, 1.8]);
});

test("the worst point is the first of the smallest", () => {
  expect(worstIndex(Float64Array.of(3, -2, 0, -2))).toBe(1);
  expect(worstIndex(Float64Array.of(0, 0))).toBe(0);
});
