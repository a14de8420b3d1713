import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failure, MarginError } from "../../src/basics/failure.js";
import {
  readSnapshotFile,
  readTableFiles,
  type TablesRead,
  tablesFromSnapshot,
} from "../../src/tables/read-tables.js";
import { schema, tableNames } from "../../src/tables/schema.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-tables-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const goodPositions = "account,symbol,quantity\nA,IBM,100\n";
const goodUnderlyings = "symbol,price\nIBM,97.09\n";

interface Given {
  positions?: string | Buffer;
  underlyings?: string | Buffer;
  options?: string | Buffer;
  dividends?: string;
  rates?: string | number;
  accounts?: string;
}

function filesOf(name: string, content: string | Buffer | undefined): string[] {
  return content === undefined ? [] : [put(`${name}.csv`, content)];
}

/** Reads the tables given as CSV text; positions and underlyings are good where they are not given. */
function read(given: Given): TablesRead {
  return readTableFiles({
    positions: filesOf("positions", given.positions ?? goodPositions),
    underlyings: filesOf("underlyings", given.underlyings ?? goodUnderlyings),
    options: filesOf("options", given.options),
    dividends: filesOf("dividends", given.dividends),
    accounts: filesOf("accounts", given.accounts),
    ...(given.rates === undefined ? {} : { rates: given.rates }),
    asOf: null,
  });
}

function thrown(run: () => unknown): readonly Failure[] {
  try {
    run();
  } catch (error) {
    if (error instanceof MarginError) return error.failures;
    throw error;
  }
  throw new Error("nothing was thrown");
}

function only(result: TablesRead): Failure {
  expect(result.failures).toHaveLength(1);
  return result.failures[0]!;
}

describe("a good read", () => {
  test("gives columns: absent cells and columns are NaN and null", () => {
    const { tables, failures } = read({
      options: "symbol,volatility,exercise\nIBM   070421C00100000,0.25,\nIBM070421P00100000, ,european\n",
      accounts: "account,cash,type\nA,-1e3,reg_t\n",
      dividends: "symbol,ex_date,amount\nIBM,2007-05-08,.3\n",
      underlyings: "symbol,price,margin_eligible\nIBM,+97.09,false\n",
      rates: 0.05,
    });
    expect(failures).toEqual([]);
    expect(tables.options.count).toBe(2);
    expect([...tables.options.number("volatility")]).toEqual([0.25, NaN]);
    expect([...tables.options.number("bid")]).toEqual([NaN, NaN]);
    expect(tables.options.text("exercise")).toEqual([null, "european"]);
    expect(tables.options.text("underlying")).toEqual([null, null]);
    expect(tables.options.text("symbol")).toEqual(["IBM   070421C00100000", "IBM070421P00100000"]);
    expect([...tables.accounts.number("cash")]).toEqual([-1000]);
    expect([...tables.dividends.number("amount")]).toEqual([0.3]);
    expect(tables.dividends.text("ex_date")).toEqual(["2007-05-08"]);
    expect(tables.underlyings.flag("margin_eligible")).toEqual([false]);
    expect([...tables.rates.number("years"), ...tables.rates.number("rate")]).toEqual([0, 0.05]);
    expect([...tables.options.rejected]).toEqual([0, 0]);
  });

  test("byte order mark, CRLF, blank lines and quoted line ends: lines are physical ones", () => {
    const { tables, failures } = read({
      positions: '\uFEFF\r\naccount,symbol,quantity\r\n\r\n"A\r\nB",IBM,1\r\n,,\r\n"C, D" , IBM,2\r\n',
    });
    expect(failures).toEqual([]);
    expect(tables.positions.text("account")).toEqual(["A\r\nB", "C, D"]);
    expect([0, 1].map((row) => tables.positions.place(row, "symbol"))).toEqual([
      { file: join(folder, "positions.csv"), line: 4, column: "symbol" },
      { file: join(folder, "positions.csv"), line: 7, column: "symbol" },
    ]);
  });

  test("several files of one table, packed and in JSON, keep their own lines", () => {
    const first = put("lots.csv.gz", gzipSync("account,symbol,quantity\nA,IBM,1\nA,IBM,1\n"));
    const second = put(
      "more.json",
      '[\n {"account": "B", "symbol": "IBM", "quantity": 3},\n\n {"account": "C",\n "symbol": "IBM", "quantity": 4}]',
    );
    const underlyings = [put("u.csv", goodUnderlyings)];
    const { tables, failures } = readTableFiles({ positions: [first, second], underlyings, asOf: "t" });
    expect(failures).toEqual([]);
    expect(tables.asOf).toBe("t");
    expect([...tables.positions.number("quantity")]).toEqual([1, 1, 3, 4]);
    expect([0, 1, 2, 3].map((row) => tables.positions.place(row))).toEqual([
      { file: first, line: 2, column: null },
      { file: first, line: 3, column: null },
      { file: second, line: 2, column: null },
      { file: second, line: 4, column: null },
    ]);
  });

  test("a header alone is an empty table", () => {
    const { tables, failures } = read({ positions: "account,symbol,quantity" });
    expect(failures).toEqual([]);
    expect(tables.positions.count).toBe(0);
    expect(tables.positions.number("quantity")).toHaveLength(0);
  });
});

