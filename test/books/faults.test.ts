import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import { bookColumns } from "../../src/books/book-columns.js";
import type { BookSummary } from "../../src/books/book-summary.js";
import { Engine, loadEngine } from "../../src/engine.js";
import { marginCsv } from "../../src/report/margin-csv.js";
import { loadTableFiles } from "../../src/tables/load-files.js";
import type { TableFiles } from "../../src/tables/read-tables.js";
import { Valuation } from "../../src/valuation/valuation.js";
import { WorkerPool } from "../../src/workers/worker-pool.js";
import { plimsoll, root } from "../cli/run.js";
import { BookFolder, cellsOf, expectAsTrees, type FileTable } from "./book-files.js";

const asOf = "2026-11-20T16:00:00-05:00";
const names = ["underlyings", "options", "dividends", "rates", "accounts"] as const;
const faultyWorker = new URL("../workers/faulty-worker.mjs", import.meta.url);

let folder: BookFolder;
let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
  folder = await BookFolder.open();
  const made = ["scripts/make-book.mjs", "--accounts", "2000", "--underlyings", "200", "--out", folder.path];
  execFileSync(process.execPath, made, { cwd: root });
});
afterAll(() => folder.close());

const at = (name: string): string => join(folder.path, name);

function files(changed: Partial<Record<(typeof names)[number] | "positions", string[]>> = {}): TableFiles {
  const others = names.map((name) => [name, [at(`${name}.parquet`)]] as const);
  return { positions: [at("positions.parquet")], ...Object.fromEntries(others), ...changed, asOf };
}

function asked(...more: string[]): string[] {
  const tables = ["positions", ...names].flatMap((name) => [`--${name}`, at(`${name}.parquet`)]);
  return ["margin", ...tables, "--as-of", asOf, "--format", "csv", ...more];
}

async function refusedAs(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    if (error instanceof MarginError) return error.failures;
    throw error;
  }
  throw new Error("not refused");
}

describe("workers", () => {
  afterEach(() => {
    delete process.env["PLIMSOLL_TEST_FAULT"];
  });

  test.each(["throw", "exit", "never"])(
    "that fail (%s) lose nothing, and the notes say so",
    async (fault) => {
      const wanted = await engine.book(files());
      process.env["PLIMSOLL_TEST_FAULT"] = fault;
      const valuation = await Valuation.load();
      const faulty = new Engine(valuation, engine.version, new WorkerPool(valuation.kernel, 2, faultyWorker));
      const found = await faulty.book(files());
      await faulty.close();
      expect(cellsOf(bookColumns(found!.accounts))).toEqual(cellsOf(bookColumns(wanted!.accounts)));
      expect(found!.classGroups).toEqual(wanted!.classGroups);
      const [note, ...rest] = found!.notes.filter((text) => text.startsWith("Worker threads failed"));
      expect(note).toMatch(/computed on the main thread/);
      expect(rest.length).toBeLessThan(3);
    },
  );
});

