import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bookColumns } from "../../src/books/book-columns.js";
import { bookSummary } from "../../src/books/book-summary.js";
import { cellsOf, engineAndFolder, expectAsTrees } from "./book-files.js";
import { type BookShape, filesOf, randomBooks } from "./random-books.js";

const used = engineAndFolder();

const shapes: readonly (readonly [string, BookShape])[] = [
  ["plain books", { isPlain: true, marks: "none", isSpoilt: false, hasSpecials: false }],
  [
    "plain books with special contracts",
    { isPlain: true, marks: "none", isSpoilt: false, hasSpecials: true },
  ],
  ["books with marks", { isPlain: false, marks: "some", isSpoilt: false, hasSpecials: true }],
  ["books with marks that clash", { isPlain: false, marks: "clashing", isSpoilt: false, hasSpecials: true }],
  ["plain books with spoilt rows", { isPlain: true, marks: "none", isSpoilt: true, hasSpecials: true }],
  ["books with everything", { isPlain: false, marks: "clashing", isSpoilt: true, hasSpecials: true }],
];

describe("a book's rows, totals, ranking, notes and failures are those of its trees", () => {
  test.each(shapes)("%s", async (_, shape) => {
    let requirements = 0;
    await fc.assert(
      fc.asyncProperty(randomBooks(shape), async (book) => {
        const { rules, dividendModel } = book;
        const asked = { dividendModel, ...(rules === undefined ? {} : { rules }) };
        const { trees } = await expectAsTrees(used.engine, await filesOf(used.folder, book), asked);
        requirements += trees.accounts.filter(({ requirementUsd }) => (requirementUsd ?? 0) > 0).length;
      }),
      { numRuns: 12 },
    );
    expect(requirements).toBeGreaterThan(shape.isSpoilt ? 0 : 20);
  });
});

describe("a book cut into blocks of accounts", () => {
  /** Bytes with which so many lots are read at once: see `lotsAtOnce` in margin-of-book.ts. */
  const bytesFor = (lots: number): number => 8e8 + 80 * lots;

  test("comes to the same bits as the whole, and is read so many times", async () => {
    await fc.assert(
      fc.asyncProperty(randomBooks(shapes[5]![1]), async (book) => {
        const files = await filesOf(used.folder, book);
        const { rules, dividendModel } = book;
        const asked = { dividendModel, accountsPerPiece: 2, ...(rules === undefined ? {} : { rules }) };
        const whole = (await used.engine.book(files, asked))!;
        const reads: number[] = [];
        const cut = (await used.engine.book(files, {
          ...asked,
          memoryBytes: bytesFor(1),
          onProgress: ({ name, of }) => {
            if (name === "read positions") reads.push(of);
          },
        }))!;
        const blocks = Math.ceil(whole.accounts.account.length / 2);
        // Plain accounts that turn out not to be all have been read in the blocks of their list before.
        const before = reads.slice(0, -blocks);
        expect(before).toEqual(before.map(() => before.length));
        expect(reads.slice(-blocks)).toEqual(Array.from({ length: blocks }, () => blocks));
        expect(cellsOf(bookColumns(cut.accounts))).toEqual(cellsOf(bookColumns(whole.accounts)));
        expect(bookSummary(cut)).toEqual(bookSummary(whole));
        expect(cut.failures).toEqual(whole.failures);
      }),
      { numRuns: 12 },
    );
  });
});
