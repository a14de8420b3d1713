import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  DateDay,
  Dictionary,
  Int32,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import { sqlText, withDuckDB } from "../../src/tables/duckdb.js";
import { loadTableFiles } from "../../src/tables/load-files.js";
import { readParquet } from "../../src/tables/parquet.js";
import { readTableFiles, type TablesRead } from "../../src/tables/read-tables.js";
import { arrowBytes, ndjsonText, type OutColumn, writeParquet } from "../../src/tables/write-columns.js";
import { plimsoll } from "../cli/run.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-formats-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A Parquet file of what a query gives. */
async function parquet(name: string, query: string): Promise<string> {
  const path = join(folder, name);
  await withDuckDB(async (connection) => {
    await connection.run(`copy (${query}) to ${sqlText(path)} (format parquet)`);
  });
  return path;
}

const underlyings = (): string =>
  put("underlyings.csv", "symbol,price,margin_eligible\nIBM,97.09,true\nXYZ,10,\n");
const positionsCsv = "account,symbol,quantity,price\nA,IBM,100,\nB,XYZ,-2.5,9.75\nA,XYZ,7,\n";
const positionsSql =
  "select * from (values ('A','IBM',100::double,null::double),('B','XYZ',-2.5,9.75),('A','XYZ',7,null)) t(account, symbol, quantity, price)";

async function load(positions: string | string[], more: object = {}): Promise<TablesRead> {
  const files = typeof positions === "string" ? [positions] : positions;
  return loadTableFiles({ positions: files, underlyings: [underlyings()], asOf: null, ...more });
}

async function refusal(run: Promise<unknown>): Promise<MarginError> {
  const error = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof MarginError) return error;
  throw new Error(`no MarginError: ${String(error)}`);
}

function positionsOf({ tables, failures }: TablesRead): unknown {
  const { positions } = tables;
  return {
    failures,
    rejected: [...positions.rejected],
    account: positions.text("account"),
    symbol: positions.text("symbol"),
    quantity: [...positions.number("quantity")],
    price: [...positions.number("price")],
    places: [0, 1, 2].map((row) => positions.place(row).file !== null),
  };
}

function arrowPositions(): Table {
  return new Table({
    price: vectorFromArray([null, 9.75, null]),
    account: vectorFromArray(["A", "B", "A"], new Dictionary(new Utf8(), new Int32())),
    quantity: vectorFromArray([100, -2.5, 7]),
    symbol: vectorFromArray(["IBM", "XYZ", "XYZ"], new Utf8()),
  });
}

describe("the same rows in every format", () => {
  const ndjson =
    '{"account":"A","symbol":"IBM","quantity":100}\r\n\n{"account":"B","symbol":"XYZ","quantity":-2.5,"price":9.75}\n{"quantity":7,"account":"A","symbol":"XYZ","price":null}';
  const files: Record<string, () => string | Promise<string>> = {
    json: () =>
      put(
        "p.json",
        `[${ndjson
          .trim()
          .split(/\s*\n\s*/)
          .join(",")}]`,
      ),
    ndjson: () => put("p.ndjson", ndjson),
    "ndjson.gz": () => put("p.jsonl.gz", gzipSync(ndjson)),
    parquet: async () => parquet("p.parquet", positionsSql),
    "parquet with a name like a pattern": async () => parquet("p[1]*.parquet", positionsSql),
    "parquet with other columns' order, decimals and an enum": async () =>
      parquet(
        "q.parquet",
        `select price, quantity::decimal(12,3) as quantity, account::enum('A','B') as account, symbol from (${positionsSql})`,
      ),
    "arrow file": () => put("p.arrow", tableToIPC(arrowPositions(), "file")),
    "arrow stream": () => put("p.arrows", tableToIPC(arrowPositions(), "stream")),
  };
  test.each(Object.keys(files))("%s", async (name) => {
    const csv = positionsOf(await load(put("p.csv", positionsCsv)));
    expect(csv).toMatchObject({ quantity: [100, -2.5, 7], price: [NaN, 9.75, NaN], failures: [] });
    expect(positionsOf(await load((await files[name]?.()) ?? ""))).toEqual(csv);
  });
});

