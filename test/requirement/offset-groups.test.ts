import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { loadRuleSet } from "../../src/rules/load.js";

/** The case of docs/methodology.md, section 4, worked there by hand. */
const snapshot = {
  asOf: "2026-11-20T16:00:00-05:00",
  underlyings: [
    { symbol: "SPY", price: 450 },
    { symbol: "QQQ", price: 380 },
  ],
  positions: [
    { account: "both", symbol: "SPY", quantity: 100 },
    { account: "both", symbol: "QQQ", quantity: -100 },
    { account: "spy", symbol: "SPY", quantity: 100 },
    { account: "qqq", symbol: "QQQ", quantity: -100 },
  ],
};

describe("offsets between class groups of one portfolio group", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  const { hash: _, ...finra } = loadRuleSet("finra-4210g");
  const requirement = (account: string, rules: unknown = "finra-4210g"): number | null | undefined =>
    engine.margin(snapshot, { rules }).accounts.find((found) => found.account === account)?.requirementUsd;

  test("gains count at 90 % or 75 % in the product group and at 50 % in the portfolio group, point by point", () => {
    expect(requirement("both")).toBe(2585);
    expect(requirement("spy")).toBe(3600);
    expect(requirement("qqq")).toBe(3800);
  });

  test("the label says both moves, and the note names the unverified offset", () => {
    const { accounts, notes } = engine.margin(snapshot, { account: "both" });
    expect(accounts[0]?.portfolioGroups[0]?.worst.label).toBe("point 10 (SPX +6 %; NDX +10 %)");
    expect(notes.join()).toContain("offset of portfolio group US-INDEX");
  });

  test("carried gain as remainder: the whole gain reaches the portfolio group", () => {
    const rules = { ...finra, readings: { ...finra.readings, carriedGain: "remainder" } };
    // Point 10: 0.5 × 2,700 − 3,800 = −2,450; point 1: −3,600 + 0.5 × 3,800 = −1,700.
    expect(requirement("both", rules)).toBe(2450);
  });

  test("no rule set where two stocks offset each other", () => {
    const underlyings = [
      { symbol: "AAA", price: 100 },
      { symbol: "BBB", price: 100 },
    ];
    const positions = [
      { account: "pair", symbol: "AAA", quantity: 100 },
      { account: "pair", symbol: "BBB", quantity: -100 },
    ];
    const [pair] = engine.margin({ ...snapshot, underlyings, positions }).accounts;
    expect(pair?.requirementUsd).toBe(3000);
  });
});
