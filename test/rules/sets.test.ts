import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult } from "../../src/requirement/result.js";
import { builtInRuleSets } from "../../src/rules/load.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

// 73 days, a fifth of a year, without a change of the clock.
const asOf = "2026-06-01T16:00:00-04:00";
const expiry = "260813";

interface Held {
  readonly rules: string;
  readonly underlyings: readonly object[];
  readonly options?: readonly object[];
  readonly positions: readonly (readonly [symbol: string, quantity: number])[];
}

function margin({ rules, underlyings, options = [], positions }: Held): AccountResult {
  const held = positions.map(([symbol, quantity]) => ({ account: "A", symbol, quantity }));
  const result = engine.margin({ asOf, rates: 0, underlyings, options, positions: held }, { rules });
  expect(result.failures).toEqual([]);
  return result.accounts[0]!;
}

const folder = new URL("../../src/rules/sets/", import.meta.url);
const files = [...builtInRuleSets().map((name) => `${name}.yaml`), "products/us-listed.yaml"];

test.each(files)("%s: every source it lists is cited or explained in it", (file) => {
  const text = readFileSync(new URL(file, folder), "utf8");
  const block = /^sources:\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? "";
  const keys = [...block.matchAll(/^ {2}(\w+):/gm)].map(([, key]) => key!);
  expect(keys.length).toBeGreaterThan(0);
  const rest = text.replace(block, "");
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(rest))).toEqual([]);
});

describe("price-volatility", () => {
  /** At the money without rates a call is worth S (2 N(v/2) - 1) with v = volatility x root of time = 0.1 here. */
  const volatility = 0.1 / Math.sqrt(0.2);
  const call = `XYZ   ${expiry}C00100000`;
  const book = {
    rules: "price-volatility",
    underlyings: [{ symbol: "XYZ", price: 100, kind: "index" }],
    options: [{ symbol: call, volatility }],
  };

  test("unchanged price: volatility down and up by 15 % move the call by 200 (N(.0425) - N(.05)) and 200 (N(.0575) - N(.05))", () => {
    const account = margin({ ...book, positions: [[call, -1]] });
    const [group] = account.portfolioGroups;
    expect(group?.profitUsd).toHaveLength(33);
    // Scenario 6 of 11 is the unchanged price. N(.0425) = .516949944, N(.05) = .519938806, N(.0575) = .522926547.
    expect(group?.profitUsd[5]).toBeCloseTo(59.777234, 5);
    expect(group?.profitUsd[16]).toBe(0);
    expect(group?.profitUsd[27]).toBeCloseTo(-59.754822, 5);
    expect(group?.worst).toMatchObject({ index: 33, label: "+15 %, +15 % of volatility" });
  });

  test("it asks at least what the rule asks, and notes that it is a policy", () => {
    const positions = [[call, -1]] as const;
    const rule = margin({ ...book, rules: "finra-4210g", positions });
    expect(margin({ ...book, positions }).requirementUsd).toBeGreaterThan(rule.requirementUsd!);
    const shares = [["XYZ", 100]] as const;
    expect(margin({ ...book, positions: shares }).requirementUsd).toBe(1500);
    const { notes } = engine.margin(
      { asOf, underlyings: book.underlyings, positions: [{ account: "A", symbol: "XYZ", quantity: 1 }] },
      { rules: "price-volatility" },
    );
    expect(notes).toContain(
      "price-volatility is a policy beyond the rule: FINRA Rule 4210(g) moves prices alone.",
    );
  });
});