test("days and flags of a Parquet and an Arrow file", async () => {
  const dividends = await parquet(
    "d.parquet",
    "select 'IBM' as symbol, date '2007-03-08' as ex_date, 0.3::float as amount",
  );
  const flags = await parquet(
    "u.parquet",
    "select 'IBM' as symbol, 97::bigint as price, false as margin_eligible",
  );
  const positions = put("p.csv", "account,symbol,quantity\nA,IBM,1\n");
  const read = await loadTableFiles({
    positions: [positions],
    underlyings: [flags],
    dividends: [dividends],
    asOf: null,
  });
  expect(read.failures).toEqual([]);
  expect(read.tables.dividends.text("ex_date")).toEqual(["2007-03-08"]);
  expect(read.tables.dividends.number("amount")[0]).toBe(Math.fround(0.3));
  expect(read.tables.underlyings.flag("margin_eligible")).toEqual([false]);
  expect([...read.tables.underlyings.number("price")]).toEqual([97]);
  const days = new Table({
    symbol: vectorFromArray(["IBM"], new Utf8()),
    ex_date: vectorFromArray([new Date("2007-03-08T00:00:00Z")], new DateDay()),
    amount: vectorFromArray([0.3]),
  });
  const fromArrow = await load(put("p.csv", positionsCsv), {
    dividends: [put("d.arrow", tableToIPC(days, "file"))],
  });
  expect(fromArrow.failures).toEqual([]);
  expect(fromArrow.tables.dividends.text("ex_date")).toEqual(["2007-03-08"]);
});

describe("texts of a Parquet file, cell by cell as they stand", () => {
  const rows = "range(70000) as numbers(k)";
  const symbol = "case k % 3 when 0 then null when 1 then '' else ' =S' || k end";
  const expected = Array.from({ length: 70_000 }, (_, k) => [null, "", ` =S${k}`][k % 3]);
  test.each([
    ["in the order of rows", `select ${symbol} as symbol, k % 2 = 0 as flag from ${rows}`],
    ["where rows have numbers of their own", `select ${symbol} as symbol, 7 as File_Row_Number from ${rows}`],
    ["beside a NUL", `select ${symbol} as symbol, 'a' || chr(0) || 'b' as other from ${rows}`],
  ])("%s", async (_, sql) => {
    const file = await parquet("texts.parquet", sql);
    // Large enough for texts to come joined.
    expect(statSync(file).size).toBeGreaterThan(32_768);
    const { count, columns } = await readParquet(file);
    expect(count).toBe(70_000);
    expect(columns[0]).toEqual({ name: "symbol", cells: expected });
    const other = { flag: [true, false], File_Row_Number: [7, 7], other: ["a\0b", "a\0b"] };
    const [, { name, cells } = { name: "", cells: [] }] = columns;
    expect(other).toHaveProperty(name, cells.slice(0, 2));
  });
  test("and of none", async () => {
    const file = await parquet("none.parquet", "select 'IBM' as symbol, 1 as price where false");
    const none = { cells: [] };
    expect(await readParquet(file)).toEqual({
      count: 0,
      columns: [
        { name: "symbol", ...none },
        { name: "price", ...none },
      ],
    });
  });
});

