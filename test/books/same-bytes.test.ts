import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bookColumns } from "../../src/books/book-columns.js";
import { bookSummary } from "../../src/books/book-summary.js";
import { loadEngine } from "../../src/engine.js";
import { csvParts } from "../../src/report/csv.js";
import { accountColumns } from "../../src/report/margin-csv.js";
import { loadTableFiles } from "../../src/tables/load-files.js";
import type { TableFiles } from "../../src/tables/read-tables.js";
import { type Run, plimsoll, root } from "../cli/run.js";
import { BookFolder, cellsOf } from "./book-files.js";

const accountCount = 100_000;
const asOf = "2026-11-20T16:00:00-05:00";

let folder: BookFolder;
beforeAll(async () => {
  folder = await BookFolder.open();
  const args = ["--accounts", String(accountCount), "--underlyings", "800", "--strategies", "3"];
  const made = ["scripts/make-book.mjs", ...args, "--bad", "0.0002", "--out", folder.path];
  execFileSync(process.execPath, made, { cwd: root });
  const positions = `read_parquet('${join(folder.path, "positions.parquet")}')`;
  await folder.sql(`create table p as select *, hash(account, symbol) as h from ${positions}`);
  const kept = "account, symbol, quantity, price";
  await folder.sql(
    `copy (select ${kept} from p order by h) to '${join(folder.path, "shuffled.parquet")}' (format parquet)`,
  );
  for (const part of [0, 1, 2])
    await folder.sql(
      `copy (select ${kept} from p where h % 3 = ${part}) to '${join(folder.path, `part-${part}.parquet`)}' (format parquet)`,
    );
});
afterAll(() => folder.close());

interface Written {
  readonly run: Run;
  readonly rows: Buffer;
  readonly summary: Record<string, unknown>;
}

function margin(name: string, positions: string, ...more: string[]): Written {
  const at = (file: string): string => join(folder.path, file);
  const out = [at(name), at(`${name}.json`)] as const;
  const run = plimsoll(
    "margin",
    ...tables(),
    ...Object.entries({
      "--positions": at(positions),
      "--as-of": asOf,
      "--out": out[0],
      "--summary": out[1],
    }).flat(),
    ...more,
  );
  const summary = JSON.parse(readFileSync(out[1], "utf8")) as Record<string, unknown>;
  return { run, rows: readFileSync(out[0]), summary };
}

const csv = ["--format", "csv"];

describe(`a book of ${accountCount} accounts`, () => {
  let one: Written;
  beforeAll(() => {
    one = margin("one.csv", "positions.parquet", ...csv, "--threads", "1");
  });

  test("has a row for each, and its bad rows are named", () => {
    expect(one.run.code).toBe(1);
    expect(one.rows.toString().split("\n").length).toBe(accountCount + 2);
    expect(one.summary["failureCount"]).toBeGreaterThan(30);
    expect(one.run.err.trimEnd().split("\n").length).toBe(one.summary["failureCount"]);
    const { totals } = one.summary as { totals: Record<string, number> };
    expect(totals["accounts"]).toBe(accountCount);
    expect(totals["incompleteAccounts"]).toBeGreaterThan(30);
    expect(totals["requirementUsd"]).toBeGreaterThan(1e9);
  });

  test.each(["2", "3", "8"])("is the same bytes on %s threads", (threads) => {
    const found = margin("more.csv", "positions.parquet", ...csv, "--threads", threads);
    expect(found.run).toEqual(one.run);
    expect(found.rows.equals(one.rows)).toBe(true);
    expect(found.summary).toEqual(one.summary);
  });

  test("is the same bytes of Parquet on 1 and 3 threads", () => {
    const form = ["--format", "parquet"];
    const single = margin("one.parquet", "positions.parquet", ...form);
    const three = margin("three.parquet", "positions.parquet", ...form, "--threads", "3");
    expect(three.rows.equals(single.rows)).toBe(true);
    expect(three.summary).toEqual(one.summary);
  });

  test.each([
    ["with its rows in another order", "shuffled.parquet"],
    ["in three files", "part-*.parquet"],
  ])("%s is the same bytes", (_, positions) => {
    const found = margin("moved.csv", positions, ...csv, "--threads", "2");
    expect(found.rows.equals(one.rows)).toBe(true);
    const withoutHash = ({ inputHash: __, ...rest }: Record<string, unknown>) => rest;
    expect(found.summary["inputHash"]).not.toBe(one.summary["inputHash"]);
    expect(withoutHash(found.summary)).toEqual(withoutHash(one.summary));
  });

  test("in blocks of accounts is the same bytes", async () => {
    const blocks: number[] = [];
    const engine = await loadEngine();
    const found = await engine.book(filesOf("positions.parquet"), {
      // Room for less than one piece of 32,768 accounts.
      memoryBytes: 8.1e8,
      onProgress: ({ name, of }) => {
        if (name === "net") blocks.push(of);
      },
    });
    expect(blocks).toEqual([4, 4, 4, 4]);
    expect([...csvParts(bookColumns(found!.accounts))].join("") === one.rows.toString()).toBe(true);
    expect(JSON.parse(JSON.stringify(bookSummary(found!)))).toEqual(one.summary);
  });

  test("accounts by themselves, as trees, have the rows of the batch", async () => {
    const engine = await loadEngine();
    const lines = one.rows.toString().split("\n");
    const head = lines[0]!.split(",");
    for (const number of [1, 4711, 32_768, 32_769, 100_000]) {
      const account = `A${String(number).padStart(8, "0")}`;
      const file = join(folder.path, "alone.parquet");
      await folder.sql(`copy (select * from p where account = '${account}') to '${file}' (format parquet)`);
      const read = await loadTableFiles(filesOf("alone.parquet"));
      const cells = cellsOf(accountColumns(engine.margin(read, { account })));
      const line = head.map((name) => quoted(String(cells[name]?.[0] ?? "")));
      expect(line.join(",")).toBe(lines[number]);
    }
    const asked = [
      "explain",
      "--positions",
      join(folder.path, "alone.parquet"),
      ...tables(),
      "--as-of",
      asOf,
    ];
    const tree = JSON.parse(plimsoll(...asked, "--account", "A00100000", "--json").out) as {
      accounts: { requirementUsd: number; equityUsd: number }[];
    };
    const cells = lines[100_000]!.split(",");
    expect(tree.accounts[0]!.requirementUsd).toBe(Number(cells[head.indexOf("requirement")]));
    expect(tree.accounts[0]!.equityUsd).toBe(Number(cells[head.indexOf("equity")]));
  });
});

const names = ["underlyings", "options", "dividends", "rates", "accounts"] as const;

function tables(): string[] {
  return names.flatMap((name) => [`--${name}`, join(folder.path, `${name}.parquet`)]);
}

function filesOf(positions: string): TableFiles {
  const others = names.map((name) => [name, [join(folder.path, `${name}.parquet`)]] as const);
  return { ...Object.fromEntries(others), positions: [join(folder.path, positions)], asOf };
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
