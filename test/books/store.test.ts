import { DuckDBInstance } from "@duckdb/node-api";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { BookAccounts, BookResult } from "../../src/books/book-result.js";
import { compareRuns } from "../../src/books/store-compare.js";
import { checkStore } from "../../src/books/store-file.js";
import { listRuns } from "../../src/books/store-list.js";
import { storeRun } from "../../src/books/store-run.js";
import { failure, MarginError } from "../../src/basics/failure.js";
import { loadEngine } from "../../src/engine.js";
import { accountColumns } from "../../src/report/margin-csv.js";
import { cellAt, rowCountOf } from "../../src/tables/write-columns.js";
import { root, scratch } from "../cli/run.js";

const { path, put } = scratch();

/** Account: requirement (null = incomplete), equity, class group. */
type Accounts = Readonly<Record<string, readonly [number | null, number, string]>>;

interface Made {
  readonly asOf: string;
  readonly inputHash: string;
  readonly accounts: Accounts;
  readonly classGroups?: BookResult["classGroups"];
  readonly rules?: string;
}

/** A run with figures of a test's own: what a store keeps does not hang on how it was computed. */
function made({ asOf, inputHash, accounts, classGroups = [], rules = "some" }: Made): BookResult {
  const rows = Object.entries(accounts);
  const column = (of: (row: readonly [number | null, number, string]) => number): Float64Array =>
    Float64Array.from(rows, ([, row]) => (row[0] === null ? Number.NaN : of(row)));
  const sum = (of: (row: readonly [number | null, number, string]) => number): number =>
    rows.reduce((total, [, row]) => total + (row[0] === null ? 0 : of(row)), 0);
  const columns: BookAccounts = {
    account: rows.map(([name]) => name),
    isComplete: Uint8Array.from(rows, ([, [requirement]]) => (requirement === null ? 0 : 1)),
    marketValueUsd: column(([, equity]) => equity),
    cashUsd: column(() => 0),
    equityUsd: column(([, equity]) => equity),
    requirementUsd: column(([requirement]) => requirement ?? Number.NaN),
    excessUsd: column(([requirement, equity]) => equity - (requirement ?? Number.NaN)),
    worstClassGroup: (row) => (rows[row]?.[1][0] === null ? "" : (rows[row]?.[1][2] ?? "")),
    worstScenario: (row) => (rows[row]?.[1][0] === null ? "" : "-15 %"),
  };
  return {
    asOf,
    inputHash,
    rules: { name: rules, hash: `hash of ${rules}` },
    engine: { version: "1.2.3", kernelHash: "k".repeat(64) },
    notes: [],
    unverified: [],
    accounts: columns,
    totals: {
      accounts: rows.length,
      incompleteAccounts: rows.filter(([, [requirement]]) => requirement === null).length,
      marketValueUsd: sum(([, equity]) => equity),
      cashUsd: 0,
      equityUsd: sum(([, equity]) => equity),
      requirementUsd: sum(([requirement]) => requirement ?? 0),
    },
    ranking: [],
    classGroups,
    failures: [
      failure("CELL_MISSING", { file: "p.csv", line: 7, column: "quantity", value: "it's", account: "BAD" }),
    ],
  };
}

const monday = made({
  asOf: "2026-11-20T16:00:00-05:00",
  inputHash: "monday",
  accounts: {
    BAD: [null, 0, ""],
    CALM: [100, 900, "SPX"],
    GONE: [50.25, 10, "XYZ"],
    MORE: [1000.1, 1000.1, "SPX"],
    LESS: [5000, 9000, "XYZ"],
    SICK: [20, 30, "XYZ"],
  },
  classGroups: [
    { classGroup: "SPX", accounts: 2, costUsd: 1100.1, profitUsd: Float64Array.of(5, -700, 3) },
    { classGroup: "XYZ", accounts: 3, costUsd: 5070.25, profitUsd: Float64Array.of(-1, 0, 1) },
  ],
});

