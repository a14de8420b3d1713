import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { referenceMargin } from "../reference/margin.js";
import type { Snapshot } from "../reference/snapshot.js";
import { compareAccounts } from "./compare.js";

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

describe("the nine IBM accounts of 23 February 2007", () => {
  const snapshot = read("snapshot.json") as Snapshot;
  const published = read("published.json") as Published;
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  test.each(published.accounts)("$account: the published $portfolioMarginUsd within $toleranceUsd", (row) => {
    const [account] = engine.margin(snapshot, { account: row.account }).accounts;
    expect(account!.status).toBe("complete");
    expect(Math.abs(account!.requirementUsd! - row.portfolioMarginUsd)).toBeLessThanOrEqual(row.toleranceUsd);
  });

  test("each is the reference engine's within a tenth of a cent a share, with its worst scenario", () => {
    const { accounts } = engine.margin(snapshot);
    const reference = referenceMargin(snapshot);
    expect(accounts).toHaveLength(reference.length);
    reference.forEach((expected, i) => {
      compareAccounts(accounts[i]!, expected, () => 1e-3);
      // Far below the strike a hedged put stands still: two points may be worst by a hair.
      const profits = expected.portfolioGroups[0]!.profit;
      const atWorst = profits[accounts[i]!.portfolioGroups[0]!.worst.index - 1]!;
      expect(atWorst - Math.min(...profits)).toBeLessThanOrEqual(1e-3 * 10_000);
    });
  });
});
