import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadEngine } from "../../src/engine.js";
import { loadTableFiles } from "../../src/tables/load-files.js";
import type { TablesRead } from "../../src/tables/read-tables.js";
import { root } from "../cli/run.js";

const names = ["positions", "underlyings", "options", "dividends", "rates", "accounts"] as const;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-books-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function made(name: string, ...more: string[]): string {
  const out = join(folder, name);
  const args = ["scripts/make-book.mjs", "--out", out, "--underlyings", "60", ...more];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return out;
}

async function tablesOf(book: string): Promise<TablesRead> {
  const files = Object.fromEntries(names.map((name) => [name, [join(book, `${name}.parquet`)]]));
  return loadTableFiles({ positions: [], ...files, asOf: "2026-11-20T16:00:00-05:00" });
}

function positionLines({ tables: { positions } }: TablesRead): string[] {
  const [accounts, symbols, quantities] = [
    positions.text("account"),
    positions.text("symbol"),
    positions.number("quantity"),
  ];
  return accounts.map((account, row) => `${account} ${symbols[row]} ${quantities[row]}`);
}

test("a made-up book is computed whole, is the same each time, and begins as a smaller one", async () => {
  const book = made("one", "--accounts", "40");
  const again = made("again", "--accounts", "40");
  for (const name of names)
    expect(
      readFileSync(join(again, `${name}.parquet`)).equals(readFileSync(join(book, `${name}.parquet`))),
    ).toBe(true);
  const read = await tablesOf(book);
  expect(read.failures).toEqual([]);
  const result = (await loadEngine()).margin(read);
  expect(result.failures).toEqual([]);
  expect(result.accounts.length).toBe(40);
  expect(result.accounts.every((account) => account.status === "complete")).toBe(true);
  expect(result.accounts.filter((account) => (account.requirementUsd ?? 0) > 0).length).toBeGreaterThan(35);
  const smaller = positionLines(await tablesOf(made("smaller", "--accounts", "10")));
  expect(positionLines(read).slice(0, smaller.length)).toEqual(smaller);
  const other = positionLines(await tablesOf(made("other", "--accounts", "10", "--seed", "2")));
  expect(other).not.toEqual(smaller);
});

test("spoilt rows are each reported with file and row; their accounts alone are incomplete", async () => {
  const read = await tablesOf(made("bad", "--accounts", "40", "--bad", "0.02"));
  const engine = await loadEngine();
  const result = engine.margin(read);
  const codes = new Set(result.failures.map((each) => each.code));
  expect([...codes].every((code) => /^CELL_|^QUANTITY_|^UNDERLYING_|^SYMBOL_/.test(code))).toBe(true);
  const incomplete = new Set(result.accounts.filter((a) => a.status !== "complete").map((a) => a.account));
  expect(incomplete.size).toBeGreaterThan(3);
  expect(incomplete.size).toBeLessThan(40);
  for (const account of result.accounts)
    expect(Number.isFinite(account.requirementUsd)).toBe(account.status === "complete");
});
