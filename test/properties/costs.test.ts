import { assert, constantFrom, property } from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult } from "../../src/requirement/result.js";
import { books, offsets } from "./books.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

/** Relative to the larger of the sums they come from: sums in another order round otherwise. */
function difference(a: number, b: number, scale: number): number {
  return Math.abs(a - b) / Math.max(1, scale);
}

function largestProfit(account: AccountResult): number {
  const vectors = account.portfolioGroups.flatMap((group) =>
    group.productGroups.flatMap((part) => part.classGroups.map((member) => member.profitUsd)),
  );
  return Math.max(0, ...vectors.flat().map(Math.abs));
}

test("costs add up from positions to the requirement, under every reading of offsets and minimums", () => {
  const readings = constantFrom(
    ...(["reduced", "remainder"] as const).flatMap((carriedGain) =>
      (["portfolio_group", "class_group"] as const).map((minimumPer) => ({ carriedGain, minimumPer })),
    ),
  );
  const law = property(
    books({ american: false, priced: true }),
    offsets,
    readings,
    (book, { engine: rules }, reading) => {
      for (const account of engine.margin(book, { rules: { ...rules, readings: reading } }).accounts)
        for (const group of account.portfolioGroups) {
          const scale = largestProfit(account);
          expect(difference(group.costUsd, group.requirementUsd, scale)).toBeLessThan(1e-9);
          const positions = group.productGroups.flatMap((part) =>
            part.classGroups.flatMap((member) => member.positions),
          );
          const sum = positions.reduce((total, position) => total + position.costUsd, 0);
          expect(difference(sum, group.requirementUsd, scale)).toBeLessThan(1e-9);
        }
    },
  );
  assert(law, { numRuns: 100 });
});
