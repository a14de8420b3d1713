import {
  Bool,
  type DataType,
  Dictionary,
  Float64,
  Int16,
  Int64,
  LargeUtf8,
  Null,
  Table,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Cell, engineAndFolder, expectAsTrees, type FileTable } from "./book-files.js";
import { type BookShape, filesOf, randomBooks } from "./random-books.js";

const used = engineAndFolder();

/** How a file is laid out. */
interface Layout {
  readonly text: "plain" | "large" | "dictionary";
  /** Rows of a record batch; an empty one stands behind the first. */
  readonly rows: number;
  readonly isStream: boolean;
  readonly hasIntegers: boolean;
  readonly escrow: "none" | "flag" | "null" | "text";
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  text: fc.constantFrom("plain", "large", "dictionary"),
  rows: fc.integer({ min: 1, max: 30 }),
  isStream: fc.boolean(),
  hasIntegers: fc.boolean(),
  escrow: fc.constantFrom("none", "none", "flag", "null", "text"),
});

const textTypes = {
  plain: () => new Utf8(),
  large: () => new LargeUtf8(),
  dictionary: () => new Dictionary(new Utf8(), new Int16()),
} as const;

const escrowTypes = { flag: () => new Bool(), null: () => new Null(), text: () => new Utf8() } as const;

/** Whole numbers as integers, now and then one that no double holds. */
function integersOf(cells: readonly Cell[]): { readonly cells: unknown[]; readonly type: DataType } | null {
  if (!cells.every((cell) => cell === null || Number.isSafeInteger(cell))) return null;
  const wide = cells.map((cell, row) =>
    cell === null ? null : row % 13 === 12 ? 2n ** 60n : BigInt(cell as number),
  );
  return { cells: wide, type: new Int64() };
}

function vectorsOf({ columns, rows }: FileTable, layout: Layout): Record<string, Vector> {
  const vectors = Object.entries(columns).map(([name, sqlType], k) => {
    const cells = rows.map((row) => row[k] ?? null);
    const isText = sqlType === "varchar";
    const integers = layout.hasIntegers && !isText ? integersOf(cells) : null;
    const type = integers?.type ?? (isText ? textTypes[layout.text]() : new Float64());
    return [name, vectorFromArray(integers?.cells ?? cells, type) as Vector] as const;
  });
  if (layout.escrow === "none") return Object.fromEntries(vectors);
  const value = { flag: true, null: null, text: "x" }[layout.escrow];
  const escrow = rows.map((_, row) => (row % 3 === 0 ? value : null));
  const type = escrowTypes[layout.escrow]();
  return Object.fromEntries([...vectors, ["escrow", vectorFromArray(escrow, type) as Vector]]);
}

function writeArrow(name: string, table: FileTable, layout: Layout): string {
  const whole = new Table(vectorsOf(table, layout));
  const cuts = [0, 0];
  for (let end = layout.rows; end < table.rows.length; end += layout.rows) cuts.push(end);
  const batches = [...cuts, table.rows.length].flatMap((end, k, ends) =>
    k === 0 ? [] : whole.slice(ends[k - 1], end).batches,
  );
  const path = join(used.folder.path, name);
  writeFileSync(path, tableToIPC(new Table(batches), layout.isStream ? "stream" : "file"));
  return path;
}

const shapes: readonly (readonly [string, BookShape])[] = [
  ["plain books", { isPlain: true, marks: "none", isSpoilt: false, hasSpecials: true }],
  ["books with everything", { isPlain: false, marks: "clashing", isSpoilt: true, hasSpecials: true }],
];

describe("books in Arrow of any types and batches come to what their trees come to", () => {
  test.each(shapes)("%s", async (_, shape) => {
    let rows = 0;
    const laidOut = fc.array(layouts, { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(randomBooks(shape), laidOut, async (book, own) => {
        const { rules, dividendModel } = book;
        const asked = { dividendModel, ...(rules === undefined ? {} : { rules }) };
        const files = book.positions.map((table, k) =>
          writeArrow(`positions-${k}.arrow`, table, own[k % 3]!),
        );
        await expectAsTrees(used.engine, await filesOf(used.folder, book, files), asked);
        rows += book.positions.flatMap((table) => table.rows).length;
      }),
      { numRuns: 15, endOnFailure: true },
    );
    expect(rows).toBeGreaterThan(20);
  });
});
