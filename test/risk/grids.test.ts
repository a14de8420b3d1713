import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { type GridSet, ruleGrids } from "../../src/risk/grid-set.js";
import { loadRuleSet } from "../../src/rules/load.js";
import { scenarioGrid } from "../../src/scenarios/grid.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const put = "IBM   260813P00095000";
const snapshot = {
  asOf: "2026-06-01T16:00:00-04:00",
  rates: 0.03,
  underlyings: [
    { symbol: "IBM", price: 100 },
    { symbol: "UPRO", price: 50 },
    { symbol: "VIX", price: 20, kind: "index" },
  ],
  options: [{ symbol: put, price: 2.5 }],
  positions: ["IBM", "UPRO", "VIX"].map((symbol) => ({ account: "A", symbol, quantity: 1 })),
};

test("several grids to a run: profits under each are those of a run of its own, volatilities and Greeks stay", () => {
  const prepared = engine.prepare(snapshot);
  const { hash: _, ...document } = loadRuleSet("finra-4210g");
  const others = loadRuleSet({
    ...document,
    volatilityMoves: { ...document.volatilityMoves, moves: [-0.2, 0.2] },
  });
  const arrays = prepared.arraysFor(ruleGrids(others));
  const alone = engine.prepare(snapshot, others).arrays;
  expect(arrays.scenarioCount).toBe(20);
  expect(arrays.profit).toEqual(alone.profit);
  expect(arrays.value).toEqual(prepared.arrays.value);
  expect(arrays.volatility).toBe(prepared.arrays.volatility);
  expect(arrays.failures).toEqual([]);
  // The first arrays are not touched.
  expect(prepared.arrays.profit).toEqual(engine.prepare(snapshot).arrays.profit);
});

test("class groups move each by its own grid; a fund with leverage 3 by three times that of its class group", () => {
  const grid = (move: number) =>
    scenarioGrid({ moves: [move], volatilityMoves: [0], volatilityUnit: "relative" });
  const own = new Map([
    ["SPX", grid(-0.2)],
    ["VIX", grid(2)],
  ]);
  const rest = grid(-0.5);
  const grids: GridSet = { scenarioCount: 1, gridOf: ({ id }) => own.get(id) ?? rest };
  const prepared = engine.prepare(snapshot);
  const { profit } = prepared.arraysFor(grids);
  const at = (symbol: string): number => profit[prepared.contracts.symbols.indexOf(symbol)]!;
  expect(at("IBM")).toBe(-50);
  expect(at("UPRO")).toBeCloseTo(-30, 12);
  expect(at("VIX")).toBe(40);
});

test("a grid of a class group in a rule file, and one type's own volatility moves", () => {
  const { hash: _, ...document } = loadRuleSet("finra-4210g");
  const cited = { source: "F1", standing: "unverified" } as const;
  const volatilityMoves = (moves: number[]) => ({ ...cited, unit: "points" as const, moves });
  const rules = loadRuleSet({
    ...document,
    volatilityMoves: volatilityMoves([0, 0.05]),
    classGrids: [
      { ...cited, classGroups: ["VIX"], moves: [-0.25, -0.2, -0.15, -0.1, -0.05, 0.4, 0.8, 1.2, 1.6, 2] },
    ],
    portfolioTypes: {
      ...document.portfolioTypes,
      equity: { ...document.portfolioTypes.equity, volatilityMoves: volatilityMoves([0, 0.3]) },
    },
  });
  const { grids } = engine.prepare(snapshot, rules);
  const last = (id: string, portfolioType: "equity" | "narrow_index") =>
    grids.gridOf({ id, portfolioType }).scenarios.at(-1);
  expect(last("VIX", "narrow_index")).toMatchObject({ move: 2, volatilityMove: 0.05 });
  expect(last("IBM", "equity")).toMatchObject({ move: 0.15, volatilityMove: 0.3 });
  expect(last("XLE", "narrow_index")).toMatchObject({ move: 0.15, volatilityMove: 0.05 });
  const margin = engine.margin(snapshot, { rules });
  const vix = margin.accounts[0]?.portfolioGroups.find((group) => group.id === "VIX");
  expect(vix?.profitUsd.at(-1)).toBe(40);
  expect(vix?.requirementUsd).toBe(5);
  expect(margin.notes.join()).toContain("moves of class group VIX");
});