const tuesday = made({
  asOf: "2026-11-23T16:00:00-05:00",
  inputHash: "tuesday",
  accounts: {
    BAD: [70, 80, "SPX"],
    CALM: [100, 901, "SPX"],
    MORE: [1200.2, 1000.1, "NEW"],
    LESS: [4000.5, 9000, "XYZ"],
    "O'NEW": [10, 5, "NEW"],
    SICK: [null, 0, ""],
  },
  classGroups: [
    { classGroup: "NEW", accounts: 2, costUsd: 1210.2, profitUsd: Float64Array.of(-40, -50, 60) },
    { classGroup: "SPX", accounts: 2, costUsd: 170.004, profitUsd: Float64Array.of(1, -2, 3) },
    { classGroup: "XYZ", accounts: 1, costUsd: 5070.252, profitUsd: Float64Array.of(-1, 0, 1) },
  ],
});

async function ask(file: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MarginError) return error.code;
    throw error;
  }
  return "none";
}

describe("a run in a store", () => {
  test("accounts, totals and failures of a run of trees come back as they were", async () => {
    const engine = await loadEngine();
    const snapshot = JSON.parse(readFileSync(`${root}/examples/diff/november.json`, "utf8")) as {
      positions: object[];
    };
    snapshot.positions.push({ account: "BAD", symbol: "NOSUCH", quantity: 1 });
    const result = engine.margin(snapshot);
    expect(result.failures.length).toBeGreaterThan(0);
    const file = path("trees.duckdb");
    await storeRun(file, result);

    const columns = accountColumns(result);
    const rows = Array.from({ length: rowCountOf(columns) }, (_, row) =>
      columns.map((column) => cellAt(column, row)),
    );
    expect(await ask(file, `select ${columns.map(({ name }) => name).join(", ")} from accounts`)).toEqual(
      rows,
    );
    const [run] = await listRuns(file);
    expect(run).toMatchObject({
      asOf: result.asOf,
      rules: result.rules,
      engine: result.engine,
      inputHash: result.inputHash,
      totals: result.totals,
      failureCount: result.failures.length,
      dividendModel: "spot",
      account: null,
    });
    const costs = result.ranking.map(({ classGroup, accounts, costUsd }) => [classGroup, accounts, costUsd]);
    expect(
      await ask(file, "select class_group, accounts, round(cost, 2) from class_groups order by cost desc"),
    ).toEqual(costs);
    const [one] = result.accounts.filter(({ account }) => account === "A-1");
    const groups = one?.portfolioGroups.flatMap(({ productGroups }) =>
      productGroups.flatMap((p) => p.classGroups),
    );
    for (const { id, profitUsd } of groups ?? [])
      expect(await ask(file, `select profit from class_groups where class_group = '${id}'`), id).toEqual([
        [profitUsd.map((profit) => profit + 0)],
      ]);
    expect(groups?.length).toBeGreaterThan(2);
  });

  test("failures keep every field; an incomplete account has no amounts", async () => {
    const file = path("failures.duckdb");
    await storeRun(file, monday);
    expect(await ask(file, "select * exclude run from failures")).toEqual([
      [1, "CELL_MISSING", "a required cell is empty", "p.csv", 7, "quantity", "it's", null, "BAD", null],
    ]);
    expect(await ask(file, "select * exclude run from accounts where account = 'BAD'")).toEqual([
      ["BAD", "incomplete", null, null, null, null, null, null, null],
    ]);
    expect(await ask(file, "select as_of_utc::varchar from runs")).toEqual([["2026-11-20 21:00:00"]]);
  });

  test("the same run twice is one run; another model, account or rule set is another", async () => {
    const file = path("twice.duckdb");
    const first = await storeRun(file, monday);
    expect(first).toEqual({ run: expect.stringMatching(/^[0-9a-f]{64}$/), isNew: true });
    expect(await storeRun(file, monday, { dividendModel: "spot" })).toEqual({ ...first, isNew: false });
    expect(await ask(file, "select (select count(*) from accounts), (select count(*) from runs)")).toEqual([
      ["6", "1"],
    ]);
    const others = [
      await storeRun(file, monday, { dividendModel: "escrowed" }),
      await storeRun(file, monday, { account: "CALM" }),
      await storeRun(file, { ...monday, rules: { name: "some", hash: "other" } }),
      await storeRun(file, { ...monday, inputHash: "other" }),
      await storeRun(file, { ...monday, asOf: "2026-11-20T16:00:01-05:00" }),
      await storeRun(file, { ...monday, engine: { ...monday.engine, kernelHash: "other" } }),
    ];
    expect(new Set([first, ...others].map(({ run }) => run)).size).toBe(7);
    expect((await listRuns(file)).map(({ run }) => run)).toEqual(
      // The one of a second later is the last, whenever it was stored.
      [first, ...others.filter((_, k) => k !== 4), others[4]].map((stored) => stored?.run),
    );
  });

  test("two stores of the same runs hold the same rows: nothing of the clock is in them", async () => {
    const [one, two] = [path("one.duckdb"), path("two.duckdb")];
    for (const file of [one, two]) for (const run of [monday, tuesday]) await storeRun(file, run);
    for (const table of ["runs", "accounts", "class_groups", "failures"])
      expect(await ask(two, `from ${table}`), table).toEqual(await ask(one, `from ${table}`));
  });

  test("an empty book is a run", async () => {
    const file = path("empty-book.duckdb");
    await storeRun(file, { ...made({ asOf: monday.asOf, inputHash: "none", accounts: {} }), failures: [] });
    expect((await listRuns(file))[0]?.totals.accounts).toBe(0);
  });
});