describe("a bad cell", () => {
  test.each([
    ["CELL_TYPE", "1,000", '"1,000"', "a finite number"],
    ["CELL_TYPE", "$5", "$5", "a finite number"],
    ["CELL_TYPE", "0x10", "0x10", "a finite number"],
    ["CELL_TYPE", "1_000", "1_000", "a finite number"],
    ["CELL_TYPE", "ten", "ten", "a finite number"],
    ["CELL_TYPE", "٣", "٣", "a finite number"],
    ["CELL_NOT_FINITE", "NaN", "NaN", "a finite number"],
    ["CELL_NOT_FINITE", "-inf", "-inf", "a finite number"],
    ["CELL_NOT_FINITE", "Infinity", "Infinity", "a finite number"],
    ["CELL_NOT_FINITE", "1e999", "1e999", "a finite number"],
    ["CELL_MISSING", null, "", "a finite number"],
  ])("%s for the quantity %s", (code, value, written, expected) => {
    const result = read({ positions: `account,symbol,quantity\nA,IBM,1\nB,IBM,${written}\nC,IBM,3\n` });
    expect(only(result)).toMatchObject({
      code,
      value,
      expected,
      file: join(folder, "positions.csv"),
      line: 3,
      column: "quantity",
      account: "B",
    });
    expect([...result.tables.positions.rejected]).toEqual([0, 1, 0]);
    expect([...result.tables.positions.number("quantity")]).toEqual([1, NaN, 3]);
  });

  test.each([
    ["underlyings", "symbol,price\nX,0\n", "CELL_RANGE", "price", "0", "a finite number > 0"],
    [
      "underlyings",
      "symbol,price,kind\nX,1,bond\n",
      "CELL_CHOICE",
      "kind",
      "bond",
      "stock, etf, index, future",
    ],
    [
      "underlyings",
      "symbol,price,margin_eligible\nX,1,yes\n",
      "CELL_TYPE",
      "margin_eligible",
      "yes",
      "true or false",
    ],
    ["options", "symbol,bid\nX,-0.05\n", "CELL_RANGE", "bid", "-0.05", "a finite number >= 0"],
    [
      "options",
      "symbol,expiry\nX,2007-02-29\n",
      "CELL_TYPE",
      "expiry",
      "2007-02-29",
      "a calendar day as YYYY-MM-DD",
    ],
    ["options", "symbol,type\nX,Call\n", "CELL_CHOICE", "type", "Call", "call, put"],
    [
      "dividends",
      "symbol,ex_date,amount\nX,,1\n",
      "CELL_MISSING",
      "ex_date",
      null,
      "a calendar day as YYYY-MM-DD",
    ],
  ] as const)("in %s %j", (table, content, code, column, value, expected) => {
    const result = read({ [table]: content });
    expect(only(result)).toMatchObject({ code, column, value, expected, line: 2, symbol: "X" });
    expect([...result.tables[table].rejected]).toEqual([1]);
  });

  test("rates of percent and rates that are no number", () => {
    const file = {
      positions: [put("p.csv", goodPositions)],
      underlyings: [put("u.csv", goodUnderlyings)],
      asOf: null,
    };
    for (const [rates, code, value] of [
      [5, "CELL_RANGE", "5"],
      [NaN, "CELL_NOT_FINITE", "NaN"],
      ["5%", "CELL_TYPE", "5%"],
    ] as const) {
      const result = readTableFiles({ ...file, rates });
      expect(only(result)).toMatchObject({ code, value, column: "rate", file: null });
      expect([...result.tables.rates.rejected]).toEqual([1]);
    }
    expect([...readTableFiles({ ...file, rates: " 0.05 " }).tables.rates.number("rate")]).toEqual([0.05]);
  });

  test("in JSON: numbers are numbers, null is empty, lines are those of the row", () => {
    const path = put(
      "cells.json",
      `{"underlyings": [{"symbol": "IBM", "price": 1}],
"positions": [
  {"account": "A", "symbol": "IBM", "quantity": "100"},
  {"account": "B", "symbol": "IBM", "quantity": null},
  {"account": "C", "symbol": 5, "quantity": 1e999},

  {"account": "D", "symbol": "IBM", "quantity": 4, "price": null}
]}`,
    );
    const { tables, failures } = readSnapshotFile(path);
    expect(failures.map((f) => [f.code, f.line, f.column, f.value, f.account])).toEqual([
      ["CELL_TYPE", 3, "quantity", "100", "A"],
      ["CELL_MISSING", 4, "quantity", null, "B"],
      ["CELL_TYPE", 5, "symbol", "5", "C"],
      ["CELL_NOT_FINITE", 5, "quantity", "Infinity", "C"],
    ]);
    expect([...tables.positions.rejected]).toEqual([1, 1, 1, 0]);
    expect(tables.positions.place(3, "price")).toEqual({ file: path, line: 7, column: "price" });
  });
});

