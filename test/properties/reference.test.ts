import { assert, property } from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { RuleSetDocument } from "../../src/rules/schema.js";
import { compareAccounts } from "../chains/compare.js";
import { referenceMargin } from "../reference/margin.js";
import { finra4210g, type ReferenceRules } from "../reference/rules.js";
import type { Snapshot } from "../reference/snapshot.js";
import { books, offsets, ruleDocument } from "./books.js";

describe("the engine is the reference engine, account by account", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  interface Rules {
    readonly reference: ReferenceRules;
    readonly engine: RuleSetDocument;
  }

  /** @returns the largest difference of a position's profit, USD per unit of the underlying */
  function compare(snapshot: Snapshot, perUnit: number, rules?: Rules): number {
    const result = engine.margin(snapshot, rules === undefined ? {} : { rules: rules.engine });
    expect(result.failures).toEqual([]);
    const reference = referenceMargin(snapshot, rules?.reference);
    expect(result.accounts.map((a) => a.account)).toEqual(reference.map((a) => a.account));
    return Math.max(
      ...reference.map((expected, i) => compareAccounts(result.accounts[i]!, expected, perUnit)),
    );
  }

  test("shares and European options: within 1e-10 USD a unit", () => {
    const law = property(books({ american: false, priced: true }), (book) => {
      expect(compare(book, 1e-10)).toBeLessThanOrEqual(1e-10);
    });
    assert(law);
  });

  test("American options, with yield and with cash dividends: within 5e-3 per 100 of the highest strike", () => {
    const law = property(books({ american: true, priced: true }), (book) => {
      const perUnit = (5e-3 * 1.5 * Math.max(...book.underlyings.map(({ price }) => price))) / 100;
      expect(compare(book, perUnit)).toBeLessThanOrEqual(perUnit);
    });
    assert(law, { numRuns: 60 });
  });

  test("offsets between class groups and between product groups", () => {
    const law = property(books({ american: false, priced: true }), offsets, (book, rules) => {
      expect(compare(book, 1e-10, rules)).toBeLessThanOrEqual(1e-10);
    });
    assert(law);
  });

  test("volatility moves beside the price moves", () => {
    const moves = [-0.2, 0, 0.3];
    const document = ruleDocument();
    const volatilityMoves = { ...document.volatilityMoves, unit: "relative" as const, moves };
    const rules = {
      reference: { ...finra4210g, volatilityMoves: moves },
      engine: { ...document, volatilityMoves },
    };
    const law = property(books({ american: false, priced: true }), (book) => {
      expect(compare(book, 1e-10, rules)).toBeLessThanOrEqual(1e-10);
    });
    assert(law);
  });
});
