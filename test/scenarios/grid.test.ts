import { expect, test } from "vitest";
import { loadRuleSet } from "../../src/rules/load.js";
import { priceFactors, scenarioGrid } from "../../src/scenarios/grid.js";

const { portfolioTypes } = loadRuleSet("finra-4210g");

test("ten points a type, five down and five up: +6/-8, 10, 15 percent", () => {
  const ends = {
    high_cap_broad_index: [-8, 6],
    broad_index: [-10, 10],
    narrow_index: [-15, 15],
    equity: [-15, 15],
  };
  for (const [type, [down = NaN, up = NaN]] of Object.entries(ends)) {
    const { moves } = portfolioTypes[type as keyof typeof portfolioTypes];
    const expected = [5, 4, 3, 2, 1]
      .map((k) => (down * k) / 500)
      .concat([1, 2, 3, 4, 5].map((k) => (up * k) / 500));
    expect(moves).toHaveLength(10);
    moves.forEach((move, i) => expect(move).toBeCloseTo(expected[i] ?? NaN, 12));
  }
});

test("every price move under the first volatility move, then under the second; the unchanged point is a cell", () => {
  const grid = scenarioGrid({
    moves: [-0.15, 0.15],
    volatilityMoves: [-0.2, 0.2],
    volatilityUnit: "relative",
  });
  expect(grid.scenarios.map(({ index, label }) => [index, label])).toEqual([
    [1, "-15 %, -20 % of volatility"],
    [2, "+15 %, -20 % of volatility"],
    [3, "-15 %, +20 % of volatility"],
    [4, "+15 %, +20 % of volatility"],
  ]);
  expect([...grid.moves]).toEqual([0, -0.15, 0.15]);
  expect([...grid.volatilityMoves]).toEqual([0, -0.2, 0.2]);
  // Cell = volatility column x 3 price columns + price column.
  expect([...grid.cellOf]).toEqual([4, 5, 7, 8]);
  expect(grid.baseCell).toBe(0);
});

test("an unchanged point among the scenarios is the base itself, also when it is written -0", () => {
  const grid = scenarioGrid({ moves: [-0.1, -0, 0.1], volatilityMoves: [0], volatilityUnit: "points" });
  expect([...grid.moves]).toEqual([-0.1, 0, 0.1]);
  expect(grid.cellOf[1]).toBe(grid.baseCell);
  expect(grid.scenarios[1]?.label).toBe("unchanged");
});

test("leverage multiplies the move; no price falls below 0", () => {
  const grid = scenarioGrid({ moves: [-0.5, 0.25], volatilityMoves: [0], volatilityUnit: "relative" });
  expect([...priceFactors(grid, 1)]).toEqual([1, 0.5, 1.25]);
  expect([...priceFactors(grid, -2)]).toEqual([1, 2, 0.5]);
  expect([...priceFactors(grid, 3)]).toEqual([1, 0, 1.75]);
});