describe("columns", () => {
  test("an unknown one is named and not used", () => {
    const result = read({ positions: "account,symbol,qty,quantity\nA,IBM,7,1\n" });
    expect(only(result)).toMatchObject({
      code: "TABLE_COLUMN_UNKNOWN",
      line: 1,
      column: "qty",
      value: "qty",
      expected: "account, symbol, quantity, price, trade_price, escrow",
    });
    expect([...result.tables.positions.rejected]).toEqual([0]);
  });

  test("an unknown key of JSON rows is named once", () => {
    const rows = [
      { account: "A", symbol: "IBM", quantity: 1, qty: 1 },
      { account: "B", symbol: "IBM", quantity: 1, qty: 1 },
    ];
    const result = tablesFromSnapshot({ positions: rows, underlyings: [] }, "memory");
    expect(only(result)).toMatchObject({
      code: "TABLE_COLUMN_UNKNOWN",
      file: "memory",
      line: null,
      value: "qty",
    });
  });

  test("a missing required one leaves nothing of the table", () => {
    const failures = thrown(() => read({ positions: "account,symbol\nA,IBM\nB,IBM\n" }));
    expect(failures).toMatchObject([{ code: "TABLE_COLUMN_MISSING", line: 1, value: "quantity" }]);
    for (const given of [
      { options: "price\n1\n" },
      { dividends: "symbol,ex_date\nIBM,2007-05-08\n" },
      { accounts: "cash\n1\n" },
      { underlyings: "symbol\nIBM\n" },
    ])
      expect(thrown(() => read(given)).map(({ code }) => code)).toEqual(["TABLE_COLUMN_MISSING"]);
  });

  test("one that stands twice is used from neither place", () => {
    const result = read({ positions: "account,symbol,quantity,price,price\nA,IBM,1,2,3\n" });
    expect(only(result)).toMatchObject({ code: "TABLE_COLUMN_DUPLICATE", value: "price", line: 1 });
    expect([...result.tables.positions.number("price")]).toEqual([NaN]);
    const required = thrown(() => read({ positions: "account,symbol,quantity,quantity\nA,IBM,1,2\n" }));
    expect(required).toMatchObject([{ code: "TABLE_COLUMN_DUPLICATE", value: "quantity", line: 1 }]);
  });
});

