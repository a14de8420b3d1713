import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const asOf = "2026-11-20T16:00:00-05:00";

describe("what each class group costs", () => {
  // docs/methodology.md, section 4: at point 10 SPY gains 2,700 and QQQ loses 3,800; half of the gain counts.
  const snapshot = {
    asOf,
    underlyings: [
      { symbol: "SPY", price: 450 },
      { symbol: "QQQ", price: 380 },
      { symbol: "AAA", price: 50 },
    ],
    positions: [
      { account: "A", symbol: "SPY", quantity: 100 },
      { account: "A", symbol: "QQQ", quantity: -100 },
      { account: "A", symbol: "AAA", quantity: 100 },
      { account: "B", symbol: "AAA", quantity: -100 },
    ],
  };

  test("a hedge costs less than nothing, at what the offsets leave of its gain", () => {
    const [group] = engine
      .margin(snapshot)
      .accounts[0]!.portfolioGroups.filter((member) => member.productGroups.length > 1);
    const costs = group?.productGroups.map((part) => [part.id, Number(part.costUsd.toFixed(6))]);
    // 2,700 x 0.9 (product group) x 0.5 (portfolio group) against 3,800.
    expect(costs).toEqual([
      ["US-HIGH-CAP", -1215],
      ["US-NASDAQ", 3800],
    ]);
    expect(group?.requirementUsd).toBeCloseTo(2585, 9);
    expect(group?.binding).toBe("scan_loss");
    expect(group?.rule).toEqual({ source: "F1", paragraph: "(g)(2)(F)", standing: "confirmed" });
  });

  test("the ranking sums over accounts, the dearest first", () => {
    expect(engine.margin(snapshot).ranking).toEqual([
      { classGroup: "NDX", accounts: 1, costUsd: 3800 },
      { classGroup: "AAA", accounts: 2, costUsd: 1500 },
      { classGroup: "SPX", accounts: 1, costUsd: -1215 },
    ]);
  });

  test("where the minimum binds the minimums are the costs", () => {
    const symbol = "AAA   261218C00100000";
    const wing = {
      asOf,
      rates: 0,
      underlyings: [{ symbol: "AAA", price: 50 }],
      options: [{ symbol, volatility: 0.1 }],
      positions: [{ account: "A", symbol, quantity: -2 }],
    };
    const [group] = engine.margin(wing).accounts[0]!.portfolioGroups;
    expect([group?.binding, group?.costUsd, group?.rule.paragraph]).toEqual(["minimum", 75, "(g)(7)(B)"]);
  });
});

describe("net Greeks", () => {
  test("a fund, a threefold inverse fund and the index's future add up in moves of the index", () => {
    const underlyings = [
      { symbol: "SPX", price: 5000 },
      { symbol: "SPY", price: 500 },
      { symbol: "SPXU", price: 20 },
      { symbol: "ESZ26", price: 5010 },
    ];
    const positions = [
      { account: "A", symbol: "SPY", quantity: 100 },
      { account: "A", symbol: "SPXU", quantity: 100 },
      { account: "A", symbol: "ESZ26", quantity: 1 },
    ];
    const [account] = engine.margin({ asOf, underlyings, positions }).accounts;
    const greeks = account?.portfolioGroups[0]?.productGroups[0]?.classGroups[0]?.greeks;
    // 100 x 500 - 3 x 100 x 20 + 50 x 5,010; in points of SPX a 5,000th of it.
    expect(greeks).toEqual({
      deltaShares: 58.9,
      deltaSymbol: "SPX",
      deltaUsd: 294_500,
      gammaUsd: 0,
      vegaUsd: 0,
      thetaUsd: 0,
    });
    expect(account?.greeks.deltaUsd).toBe(294_500);
  });

  test("delta is the slope of the profit at small moves, gamma its change", () => {
    const symbol = "AAA   270115P00050000";
    const book = (price: number) => ({
      asOf,
      rates: 0.04,
      underlyings: [{ symbol: "AAA", price }],
      options: [{ symbol, volatility: 0.3 }],
      positions: [
        { account: "A", symbol, quantity: -10 },
        { account: "A", symbol: "AAA", quantity: 300 },
      ],
    });
    const at = (price: number) => {
      const account = engine.margin(book(price)).accounts[0]!;
      return { value: account.marketValueUsd!, greeks: account.greeks };
    };
    const step = 0.005;
    const slope = (at(50 * (1 + step)).value - at(50 * (1 - step)).value) / (2 * step);
    // Market values are rounded to cents, half a cent each over 0.01; the slope's own error is a 10,000th.
    expect(Math.abs(at(50).greeks.deltaUsd! - slope)).toBeLessThan(1 + 1e-3 * Math.abs(slope));
    const change = (at(50 * (1 + step)).greeks.deltaUsd! - at(50 * (1 - step)).greeks.deltaUsd!) / (2 * step);
    // deltaUsd is D S: its change per move of 1 is G S^2 + D S.
    const expected = 100 * at(50).greeks.gammaUsd! + at(50).greeks.deltaUsd!;
    expect(Math.abs(change / expected - 1)).toBeLessThan(1e-3);
  });

  test("are null where a position has none: a put at the kink of its exercise", () => {
    const symbol = "AAA   261120P00050000";
    const kink = {
      asOf,
      rates: 0.04,
      underlyings: [{ symbol: "AAA", price: 50 }],
      options: [{ symbol, volatility: 0.3 }],
      positions: [{ account: "A", symbol, quantity: 1 }],
    };
    const [account] = engine.margin(kink).accounts;
    expect(account?.status).toBe("complete");
    expect(account?.greeks.gammaUsd).toBeNull();
  });
});
