import fc from "fast-check";
import { expect, test } from "vitest";
import { bookColumns } from "../../src/books/book-columns.js";
import { bookSummary } from "../../src/books/book-summary.js";
import { columnsOfTrees } from "../../src/books/tree-columns.js";
import { loadEngine } from "../../src/engine.js";
import type { RuleSetDocument } from "../../src/rules/schema.js";
import { cellsOf, engineAndFolder, expectAsTrees } from "./book-files.js";
import { cited, withTests } from "../requirement/house/house-book.js";
import { filesOf, type RandomBook, randomBooks } from "./random-books.js";

const used = engineAndFolder();

const shapes = {
  plain: { isPlain: true, marks: "none", isSpoilt: false, hasSpecials: true },
  odd: { isPlain: false, marks: "clashing", isSpoilt: true, hasSpecials: true },
} as const;

const unverified = { source: "X", standing: "unverified" } as const;
const range = { down: -0.4, up: 0.5, ...unverified };

/** One test is unverified, one looks for each account's own ruin, one asks for a beta that no table gives. */
const ownRules = withTests(
  { id: "ranges", kind: "range", ...unverified, ranges: [{ symbols: ["AAA"], ...range }] },
  { id: "ruin", kind: "expected_range", ...cited, ranges: [{ symbols: ["AAA", "SPY"], ...range }] },
  {
    id: "beta",
    kind: "stress_limit",
    ...cited,
    moves: "beta_weighted",
    index: "SPX",
    scenarios: [{ move: -0.2, volatilityMove: 0.3 }],
    limits: [{ equityMultiple: 1, plusUsd: 0, ...cited }],
    appliesTo: { symbols: ["NDX", "RUT", "BBB"] },
  },
);

const rulesByName: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(
    ["ibkr", "lightspeed", "schwab", "tastytrade"].map((name) => [name, `house-example-${name}`]),
  ),
  own: ownRules,
};

test.each(Object.keys(rulesByName))(
  "rows, totals, ranking, notes and failures are those of the trees: %s",
  async (name) => {
    const seen = { complete: 0, missing: 0 };
    for (const shape of [shapes.plain, shapes.odd])
      await fc.assert(
        fc.asyncProperty(randomBooks(shape), async (book) => {
          const asked = { rules: rulesByName[name], dividendModel: book.dividendModel };
          const { book: found, trees } = await expectAsTrees(
            used.engine,
            await filesOf(used.folder, book),
            asked,
          );
          expect(found.classGroups).toEqual(columnsOfTrees(trees).classGroups);
          seen.complete += trees.accounts.filter(({ requirementUsd }) => (requirementUsd ?? 0) > 0).length;
          seen.missing += trees.failures.filter(({ code }) => code === "HOUSE_INPUT_MISSING").length;
        }),
        { numRuns: 8 },
      );
    expect(seen.complete).toBeGreaterThan(0);
    if (name === "own") expect(seen.missing).toBeGreaterThan(0);
  },
);

/** Every kind of test, every way in which a figure counts. */
const everyKind = [
  { id: "points", kind: "range", ...unverified, combine: "excess_added", pointsPerSide: 7, ranges: [range] },
  {
    id: "by-value",
    kind: "range",
    ...cited,
    against: "replace",
    ranges: [{ symbols: ["AAA"], marketCapUsd: 4e6, ...cited }],
  },
  { id: "ruin", kind: "expected_range", ...cited, ranges: [range] },
  {
    id: "riskiest",
    kind: "concentration",
    ...unverified,
    combine: "added",
    largest: 2,
    share: 0.1,
    rebateUsd: 500,
    largestRanges: [{ ...range, tags: ["none"] }, range],
  },
  {
    id: "shares",
    kind: "position_size",
    ...cited,
    measure: "shares_outstanding",
    appliesTo: { symbols: ["AAA", "SPY"] },
    tiers: [
      { atLeast: 0.0001, rangeMultiplier: 2, ...cited },
      { atLeast: 0.001, down: -0.5, up: 0.6, ...cited },
    ],
  },
  { id: "short", kind: "short_option_minimum", ...cited, perUnitUsd: 1, counts: "uncovered" },
  {
    id: "net",
    kind: "stress_limit",
    ...cited,
    moves: "beta_weighted",
    index: "SPX",
    defaultBeta: 1.1,
    countsAs: "requirement",
    scenarios: [{ move: -0.2, volatilityMove: 0.3 }, { move: 0.1 }],
    limits: [{ equityMultiple: 1.25, plusUsd: 1000, ...cited }],
  },
  {
    id: "single",
    kind: "stress_limit",
    ...unverified,
    over: "class_group",
    moves: "uniform",
    scenarios: [{ move: -0.3 }, { move: 0.3 }],
    limits: [{ equityMultiple: 2, plusUsd: 0, ...cited }],
  },
  { id: "times", kind: "multiplier", ...unverified, factor: 1.05, appliesTo: "maintenance" },
  { id: "least", kind: "minimum_equity", ...unverified, maintainUsd: 1e5, tiers: [] },
];

/** House tests on top of the rules of a random book, with its readings and offsets. */
function withHouseTests({ rules }: RandomBook, tests: readonly object[]): unknown {
  const own = typeof rules === "object" ? { ...(rules as RuleSetDocument) } : null;
  const above = own ?? {
    title: "a test",
    effective: "2020-01-01",
    base: rules ?? "finra-4210g",
    sources: {},
  };
  return { ...above, name: "mine", sources: { ...above.sources, X: "a test" }, houseRules: { tests } };
}