describe("duplicate rows", () => {
  test("that agree: the first is used and no account is touched", () => {
    const result = read({ underlyings: "symbol,price\nIBM,97.09\nSPY,1\nIBM,97.09\n" });
    const seen = only(result);
    expect(seen).toMatchObject({ code: "ROW_DUPLICATE", line: 4, column: "symbol", value: "IBM" });
    expect(seen.expected).toContain("underlyings.csv:2 says the same and is used");
    expect(seen.symbol).toBeUndefined();
    expect([...result.tables.underlyings.rejected]).toEqual([0, 0, 1]);
  });

  test("that differ: none is used", () => {
    const result = read({ underlyings: "symbol,price\nIBM,97.09\nIBM,97.09\nIBM,98\nSPY,1\n" });
    expect(result.failures.map((f) => [f.code, f.line, f.symbol])).toEqual([
      ["ROW_DUPLICATE", 3, "IBM"],
      ["ROW_DUPLICATE", 4, "IBM"],
    ]);
    expect([...result.tables.underlyings.rejected]).toEqual([1, 1, 1, 0]);
  });

  test("of an option under its two spellings, of accounts, ex-dates and rate times", () => {
    const result = read({
      options: "symbol,volatility\nIBM   070421C00100000,0.25\nIBM070421C00100000,0.3\n",
      accounts: "account,cash\nA,1\nA,2\n",
      dividends: "symbol,ex_date,amount\nIBM,2007-05-08,1\nIBM,2007-05-08,2\nIBM,2007-05-09,2\n",
    });
    expect(result.failures.map((f) => [f.code, f.value, f.symbol, f.account])).toEqual([
      ["ROW_DUPLICATE", "IBM070421C00100000", "IBM070421C00100000", undefined],
      ["ROW_DUPLICATE", "IBM 2007-05-08", "IBM", undefined],
      ["ROW_DUPLICATE", "A", undefined, "A"],
    ]);
    expect([...result.tables.dividends.rejected]).toEqual([1, 1, 0]);
    const rates = [put("r.csv", "years,rate\n1,0.05\n1,0.06\n")];
    const p = [put("p.csv", goodPositions)];
    const flat = readTableFiles({
      positions: p,
      underlyings: [put("u.csv", goodUnderlyings)],
      rates,
      asOf: null,
    });
    expect([...flat.tables.rates.rejected]).toEqual([1, 1]);
  });

  test("of positions are lots", () => {
    const result = read({ positions: "account,symbol,quantity\nA,IBM,1\nA,IBM,1\n" });
    expect(result.failures).toEqual([]);
  });
});