describe("files that cannot be read are listed as for a small book", () => {
  beforeAll(() => {
    const whole = readFileSync(at("positions.parquet"));
    writeFileSync(at("short.parquet"), whole.subarray(0, whole.length >> 1));
    writeFileSync(at("empty.parquet"), "");
    const damaged = Buffer.from(whole);
    for (let i = 2000; i < 2400; i++) damaged[i]! ^= 0x5a;
    writeFileSync(at("damaged.parquet"), damaged);
  });

  test.each([
    ["a truncated file", { positions: ["short.parquet"] }, ["FILE_UNREADABLE"]],
    ["an empty one", { positions: ["empty.parquet"] }, ["FILE_EMPTY"]],
    ["a missing one", { positions: ["missing.parquet"] }, ["FILE_NOT_FOUND"]],
    ["a damaged page", { positions: ["damaged.parquet"] }, ["FILE_UNREADABLE"]],
    ["one of several", { positions: ["positions.parquet", "short.parquet"] }, ["FILE_UNREADABLE"]],
    ["accounts", { accounts: ["short.parquet"] }, ["FILE_UNREADABLE"]],
    ["options", { options: ["missing.parquet"] }, ["FILE_NOT_FOUND"]],
    [
      "all of them at once",
      { positions: ["short.parquet"], accounts: ["empty.parquet"], rates: ["missing.parquet"] },
      ["FILE_UNREADABLE", "FILE_NOT_FOUND", "FILE_EMPTY"],
    ],
  ] as const)("%s", async (_, changed, codes) => {
    const given = files(Object.fromEntries(Object.entries(changed).map(([k, v]) => [k, v.map(at)])));
    const wanted = await refusedAs(() => loadTableFiles(given));
    expect(await refusedAs(() => engine.book(given))).toEqual(wanted);
    expect(wanted).toMatchObject(codes.map((code) => ({ code })));
  });
});

describe("where nothing can be written", () => {
  const hasFull = existsSync("/dev/full") && statSync("/dev/full").isCharacterDevice();

  test.each(["csv", "parquet"])("a missing folder: %s", (format) => {
    const out = join(folder.path, "no", `rows.${format}`);
    const { code, err } = plimsoll(...asked("--format", format, "--out", out));
    expect([code, err.split(" ")[0]]).toEqual([2, "FILE_UNWRITABLE"]);
  });

  test.skipIf(!hasFull).each(["csv", "ndjson", "parquet", "arrow"])(
    `a full device: %s${hasFull ? "" : " (skipped: there is none here)"}`,
    (format) => {
      const { code, err } = plimsoll(...asked("--format", format, "--out", "/dev/full"));
      expect(code).toBe(2);
      expect(err).toMatch(/^FILE_UNWRITABLE .*[Nn]o space left on device/);
      expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
    },
  );
});

/** A limit on the size of files stands for a full disk: what fits is written, then nothing. */
describe.skipIf(process.platform === "win32")("where a file cannot grow", () => {
  const main = join(root, "dist/cli/main.js");

  function limited(
    kilobytes: number,
    words: readonly string[],
    into = "",
  ): { code: number | null; err: string } {
    // In blocks of 512 or 1024 bytes, as the shell counts.
    const line = [process.execPath, main, ...words].map((word) => `'${word}'`).join(" ");
    const shell = `ulimit -f ${kilobytes}; exec ${line}${into === "" ? "" : ` > '${into}'`}`;
    const { status, stderr } = spawnSync("sh", ["-c", shell], { encoding: "utf8", maxBuffer: 1 << 28 });
    return { code: status, err: stderr };
  }

  test.each(["csv", "ndjson", "parquet", "arrow"])("%s", (format) => {
    const out = at(`grown.${format}`);
    const { code, err } = limited(16, asked("--format", format, "--out", out));
    expect([code, err.split(" ")[0]]).toEqual([2, "FILE_UNWRITABLE"]);
    expect(readdirSync(folder.path).filter((name) => name.startsWith("grown"))).toEqual([]);
  });

  test("standard output", () => {
    const { code, err } = limited(16, asked(), at("printed.csv"));
    expect([code, err]).toEqual([2, expect.stringMatching(/^FILE_UNWRITABLE {2}standard output/)]);
  });

  test("a store: it is not there afterwards", () => {
    const { code, err } = limited(100, asked("--store", at("grown.duckdb")));
    expect([code, err.split(" ")[0]]).toEqual([2, "FILE_UNWRITABLE"]);
    expect(readdirSync(folder.path).filter((name) => name.startsWith("grown"))).toEqual([]);
  });
});