/** With what tests of sizes look up. */
function withSizes(book: RandomBook): RandomBook {
  const { columns, rows } = book.underlyings;
  return {
    ...book,
    underlyings: {
      columns: { ...columns, shares_outstanding: "double" },
      rows: rows.map((row) => [...row, 1e5]),
    },
  };
}

test("every kind of test, under every reading and offset", async () => {
  const seen = { complete: 0, missing: 0, added: 0 };
  await fc.assert(
    fc.asyncProperty(
      randomBooks(shapes.odd),
      fc.shuffledSubarray(everyKind, { minLength: 1 }),
      fc.boolean(),
      async (book, tests, hasSizes) => {
        const files = await filesOf(used.folder, hasSizes ? withSizes(book) : book);
        const asked = { rules: withHouseTests(book, tests), dividendModel: book.dividendModel };
        const { book: found, trees } = await expectAsTrees(used.engine, files, asked);
        expect(found.classGroups).toEqual(columnsOfTrees(trees).classGroups);
        seen.complete += trees.accounts.filter(({ requirementUsd }) => (requirementUsd ?? 0) > 0).length;
        seen.missing += trees.failures.filter(({ code }) => code === "HOUSE_INPUT_MISSING").length;
        seen.added += trees.accounts.filter(({ binding }) => binding !== "regulatory").length;
      },
    ),
    { numRuns: 40 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});

test("a size counts the deltas of options", async () => {
  const { folder, engine } = used;
  const call = "AAA   261218C00100000";
  const positions = await folder.write("sized.parquet", {
    columns: { account: "varchar", symbol: "varchar", quantity: "double" },
    rows: [
      ["A", "AAA", 100],
      ["A", call, -10],
    ],
  });
  const underlyings = await folder.write("sized-underlyings.parquet", {
    columns: { symbol: "varchar", price: "double", kind: "varchar", shares_outstanding: "double" },
    rows: [["AAA", 100, "stock", 10000]],
  });
  const options = await folder.write("sized-options.parquet", {
    columns: { symbol: "varchar", volatility: "double" },
    rows: [[call, 0.3]],
  });
  const shares = everyKind.find(({ id }) => id === "shares");
  const { trees } = await expectAsTrees(
    engine,
    {
      positions: [positions],
      underlyings: [underlyings],
      options: [options],
      asOf: "2026-11-20T16:00:00-05:00",
    },
    { rules: withTests({ ...shares }) },
  );
  expect(trees.accounts[0]?.binding).toBe("shares");
});

test("more accounts than are computed at once, special and incomplete ones among them", async () => {
  const { folder, engine } = used;
  const accounts = Array.from({ length: 1100 }, (_, i) => `A${String(i).padStart(4, "0")}`);
  const rows = accounts.flatMap((account, i): [string, string, number][] => [
    [account, "AAA", 1 + ((i * 37) % 90)],
    [account, "BBB", 45 - ((i * 53) % 90) || 7],
    ...(i % 100 === 23 ? [[account, "NEL", 10] as [string, string, number]] : []),
    ...(i % 100 === 77 ? [[account, "NOSUCH", 10] as [string, string, number]] : []),
  ]);
  const columns = { account: "varchar", symbol: "varchar", quantity: "double" };
  const positions = await folder.write("many.parquet", { columns, rows });
  const underlyings = await folder.write("many-underlyings.parquet", {
    columns: { symbol: "varchar", price: "double", kind: "varchar", margin_eligible: "boolean" },
    rows: [
      ["AAA", 101.1, "stock", null],
      ["BBB", 47.3, "stock", null],
      ["NEL", 3.7, "stock", false],
    ],
  });
  const files = {
    positions: [positions],
    underlyings: [underlyings],
    asOf: "2026-11-20T16:00:00-05:00",
  };
  const { book, trees } = await expectAsTrees(engine, files, { rules: "house-example-ibkr" });
  expect(book.classGroups).toEqual(columnsOfTrees(trees).classGroups);
  expect(trees.totals.incompleteAccounts).toBe(11);
  expect(trees.accounts.filter(({ notEligible }) => notEligible.length > 0)).toHaveLength(11);
});

test("blocks and threads leave no trace, and parts of blocks are told", async () => {
  const threads = await loadEngine({ threads: 2 });
  try {
    await fc.assert(
      fc.asyncProperty(randomBooks(shapes.odd), async (book) => {
        const files = await filesOf(used.folder, book);
        const asked = { rules: ownRules, dividendModel: book.dividendModel };
        const whole = (await used.engine.book(files, asked))!;
        const parts: (number | undefined)[] = [];
        const cut = (await threads.book(files, {
          ...asked,
          accountsPerPiece: 2,
          memoryBytes: 1,
          onProgress: ({ name, part }) => {
            if (name === "net") parts.push(part);
          },
        }))!;
        expect(parts.filter((part) => part === 1).length).toBeGreaterThanOrEqual(
          Math.ceil(whole.accounts.account.length / 2),
        );
        expect(cellsOf(bookColumns(cut.accounts))).toEqual(cellsOf(bookColumns(whole.accounts)));
        expect(bookSummary(cut)).toEqual(bookSummary(whole));
        expect(cut.failures).toEqual(whole.failures);
      }),
      { numRuns: 8 },
    );
  } finally {
    await threads.close();
  }
});