describe("broken CSV", () => {
  test("rows too short and too long name their account; the others are kept", () => {
    const result = read({ positions: "account,symbol,quantity\nA,IBM\nB,IBM,2\nC,IBM,3,4\n" });
    expect(result.failures.map((f) => [f.code, f.line, f.value, f.expected, f.account])).toEqual([
      ["CSV_SYNTAX", 2, "A,IBM", "3 cells as in the header, found 2", "A"],
      ["CSV_SYNTAX", 4, "C,IBM,3,4", "3 cells as in the header, found 4", "C"],
    ]);
    expect(result.tables.positions.text("account")).toEqual(["A", "B", "C"]);
    expect([...result.tables.positions.rejected]).toEqual([1, 0, 1]);
    expect([0, 1, 2].map((row) => result.tables.positions.place(row).line)).toEqual([2, 3, 4]);
    const rates = read({ rates: [put("short.csv", "years,rate\n1,0.05\n2\n")] as never });
    expect([...rates.tables.rates.rejected]).toEqual([0, 1]);
  });

  test("quotes inside a cell and quotes never closed", () => {
    const inside = read({ positions: 'account,symbol,quantity\nA,I"BM,1\nB,IBM,2\n' });
    expect(only(inside)).toMatchObject({ code: "CSV_SYNTAX", line: 2 });
    expect(inside.tables.positions.text("account")).toEqual([null, "B"]);
    expect([...inside.tables.positions.rejected]).toEqual([1, 0]);
    const open = read({ positions: 'account,symbol,quantity\nA,IBM,1\n"B,IBM,2\nC,IBM,3\n' });
    expect(only(open)).toMatchObject({ code: "CSV_SYNTAX", line: 3 });
    expect(open.tables.positions.text("account")).toEqual(["A", null, "C"]);
    expect([0, 1, 2].map((row) => open.tables.positions.place(row).line)).toEqual([2, 3, 4]);
  });

  test("after a quote that is never closed reading goes on, blank lines and CRLF counted", () => {
    const text = 'account,symbol,quantity\r\n"A\r\n1",IBM,1\r\n\r\nB,"IBM,2\r\n\r\nC,IBM\r\nD,IBM,4\r\n';
    const { tables, failures } = read({ positions: text });
    expect(failures.map((f) => [f.code, f.line, f.account])).toEqual([
      ["CSV_SYNTAX", 5, "B"],
      ["CSV_SYNTAX", 7, "C"],
    ]);
    expect(tables.positions.text("account")).toEqual(["A\r\n1", "B", "C", "D"]);
    expect([...tables.positions.rejected]).toEqual([0, 1, 1, 0]);
    expect([0, 1, 2, 3].map((row) => tables.positions.place(row).line)).toEqual([2, 5, 7, 8]);
  });

  test("a line of 100 MB: the rows before and behind it are kept, its account is named", () => {
    const long = Buffer.alloc(100_000_000, "x");
    const before = Buffer.from("account,symbol,quantity\nA,IBM,1\nB,");
    const result = read({ positions: Buffer.concat([before, long, Buffer.from(",2\nC,IBM,3\n")]) });
    expect(only(result)).toMatchObject({
      code: "CSV_LINE_TOO_LONG",
      line: 3,
      file: join(folder, "positions.csv"),
      account: "B",
    });
    expect(result.tables.positions.text("account")).toEqual(["A", "B", "C"]);
    expect(result.tables.positions.place(2).line).toBe(4);
    const alone = read({ positions: Buffer.concat([before, long]) });
    expect(alone.tables.positions.text("account")).toEqual(["A", "B"]);
    const header = thrown(() => read({ accounts: long.toString("latin1") }));
    expect(header).toMatchObject([{ code: "CSV_LINE_TOO_LONG", line: 1 }]);
    const quoted = thrown(() => read({ accounts: 'acc"ount,cash\nA,1\n' }));
    expect(quoted[0]).toMatchObject({ code: "CSV_SYNTAX", line: 1 });
  });

  test("bytes that are not UTF-8 reject their row alone", () => {
    const bytes = Buffer.concat([Buffer.from("account,symbol,quantity\nA,IBM,1\nB"), Buffer.from([0xff])]);
    const result = read({ positions: Buffer.concat([bytes, Buffer.from(",IBM,2\nC,IBM,3\n")]) });
    expect(only(result)).toMatchObject({ code: "CSV_SYNTAX", line: 3, expected: "text in UTF-8" });
    expect([...result.tables.positions.rejected]).toEqual([0, 1, 0]);
  });
});

function good(): string {
  return put("good.csv", goodUnderlyings);
}

