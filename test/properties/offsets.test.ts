import { assert, constantFrom, double, property } from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { RuleSetDocument } from "../../src/rules/schema.js";
import type { Snapshot } from "../reference/snapshot.js";
import { books, offsets } from "./books.js";

const book = books({ american: false, priced: true });
const numRuns = 100;
/** Requirements are rounded to cents each. */
const cents = 0.0151;

describe("laws of offsets", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  function requirements(snapshot: Snapshot, rules: RuleSetDocument): number[] {
    return engine.margin(snapshot, { rules }).accounts.map((account) => {
      expect(account.status).toBe("complete");
      return account.requirementUsd ?? Number.NaN;
    });
  }

  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

  test("a larger share never costs more", () => {
    const factor = double({ min: 0, max: 1, noNaN: true });
    const law = property(book, offsets, factor, factor, (snapshot, { engine: rules }, a, b) => {
      const smaller: RuleSetDocument = {
        ...rules,
        productGroups: rules.productGroups.map((group) => ({ ...group, offset: group.offset * a })),
        portfolioGroups: rules.portfolioGroups.map((group) => ({ ...group, offset: group.offset * b })),
      };
      const dearer = requirements(snapshot, smaller);
      requirements(snapshot, rules).forEach((each, i) => {
        expect(each).toBeLessThanOrEqual((dearer[i] ?? Number.NaN) + cents);
      });
    });
    assert(law, { numRuns });
  });

  test("offsets never cost more than none, nor less than netting everything whole", () => {
    const law = property(book, offsets, (snapshot, { engine: rules }) => {
      const withShares = (share: number): RuleSetDocument => ({
        ...rules,
        productGroups: rules.productGroups.map((group) => ({ ...group, offset: share })),
        portfolioGroups: rules.portfolioGroups.map((group) => ({ ...group, offset: share })),
      });
      const [none, whole] = [requirements(snapshot, withShares(0)), requirements(snapshot, withShares(1))];
      requirements(snapshot, rules).forEach((each, i) => {
        expect(each).toBeLessThanOrEqual((none[i] ?? Number.NaN) + cents);
        expect(each).toBeGreaterThanOrEqual((whole[i] ?? Number.NaN) - cents);
      });
    });
    assert(law, { numRuns });
  });

  // With scaling by whole numbers (laws.test.ts) this makes the requirement convex in the positions.
  test("two accounts merged never cost more than both, under the default readings", () => {
    const law = property(book, offsets, (snapshot, { engine: rules }) => {
      const positions = snapshot.positions.map((row) => ({ ...row, account: "both" }));
      const [merged] = requirements({ ...snapshot, positions }, rules);
      expect(merged).toBeLessThanOrEqual(sum(requirements(snapshot, rules)) + cents);
    });
    assert(law, { numRuns });
  });

  test("a carried gain whole never costs more than a reduced one", () => {
    const law = property(
      book,
      offsets,
      constantFrom("portfolio_group", "class_group"),
      (snapshot, { engine: rules }, minimumPer) => {
        const read = (carriedGain: "reduced" | "remainder"): number[] =>
          requirements(snapshot, { ...rules, readings: { carriedGain, minimumPer } });
        const reduced = read("reduced");
        read("remainder").forEach((each, i) => {
          expect(each).toBeLessThanOrEqual((reduced[i] ?? Number.NaN) + cents);
        });
      },
    );
    assert(law, { numRuns });
  });
});