/** Every way in which one row can be wrong, and rows that are right beside them. */
const odd: FileTable = {
  columns: {
    account: "varchar",
    symbol: "varchar",
    quantity: "double",
    price: "double",
    trade_price: "double",
  },
  rows: [
    ["A00000001", "SPY", 100, null, 600],
    ["A00000002", "SPY", null, null, null],
    ["A00000003", "SPY", Number.NaN, null, null],
    ["A00000004", "SPY   261218C00660000", 1.5, null, null],
    ["A00000005", null, 1, null, null],
    [null, "SPY", 1, null, null],
    ["A00000006", "SPY", 0, null, null],
    ["nobody", "SPY", 1, null, null],
    ["A00000007", "SPY", 1, -1, null],
    ["A00000008", "SPY", 1, null, -1],
    ["A00000009", "SPY", 1, 7, null],
    ["A00000009", " SPY ", 1, 8, null],
    ["A00000010", "SPY", 1, 7, null],
  ],
};

test("rows that cannot be used are named by file and row; every other account is complete", async () => {
  const given = files({ positions: [await folder.write("odd.parquet", odd)] });
  const { book } = await expectAsTrees(engine, given);
  expect(book.failures.map(({ code, line, account }) => [code, line, account])).toEqual([
    ["CELL_MISSING", 2, "A00000002"],
    ["CELL_NOT_FINITE", 3, "A00000003"],
    ["CELL_MISSING", 5, "A00000005"],
    ["CELL_MISSING", 6, undefined],
    ["CELL_RANGE", 9, "A00000007"],
    ["CELL_RANGE", 10, "A00000008"],
    // The book's options table has no such strike.
    ["QUOTE_EMPTY", 4, undefined],
    ["QUANTITY_FRACTIONAL", 4, "A00000004"],
    ["QUANTITY_ZERO", 7, "A00000006"],
    ["MARK_CONFLICT", 12, "A00000009"],
    ["ACCOUNT_UNKNOWN", null, "nobody"],
  ]);
  const { account, isComplete } = book.accounts;
  const incomplete = account.filter((_, i) => isComplete[i] !== 1);
  expect(incomplete.length).toBe(9);
  expect(incomplete).not.toContain("A00000010");
});

const beyond = "9007199254740993";

test.each(["bigint", "ubigint"])("a %s that no double holds is refused as it is written", async (type) => {
  const table: FileTable = {
    columns: { account: "varchar", symbol: "varchar", quantity: type, price: type },
    rows: [
      ["A00000001", "SPY", beyond, null],
      ["A00000002", "SPY", 100, null],
      ["A00000003", "SPY", 9100000000, null],
      ["A00000004", "SPY", 100, beyond],
      ["A00000005", "SPY", 100, 600],
      ["A00000006", "SPY", type === "bigint" ? "-9223372036854775808" : "18446744073709551615", 1],
    ],
  };
  const { book } = await expectAsTrees(
    engine,
    files({ positions: [await folder.write("wide.parquet", table)] }),
  );
  expect(book.failures.map(({ code, line, column, value }) => [code, line, column, value])).toEqual([
    ["CELL_RANGE", 1, "quantity", beyond],
    ["CELL_RANGE", 4, "price", beyond],
    ["CELL_RANGE", 6, "quantity", table.rows[5]![2]],
    ["CELL_RANGE", 3, "quantity", "9100000000"],
  ]);
});

test("the same account twice in the accounts table is named and used once", async () => {
  const columns = { account: "varchar", cash: "double" };
  const rows = Array.from({ length: 2000 }, (_, k) => [`A${String(k + 1).padStart(8, "0")}`, k]);
  const twice = await folder.write("twice.parquet", { columns, rows: [...rows, ["A00000007", 6]] });
  const { book } = await expectAsTrees(engine, files({ accounts: [twice] }));
  expect(book.failures).toMatchObject([{ code: "ROW_DUPLICATE", line: 2001, value: "A00000007" }]);
  const other = await folder.write("other.parquet", { columns, rows: [...rows, ["A00000007", 5]] });
  await expectAsTrees(engine, files({ accounts: [other] }));
});

