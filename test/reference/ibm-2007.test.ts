import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeContract } from "./contract.js";
import { referenceMargin, theoreticalProfits } from "./margin.js";
import { finra4210g } from "./rules.js";
import type { Snapshot } from "./snapshot.js";

interface Published {
  readonly accounts: readonly {
    readonly account: string;
    readonly portfolioMarginUsd: number;
    readonly toleranceUsd: number;
  }[];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../examples/ibm-2007/${name}`, import.meta.url), "utf8"));
}

describe("reference engine: the IBM accounts that were published for 23 February 2007", () => {
  const snapshot = read("snapshot.json") as Snapshot;
  const published = (read("published.json") as Published).accounts;
  const margins = referenceMargin(snapshot);

  test("there are nine of each", () => {
    expect(margins.map((m) => m.account)).toEqual(published.map((p) => p.account));
    expect(margins).toHaveLength(9);
  });

  test.each(published)("$account: $portfolioMarginUsd within $toleranceUsd", (row) => {
    const requirement = margins.find((m) => m.account === row.account)!.requirement;
    expect(Math.abs(requirement - row.portfolioMarginUsd)).toBeLessThanOrEqual(row.toleranceUsd);
  });

  // The number below that looks like a square root is a profit.
  /* oxlint-disable oxc/approx-constant */
  // Per share, points -15 … +15 %, printed to three decimals; a tree of 400 steps with 56/365 years.
  test.each([
    ["IBM   070421C00100000", [-1.678, -1.665, -1.606, -1.414, -0.937, 1.497, 3.534, 5.988, 8.698, 11.543]],
    ["IBM   070421P00100000", [13.75, 10.818, 7.886, 4.954, 2.184, -1.515, -2.421, -2.881, -3.078, -3.15]],
    ["IBM   070421P00095000", [10.91, 7.978, 5.13, 2.786, 1.081, -0.588, -0.861, -0.969, -1.006, -1.016]],
  ])("profits of %s", (symbol, expected) => {
    const profits = theoreticalProfits(makeContract(symbol, snapshot, finra4210g), finra4210g);
    profits.forEach((profit, k) => expect(Math.abs(profit / 100 - expected[k]!)).toBeLessThanOrEqual(0.005));
  });
});