describe("nothing usable", () => {
  test.each([
    ["missing.csv", "FILE_NOT_FOUND"],
    ["missing.txt", "FILE_NOT_FOUND"],
    ["folder.csv", "FILE_UNREADABLE"],
    ["empty.csv", "FILE_EMPTY"],
    ["blank.csv", "FILE_EMPTY"],
    ["mark.json", "FILE_EMPTY"],
    ["positions.xlsx", "FILE_FORMAT_UNKNOWN"],
    ["cut.csv.gz", "FILE_UNREADABLE"],
    ["plain.csv.gz", "FILE_UNREADABLE"],
  ])("%s is %s", (name, code) => {
    mkdirSync(join(folder, "folder.csv"), { recursive: true });
    put("empty.csv", "");
    put("blank.csv", " \r\n\t\n");
    put("mark.json", "\uFEFF");
    put("positions.xlsx", "PK");
    put("cut.csv.gz", gzipSync(goodPositions.repeat(100)).subarray(0, 60));
    put("plain.csv.gz", goodPositions);
    const path = join(folder, name);
    const failures = thrown(() => readTableFiles({ positions: [path], underlyings: [good()], asOf: null }));
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code, file: path, value: path });
  });

  test("every file that cannot be read is listed", () => {
    const files = { positions: [join(folder, "no.csv")], underlyings: [join(folder, "nor.csv")], asOf: null };
    expect(thrown(() => readTableFiles(files)).map((f) => f.code)).toEqual([
      "FILE_NOT_FOUND",
      "FILE_NOT_FOUND",
    ]);
    expect(
      thrown(() => readTableFiles({ positions: [], underlyings: [], asOf: null })).map((f) => f.value),
    ).toEqual(["positions", "underlyings"]);
  });

  test.each([
    ['{"positions": [\n  {"account": "A",}\n]}', 2, "19", "}"],
    ['{"positions": [', 1, "16", null],
    ["{'a': 1}", 1, "2", "'a'"],
    ["{} // said", 1, "4", "// said"],
    ['{"a": NaN}', 1, "7", "NaN"],
  ])("broken JSON %j", (text, line, column, value) => {
    const path = put("broken.json", text);
    const [seen] = thrown(() => readSnapshotFile(path));
    expect(seen).toMatchObject({ code: "JSON_SYNTAX", file: path, line, column });
    expect(seen!.value?.slice(0, value?.length) ?? null).toBe(value);
  });

  test("JSON nested deeper than any stack, and JSON that is not UTF-8", () => {
    const deep = put("deep.json", "[".repeat(1_000_000));
    expect(thrown(() => readSnapshotFile(deep))[0]).toMatchObject({ code: "JSON_SYNTAX", line: 1 });
    const bytes = put(
      "latin.json",
      Buffer.concat([Buffer.from('{\n"a": "'), Buffer.from([0xe9]), Buffer.from('"}')]),
    );
    expect(thrown(() => readSnapshotFile(bytes))[0]).toMatchObject({
      code: "JSON_SYNTAX",
      line: 2,
      expected: "text in UTF-8",
    });
  });

  test.each([["[]"], ["5"], ["null"], ['"text"']])("a snapshot that is %s", (text) => {
    expect(thrown(() => readSnapshotFile(put("shape.json", text)))[0]).toMatchObject({ code: "JSON_SHAPE" });
    expect(thrown(() => tablesFromSnapshot(JSON.parse(text)))[0]).toMatchObject({
      code: "JSON_SHAPE",
      file: null,
    });
  });

  test("a snapshot without its tables, or in CSV", () => {
    expect(thrown(() => tablesFromSnapshot({ positions: [] }))[0]).toMatchObject({
      code: "TABLE_MISSING",
      value: "underlyings",
    });
    expect(thrown(() => readSnapshotFile(good()))[0]).toMatchObject({ code: "FILE_FORMAT_UNKNOWN" });
  });
});

describe("a snapshot of another shape", () => {
  test("tables that are no arrays, rows that are no objects, unknown keys, an as-of time that is no text", () => {
    const path = put(
      "shapes.json",
      `{"asOf": 5,
"positions": [null, {"account": "A", "symbol": "IBM", "quantity": 1}],
"underlyings": [],
"options": ["X"],
"postions": [],
"rates": "0.05", "rules": {"name": "mine"}}`,
    );
    const { tables, failures } = readSnapshotFile(path);
    expect(failures.map((f) => [f.code, f.line, f.value])).toEqual([
      ["JSON_SHAPE", 5, "unknown key postions"],
      ["AS_OF_INVALID", 1, "5"],
      ["JSON_SHAPE", 2, "row 1 of positions"],
      ["JSON_SHAPE", 4, "row 1 of options"],
      ["CELL_TYPE", 6, "0.05"],
    ]);
    expect(tables.positions.text("account")).toEqual([null, "A"]);
    expect([0, 1].map((row) => tables.positions.place(row).line)).toEqual([2, 2]);
    const noArray = put(
      "no-array.json",
      '{"positions": [],\n"underlyings": [], "accounts": {"account": "A"}}',
    );
    expect(thrown(() => readSnapshotFile(noArray))).toMatchObject([
      { code: "JSON_SHAPE", line: 2, value: "accounts", expected: "accounts as an array of objects" },
    ]);
    expect(tables.rules).toEqual({ name: "mine" });
    expect(tables.asOf).toBeNull();
  });
});