describe("two runs compared", () => {
  test("accounts by what happened to them, totals, class groups", async () => {
    const file = path("compare.duckdb");
    // Stored in the wrong order: the last run is the one of the later time.
    await storeRun(file, tuesday);
    await storeRun(file, monday);
    const compared = await compareRuns(file, { runs: "last" });
    const { a, b, changed, added, gone, statusChanged, newShortfalls, classGroups } = compared;
    expect([a.inputHash, b.inputHash]).toEqual(["monday", "tuesday"]);
    expect(compared.differIn).toEqual(["as_of", "inputs"]);
    expect(compared.comparable).toEqual({ count: 3, aUsd: 6100.1, bUsd: 5300.7 });
    const told = (list: typeof changed): unknown[] => [
      list.count,
      ...list.first.map(({ account, differenceUsd }) => [account, differenceUsd]),
    ];
    expect(told(changed)).toEqual([2, ["LESS", -999.5], ["MORE", 200.1]]);
    expect(told(added)).toEqual([1, ["O'NEW", null]]);
    expect(told(gone)).toEqual([1, ["GONE", null]]);
    expect(told(statusChanged)).toEqual([2, ["BAD", null], ["SICK", null]]);
    expect(told(newShortfalls)).toEqual([2, ["MORE", 200.1], ["O'NEW", null]]);
    expect(compared.shortfallCount).toEqual({ a: 1, b: 2 });
    expect(changed.first[1]).toEqual({
      account: "MORE",
      a: {
        status: "complete",
        requirementUsd: 1000.1,
        excessUsd: 0,
        worstClassGroup: "SPX",
        worstScenario: "-15 %",
      },
      b: {
        status: "complete",
        requirementUsd: 1200.2,
        excessUsd: 1000.1 - 1200.2,
        worstClassGroup: "NEW",
        worstScenario: "-15 %",
      },
      differenceUsd: 200.1,
    });
    expect(gone.first[0]?.b).toBeNull();
    expect(statusChanged.first[0]?.a?.requirementUsd).toBeNull();
    // XYZ differs by less than a cent.
    expect(classGroups).toEqual({
      count: 2,
      first: [
        {
          classGroup: "NEW",
          a: null,
          b: { accounts: 2, costUsd: 1210.2, worstProfitUsd: -50 },
          differenceUsd: 1210.2,
        },
        {
          classGroup: "SPX",
          a: { accounts: 2, costUsd: 1100.1, worstProfitUsd: -700 },
          b: { accounts: 2, costUsd: 170, worstProfitUsd: -2 },
          differenceUsd: -930.1,
        },
      ],
    });
  });

  test("a run with itself; B before A turns the signs; lists are cut, counts are not", async () => {
    const file = path("signs.duckdb");
    const { run: a } = await storeRun(file, monday);
    const { run: b } = await storeRun(file, tuesday);
    const same = await compareRuns(file, { runs: [a, a.slice(0, 4).toUpperCase()] });
    expect(same).toMatchObject({
      differIn: [],
      changed: { count: 0 },
      added: { count: 0 },
      classGroups: { count: 0 },
    });
    expect(same.comparable.count).toBe(5);
    const back = await compareRuns(file, { runs: [b, a], top: 1 });
    expect(back.changed).toMatchObject({ count: 2, first: [{ account: "LESS", differenceUsd: 999.5 }] });
    expect(back.changed.first).toHaveLength(1);
    expect(back.added.first.map(({ account }) => account)).toEqual(["GONE"]);
  });

  test("runs that are not there", async () => {
    const file = path("unknown.duckdb");
    const { run } = await storeRun(file, monday);
    expect(await codeOf(compareRuns(file, { runs: "last" }))).toBe("RUN_UNKNOWN");
    expect(await codeOf(compareRuns(file, { runs: [run, run.slice(0, 3)] }))).toBe("RUN_UNKNOWN");
    expect(await codeOf(compareRuns(file, { runs: [run, "' or 1=1"] }))).toBe("RUN_UNKNOWN");
    expect(await codeOf(compareRuns(file, { runs: [run, run], top: Number.NaN }))).toBe("USAGE");
  });
});