describe("nothing is cast in silence", () => {
  test("cells of other types, with file and row, and the account named", async () => {
    const file = await parquet(
      "bad.parquet",
      `select * from (values ('A','IBM','100'),('B','IBM','7'),(null,'IBM','7')) t(account, symbol, quantity)`,
    );
    const { failures, tables } = await load(file);
    expect(failures.map(({ code, line, column, account }) => [code, line, column, account])).toEqual([
      ["CELL_TYPE", 1, "quantity", "A"],
      ["CELL_TYPE", 2, "quantity", "B"],
      ["CELL_MISSING", 3, "account", undefined],
      ["CELL_TYPE", 3, "quantity", undefined],
    ]);
    expect(failures.every((f) => f.file === file)).toBe(true);
    expect([...tables.positions.rejected]).toEqual([1, 1, 1]);
  });

  test.each([
    ["an account of a number", "1::int as account, 'IBM' as symbol, 1.0::double as quantity", "CELL_TYPE"],
    [
      "an integer no double holds",
      "'A' as account, 'IBM' as symbol, 9007199254740993 as quantity",
      "CELL_RANGE",
    ],
    ["NaN", "'A' as account, 'IBM' as symbol, 'nan'::double as quantity", "CELL_NOT_FINITE"],
    ["infinity", "'A' as account, 'IBM' as symbol, 'inf'::double as quantity", "CELL_NOT_FINITE"],
    ["a time", "'A' as account, 'IBM' as symbol, timestamp '2020-01-01' as quantity", "CELL_TYPE"],
    ["NULL", "'A' as account, 'IBM' as symbol, null::double as quantity", "CELL_MISSING"],
  ])("%s", async (_, select, code) => {
    const { failures, tables } = await load(await parquet("one.parquet", `select ${select}`));
    expect(failures.map((f) => [f.code, f.line])).toEqual([[code, 1]]);
    expect([...tables.positions.rejected]).toEqual([1]);
  });

  test("columns are found by name: unknown ones reported, missing ones refused", async () => {
    const extra = await load(await parquet("extra.parquet", `select 5 as strange, * from (${positionsSql})`));
    expect(extra.failures.map((f) => [f.code, f.column])).toEqual([["TABLE_COLUMN_UNKNOWN", "strange"]]);
    const error = await refusal(
      load(await parquet("less.parquet", "select 'A' as account, 'IBM' as Symbol")),
    );
    expect(error.failures.map((f) => [f.code, f.column])).toEqual([
      ["TABLE_COLUMN_UNKNOWN", "Symbol"],
      ["TABLE_COLUMN_MISSING", "symbol"],
      ["TABLE_COLUMN_MISSING", "quantity"],
    ]);
  });

  test("a line of NDJSON that is no object is reported with its line and account; the others count", async () => {
    const file = put(
      "bad.ndjson",
      '{"account":"A","symbol":"IBM","quantity":1}\n{"account":"B","symbol":"IBM","quantity":\n[1]\n{"account":"C","symbol":"IBM","quantity":"2"}\n',
    );
    const { failures, tables } = await load(file);
    expect(failures.map(({ code, line, account }) => [code, line, account])).toEqual([
      ["JSON_SYNTAX", 2, "B"],
      ["JSON_SYNTAX", 3, undefined],
      ["CELL_TYPE", 4, "C"],
    ]);
    expect([...tables.positions.rejected]).toEqual([0, 1, 1, 1]);
  });
});

describe("files that cannot be read", () => {
  test("a Parquet or Arrow file cut anywhere is refused by name, each file of a run", async () => {
    const whole = readFileSync(await parquet("whole.parquet", positionsSql));
    const table = tableToIPC(arrowPositions(), "file");
    const stream = tableToIPC(arrowPositions(), "stream");
    const cut = (bytes: Uint8Array, part: number): Uint8Array =>
      bytes.subarray(0, Math.floor(bytes.length * part));
    for (const part of [0.1, 0.5, 0.99]) {
      const names = [
        put("cut.parquet", cut(whole, part)),
        put("cut.arrow", cut(table, part)),
        put("cut.arrows", cut(stream, part)),
      ];
      const error = await refusal(load(names));
      expect(error.failures.map((f) => [f.code, f.file])).toEqual(
        names.map((name) => ["FILE_UNREADABLE", name]),
      );
    }
  });

  test("missing, empty, and the reader of text alone", async () => {
    expect((await refusal(load(join(folder, "no.parquet")))).code).toBe("FILE_NOT_FOUND");
    expect((await refusal(load(put("empty.arrow", "")))).code).toBe("FILE_EMPTY");
    expect((await refusal(load(put("p.xlsx", "x")))).code).toBe("FILE_FORMAT_UNKNOWN");
    const file = await parquet("p.parquet", positionsSql);
    expect(() => readTableFiles({ positions: [file], underlyings: [underlyings()], asOf: null })).toThrow(
      /FILE_FORMAT_UNKNOWN.*loadTableFiles/,
    );
  });
});

