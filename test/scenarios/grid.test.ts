import { expect, test } from "vitest";
import { loadRuleSet } from "../../src/rules/load.js";
import { priceFactors, type ScenarioMoves, scenarioGrid } from "../../src/scenarios/grid.js";

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

const cross = { moves: [-0.15, 0.15], volatilityMoves: [-0.1, 0.2], volatilityUnit: "points" as const };
const pairs = (request: ScenarioMoves) =>
  scenarioGrid(request).scenarios.map(({ move, volatilityMove }) => [move, volatilityMove]);

test("price by price: every volatility move under the first price move, then under the second", () => {
  expect(pairs({ ...cross, order: "price" })).toEqual([
    [-0.15, -0.1],
    [-0.15, 0.2],
    [0.15, -0.1],
    [0.15, 0.2],
  ]);
});

test("at some points only: elsewhere volatility stays, and the scenario stands once, in front", () => {
  const expected = [
    [0.15, 0],
    [-0.15, -0.1],
    [-0.15, 0.2],
  ];
  expect(pairs({ ...cross, atPoints: [1] })).toEqual(expected);
  // With an unchanged volatility among the moves nothing is added.
  expect(pairs({ ...cross, volatilityMoves: [0, 0.2], atPoints: [1] })).toEqual([
    [-0.15, 0],
    [0.15, 0],
    [-0.15, 0.2],
  ]);
  expect(pairs({ ...cross, atPoints: [1], order: "price" })).toEqual([
    [-0.15, -0.1],
    [-0.15, 0.2],
    [0.15, 0],
  ]);
});

test("extra scenarios come last, on the same axes, with the share of them that counts", () => {
  const grid = scenarioGrid({
    ...cross,
    extra: [
      { move: -0.45, volatilityMove: 0, cover: 0.3 },
      { move: -0.15, volatilityMove: 0.2, cover: 1 },
    ],
  });
  expect(grid.scenarios[4]).toEqual({
    index: 5,
    label: "-45 %, 30 % of the profit or loss",
    move: -0.45,
    volatilityMove: 0,
    cover: 0.3,
  });
  expect([...grid.moves]).toEqual([0, -0.15, 0.15, -0.45]);
  expect([...grid.volatilityMoves]).toEqual([-0.1, 0.2, 0]);
  // Unchanged volatility is column 2 of 4 prices each; price column 3 is -45 %.
  expect(grid.cellOf[4]).toBe(11);
  expect(grid.cellOf[5]).toBe(grid.cellOf[2]);
  expect([...grid.cover]).toEqual([1, 1, 1, 1, 0.3, 1]);
  expect(grid.baseCell).toBe(8);
});
