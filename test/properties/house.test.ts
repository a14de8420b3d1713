import { assert, constantFrom, integer, property, record, subarray, type Arbitrary } from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult } from "../../src/requirement/result.js";
import type { Snapshot } from "../reference/snapshot.js";
import { cited, withHouse } from "../requirement/house/house-book.js";
import { books, withMoves } from "./books.js";

const anyBook = books({ american: true, priced: true });
const percent = (least: number, most: number): Arbitrary<number> =>
  integer({ min: least, max: most }).map((n) => n / 100);
const numRuns = 40;

/** One test of each kind that enters the figure, with sizes at random. */
const tests: Arbitrary<object[]> = record({
  down: percent(5, 60),
  up: percent(5, 80),
  small: percent(1, 10),
  share: percent(1, 5),
  factor: percent(100, 150),
  combine: constantFrom("greater", "added", "excess_added"),
  counts: constantFrom("all", "uncovered"),
}).map(({ down, up, small, share, factor, combine, counts }) => {
  const ends = { down: -down, up, ...cited };
  return [
    { id: "range", kind: "range", combine, ranges: [ends] },
    { id: "expected", kind: "expected_range", ranges: [ends] },
    {
      id: "large",
      kind: "concentration",
      combine,
      largest: 1,
      largestRanges: [ends],
      restRanges: [{ down: -small, up: small, ...cited }],
    },
    { id: "short", kind: "short_option_minimum", combine, shareOfDeliverable: share, counts },
    {
      id: "stress",
      kind: "stress_limit",
      moves: "uniform",
      scenarios: [{ move: -down, volatilityMove: 0.3 }, { move: up }],
      limits: [{ equityMultiple: 2, plusUsd: 1000, ...cited }],
      countsAs: "requirement",
    },
    { id: "more", kind: "multiplier", factor, appliesTo: "maintenance" },
  ].map((entry) => ({ ...cited, ...entry }));
});

