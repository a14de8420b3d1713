import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadEngine } from "../../src/engine.js";
import type { AccountResult, MarginResult } from "../../src/requirement/result.js";

/** Figures of docs/worked-examples.md: the Black-Scholes formula in double precision, outside the product. */
const perPoint: Record<string, number[]> = {
  "SPX   190621P02600000": [
    68.7295, 47.9662, 31.0848, 17.7661, 7.5714, -4.2646, -7.5451, -10.0277, -11.8766, -13.2321,
  ],
  "SPX   190621P02700000": [
    109.1207, 78.7852, 52.6853, 30.9681, 13.5205, -7.8643, -14.0525, -18.8224, -22.4245, -25.0902,
  ],
  "SPX   190621P02800000": [
    158.8844, 119.425, 83.0827, 50.6887, 22.8852, -13.9488, -25.2981, -34.2871, -41.2152, -46.4107,
  ],
  "SPX   190621C02800000": [
    -65.6409, -60.1962, -51.6345, -39.1239, -22.0218, 19.7325, 42.0652, 66.7588, 93.5135, 122.001,
  ],
  "SPX   190621C02900000": [
    -19.4958, -18.9714, -17.6659, -14.8241, -9.3621, 10.3141, 23.8714, 40.8447, 61.1873, 84.6486,
  ],
};

describe("SPX options against SPY on 13 May 2019", () => {
  let result: MarginResult;
  beforeAll(async () => {
    const file = new URL("../../examples/spx-2019/snapshot.json", import.meta.url);
    result = (await loadEngine()).margin(JSON.parse(readFileSync(file, "utf8")) as object);
  });
  const account = (name: string): AccountResult => {
    const found = result.accounts.find((candidate) => candidate.account === name);
    if (found === undefined) throw new Error(`no account ${name}`);
    return found;
  };

  test("each option gains and loses what the formula says, to the four digits printed", () => {
    const positions = result.accounts.flatMap((each) =>
      each.portfolioGroups.flatMap((group) =>
        group.productGroups.flatMap((part) => part.classGroups.flatMap((member) => member.positions)),
      ),
    );
    const options = positions.filter(({ symbol }) => symbol in perPoint);
    expect(new Set(options.map(({ symbol }) => symbol)).size).toBe(5);
    for (const { symbol, quantity, profitUsd } of options)
      profitUsd.forEach((profit, k) => {
        expect(Math.abs(profit / (100 * quantity) - (perPoint[symbol]?.[k] ?? NaN))).toBeLessThan(6e-5);
      });
  });

  test.each([
    ["1-short-put", 15_888.44, "-8 %", "scan_loss"],
    ["2-covered-call", 20_519.22, "-8 %", "scan_loss"],
    ["3-protected-fund", 11_556.73, "-8 %", "scan_loss"],
    ["4-put-spread", 4_039.12, "-8 %", "scan_loss"],
    ["5-conversion", 75, "-8 %", "minimum"],
    ["6-funds-of-two-indexes", 19_203.78, "point 10 (SPX +6 %; NDX +10 %)", "scan_loss"],
  ])("%s costs %d", (name, requirement, worst, binding) => {
    const [group] = account(name).portfolioGroups;
    // Four digits a point leave a cent of doubt in a contract.
    expect(Math.abs(account(name).requirementUsd! - requirement)).toBeLessThanOrEqual(0.0101);
    expect([group?.worst.label, group?.binding]).toEqual([worst, binding]);
  });

  test("only the account that used unverified offsets says so", () => {
    const others = result.accounts.filter(({ account: name }) => !name.startsWith("6"));
    expect(others.flatMap(({ unverified }) => unverified)).toEqual([]);
    expect(account("6-funds-of-two-indexes").unverified).toEqual([
      "offset of product group US-HIGH-CAP",
      "offset of portfolio group US-INDEX",
    ]);
  });
});
