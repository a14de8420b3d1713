import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult } from "../../src/requirement/result.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const asOf = "2007-02-23T16:00:00-05:00";

function account(document: {
  underlyings: object[];
  options?: object[];
  held: [string, number][];
}): AccountResult {
  const { held, ...tables } = document;
  const positions = held.map(([symbol, quantity]) => ({ account: "A", symbol, quantity }));
  const result = engine.margin({ asOf, rates: 0, ...tables, positions });
  expect(result.failures).toEqual([]);
  return result.accounts[0]!;
}

const ibm = [{ symbol: "IBM", price: 100 }];
const wing = "IBM   070421C00150000";

describe("minimums", () => {
  test("shares have none: 15 % of 100 shares at $100, long or short", () => {
    for (const quantity of [100, -100]) {
      const found = account({ underlyings: ibm, held: [["IBM", quantity]] });
      expect(found.requirementUsd).toBe(1500);
      expect(found.portfolioGroups[0]?.minimumUsd).toBe(0);
    }
  });

  test("a long option's is capped at what it is worth: $0.05 x 100 x 10 = $50, not $375", () => {
    const options = [{ symbol: wing, price: 0.05 }];
    const found = account({ underlyings: ibm, options, held: [[wing, 10]] });
    expect(found.portfolioGroups[0]?.minimumUsd).toBe(50);
    expect(found.requirementUsd).toBe(50);
  });

  test("a short one's is whole, and its multiplier counts: $0.375 x 10 x 10 contracts", () => {
    const options = [{ symbol: wing, volatility: 0.1, multiplier: 10 }];
    const found = account({ underlyings: ibm, options, held: [[wing, -10]] });
    expect(found.portfolioGroups[0]?.minimumUsd).toBe(37.5);
    expect(found.requirementUsd).toBe(37.5);
  });

  test("the greater of loss and minimum, never their sum", () => {
    const options = [{ symbol: wing, volatility: 0.1 }];
    const found = account({
      underlyings: ibm,
      options,
      held: [
        ["IBM", 100],
        [wing, -1],
      ],
    });
    expect(found.portfolioGroups[0]?.minimumUsd).toBe(37.5);
    expect(found.requirementUsd).toBe(1500);
  });
});

describe("class groups", () => {
  const spx = [
    { symbol: "SPX", price: 1400 },
    { symbol: "SPY", price: 140 },
  ];
  const [call, put] = ["SPXW  070420C01400000", "SPXW  070420P01400000"];
  const options = [
    { symbol: call, volatility: 0.2 },
    { symbol: put, volatility: 0.2 },
  ];

  test("SPY and SPX options net whole: a synthetic short of the shares' value leaves the minimums", () => {
    // At a rate of 0 a European call less its put is worth S - K at every point: 100 x 1,400 x m against
    // 1,000 x 140 x m. Two contracts at $37.50.
    const found = account({
      underlyings: spx,
      options,
      held: [
        ["SPY", 1000],
        [call, -1],
        [put, 1],
      ],
    });
    expect(found.portfolioGroups.map(({ id }) => id)).toHaveLength(1);
    const group = found.portfolioGroups[0]?.productGroups[0]?.classGroups[0];
    expect(group).toMatchObject({ id: "SPX", portfolioType: "high_cap_broad_index" });
    expect(group?.positions).toHaveLength(3);
    for (const profit of group?.profitUsd ?? [NaN]) expect(Math.abs(profit)).toBeLessThan(1e-6);
    expect(found.requirementUsd).toBe(75);
  });

  test("SPY alone moves by -8 % to +6 %", () => {
    expect(account({ underlyings: spx, held: [["SPY", 1000]] }).requirementUsd).toBe(11_200);
    expect(account({ underlyings: spx, held: [["SPY", -1000]] }).requirementUsd).toBe(8_400);
  });

  test("two stocks do not offset: 15 % of each", () => {
    const underlyings = [...ibm, { symbol: "MSFT", price: 50 }];
    const found = account({
      underlyings,
      held: [
        ["IBM", 100],
        ["MSFT", -200],
      ],
    });
    expect(found.requirementUsd).toBe(3000);
    expect(found.portfolioGroups.map(({ requirementUsd }) => requirementUsd.toFixed(6))).toEqual([
      "1500.000000",
      "1500.000000",
    ]);
  });

  test("leverage moves a share of the group by its multiple, an inverse one against it", () => {
    const funds = (leverage: number) => [...ibm, { symbol: "IBX", price: 20, class_group: "IBM", leverage }];
    // -15 % x 2: 20 x 0.3 x 100 = 600.
    expect(account({ underlyings: funds(2), held: [["IBX", 100]] }).requirementUsd).toBe(600);
    // 500 x 20 x (-1) offsets 100 x 100.
    expect(
      account({
        underlyings: funds(-1),
        held: [
          ["IBM", 100],
          ["IBX", 500],
        ],
      }).requirementUsd,
    ).toBe(0);
  });
});

test("money: market value, cash and other equity, rounded once", () => {
  const result = engine.margin({
    asOf,
    underlyings: [{ symbol: "IBM", price: 33.333 }],
    positions: [
      { account: "A", symbol: "IBM", quantity: 1 },
      { account: "A", symbol: "IBM", quantity: 2 },
    ],
    accounts: [
      { account: "A", cash: -50.005, equity_other: 10 },
      { account: "B", cash: 7 },
    ],
  });
  expect(result.accounts).toMatchObject([
    // 3 x 33.333 = 99.999; 99.999 - 50.005 + 10 = 59.994; 15 % = 14.99985.
    { marketValueUsd: 100, equityUsd: 59.99, requirementUsd: 15, excessUsd: 44.99 },
    { account: "B", marketValueUsd: 0, equityUsd: 7, requirementUsd: 0, excessUsd: 7 },
  ]);
  expect(result.totals).toMatchObject({ accounts: 2, requirementUsd: 15, equityUsd: 66.99 });
});