const written: OutColumn[] = [
  { name: "account", type: "text", cells: ["A", 'B "x"', null] },
  { name: "requirement", type: "number", cells: [0.1, NaN, -0] },
];

describe("writing", () => {
  test("Parquet", async () => {
    const file = join(folder, "out.parquet");
    await writeParquet(file, written);
    const rows = await withDuckDB(async (connection) =>
      (await connection.runAndReadAll(`select * from ${sqlText(file)}`)).getRows(),
    );
    expect(rows).toEqual([
      ["A", 0.1],
      ['B "x"', null],
      [null, 0],
    ]);
  });

  test("more rows than one chunk holds", async () => {
    const file = join(folder, "many.parquet");
    const cells = Array.from({ length: 5000 }, (_, k) => k / 7);
    await writeParquet(file, [{ name: "x", type: "number", cells }]);
    const rows = await withDuckDB(async (connection) =>
      (await connection.runAndReadAll(`select x from ${sqlText(file)}`)).getRows(),
    );
    expect(rows.map(([x]) => x)).toEqual(cells);
  });

  test("Arrow and NDJSON", async () => {
    const table = tableFromIPC(await arrowBytes(written));
    expect(table.toArray().map((row) => ({ ...row.toJSON() }))).toEqual([
      { account: "A", requirement: 0.1 },
      { account: 'B "x"', requirement: null },
      { account: null, requirement: 0 },
    ]);
    expect(ndjsonText(written)).toBe(
      '{"account":"A","requirement":0.1}\n{"account":"B \\"x\\"","requirement":null}\n{"account":null,"requirement":0}\n',
    );
  });
});

describe("plimsoll margin", () => {
  const given = (positions: string): string[] => [
    "margin",
    "--positions",
    positions,
    "--underlyings",
    underlyings(),
    "--rates",
    "0.05",
    "--as-of",
    "2007-02-23T16:00:00-05:00",
  ];

  test("Parquet in, Parquet out: the figures of CSV in, CSV out", async () => {
    const csv = plimsoll(...given(put("p.csv", positionsCsv)), "--format", "csv");
    const input = await parquet("p.parquet", positionsSql);
    expect(plimsoll(...given(input), "--format", "csv").out).toBe(csv.out);
    const out = join(folder, "result.parquet");
    const run = plimsoll(...given(input), "--format", "parquet", "--out", out);
    expect([run.code, run.err]).toEqual([0, ""]);
    expect(existsSync(`${out}.partial`)).toBe(false);
    const rows = await withDuckDB(async (connection) =>
      (await connection.runAndReadAll(`select * from ${sqlText(out)}`)).getRowObjects(),
    );
    const [head, ...lines] = csv.out.trim().split("\n");
    const asText = rows.map((row) =>
      Object.values(row)
        .map((cell) => (cell === null ? "" : String(cell)))
        .join(","),
    );
    expect(Object.keys(rows[0] ?? {}).join(",")).toBe(head);
    expect(asText).toEqual(lines);
  });

  test("an output folder that is not there, and a binary format without a file, are refused", async () => {
    const input = put("p.csv", positionsCsv);
    for (const format of ["parquet", "arrow", "ndjson"]) {
      const run = plimsoll(...given(input), "--format", format, "--out", join(folder, "no/where"));
      expect([run.code, run.err.slice(0, 15)]).toEqual([2, "FILE_UNWRITABLE"]);
    }
    expect(plimsoll(...given(input), "--format", "parquet").code).toBe(2);
  });
});
