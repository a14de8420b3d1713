import fc from "fast-check";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TableFiles } from "../../src/tables/read-tables.js";
import { engineAndFolder, expectAsTrees } from "./book-files.js";
import { type BookShape, filesOf, type RandomBook, randomBooks } from "./random-books.js";
import { csvText, ndjsonText, type Style, styles, writeArrowFile, writeText } from "./text-files.js";

const used = engineAndFolder();

type Form = "csv" | "ndjson" | "arrow" | "arrow stream" | "mixed";

function writePositions(book: RandomBook, form: Form, style: Style): Promise<string[]> {
  return Promise.all(
    book.positions.map(async (table, k) => {
      const path = join(used.folder.path, `positions-${k}`);
      const own = form === "mixed" ? (["csv", "ndjson", "parquet"] as const)[k % 3]! : form;
      if (own === "parquet") return used.folder.write(`positions-${k}.parquet`, table);
      if (own === "csv") return writeText(`${path}.csv`, csvText(table, style), style);
      if (own === "ndjson") return writeText(`${path}.ndjson`, ndjsonText(table, style), style);
      return writeArrowFile(`${path}.arrow`, table, own === "arrow stream");
    }),
  );
}

async function filesIn(book: RandomBook, form: Form, style: Style): Promise<TableFiles> {
  return filesOf(used.folder, book, await writePositions(book, form, style));
}

const plain: BookShape = { isPlain: true, marks: "none", isSpoilt: false, hasSpecials: true };
const everything: BookShape = { isPlain: false, marks: "clashing", isSpoilt: true, hasSpecials: true };
const forms: readonly Form[] = ["csv", "ndjson", "arrow", "arrow stream", "mixed"];
const shapes = [
  ["plain books", plain],
  ["books with everything", everything],
] as const;

describe.each(shapes)("%s in other files than Parquet come to what their trees come to", (_, shape) => {
  test.each(forms)("%s", async (form) => {
    let requirements = 0;
    await fc.assert(
      fc.asyncProperty(randomBooks(shape), styles(shape.isPlain), async (book, style) => {
        const { rules, dividendModel } = book;
        const asked = { dividendModel, ...(rules === undefined ? {} : { rules }) };
        const { trees } = await expectAsTrees(used.engine, await filesIn(book, form, style), asked);
        requirements += trees.accounts.filter(({ requirementUsd }) => (requirementUsd ?? 0) > 0).length;
      }),
      { numRuns: 12, endOnFailure: true },
    );
    expect(requirements).toBeGreaterThan(shape.isSpoilt ? 0 : 20);
  });
});