describe("span-16", () => {
  test("the sixteen scenarios of a future in SPAN's order, the extreme ones at 35 % of twice the range", () => {
    const account = margin({
      rules: "span-16",
      underlyings: [{ symbol: "ESU26", price: 5000 }],
      positions: [["ESU26", 1]],
    });
    const [group] = account.portfolioGroups;
    // 8 % of 5,000 points at $50 is 20,000: 0, 0, a third up twice, a third down twice, ...
    const third = 20_000 / 3;
    const steps = [0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3].map((k) => k * third);
    const expected = [...steps, 14_000, -14_000];
    expect(group?.profitUsd).toHaveLength(16);
    group?.profitUsd.forEach((profit, s) => expect(profit).toBeCloseTo(expected[s] ?? Number.NaN, 8));
    expect(account.requirementUsd).toBe(20_000);
    expect(group?.minimumUsd).toBe(0);
  });

  test("short 10 far calls lose most in the extreme scenario, and never cost less than the short option minimum", () => {
    const [far, near] = [`IDX   ${expiry}C00125000`, `IDX   ${expiry}C00105000`];
    const book = {
      rules: "span-16",
      underlyings: [{ symbol: "IDX", price: 100, kind: "index", portfolio_type: "equity" }],
      // With no volatility to speak of a call is worth what exercise is worth.
      options: [far, near].map((symbol) => ({ symbol, volatility: 1e-6 })),
    };
    const account = margin({ ...book, positions: [[far, -10]] });
    // +30 %: 130 - 125 = 5 a share, 35 % of it; nothing anywhere else.
    expect(account.requirementUsd).toBe(1750);
    expect(account.portfolioGroups[0]?.worst).toMatchObject({
      index: 15,
      move: 0.3,
      label: "+30 %, 35 % of the profit or loss",
    });
    expect(account.portfolioGroups[0]?.minimumUsd).toBe(375);
    // +15 %: 10 a share; bought, it loses nothing and has no minimum.
    expect(margin({ ...book, positions: [[near, -1]] }).requirementUsd).toBe(1000);
    expect(margin({ ...book, positions: [[near, 1]] }).requirementUsd).toBe(0);
  });

  test("volatility up and down by 35 % at every third", () => {
    const call = `IDX   ${expiry}C00100000`;
    const account = margin({
      rules: "span-16",
      underlyings: [{ symbol: "IDX", price: 100, kind: "index", portfolio_type: "equity" }],
      options: [{ symbol: call, volatility: 0.1 / Math.sqrt(0.2) }],
      positions: [[call, 1]],
    });
    const [up, down] = account.portfolioGroups[0]?.profitUsd ?? [];
    // 200 (N(.0675) - N(.05)) and 200 (N(.0325) - N(.05)), times 100 shares.
    expect(up).toBeCloseTo(139.387263, 5);
    expect(down).toBeCloseTo(-139.509277, 5);
  });
});

describe("rbh", () => {
  test("a firm's ranges are wider than a customer's, its minimum is lower", () => {
    const future = [["ESU26", 1]] as const;
    const underlyings = [{ symbol: "ESU26", price: 5000 }];
    expect(margin({ rules: "rbh", underlyings, positions: future }).requirementUsd).toBe(25_000);
    expect(margin({ rules: "finra-4210g", underlyings, positions: future }).requirementUsd).toBe(20_000);
    const fund = [{ symbol: "IWM", price: 200 }];
    expect(margin({ rules: "rbh", underlyings: fund, positions: [["IWM", -100]] }).requirementUsd).toBe(3000);
    const far = `XYZ   ${expiry}C00200000`;
    const stock = {
      underlyings: [{ symbol: "XYZ", price: 100 }],
      options: [{ symbol: far, volatility: 0.05 }],
    };
    expect(margin({ rules: "rbh", ...stock, positions: [[far, -1]] }).requirementUsd).toBe(25);
  });
});

test("notes name the unverified figures that were used, and no others", () => {
  const call = `XYZ   ${expiry}C00100000`;
  const notes = (symbol: string): string =>
    engine
      .margin(
        {
          asOf,
          rates: 0,
          underlyings: [{ symbol: "XYZ", price: 100 }],
          options: [{ symbol: call, volatility: 0.2 }],
          positions: [{ account: "A", symbol, quantity: -1 }],
        },
        { rules: "span-16" },
      )
      .notes.join("; ");
  expect(notes("XYZ")).not.toContain("Unverified");
  expect(notes(call)).toContain(
    "Unverified entries of span-16 were used: volatility moves, minimum per contract.",
  );
});

