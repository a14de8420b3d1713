import { mkdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { DiffResult } from "../../src/analysis/diff/result.js";
import { plimsoll, scratch } from "../cli/run.js";

const files = scratch();
const [november, december] = ["november", "december"].map((name) => `examples/diff/${name}.json`) as [
  string,
  string,
];
const parsed = (text: string): DiffResult => JSON.parse(text) as DiffResult;

describe("plimsoll diff", () => {
  let plain: DiffResult;
  beforeAll(() => {
    plain = parsed(plimsoll("diff", november, december, "--json").out);
    for (const name of ["november", "december"])
      plimsoll("margin", `examples/diff/${name}.json`, "--receipt", files.path(`${name}.receipt.json`));
  });
  const receipt = (name: string): string => files.path(`${name}.receipt.json`);

  test("two snapshots: the table, exit code 0", () => {
    const { code, out } = plimsoll("diff", november, december);
    expect(code).toBe(0);
    expect(out).toContain("difference 12,631.12");
    expect(out).toContain("snapshot examples/diff/november.json");
  });

  test("two receipts give the same, their inputs found by hash in any order", () => {
    const { code, out } = plimsoll(
      "diff",
      receipt("november"),
      receipt("december"),
      "--json",
      "--inputs",
      december,
      november,
    );
    expect(code).toBe(0);
    expect(parsed(out)).toEqual(plain);
  });

  test("a receipt of one account compares that account", () => {
    const book = JSON.parse(readFileSync(november, "utf8")) as { positions: object[]; accounts: object[] };
    const two = {
      ...book,
      accounts: [...book.accounts, { account: "B-2" }],
      positions: [...book.positions, { account: "B-2", symbol: "SPY", quantity: 1 }],
    };
    const snapshot = files.put("two.json", JSON.stringify(two));
    plimsoll("margin", snapshot, "--account", "A-1", "--receipt", files.path("one.receipt.json"));
    const { code, out } = plimsoll(
      "diff",
      files.path("one.receipt.json"),
      december,
      "--json",
      "--inputs",
      snapshot,
    );
    expect(code).toBe(0);
    expect(parsed(out).accounts.map(({ account, aUsd }) => [account, aUsd])).toEqual([["A-1", 12_187.49]]);
    const other = plimsoll(
      "diff",
      files.path("one.receipt.json"),
      december,
      "--account",
      "B-2",
      "--inputs",
      snapshot,
    );
    expect([other.code, other.err]).toEqual([2, expect.stringContaining("other accounts")]);
  });

  test("receipts that cannot be used are refused, each with its reason", () => {
    const refusal = (...args: string[]): [number | null, string] => {
      const { code, err } = plimsoll("diff", ...args);
      return [code, err];
    };
    const missing = refusal(receipt("november"), december, "--inputs", december);
    expect(missing).toEqual([2, expect.stringContaining(plain.a.inputHash)]);
    const text = readFileSync(receipt("november"), "utf8");
    const corrupt = files.put("corrupt.json", text.replace('"quantity": 500', '"quantity": 501'));
    expect(refusal(corrupt, december, "--inputs", november)).toEqual([
      2,
      expect.stringMatching(/does not hold; expected .*> position PAYS: /),
    ]);
    expect(
      refusal(receipt("november"), december, "--inputs", november, "--as-of-a", "2026-11-20T16:00:00Z"),
    ).toEqual([2, expect.stringContaining("as-of time of its own")]);
    const escrowed = refusal(
      receipt("november"),
      december,
      "--inputs",
      november,
      "--dividend-model",
      "escrowed",
    );
    expect(escrowed).toEqual([2, expect.stringContaining("computes again to something else")]);
    const rules = JSON.parse(readFileSync(december, "utf8")) as { rules: string };
    expect(rules.rules).toBe("price-volatility");
  });

  test("a rule set from a file is found by hash; without the file the receipt is refused", () => {
    const rules = files.put(
      "own.yaml",
      "name: own\nbase: finra-4210g\ntitle: Own\neffective: '2026-01-01'\n",
    );
    const own = files.path("own.receipt.json");
    expect(plimsoll("margin", november, "--rules", rules, "--receipt", own).err).toBe("");
    const named = plimsoll("diff", own, december, "--json", "--inputs", november, "--rules-a", rules);
    expect(named.code).toBe(0);
    expect(parsed(named.out).a.rules.name).toBe("own");
    const without = plimsoll("diff", own, december, "--inputs", november);
    expect([without.code, without.err]).toEqual([2, expect.stringContaining("rule set own of the receipt")]);
  });

  test("folders of tables: the same steps as the snapshots", () => {
    for (const [name, snapshot] of [
      ["nov", november],
      ["dec", december],
    ] as const) {
      const { asOf, rules, ...tables } = JSON.parse(readFileSync(snapshot, "utf8")) as Record<
        string,
        unknown
      >;
      mkdirSync(files.path(name));
      files.put(`${name}/run.json`, JSON.stringify({ asOf, rules }));
      files.put(`${name}/README.md`, "not a table");
      for (const [table, rows] of Object.entries(tables)) {
        const list = table === "rates" ? [{ years: 0, rate: rows }] : (rows as object[]);
        if (table !== "options") files.put(`${name}/${table}.json`, JSON.stringify(list));
        else
          list.forEach((row, i) => {
            files.put(`${name}/options-${i}.ndjson`, JSON.stringify(row));
          });
      }
    }
    const { code, out } = plimsoll("diff", files.path("nov"), files.path("dec"), "--json");
    expect(code).toBe(0);
    expect(parsed(out).accounts).toEqual(plain.accounts);
    expect(plimsoll("diff", files.path("nov"), files.path("dec")).out).toContain(
      `tables ${files.path("nov")}`,
    );
    // A receipt of a folder's tables finds the folder.
    const { accounts } = parsed(
      plimsoll("diff", november, files.path("dec"), "--json", "--rules", "finra-4210g").out,
    );
    expect(accounts[0]!.steps.at(-1)).toMatchObject({ step: "rules", isChanged: false, amountUsd: 0 });
  });

  test("an incomplete account: exit code 1, and it is named", () => {
    const book = JSON.parse(readFileSync(december, "utf8")) as { positions: object[] };
    const bad = { ...book, positions: [...book.positions, { account: "A-1", symbol: "NONE", quantity: 1 }] };
    const { code, out, err } = plimsoll("diff", november, files.put("bad.json", JSON.stringify(bad)));
    expect(code).toBe(1);
    expect(out).toContain("Account A-1: not compared, the account is incomplete in B");
    expect(err).toContain("UNDERLYING_UNKNOWN");
  });

  test("wrong use: exit code 2", () => {
    expect(plimsoll("diff", november).code).toBe(2);
    expect(plimsoll("diff", november, "nowhere.json").code).toBe(2);
    expect(plimsoll("diff", november, december, "--account", "NOBODY").err).toContain("ACCOUNT_UNKNOWN");
  });
});
