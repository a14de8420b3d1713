import {
  Bool,
  DateDay,
  type DataType,
  Decimal,
  Dictionary,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  LargeUtf8,
  Null,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ArrowColumn, type ArrowCells, arrowCells } from "../../src/tables/arrow.js";
import { arrowParts, fillNumbers, isAbsent, markOther } from "../../src/tables/arrow-columns.js";
import { ArrowTexts } from "../../src/tables/arrow-texts.js";
import { ByteCodes, ByteWords } from "../../src/tables/text-codes.js";

const texts = fc.oneof(
  fc.constantFrom("", " ", "AAA", "AAA   261218C00100000", "\uFEFFAAA", "Größe", "😀", "a\0b"),
  fc.string({ unit: "binary", maxLength: 9 }),
);
const doubles = fc.oneof(fc.constantFrom(0, -0, 1, -5, Number.NaN, Infinity), fc.double());
const wide = fc.oneof(fc.bigInt(0n, 9n), fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 62n));
const small = fc.integer({ min: 0, max: 100 });

/** Each Arrow type with cells of it. */
const types: readonly (readonly [string, () => DataType, fc.Arbitrary<unknown>])[] = [
  ["Utf8", () => new Utf8(), texts],
  ["LargeUtf8", () => new LargeUtf8(), texts],
  ["Dictionary of Utf8 by Int8", () => new Dictionary(new Utf8(), new Int8()), texts],
  ["Dictionary of Utf8 by Int32", () => new Dictionary(new Utf8(), new Int32()), texts],
  ["Dictionary of LargeUtf8", () => new Dictionary(new LargeUtf8(), new Int16()), texts],
  ["Dictionary of Float64", () => new Dictionary(new Float64(), new Int32()), doubles],
  ["Float64", () => new Float64(), doubles],
  ["Float32", () => new Float32(), doubles],
  ["Int8", () => new Int8(), small],
  ["Int32", () => new Int32(), fc.integer()],
  ["Uint8", () => new Uint8(), small],
  ["Uint32", () => new Uint32(), fc.nat()],
  ["Int64", () => new Int64(), wide],
  ["Uint64", () => new Uint64(), wide],
  ["Bool", () => new Bool(), fc.boolean()],
  ["Null", () => new Null(), fc.constant(null)],
  ["DateDay", () => new DateDay(), small.map((days) => new Date(days * 86_400_000))],
  ["Decimal", () => new Decimal(2, 10), small.map((value) => Uint32Array.of(value, 0, 0, 0))],
];

interface Cut {
  readonly cells: readonly unknown[];
  /** Rows of each record batch but the last. */
  readonly batches: readonly number[];
  /** Rows of a part. */
  readonly most: number;
  readonly isStream: boolean;
}

function cuts(cells: fc.Arbitrary<unknown>): fc.Arbitrary<Cut> {
  const cell = fc.oneof({ arbitrary: cells, weight: 4 }, { arbitrary: fc.constant(null), weight: 1 });
  return fc.record({
    cells: fc.oneof(fc.array(cell, { maxLength: 60 }), fc.array(fc.constant(null), { maxLength: 20 })),
    batches: fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 6 }),
    most: fc.integer({ min: 1, max: 30 }),
    isStream: fc.boolean(),
  });
}

/** A table of one column `x`, as it is read. */
function readCut(type: DataType, { cells, batches, isStream }: Cut): Promise<ArrowCells> {
  const whole = new Table({ x: vectorFromArray(cells, type) as Vector });
  let first = 0;
  const parts = [...batches, cells.length].map((rows) => whole.slice(first, (first += rows)));
  const table = new Table(parts.flatMap((part) => part.batches));
  return arrowCells(Buffer.from(tableToIPC(table, isStream ? "stream" : "file")));
}

interface Columnar {
  readonly texts: (string | null)[];
  readonly numbers: number[];
  /** 1 = neither a number nor absent; neither a flag nor absent. */
  readonly noNumber: number[];
  readonly noFlag: number[];
}

function columnar(found: ArrowCells, most: number): Columnar {
  const column = found.columns[0]!;
  const own = new ArrowTexts(column);
  const codes: number[] = [];
  const all: Columnar = { texts: [], numbers: [], noNumber: [], noFlag: [] };
  for (const part of arrowParts(found, most)) {
    const into = { cells: new Float64Array(part.rows), isOther: new Uint8Array(part.rows) };
    fillNumbers(column, part, into);
    all.numbers.push(...into.cells);
    all.noNumber.push(...into.isOther);
    const noFlag = new Uint8Array(part.rows);
    markOther(column, part, noFlag);
    all.noFlag.push(...noFlag);
    const filled = new Int32Array(part.rows);
    own.fill(part, filled);
    codes.push(...filled);
  }
  const byCode = [...own.codes.keys()];
  all.texts.push(...codes.map((code) => (code === -1 ? null : byCode[code]!)));
  return all;
}

