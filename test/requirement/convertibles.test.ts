import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const asOf = "2026-11-20T16:00:00-05:00";

function margin(convertible: object, positions: [string, number][]) {
  const underlyings = [
    { symbol: "XYZ", price: 40 },
    { symbol: "XYZ-PR", price: 210, ...convertible },
  ];
  const held = positions.map(([symbol, quantity]) => ({ account: "A", symbol, quantity }));
  return engine.margin({ asOf, underlyings, positions: held });
}

const fiveShares = { converts_to: "XYZ", conversion_ratio: 5 };

test("100 units of 5 shares net with 500 short, but for the 10 a unit that conversion loses", () => {
  const result = margin(fiveShares, [
    ["XYZ-PR", 100],
    ["XYZ", -500],
  ]);
  expect(result.failures).toEqual([]);
  const [account] = result.accounts;
  expect(account?.portfolioGroups.map((group) => group.id)).toEqual(["XYZ"]);
  expect(account?.portfolioGroups[0]?.requirementUsd).toBeCloseTo(0, 9);
  expect(account?.conversionLosses).toEqual([
    { symbol: "XYZ-PR", quantity: 100, lossPerUnitUsd: 10, requirementUsd: 1000 },
  ]);
  expect(account?.requirementUsd).toBe(1000);
  expect(account?.marketValueUsd).toBe(1000); // 21,000 of units less 20,000 of shares
  expect(account?.greeks.deltaUsd).toBe(0);
});

test("alone it moves as its shares: 15 % of 100 x 5 x 40; a short one has no conversion loss", () => {
  expect(margin(fiveShares, [["XYZ-PR", 100]]).accounts[0]?.requirementUsd).toBe(3000 + 1000);
  expect(margin(fiveShares, [["XYZ-PR", -100]]).accounts[0]?.requirementUsd).toBe(3000);
});

test("one that is worth no more than its shares loses nothing", () => {
  const [account] = margin({ ...fiveShares, price: 199 }, [["XYZ-PR", 100]]).accounts;
  expect(account?.conversionLosses).toEqual([]);
  expect(account?.requirementUsd).toBe(3000);
});

test.each([
  [{ converts_to: "XYZ" }, "CELL_MISSING", "conversion_ratio"],
  [{ conversion_ratio: 5 }, "CELL_MISSING", "converts_to"],
  [{ converts_to: "ABC", conversion_ratio: 5 }, "UNDERLYING_UNKNOWN", "converts_to"],
  [{ converts_to: "XYZ-PR", conversion_ratio: 5 }, "UNDERLYING_UNKNOWN", "converts_to"],
])("%j is refused", (convertible, code, column) => {
  const result = margin(convertible, [["XYZ-PR", 1]]);
  expect(result.failures).toMatchObject([{ code, column, symbol: "XYZ-PR" }]);
  expect(result.accounts[0]).toMatchObject({ status: "incomplete", requirementUsd: null });
});