describe("files that are no store, and stores in use", () => {
  test.each([
    ["text", "account,symbol\nA,B\n"],
    ["an empty file", ""],
    ["a database of another kind", `SQLite format 3\0${"x".repeat(4096)}`],
  ])("%s stays as it is", async (name, text) => {
    const file = put(`${name}.duckdb`, text);
    for (const work of [storeRun, listRuns, checkStore])
      expect(await codeOf(work(file, monday))).toBe("STORE_FOREIGN");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("a DuckDB file with tables of its own, and a store of another format", async () => {
    const file = path("foreign.duckdb");
    const later = path("later.duckdb");
    for (const [name, sql] of [
      [file, "create table runs (run varchar)"],
      [later, "create table plimsoll_store as select 2::integer as format"],
    ] as const) {
      const instance = await DuckDBInstance.create(name);
      const connection = await instance.connect();
      await connection.run(sql);
      connection.closeSync();
      instance.closeSync();
      for (const work of [storeRun, listRuns, checkStore])
        expect(await codeOf(work(name, monday))).toBe("STORE_FOREIGN");
    }
    expect(await ask(file, "select count(*) from runs")).toEqual([["0"]]);
  });

  test("a cut store", async () => {
    const file = path("cut.duckdb");
    await storeRun(file, monday);
    truncateSync(file, Math.floor(statSync(file).size / 3));
    expect(await codeOf(listRuns(file))).toMatch(/^(FILE_UNREADABLE|STORE_FOREIGN)$/);
    truncateSync(file, 100);
    expect(await codeOf(storeRun(file, monday))).toMatch(/^(FILE_UNWRITABLE|STORE_FOREIGN)$/);
  });

  test("no file, no folder, a folder, a name that DuckDB would take for memory", async () => {
    expect(await codeOf(listRuns(path("none.duckdb")))).toBe("FILE_NOT_FOUND");
    expect(existsSync(path("none.duckdb"))).toBe(false);
    for (const work of [storeRun, checkStore])
      expect(await codeOf(work(path("no/folder.duckdb"), monday))).toBe("FILE_UNWRITABLE");
    mkdirSync(path("folder.duckdb"));
    expect(await codeOf(listRuns(path("folder.duckdb")))).toBe("FILE_UNREADABLE");
    expect(await codeOf(storeRun(path("folder.duckdb"), monday))).toBe("FILE_UNWRITABLE");
    expect(await codeOf(listRuns(":memory:"))).toBe("FILE_NOT_FOUND");
  });

  test("a store that another process has open is not touched", async () => {
    const file = path("locked.duckdb");
    await storeRun(file, monday);
    const other = spawn(process.execPath, ["--input-type=module", "-e", holding, file], { cwd: root });
    try {
      await once(other.stdout, "data");
      for (const work of [storeRun, listRuns, checkStore])
        expect(await codeOf(work(file, tuesday))).toBe("STORE_LOCKED");
    } finally {
      other.kill();
      await once(other, "exit");
    }
    expect(await listRuns(file)).toHaveLength(1);
  });
});

const holding = `
  import { DuckDBInstance } from "@duckdb/node-api";
  await DuckDBInstance.create(process.argv[1]);
  console.log("open");
  setInterval(() => {}, 1000);`;

describe("whole or not at all", () => {
  /** Fails when the accounts are half way. */
  const broken: BookResult = {
    ...tuesday,
    accounts: {
      ...tuesday.accounts,
      worstScenario: (row) => {
        if (row === 3) throw new RangeError("broken on purpose");
        return "";
      },
    },
  };

  test("a run that fails leaves a store as it was, and no new file", async () => {
    const file = path("half.duckdb");
    await expect(storeRun(file, broken)).rejects.toThrow("broken on purpose");
    expect([file, `${file}.wal`].map((name) => existsSync(name))).toEqual([false, false]);
    await storeRun(file, monday);
    await expect(storeRun(file, broken)).rejects.toThrow("broken on purpose");
    expect(await ask(file, "select count(*), (select count(*) from accounts) from runs")).toEqual([
      ["1", "6"],
    ]);
    expect((await storeRun(file, tuesday)).isNew).toBe(true);
  });

  test("a program killed before its commit leaves the runs that were there", async () => {
    const file = path("killed.duckdb");
    await storeRun(file, monday);
    const dying = `
      import { DuckDBInstance } from "@duckdb/node-api";
      const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
      await connection.run("begin transaction");
      await connection.run("insert into runs (run, stored) values ('half', 2)");
      await connection.run("insert into accounts (run, account) select 'half', i::varchar from range(500000) t(i)");
      process.kill(process.pid, "SIGKILL");`;
    const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", dying, file], { cwd: root });
    expect(signal).toBe("SIGKILL");
    expect((await listRuns(file)).map(({ inputHash }) => inputHash)).toEqual(["monday"]);
    await storeRun(file, tuesday);
    expect((await compareRuns(file, { runs: "last" })).changed.count).toBe(2);
  });

  test("runs stored at the same time in one process are all there", async () => {
    const file = path("together.duckdb");
    await storeRun(file, monday);
    const hours = ["01", "02", "03", "04"].map((hour) => ({ ...monday, asOf: `2026-11-21T${hour}:00:00Z` }));
    const codes = await Promise.all(hours.map(async (run) => codeOf(storeRun(file, run))));
    // One that meets another's transaction is refused by name; none is half there.
    expect(codes.every((code) => code === "none" || code === "STORE_LOCKED")).toBe(true);
    const kept = 1 + codes.filter((code) => code === "none").length;
    expect(await ask(file, "select count(*), (select count(*) from accounts) from runs")).toEqual([
      [String(kept), String(6 * kept)],
    ]);
    expect(kept).toBeGreaterThan(1);
  });
});