function hash(given: Given): string {
  return read(given).tables.inputHash;
}

function inMemory(document: unknown): string {
  return tablesFromSnapshot(document).tables.inputHash;
}

describe("inputHash", () => {
  test("changes with any byte and any table, not with packing or the order of an object's keys", () => {
    expect(hash({})).toMatch(/^[0-9a-f]{64}$/);
    expect(hash({})).toBe(hash({}));
    const others = [{ rates: 0.05 }, { positions: `${goodPositions}\n` }, { accounts: "account\nA\n" }].map(
      hash,
    );
    expect(new Set([hash({}), ...others]).size).toBe(4);
    const packed = readTableFiles({
      positions: [put("h.csv.gz", gzipSync(goodPositions))],
      underlyings: [put("hu.csv", goodUnderlyings)],
      asOf: null,
    });
    expect(packed.tables.inputHash).toBe(hash({}));
    expect(inMemory({ positions: [], underlyings: [] })).toBe(inMemory({ underlyings: [], positions: [] }));
    expect(inMemory({ positions: [], underlyings: [], rates: NaN })).not.toBe(
      inMemory({ positions: [], underlyings: [], rates: null }),
    );
  });
});

function quoted(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return value === null ? "" : `"${text.replaceAll('"', '""')}"`;
}

function told(result: TablesRead): unknown[] {
  return result.failures.map((f) => [f.code, f.column, f.value]);
}

const cell = {
  text: fc.stringMatching(/^[A-Za-z0-9.",\n -]{1,8}$/).map((text) => text.trim() || "x"),
  number: fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-300, max: 1 }),
  flag: fc.boolean(),
  day: fc.constantFrom("2007-05-08", "2026-02-28", "2199-12-31"),
};
const rowsOf = (name: (typeof tableNames)[number]) =>
  fc.array(
    fc.record(
      Object.fromEntries(
        schema[name].map((column) => {
          const value =
            column.choices === undefined
              ? (cell[column.type] as fc.Arbitrary<unknown>)
              : fc.constantFrom(...column.choices);
          return [column.name, column.required ? value : fc.option(value)];
        }),
      ),
    ),
    { minLength: 1, maxLength: 6 },
  );

test("CSV and JSON of the same rows are the same columns, for every table", () => {
  for (const name of tableNames)
    fc.assert(
      fc.property(rowsOf(name), (rows) => {
        const header = schema[name].map((column) => column.name);
        const csv = [header, ...rows.map((row) => header.map((column) => quoted(row[column])))];
        const files = Object.fromEntries(tableNames.map((other) => [other, [] as string[]])) as Record<
          string,
          string[]
        >;
        files["positions"] = [put("same-p.csv", goodPositions)];
        files["underlyings"] = [put("same-u.csv", goodUnderlyings)];
        files[name] = [put("same.csv", csv.map((cells) => cells.join(",")).join("\n"))];
        const fromCsv = readTableFiles({
          ...(files as { positions: string[]; underlyings: string[] }),
          asOf: null,
        });
        const fromJson = tablesFromSnapshot({ positions: [], underlyings: [], [name]: rows });
        const a = fromCsv.tables[name];
        const b = fromJson.tables[name];
        expect(a.count).toBe(rows.length);
        for (const column of schema[name]) {
          const get = column.type === "number" ? "number" : column.type === "flag" ? "flag" : "text";
          expect(a[get](column.name)).toEqual(b[get](column.name));
        }
        expect(a.rejected).toEqual(b.rejected);
        expect(told(fromCsv)).toEqual(told(fromJson));
      }),
      { numRuns: 40 },
    );
});
