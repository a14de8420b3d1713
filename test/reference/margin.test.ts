import { describe, expect, test } from "vitest";
import { rateAt } from "./contract.js";
import { referenceMargin } from "./margin.js";
import { finra4210g, type ReferenceRules, tenPoints } from "./rules.js";
import type { Snapshot } from "./snapshot.js";

const asOf = "2019-04-26T16:00:00-04:00";

function requirement(snapshot: Omit<Snapshot, "asOf">, rules: ReferenceRules = finra4210g): number {
  return referenceMargin({ asOf, ...snapshot }, rules)[0]!.requirement;
}

const percent = (moves: number[]): number[] => moves.map((move) => Math.round(move * 1e6) / 1e4);

const stock = (quantity: number, price: number): number =>
  requirement({
    underlyings: [{ symbol: "XYZ", price }],
    positions: [{ account: "A", symbol: "XYZ", quantity }],
  });

describe("reference engine: figures worked by hand", () => {
  test("the grid: five steps down, five up", () => {
    expect(percent(tenPoints(0.15, 0.15))).toEqual([-15, -12, -9, -6, -3, 3, 6, 9, 12, 15]);
    expect(percent(tenPoints(0.08, 0.06))).toEqual([-8, -6.4, -4.8, -3.2, -1.6, 1.2, 2.4, 3.6, 4.8, 6]);
  });

  test("100 shares at 50: 750, long or short; 500 at 1,000: 75,000", () => {
    expect(stock(100, 50)).toBeCloseTo(750, 9);
    expect(stock(-100, 50)).toBeCloseTo(750, 9);
    expect(stock(500, 1000)).toBeCloseTo(75_000, 9);
  });

  test("a threefold fund of an equity type: 45 % long or short", () => {
    const underlyings = [{ symbol: "XYZ", price: 100, leverage: 3 }];
    const of = (quantity: number): number =>
      requirement({ underlyings, positions: [{ account: "A", symbol: "XYZ", quantity }] });
    expect(of(100)).toBeCloseTo(4500, 9);
    expect(of(-100)).toBeCloseTo(4500, 9);
  });

  test("a worthless short option costs the minimum, a long one its market value", () => {
    const option = { symbol: "XYZ   190517C00200000", volatility: 0.2 };
    const underlyings = [{ symbol: "XYZ", price: 100 }];
    const of = (quantity: number, price: number): number =>
      requirement({
        underlyings,
        options: [{ ...option, price }],
        positions: [{ account: "A", symbol: option.symbol, quantity }],
      });
    expect(of(-1, 0.05)).toBeCloseTo(37.5, 9);
    expect(of(1, 0.1)).toBeCloseTo(10, 9);
  });

  test("two stocks long and short: both losses; offsets apply inside product and portfolio groups", () => {
    const underlyings = [
      { symbol: "AAA", price: 100 },
      { symbol: "BBB", price: 100 },
      { symbol: "CCC", price: 100 },
    ];
    const positions = [
      { account: "A", symbol: "AAA", quantity: 100 },
      { account: "A", symbol: "BBB", quantity: -80 },
      { account: "A", symbol: "CCC", quantity: -10 },
    ];
    expect(requirement({ underlyings, positions })).toBeCloseTo(1500 + 1200 + 150, 9);
    const rules: ReferenceRules = {
      ...finra4210g,
      productGroups: [
        { id: "G", portfolioGroup: "P", classGroups: ["AAA", "BBB"], offset: 0.9 },
        { id: "H", portfolioGroup: "P", classGroups: ["CCC"], offset: 1 },
      ],
      portfolioGroups: [{ id: "P", offset: 0.5 }],
    };
    // Down 15 %: G = -1,500 + 0.9 x 1,200 = -420; H = +150; P = -420 + 0.5 x 150 = -345.
    // Up 15 %: G = -1,200 + 0.9 x 1,500 = +150; H = -150; P = -150 + 0.5 x 150 = -75.
    expect(requirement({ underlyings, positions }, rules)).toBeCloseTo(345, 9);
  });

  test("rates: linear between the points, flat outside", () => {
    const rates = [
      { years: 1, rate: 0.03 },
      { years: 0.5, rate: 0.02 },
    ];
    expect([0.1, 0.5, 0.75, 1, 9].map((years) => rateAt(years, rates))).toEqual([
      0.02, 0.02, 0.025, 0.03, 0.03,
    ]);
    expect(rateAt(3, 0.04)).toBe(0.04);
    expect(rateAt(3, undefined)).toBe(0);
  });
});