test("columns are found by their names: in another order the same rows, under another's name refused", async () => {
  const wanted = plimsoll(...asked()).out;
  const csv = (name: string, select: string, table = "positions"): Promise<void> =>
    folder.sql(
      `copy (select ${select} from '${at(`${table}.parquet`)}') to '${at(name)}' (header, delimiter ',')`,
    );
  await csv("moved.csv", "price, quantity, symbol, account");
  await csv("accounts-moved.csv", "cash, account", "accounts");
  const moved = asked().map((word) => (word === at("positions.parquet") ? at("moved.csv") : word));
  expect(plimsoll(...moved).out).toBe(wanted);
  const other = asked().map((word) => (word === at("accounts.parquet") ? at("accounts-moved.csv") : word));
  expect(plimsoll(...other).out).toBe(wanted);
  await folder.sql(
    `copy (select symbol as account, account as symbol, quantity, price from '${at("positions.parquet")}' limit 5)
     to '${at("swapped.parquet")}' (format parquet)`,
  );
  const { book } = await expectAsTrees(engine, files({ positions: [at("swapped.parquet")] }));
  expect(new Set(book.failures.map(({ code }) => code))).toEqual(
    new Set(["SYMBOL_INVALID", "ACCOUNT_UNKNOWN"]),
  );
});

/** Ten million with PLIMSOLL_LARGE=1. */
const manyRows = process.env["PLIMSOLL_LARGE"] === "1" ? 10_000_000 : 500_000;

test(`${manyRows} rows of one account add up exactly`, { timeout: 600_000 }, async () => {
  await folder.sql(
    `copy (select 'A00000001' as account, case when i % 2 = 0 then 'SPY' else 'QQQ' end as symbol,
       (case when i % 3 = 0 then -1 else 2 end)::double as quantity from range(${manyRows}) r(i))
     to '${at("many.parquet")}' (format parquet)`,
  );
  await folder.sql(
    `copy (select account, symbol, sum(quantity) as quantity from '${at("many.parquet")}' group by all)
     to '${at("few.parquet")}' (format parquet)`,
  );
  const many = await engine.book(files({ positions: [at("many.parquet")] }));
  const few = await engine.book(files({ positions: [at("few.parquet")] }));
  expect(many!.failures).toEqual([]);
  expect(cellsOf(bookColumns(many!.accounts))).toEqual(cellsOf(bookColumns(few!.accounts)));
  expect(many!.accounts.requirementUsd[0]).toBeGreaterThan(1e6);
});

test("house rules over more accounts than have trees in memory at once", async () => {
  const house = { rules: "house-example-schwab" };
  const { trees } = await expectAsTrees(engine, files(), house);
  const words = ["--rules", house.rules, "--summary", at("house.json"), "--memory", "1GB", "--threads", "2"];
  const { code, out } = plimsoll(...asked(...words));
  expect([code, out]).toEqual([0, `${marginCsv(trees)}\n`]);
  const { totals } = JSON.parse(readFileSync(at("house.json"), "utf8")) as BookSummary;
  expect(totals).toEqual(trees.totals);
});

test("columns of unusual types go to trees, in the same form", async () => {
  await folder.sql(
    `copy (select account, symbol, case when account < 'A00000003' then '1' end as quantity
       from '${at("positions.parquet")}') to '${at("text.parquet")}' (format parquet)`,
  );
  expect(await engine.book(files({ positions: [at("text.parquet")] }))).toBeNull();
  const ofText = asked().map((word) => (word === at("positions.parquet") ? at("text.parquet") : word));
  const refused = plimsoll(...ofText);
  expect([refused.code, refused.out.split("\n")[1]]).toEqual([1, "A00000001,incomplete,,,,,,,"]);
  expect(refused.err).toMatch(/^CELL_TYPE .*text\.parquet:1:quantity/);
});