describe("products", () => {
  test.each([
    ["TSLL", "TSLA", 30],
    ["TMF", "TLT", 45],
    ["YANG", "FXI", 30],
    ["SOXL", "SOXX", 45],
    ["DDM", "DJX", 16],
    ["XBI", "XBI", 15],
  ])("100 %s at 1.00 in class group %s: %d", (symbol, classGroup, requirement) => {
    const account = margin({
      rules: "finra-4210g",
      underlyings: [{ symbol, price: 1 }],
      positions: [[symbol, 100]],
    });
    const groups = account.portfolioGroups[0]?.productGroups[0]?.classGroups.map(({ id }) => id);
    expect(groups).toEqual([classGroup]);
    expect(account.requirementUsd).toBe(requirement);
  });
});

describe("options on futures", () => {
  test("named by a row of the options table: 200 points of a put at $50 a point", () => {
    const symbol = "ESU6 P4800";
    const account = margin({
      rules: "finra-4210g",
      underlyings: [{ symbol: "ESU26", price: 5000 }],
      // Without volatility a put is worth what exercise is worth: nothing now, 200 points at -8 %.
      options: [
        { symbol, underlying: "ESU26", type: "put", strike: 4800, expiry: "2026-08-13", volatility: 1e-6 },
      ],
      positions: [
        ["ESU26", 2],
        [symbol, 2],
      ],
    });
    const [group] = account.portfolioGroups;
    expect(group?.id).toBe("US-INDEX");
    expect(group?.profitUsd[0]).toBeCloseTo(2 * 50 * (-400 + 200), 6);
    expect(group?.minimumUsd).toBeCloseTo(2 * 18.75, 9); // the put is worth nothing, so its minimum is capped at that
  });
});

describe("the volatility index", () => {
  test("an option on it is one on the forward of its expiry, given as its underlying", () => {
    const symbol = `VIXW  ${expiry}C00018000`;
    const account = margin({
      rules: "finra-4210g",
      underlyings: [{ symbol: "VXQ26", price: 20 }],
      // Spot at 16 could not be worth 2.60; the forward at 20 can.
      options: [{ symbol, underlying: "VXQ26", multiplier: 100, exercise: "european", price: 2.6 }],
      positions: [
        [symbol, 10],
        ["VXQ26", -1],
      ],
    });
    const [group] = account.portfolioGroups;
    expect(group?.id).toBe("VIX");
    // The future: 1,000 a point, 15 % of 20 points; ten calls of 100 hold it whole where they are far in the money.
    const [future, calls] = group!.productGroups[0]!.classGroups[0]!.positions.toSorted((a) =>
      a.symbol.startsWith("VX ") ? 1 : a.symbol === "VXQ26" ? -1 : 1,
    );
    expect(future?.profitUsd.at(-1)).toBeCloseTo(-3000, 9);
    expect(calls?.minimumUsd).toBe(375);
    expect(calls?.profitUsd.at(-1)).toBeGreaterThan(1500);
    expect(calls?.profitUsd.at(-1)).toBeLessThan(3000);
    expect(calls?.profitUsd[0]).toBeGreaterThan(-2600);
  });

  test("on the index of today, the result says so", () => {
    const symbol = `VIX   ${expiry}C00018000`;
    const { notes } = engine.margin({
      asOf,
      underlyings: [{ symbol: "VIX", price: 20 }],
      options: [{ symbol, volatility: 0.8 }],
      positions: [{ account: "A", symbol, quantity: 1 }],
    });
    expect(notes.filter((note) => note.startsWith("Options on VIX are options on its forward"))).toHaveLength(
      1,
    );
  });
});
