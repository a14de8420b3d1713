import fc from "fast-check";
import { expect, test } from "vitest";
import { bookColumns } from "../../src/books/book-columns.js";
import { bookSummary } from "../../src/books/book-summary.js";
import { columnsOfTrees } from "../../src/books/tree-columns.js";
import { loadEngine } from "../../src/engine.js";
import { cellsOf, engineAndFolder, expectAsTrees } from "./book-files.js";
import { cited, withTests } from "../requirement/house/house-book.js";
import { filesOf, randomBooks } from "./random-books.js";

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
