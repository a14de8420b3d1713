import { describe, expect, test } from "vitest";
import { bookColumns } from "../../src/books/book-columns.js";
import { bookSummary } from "../../src/books/book-summary.js";
import { PositionsSource } from "../../src/books/positions-source.js";
import { numberListed } from "../../src/books/read-ahead.js";
import { withDuckDB } from "../../src/tables/duckdb.js";
import { type Cell, cellsOf, engineAndFolder, expectAsTrees } from "./book-files.js";

const used = engineAndFolder();

const listed = ["AAA", "BBB", "CCC"];

/** So many rows of listed symbols, and others. */
async function filesWith(count: number, others: readonly (readonly Cell[])[]) {
  const plain = Array.from({ length: count }, (_, k) => [`U${k % 10}`, listed[k % 3]!, k + 1]);
  const positions = { account: "varchar", symbol: "varchar", quantity: "double" };
  const underlyings = { symbol: "varchar", price: "double", volatility: "double" };
  const accounts = { account: "varchar", cash: "double" };
  return {
    positions: [
      await used.folder.write("positions.parquet", { columns: positions, rows: [...plain, ...others] }),
    ],
    underlyings: [
      await used.folder.write("underlyings.parquet", {
        columns: underlyings,
        rows: [...listed, "DDD"].map((symbol, k) => [symbol, 50 + k, 0.3]),
      }),
    ],
    accounts: [
      await used.folder.write("accounts.parquet", {
        columns: accounts,
        rows: Array.from({ length: 10 }, (_, k) => [`U${9 - k}`, 1000 * k]),
      }),
    ],
    rates: "0.04",
    asOf: "2026-11-20T16:00:00-05:00",
  };
}

const cases: readonly (readonly [string, boolean, number, readonly (readonly Cell[])[]])[] = [
  ["all symbols listed", true, 200, []],
  [
    "a few that are not, and one spelled another way",
    true,
    200,
    [
      ["U3", "ZZZ", 5],
      ["U4", " aaa", 7.5],
    ],
  ],
  ["more that are not", false, 100, Array.from({ length: 50 }, (_, k) => [`U${k % 10}`, `Z${k}`, 1])],
  ["a blank symbol", true, 200, [["U3", " ", 5]]],
  ["a symbol with a NUL", true, 200, [["U3", "A\0B", 5]]],
  ["an account that is in no list", true, 200, [["V", "AAA", 5]]],
  [
    "fractions of shares, and rows that cannot be used",
    true,
    200,
    [
      ["U1", "AAA", 0.5],
      ["U2", null, 5],
      ["U5", "BBB", 0.1234567],
    ],
  ],
];

describe("positions that are read before their contracts are valued", () => {
  test.each(cases)("%s", async (_, isAhead, count, others) => {
    const files = await filesWith(count, others);
    await expectAsTrees(used.engine, files);
    await withDuckDB(async (connection) => {
      await PositionsSource.open(connection, files.positions, { checksAccounts: true });
      expect(await numberListed(connection, files)).toBe(isAhead);
    });
    const whole = await used.engine.book(files, { leastAhead: 0 });
    const cut = await used.engine.book(files, { accountsPerPiece: 2, memoryBytes: 8e8 + 80 });
    expect(cellsOf(bookColumns(cut!.accounts))).toEqual(cellsOf(bookColumns(whole!.accounts)));
    expect(cut!.failures).toEqual(whole!.failures);
  });
});

test("a book whose input nobody wants hashed: the same but for the hash", async () => {
  const files = await filesWith(200, []);
  const [hashed, plain] = [
    await used.engine.book(files),
    await used.engine.book(files, { hashesInput: false }),
  ];
  expect(hashed!.inputHash).toMatch(/^[0-9a-f]{64}$/);
  expect(plain!.inputHash).toBe("");
  expect(bookSummary(plain!)).toEqual({ ...bookSummary(hashed!), inputHash: "" });
  expect(cellsOf(bookColumns(plain!.accounts))).toEqual(cellsOf(bookColumns(hashed!.accounts)));
});
