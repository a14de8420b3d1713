import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunComparison } from "../../src/books/store-comparison.js";
import { listRuns, type StoredRun } from "../../src/books/store-list.js";
import { storeRun } from "../../src/books/store-run.js";
import { loadEngine } from "../../src/engine.js";
import type { MarginResult } from "../../src/requirement/result.js";
import { plimsoll, scratch } from "../cli/run.js";
import { BookFolder } from "./book-files.js";

const { path, put } = scratch();

let folder: BookFolder;
beforeAll(async () => {
  folder = await BookFolder.open();
});
afterAll(() => folder.close());

describe("margin --store and runs", () => {
  test("two days are stored, listed and compared", () => {
    const file = path("runs.duckdb");
    const requirements = ["november", "december"].map((month) => {
      const { code, out, err } = plimsoll("margin", `examples/diff/${month}.json`, "--json", "--store", file);
      expect(code).toBe(0);
      expect(err).toMatch(/^run [0-9a-f]{12} stored in /);
      return (JSON.parse(out) as MarginResult).totals.requirementUsd;
    });
    const again = plimsoll("margin", "examples/diff/november.json", "--format", "csv", "--store", file);
    expect(again.err).toMatch(/^run [0-9a-f]{12} is already in /);

    const listed = JSON.parse(plimsoll("runs", file, "--json").out) as StoredRun[];
    expect(listed.map(({ totals }) => totals.requirementUsd)).toEqual(requirements);
    const text = plimsoll("runs", file);
    expect(text.out.split("\n").filter((line) => /^[0-9a-f]{12} /.test(line))).toHaveLength(2);

    const [a, b] = listed.map(({ run }) => run.slice(0, 8));
    const last = plimsoll("runs", file, "--compare", "last", "--json");
    expect(plimsoll("runs", file, "--compare", a ?? "", b ?? "", "--json").out).toBe(last.out);
    const compared = JSON.parse(last.out) as RunComparison;
    // The command diff explains the same difference by revaluing.
    const diff = JSON.parse(
      plimsoll("diff", "examples/diff/november.json", "examples/diff/december.json", "--json").out,
    ) as {
      accounts: { account: string; differenceUsd: number }[];
    };
    expect(compared.changed.first.map(({ account, differenceUsd }) => ({ account, differenceUsd }))).toEqual(
      diff.accounts.map(({ account, differenceUsd }) => ({ account, differenceUsd })),
    );
    const shown = plimsoll("runs", file, "--compare", "last").out;
    expect(shown).toContain("They differ in: as-of time, inputs, rules");
    expect(shown).toMatch(/^A-1 +12,187\.49 +24,818\.61 +12,631\.12 /m);
    expect(shown).toMatch(/^NEW +– +1 +– +750\.00 +750\.00 /m);
  });

  test("a book in Parquet is the run that its trees are, row by row", async () => {
    const text = { account: "varchar", symbol: "varchar" };
    const positions = await folder.write("positions.parquet", {
      columns: { ...text, quantity: "double" },
      rows: [
        ["A", "XYZ", 100],
        ["B", "XYZ", -300],
        ["B", "QQQ", 5],
        ["C", "NOSUCH", 1],
      ],
    });
    const underlyings = put("underlyings.csv", "symbol,price\nXYZ,50\nQQQ,400\n");
    const options = put("options.csv", "symbol\n");
    const tables = ["--positions", positions, "--underlyings", underlyings, "--options", options];
    const asked = [...tables, "--as-of", "2026-11-20T16:00:00-05:00"];
    const file = path("book.duckdb");
    const book = plimsoll(
      "margin",
      ...asked,
      "--format",
      "parquet",
      "--out",
      path("out.parquet"),
      "--store",
      file,
    );
    expect(book.code).toBe(1);
    expect(book.err).toMatch(/^run [0-9a-f]{12} stored in /m);
    const trees = plimsoll("margin", ...asked, "--json", "--store", file);
    expect(trees.err).toMatch(/^run [0-9a-f]{12} is already in /m);
    const other = path("trees.duckdb");
    plimsoll("margin", ...asked, "--json", "--store", other);
    await folder.sql(`attach '${file}' as book (read_only)`);
    await folder.sql(`attach '${other}' as trees (read_only)`);
    for (const table of ["runs", "accounts", "class_groups", "failures"])
      await folder.sql(
        `select case when (select count(*) from (from book.${table} except all from trees.${table})) <> 0
          or (select count(*) from book.${table}) <> (select count(*) from trees.${table})
          or (select count(*) from book.${table}) = 0 then error('${table} differs') end`,
      );
  });

  test("an account asked for is a run of its own", async () => {
    const file = path("account.duckdb");
    const engine = await loadEngine();
    const snapshot = JSON.parse(readFileSync("examples/ibm-2007/snapshot.json", "utf8")) as object;
    await storeRun(file, engine.margin(snapshot));
    const { code } = plimsoll(
      "margin",
      "examples/ibm-2007/snapshot.json",
      "--account",
      "7-collar",
      "--store",
      file,
    );
    expect(code).toBe(0);
    expect((await listRuns(file)).map(({ account, totals }) => [account, totals.accounts])).toEqual([
      [null, 9],
      ["7-collar", 1],
    ]);
    expect(plimsoll("runs", file).out).toContain("only 7-collar");
  });

  test("what cannot be stored is refused before anything is computed", () => {
    const file = put("text.duckdb", "no database");
    const snapshot = "examples/ibm-2007/snapshot.json";
    const foreign = plimsoll("margin", snapshot, "--store", file);
    expect(foreign).toMatchObject({ code: 2, out: "" });
    expect(foreign.err).toContain("STORE_FOREIGN");
    const noFolder = plimsoll("margin", snapshot, "--store", path("no/store.duckdb"));
    expect(noFolder).toMatchObject({ code: 2, out: "" });
    expect(noFolder.err).toContain("FILE_UNWRITABLE");
    const compared = plimsoll("margin", snapshot, "--compare", "reg-t", "--store", path("new.duckdb"));
    expect(compared).toMatchObject({ code: 2, out: "" });
    expect(compared.err).toContain("USAGE");
  });

  test("wrong use of runs", () => {
    const file = path("runs.duckdb");
    expect(plimsoll("runs", path("none.duckdb"))).toMatchObject({ code: 2, out: "" });
    for (const args of [
      ["--compare", "abcd"],
      ["--compare", "a", "b", "c"],
      ["--top", "3"],
    ]) {
      const { code, err } = plimsoll("runs", file, ...args);
      expect(code, args.join(" ")).toBe(2);
      expect(err).toContain("USAGE");
    }
    expect(plimsoll("runs", file, "--compare", "last", "--top", "0").code).toBe(2);
    expect(plimsoll("runs", file, "--compare", "ffff", "0000").err).toContain("RUN_UNKNOWN");
  });
});
