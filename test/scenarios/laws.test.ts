import { assert, integer, property, record } from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { RuleSetDocument } from "../../src/rules/schema.js";
import { books, ruleDocument, withMoves } from "../properties/books.js";

const cited = { source: "F1", standing: "unverified" } as const;
const kinds = { american: false, priced: false } as const;

describe("scenarios: what adding some does to a requirement", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  /** Scan loss of every portfolio group, account by account. */
  function losses(book: object, rules: RuleSetDocument): number[] {
    const { accounts } = engine.margin(book, { rules });
    return accounts.flatMap((account) => account.portfolioGroups.map((group) => group.scanLossUsd));
  }

  /** How many of the losses are below what they were. */
  function lowered(now: readonly number[], before: readonly number[]): number {
    return before.filter((loss, i) => !((now[i] ?? Number.NaN) >= loss)).length;
  }

  test("volatility moves beside the unchanged one, and extra scenarios, never lower it", () => {
    const drawn = record({ size: integer({ min: 1, max: 90 }), move: integer({ min: -90, max: 200 }) });
    const law = property(books(kinds), drawn, (book, { size, move }) => {
      const document = ruleDocument();
      const none = losses(book, document);
      const volatilityMoves = { ...cited, unit: "relative" as const, moves: [-size / 100, 0, size / 100] };
      expect(lowered(losses(book, { ...document, volatilityMoves }), none)).toBe(0);
      const extra = (cover: number): RuleSetDocument => ({
        ...document,
        extraScenarios: [{ ...cited, move: move / 100, volatilityMove: 0, cover }],
      });
      expect(lowered(losses(book, extra(0.3)), none)).toBe(0);
      expect(lowered(losses(book, extra(1)), losses(book, extra(0.3)))).toBe(0);
    });
    assert(law, { numRuns: 60 });
  });

  test("the unchanged point changes nothing, to the bit, while volatility stays", () => {
    const law = property(books(kinds), (book) => {
      const withUnchanged = withMoves((moves) => [...moves, 0]);
      expect(losses(book, withUnchanged)).toEqual(losses(book, ruleDocument()));
    });
    assert(law, { numRuns: 60 });
  });

  test("a decay of exponent 0, or within limits of one, is none, to the bit", () => {
    const law = property(books(kinds), (book) => {
      const document = ruleDocument();
      const moves = { ...cited, unit: "points" as const, moves: [-0.04, 0.04] };
      const decays = [
        { referenceDays: 30, exponent: 0, least: 0, most: 5 },
        { referenceDays: 30, exponent: 0.5, least: 1, most: 1 },
      ];
      const plain = losses(book, { ...document, volatilityMoves: moves });
      for (const decay of decays)
        expect(losses(book, { ...document, volatilityMoves: { ...moves, decay } })).toEqual(plain);
    });
    assert(law, { numRuns: 30 });
  });
});