describe("laws of house rules", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  const accountsOf = (book: Snapshot, entries: readonly object[]): readonly AccountResult[] => {
    const { accounts } = engine.margin(book, { rules: withHouse({ tests: entries }) });
    expect(accounts.every((account) => account.status === "complete")).toBe(true);
    return accounts;
  };
  const usd = (account: AccountResult | undefined): number => account?.requirementUsd ?? Number.NaN;

  test("never below the regulatory requirement, and that is the one without house rules", () => {
    const law = property(anyBook, tests, (book, entries) => {
      const plain = engine.margin(book).accounts;
      accountsOf(book, entries).forEach((account, i) => {
        expect(account.regulatoryRequirementUsd).toBe(usd(plain[i]));
        expect(usd(account)).toBeGreaterThanOrEqual(usd(plain[i]));
        expect(account.portfolioGroups).toEqual(plain[i]?.portfolioGroups);
      });
    });
    assert(law, { numRuns });
  });

  test("a test that is taken out never raises the requirement", () => {
    const law = property(anyBook, tests, integer({ min: 0, max: 5 }), (book, entries, out) => {
      const fewer = accountsOf(book, entries.toSpliced(out, 1));
      accountsOf(book, entries).forEach((account, i) => {
        expect(usd(fewer[i])).toBeLessThanOrEqual(usd(account));
      });
    });
    assert(law, { numRuns });
  });

  test("the order of the tests and of the positions changes no figure", () => {
    const law = property(anyBook, tests, (book, entries) => {
      const turned = { ...book, positions: book.positions.toReversed() };
      const other = accountsOf(turned, entries.toReversed());
      accountsOf(book, entries).forEach((account, i) => {
        expect(usd(other[i])).toBe(usd(account));
        const sorted = other[i]?.houseTests?.toReversed().map(({ requirementUsd }) => requirementUsd);
        expect(sorted).toEqual(account.houseTests?.map(({ requirementUsd }) => requirementUsd));
      });
    });
    assert(law, { numRuns });
  });

  test("a range test that changes no range asks for the regulatory requirement", () => {
    const law = property(anyBook, (book) => {
      for (const account of accountsOf(book, [{ id: "same", kind: "range", ...cited }]))
        expect(account.houseTests?.[0]?.requirementUsd).toBe(account.regulatoryRequirementUsd);
    });
    assert(law, { numRuns });
  });

  test("a range test asks for what a rule set with those moves and volatility moves requires", () => {
    const law = property(anyBook, percent(5, 40), percent(5, 40), (book, down, up) => {
      const steps = [1, 2, 3, 4, 5].map((k) => k / 5);
      const moves = [...steps.toReversed().map((k) => -down * k), ...steps.map((k) => up * k)];
      const volatilityMoves = { unit: "relative", moves: [-0.2, 0, 0.4], ...cited } as const;
      const document = withMoves(() => moves);
      const sources = { ...document.sources, X: "a test" };
      const other = engine.margin(book, { rules: { ...document, sources, volatilityMoves } }).accounts;
      const ranges = [{ down: -down, up, ...cited }];
      const rule = { id: "r", kind: "range", against: "replace", ranges, volatilityMoves, ...cited };
      accountsOf(book, [rule]).forEach((account, i) => {
        const asked = account.houseTests?.[0]?.requirementUsd ?? Number.NaN;
        // Moves agree to twelve digits.
        expect(Math.abs(asked - usd(other[i]))).toBeLessThan(0.011);
      });
    });
    assert(law, { numRuns });
  });

  test("a range k times as wide with k times the points never lowers the requirement: it holds all the points", () => {
    const law = property(anyBook, integer({ min: 2, max: 4 }), percent(5, 20), (book, k, end) => {
      const range = (times: number): object => ({
        id: "r",
        kind: "range",
        against: "replace",
        pointsPerSide: 5 * times,
        ranges: [{ down: -end * times, up: end * times, ...cited }],
        ...cited,
      });
      const wider = accountsOf(book, [range(k)]);
      accountsOf(book, [range(1)]).forEach((account, i) => {
        const [less, more] = [account, wider[i]].map(
          (found) => found?.houseTests?.[0]?.requirementUsd ?? Number.NaN,
        );
        // The same points to twelve digits, so the same figure to a cent.
        expect(less).toBeLessThanOrEqual((more ?? Number.NaN) + 0.011);
      });
    });
    assert(law, { numRuns });
  });

  test("wider ends of shares alone never lower any test; nor does one more riskiest name", () => {
    const sharesOnly = anyBook.map((book) => ({
      ...book,
      options: [],
      positions: book.positions.map((row) => ({ ...row, symbol: row.symbol.slice(0, 3) })),
    }));
    const law = property(
      sharesOnly,
      percent(15, 50),
      percent(0, 30),
      integer({ min: 1, max: 3 }),
      (book, end, more, n) => {
        const entries = (reach: number, largest: number): object[] => {
          const ranges = [{ down: -reach, up: reach, ...cited }];
          return [
            { id: "r", kind: "range", ranges, ...cited },
            { id: "e", kind: "expected_range", ranges, ...cited },
            { id: "c", kind: "concentration", largest, largestRanges: ranges, ...cited },
          ];
        };
        const wider = accountsOf(book, entries(Math.min(0.95, end + more), n + 1));
        accountsOf(book, entries(end, n)).forEach((account, i) => {
          account.houseTests?.forEach((found, k) => {
            const other = wider[i]?.houseTests?.[k]?.requirementUsd ?? Number.NaN;
            expect(found.requirementUsd ?? Number.NaN).toBeLessThanOrEqual(other + 0.011);
          });
        });
      },
    );
    assert(law, { numRuns });
  });

  test("an account's figures do not depend on the other accounts of the book", () => {
    const law = property(anyBook, tests, subarray(["one"], { minLength: 1 }), (book, entries, [name]) => {
      const positions = book.positions.filter(({ account }) => account === name);
      if (positions.length === 0) return;
      const alone = accountsOf({ ...book, positions }, entries).find(({ account }) => account === name);
      const among = accountsOf(book, entries).find(({ account }) => account === name);
      expect(alone?.houseTests).toEqual(among?.houseTests);
    });
    assert(law, { numRuns });
  });
});
