import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

// Three shares for two: 150 shares against a strike of 30 x 100 are 150 options on one share at 20.
const adjusted = "XYZ1  261218C00030000";
const ordinary = "XYZ   261218C00020000";

function margin(options: object[], held: [string, number, number?][]) {
  const positions = held.map(([symbol, quantity, price]) => ({
    account: "A",
    symbol,
    quantity,
    ...(price === undefined ? {} : { price }),
  }));
  return engine.margin({
    asOf: "2026-11-20T16:00:00-05:00",
    rates: 0.04,
    underlyings: [{ symbol: "XYZ", price: 22 }],
    options,
    positions,
  });
}

test("two contracts of 150 shares net with three of 100 to nothing but their minimums", () => {
  const options = [
    { symbol: adjusted, price: 3.75, deliverable: "XYZ:150" },
    { symbol: ordinary, price: 2.5 },
  ];
  const result = margin(options, [
    [adjusted, 2],
    [ordinary, -3],
  ]);
  expect(result.failures).toEqual([]);
  const [group] = result.accounts[0]!.portfolioGroups;
  expect(group?.scanLossUsd).toBeCloseTo(0, 9);
  // $.375 x 100, the multiplier of the premium, for each of the five.
  expect(result.accounts[0]?.requirementUsd).toBe(187.5);
  expect(result.accounts[0]?.marketValueUsd).toBe(0);
  const [first, second] = group!.productGroups[0]!.classGroups[0]!.positions.toSorted(
    (a, b) => b.quantity - a.quantity,
  );
  expect([first?.priceUsd, first?.marketValueUsd, first?.volatility]).toEqual([
    3.75,
    750,
    second?.volatility,
  ]);
  expect(first?.delta).toBeCloseTo(-second!.delta, 9);
});

test("cash in the deliverable lowers the strike: 100 shares and $400 against 24 x 100", () => {
  const options = [
    { symbol: adjusted.replace("30000", "24000"), volatility: 0.4, deliverable: "XYZ:100|USD:400" },
    { symbol: ordinary, volatility: 0.4 },
  ];
  const result = margin(options, [
    [adjusted.replace("30000", "24000"), 1],
    [ordinary, -1],
  ]);
  expect(result.failures).toEqual([]);
  expect(result.accounts[0]?.portfolioGroups[0]?.scanLossUsd).toBe(0);
});

test("an account's own mark is a quote too", () => {
  const options = [{ symbol: adjusted, volatility: 0.4, deliverable: "XYZ:150" }];
  const [account] = margin(options, [[adjusted, 2, 4]]).accounts;
  expect(account?.marketValueUsd).toBe(800);
});

test.each([
  [{ deliverable: "XYZ:50|ABC:20" }, "DELIVERABLE_UNSUPPORTED"],
  [{ deliverable: "fifty XYZ" }, "CELL_TYPE"],
  [{ deliverable: "XYZ:150", underlying: "ABC" }, "CONTRACT_TERMS_CONFLICT"],
  [{ underlying: "XYZ" }, "DELIVERABLE_UNKNOWN"],
  [{}, "DELIVERABLE_UNKNOWN"],
])("%j is refused by name, and its account is incomplete", (terms, code) => {
  const result = margin([{ symbol: adjusted, volatility: 0.4, ...terms }], [[adjusted, 1]]);
  expect(result.failures).toMatchObject([{ code, symbol: adjusted }]);
  expect(result.accounts[0]).toMatchObject({ status: "incomplete", requirementUsd: null });
});