function byCell({ count }: ArrowCells, { cellAt }: ArrowColumn): Columnar {
  const cells = Array.from({ length: count }, (_, row) => cellAt(row));
  const numbers = cells.map((cell) => (typeof cell === "number" ? cell + 0 : Number.NaN));
  return {
    texts: cells.map((cell) => (typeof cell === "string" ? cell : null)),
    numbers,
    noNumber: cells.map((cell, row) => (cell !== null && Number.isNaN(numbers[row]) ? 1 : 0)),
    noFlag: cells.map((cell) => (cell === null || typeof cell === "boolean" ? 0 : 1)),
  };
}

describe("columns of an Arrow table, any batches and any parts, are its cells", () => {
  test.each(types)("%s", async (_, type, cells) => {
    await fc.assert(
      fc.asyncProperty(cuts(cells), async (cut) => {
        const found = await readCut(type(), cut);
        expect(found.count).toBe(cut.cells.length);
        expect(columnar(found, cut.most)).toEqual(byCell(found, found.columns[0]!));
        if (isAbsent(found.columns[0]!)) expect(cut.cells.every((cell) => cell === null)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("dictionaries that differ from batch to batch", async () => {
    const type = new Dictionary(new Utf8(), new Int32());
    const batch = (...cells: (string | null)[]): Vector => vectorFromArray(cells, type) as Vector;
    const x = batch("A", "B", null, "A").concat(batch("C", "A"), batch("B", "D", "C"));
    const found = await arrowCells(Buffer.from(tableToIPC(new Table({ x }), "stream")));
    expect(found.batches).toEqual([4, 2, 3]);
    expect(columnar(found, 5)).toEqual(byCell(found, found.columns[0]!));
  });
});

test("bytes that are no UTF-8, and offsets that point anywhere, give the texts that cells give", async () => {
  const cells = ["AAA", "AAB", "AAA", "CCCC", "DDDDD", "AAA", "E"];
  const bytes = Buffer.from(
    tableToIPC(new Table({ x: vectorFromArray(cells, new Utf8()) as Vector }), "file"),
  );
  const [data] = tableFromIPC(bytes).getChildAt(0)!.data;
  // The table's memory is that of the file.
  (data!.values as Uint8Array)[1] = 0xff;
  (data!.values as Uint8Array)[4] = 0xfe;
  for (const offset of [null, -3, 2, 900, 2 ** 31 - 1]) {
    if (offset !== null) data!.valueOffsets[4] = offset;
    const found = await arrowCells(bytes);
    const columns = columnar(found, 4);
    expect(columns).toEqual(byCell(found, found.columns[0]!));
    expect(columns.texts[0]).toBe("A\uFFFDA");
    expect(columns.texts[1]).toBe("A\uFFFDB");
  }
});

test("indexes beyond a dictionary", async () => {
  const x = vectorFromArray(["A", "B", "A"], new Dictionary(new Utf8(), new Int32())) as Vector;
  const bytes = Buffer.from(tableToIPC(new Table({ x }), "file"));
  const [data] = tableFromIPC(bytes).getChildAt(0)!.data;
  (data!.values as Int32Array)[1] = 7;
  const found = await arrowCells(bytes);
  expect(columnar(found, 4)).toEqual(byCell(found, found.columns[0]!));
});

test("bytes have the code they were given, however many there are", () => {
  const named = Array.from({ length: 20_000 }, (_, k) => "x".repeat(k % 7) + k.toString(2 + (k % 35)));
  const distinct = [...new Set(["", ...named])];
  const bytes = new ByteWords(new TextEncoder().encode(distinct.join("")));
  const codes = new ByteCodes();
  const places = distinct
    .map(({ length }) => length)
    .map(
      (
        (end) => (length: number) =>
          [end, (end += length)] as const
      )(0),
    );
  for (const [code, [start, end]] of places.entries()) {
    expect(codes.codeOf(bytes, start, end)).toBe(-1);
    codes.add(bytes, start, end, code);
  }
  expect(places.map(([start, end]) => codes.codeOf(bytes, start, end))).toEqual([...distinct.keys()]);
});
