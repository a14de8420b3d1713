import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAccount } from "../../src/books/read-account.js";
import { loadEngine } from "../../src/engine.js";
import { withDuckDB } from "../../src/tables/duckdb.js";
import { loadTableFiles } from "../../src/tables/load-files.js";
import type { TableFiles } from "../../src/tables/read-tables.js";
import { plimsoll, root } from "../cli/run.js";

const names = ["positions", "underlyings", "options", "dividends", "rates", "accounts"] as const;
const asOf = "2026-11-20T16:00:00-05:00";
let folder = "";
let files: TableFiles;
let marked: TableFiles;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-account-"));
  const args = ["scripts/make-book.mjs", "--accounts", "30", "--underlyings", "20", "--bad", "0.03"];
  const { status } = spawnSync(process.execPath, [...args, "--out", folder], { cwd: root });
  if (status !== 0) throw new Error("no book was made");
  const given = Object.fromEntries(names.map((name) => [name, [join(folder, `${name}.parquet`)]]));
  files = { positions: [], ...given, asOf };
  // Prices that agree for most symbols and differ for some, in a second file of positions as well.
  await withDuckDB(async (connection) => {
    const source = `read_parquet('${join(folder, "positions.parquet")}', file_row_number = true)`;
    const price = `case when file_row_number % 3 = 0 and length(symbol) > 10
      then 2 + (case when file_row_number % 51 = 0 then 0.5 else 0 end) end as price`;
    for (const half of [0, 1])
      await connection.run(`copy (select account, symbol, quantity, ${price} from ${source}
        where file_row_number % 2 = ${half}) to '${join(folder, `marked-${half}.parquet`)}' (format parquet)`);
  });
  marked = { ...files, positions: [0, 1].map((half) => join(folder, `marked-${half}.parquet`)) };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("one account of a book in Parquet", () => {
  test.each(["plain", "marked"])("is what the whole book makes of it: %s", async (kind) => {
    const book = kind === "plain" ? files : marked;
    const engine = await loadEngine();
    const whole = engine.margin(await loadTableFiles(book));
    expect(whole.accounts.length).toBe(30);
    expect(whole.accounts.some(({ status }) => status === "incomplete")).toBe(true);
    for (const account of whole.accounts) {
      const own = await readAccount(book, account.account);
      if (own === null) throw new Error("no account");
      const alone = engine.margin(own, { account: account.account });
      const { failures, ...figures } = account;
      const [{ failures: ownFailures, ...ownFigures } = { failures: [] }] = alone.accounts;
      expect(ownFigures).toEqual(figures);
      // A failure of a contract stands at the first row that holds it: the account's own here.
      const told = (list: typeof failures): string[] => list.map(({ code, value }) => `${code} ${value}`);
      expect(told(ownFailures)).toEqual(told(failures));
      expect(alone.inputHash).toBe(whole.inputHash);
    }
  });

  test("explain reads it so, and refuses an account that is not there", async () => {
    const { accounts } = (await loadEngine()).margin(await loadTableFiles(files));
    const complete = accounts.find(({ status }) => status === "complete")?.account ?? "";
    const tables = names.flatMap((name) => [`--${name}`, join(folder, `${name}.parquet`)]);
    const run = plimsoll("explain", ...tables, "--as-of", asOf, "--account", complete);
    expect([run.code, run.out.split("\n")[0]]).toEqual([
      0,
      `Account ${complete}: portfolio margin as of ${asOf}, rules finra-4210g, USD`,
    ]);
    const unknown = plimsoll("explain", ...tables, "--as-of", asOf, "--account", "nobody");
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain("ACCOUNT_UNKNOWN");
  });
});
