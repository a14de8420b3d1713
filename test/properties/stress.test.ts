import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult, ClassGroupResult } from "../../src/requirement/result.js";
import { loadRuleSet } from "../../src/rules/load.js";
import { books } from "./books.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const rules = loadRuleSet("finra-4210g");
const classGroupsOf = (account: AccountResult): ClassGroupResult[] =>
  account.portfolioGroups.flatMap((group) => group.productGroups.flatMap((part) => [...part.classGroups]));

test("the rule's own ten points asked as scenarios of one's own give the rule's own profits", () => {
  fc.assert(
    fc.property(books({ american: true, priced: true }), (book) => {
      const margin = engine.margin(book);
      const groups = new Map(margin.accounts.flatMap(classGroupsOf).map((g) => [g.id, g.portfolioType]));
      const scenarios = Array.from({ length: 10 }, (_, k) => ({
        name: `p${k + 1}`,
        default: 0,
        classGroups: Object.fromEntries(
          [...groups].map(([id, type]) => [id, rules.portfolioTypes[type].moves[k] ?? Number.NaN]),
        ),
      }));
      const found = engine.stress(book, { scenarios });
      margin.accounts.forEach((account, i) => {
        const stressed = found.accounts[i];
        expect(stressed?.status).toBe(account.status);
        expect(stressed?.requirementUsd).toBe(account.requirementUsd);
        if (account.status === "incomplete") return;
        for (let k = 0; k < 10; k++) {
          const sum = classGroupsOf(account).reduce(
            (total, group) => total + (group.profitUsd[k] ?? Number.NaN),
            0,
          );
          expect(Math.abs((stressed?.profitUsd[k] ?? Number.NaN) - sum)).toBeLessThanOrEqual(
            0.005 + 1e-9 * Math.abs(sum),
          );
        }
      });
    }),
    { numRuns: 40 },
  );
});

test("a book's profits are the sum of its halves', and twice the book loses twice", () => {
  fc.assert(
    fc.property(
      books({ american: true, priced: false }),
      fc.integer({ min: -60, max: 60 }),
      (book, percent) => {
        const scenarios = [
          {
            name: "s",
            default: percent / 100,
            volatility: { unit: "relative" as const, default: 0.3 },
            days: 3,
          },
        ];
        const half = Math.ceil(book.positions.length / 2);
        const firm = (positions: typeof book.positions) =>
          positions.length === 0
            ? 0
            : (engine.stress({ ...book, positions }, { scenarios }).firm.profitUsd[0] ?? Number.NaN);
        const whole = firm(book.positions);
        const parts = firm(book.positions.slice(0, half)) + firm(book.positions.slice(half));
        const twice = firm(book.positions.map((row) => ({ ...row, quantity: 2 * row.quantity })));
        expect(Math.abs(whole - parts)).toBeLessThanOrEqual(0.02 + 1e-9 * Math.abs(whole));
        expect(Math.abs(twice - 2 * whole)).toBeLessThanOrEqual(0.02 + 1e-9 * Math.abs(whole));
      },
    ),
    { numRuns: 30 },
  );
});
