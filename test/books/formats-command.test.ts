import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { describeFailure } from "../../src/basics/failure.js";
import { loadEngine } from "../../src/engine.js";
import { marginCsv } from "../../src/report/margin-csv.js";
import { loadTableFiles } from "../../src/tables/load-files.js";
import { plimsoll, type Run, scratch } from "../cli/run.js";
import { BookFolder, type FileTable } from "./book-files.js";
import { writeArrowFile } from "./text-files.js";

const { path, put } = scratch();

let folder: BookFolder;
beforeAll(async () => {
  folder = await BookFolder.open();
});
afterAll(() => folder.close());

const asOf = "2026-11-20T16:00:00-05:00";
const symbols = ["AAA", "BBB", "AAA   261218C00100000"];
/** Enough for text of more than the 200 KB above which the command takes columns. */
const table: FileTable = {
  columns: { account: "varchar", symbol: "varchar", quantity: "double" },
  rows: Array.from({ length: 12_000 }, (_, k) => [`A${k % 70}`, symbols[k % 3]!, ((k * 7) % 23) - 11 || 3]),
};
const csv = ["account,symbol,quantity", ...table.rows.map((row) => row.join(","))].join("\n");
const ndjson = table.rows
  .map(([account, symbol, quantity]) => JSON.stringify({ account, symbol, quantity }))
  .join("\n");

function others(): string[] {
  const underlyings = put("underlyings.csv", "symbol,price\nAAA,100\nBBB,50\n");
  const options = put("options.csv", `symbol,volatility\n${symbols[2]},0.3\n`);
  return ["--underlyings", underlyings, "--options", options, "--as-of", asOf];
}

function run(positions: readonly string[], ...more: string[]): Run {
  return plimsoll("margin", "--positions", ...positions, ...others(), "--format", "csv", ...more);
}

async function expectTrees({ code, out, err }: Run, positions: readonly string[]): Promise<void> {
  const [, underlyings = "", , options = ""] = others();
  const files = { positions, underlyings: [underlyings], options: [options], asOf };
  const trees = (await loadEngine()).margin(await loadTableFiles(files));
  expect(out.trimEnd()).toBe(marginCsv(trees).trimEnd());
  // A pattern gives names relative to the folder.
  const named = (text: string): string => text.replaceAll(/\S*\/plimsoll-\w+\//g, "");
  const wanted = trees.failures.map((failed) => `${failed.code}  ${named(describeFailure(failed))}`);
  expect(named(err).split("\n").slice(0, -1)).toEqual(wanted);
  expect(code).toBe(trees.failures.length === 0 ? 0 : 1);
}

describe("the command on positions of every format", () => {
  test("a large file of each comes to the same bytes, and has a summary", async () => {
    const files = [
      put("positions.csv", csv),
      put("positions.csv.gz", gzipSync(csv)),
      put("positions.ndjson", ndjson),
      writeArrowFile(path("positions.arrow"), table, false),
      await folder.write("positions.parquet", table),
    ];
    const [first, ...rest] = files.map((file) => run([file], "--summary", path("summary.json")));
    await expectTrees(first!, [files[0]!]);
    for (const { code, out } of rest) expect({ code, out }).toEqual({ code: 0, out: first!.out });
    const summary = JSON.parse(readFileSync(path("summary.json"), "utf8")) as {
      totals: { accounts: number };
    };
    expect(summary.totals.accounts).toBe(70);
  });

  test("a pattern, several formats, bad rows: as trees, each named by file and line", async () => {
    const day = [
      put("day-1.csv", `${csv}\nA5,AAA,1.5.1\nA5,NOSUCH,1\n`),
      put("day-2.csv", "symbol,desk,quantity,account\nBBB,x,-5,A7\nBBB,x,1e9999,A8\n"),
    ];
    const more = [
      put("more.ndjson", `${ndjson}\n{"account":"A9","symbol":"AAA","quantity":"5"}\n`),
      await folder.write("more.parquet", table),
    ];
    const found = run([path("day-*.csv"), ...more]);
    await expectTrees(found, [...day, ...more]);
    expect(found.code).toBe(1);
    expect(found.err).toContain("day-1.csv:12002");
  });

  test("text runs without DuckDB, but for what trees cannot give", () => {
    const file = put("positions.csv", csv);
    const wanted = run([file]);
    const deny = put(
      "deny.cjs",
      `const own = require("node:module"), find = own._resolveFilename;
       own._resolveFilename = (name, ...more) => {
         if (name.startsWith("@duckdb/")) throw new Error("no " + name);
         return find.call(own, name, ...more);
       };`,
    );
    vi.stubEnv("NODE_OPTIONS", `--require ${deny}`);
    try {
      expect(run([file])).toEqual(wanted);
      const refused = run([file], "--summary", path("none.json"));
      expect(refused.code).toBe(2);
      expect(refused.err).toContain("PACKAGE_MISSING");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("small files of text, and what only trees can judge", async () => {
    const small = put("small.csv", "account,symbol,quantity\nA,AAA,5\nB,AAA,x\n");
    await expectTrees(run([small]), [small]);
    const broken = put("broken.csv", `${csv}\n"A\n1",AAA,5\n`);
    await expectTrees(run([broken]), [broken]);
    const refused = run([broken], "--summary", path("none.json"));
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("USAGE");
  });
});
