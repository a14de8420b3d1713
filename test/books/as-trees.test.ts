import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { TableFiles } from "../../src/tables/read-tables.js";
import { BookFolder, expectAsTrees } from "./book-files.js";
import { type BookShape, type RandomBook, randomBooks } from "./random-books.js";

let engine: Engine;
let folder: BookFolder;
beforeAll(async () => {
  engine = await loadEngine();
  folder = await BookFolder.open();
});
afterAll(() => folder.close());

async function filesOf(book: RandomBook): Promise<TableFiles> {
  const positions: string[] = [];
  for (const [k, table] of book.positions.entries())
    positions.push(await folder.write(`positions-${k}.parquet`, table));
  const others: Record<string, string[]> = {};
  for (const name of ["underlyings", "options", "dividends", "accounts", "theoretical"] as const) {
    const table = book[name];
    if (table !== null) others[name] = [await folder.write(`${name}.parquet`, table)];
  }
  const rates = book.rates === null ? {} : { rates: book.rates };
  return { positions, ...others, ...rates, asOf: "2026-11-20T16:00:00-05:00" };
}

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
        const { trees } = await expectAsTrees(engine, await filesOf(book), asked);
        requirements += trees.accounts.filter(({ requirementUsd }) => (requirementUsd ?? 0) > 0).length;
      }),
      { numRuns: 12 },
    );
    expect(requirements).toBeGreaterThan(shape.isSpoilt ? 0 : 20);
  });
});
