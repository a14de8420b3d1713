import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadBrokerExports } from "../../src/broker-exports/load-tables.js";
import { readSnapshotFile } from "../../src/tables/read-tables.js";
import { loadEngine } from "../../src/engine.js";
import { plimsoll, scratch } from "../cli/run.js";

const { put, path } = scratch();

const header =
  '"Symbol","Description","Quantity","Price","Price Change %","Price Change $","Market Value","Security Type"';
const schwab = (account: string, ...rows: readonly string[]): string =>
  [`"Positions for account ${account} as of 04:15 PM ET, 10/02/2026"`, "", header, ...rows].join("\n");
const row = (symbol: string, quantity: string, price: string, value: string, type = "Equity"): string =>
  `"${symbol}","NAME","${quantity}","${price}","--","--","${value}","${type}"`;
const cash = row("Cash & Cash Investments", "--", "--", "$1,000.00", "Cash and Money Market");

describe("exports as tables of a run", () => {
  test("prices, cash and time of the export: shares lose 15 %, a covered call gains at most its price", async () => {
    const shares = row("QZA", "100", "$40.00", "$4,000.00");
    const file = put("a.csv", schwab("Joint ...123", shares, cash));
    const read = await loadBrokerExports({ positions: [file], format: "schwab", asOf: null });
    const result = (await loadEngine()).margin(read);
    expect(result.asOf).toBe("2026-10-02T16:15[America/New_York]");
    // 100 x 40.00 = 4,000.00; 15 % of it is 600.00; with the cash 5,000.00 of equity.
    expect(result.accounts).toMatchObject([
      { account: "x123", status: "complete", requirementUsd: 600, equityUsd: 5000, excessUsd: 4400 },
    ]);
  });

  test("tables of one's own come first and fill what the export lacks", async () => {
    const file = put(
      "b.csv",
      schwab("Joint ...123", row("QZA 01/15/2027 42.00 C", "-1", "$1.50", "-$150.00", "Option"), cash),
    );
    const underlyings = put("b-underlyings.csv", "symbol,price\nQZA,40\n");
    const accounts = put("b-accounts.csv", "account,equity_other\nx123,500\n");
    const given = { positions: [file], format: "schwab", asOf: null, underlyings: [underlyings] } as const;
    const alone = (await loadEngine()).margin(
      await loadBrokerExports({ positions: [file], format: "schwab", asOf: null }),
    );
    expect(alone.accounts[0]).toMatchObject({ status: "incomplete", requirementUsd: null });
    expect(alone.failures.map(({ code }) => code)).toEqual(["UNDERLYING_UNKNOWN"]);
    const read = await loadBrokerExports({ ...given, accounts: [accounts], rates: "0.04" });
    const [account] = (await loadEngine()).margin(read).accounts;
    expect(account).toMatchObject({ status: "complete", cashUsd: 1000, marketValueUsd: -150 });
    // The same book as tables of its own: the same figures.
    const plain = {
      asOf: "2026-10-02T16:15[America/New_York]",
      rates: 0.04,
      underlyings: [{ symbol: "QZA", price: 40 }],
      accounts: [{ account: "x123", cash: 1000, equity_other: 500 }],
      positions: [{ account: "x123", symbol: "QZA   270115C00042000", quantity: -1, price: 1.5 }],
    };
    const [same] = (await loadEngine()).margin(plain).accounts;
    expect(account).toEqual(same);
  });

  test("a refused holding makes its account incomplete, and no other", async () => {
    const bad = put(
      "c1.csv",
      schwab("Joint ...123", row("QZA", "100", "$40.00", "$40.00"), row("QZB", "1", "1.00", "1.00")),
    );
    const good = put("c2.csv", schwab("Roth ...456", row("QZA", "1", "$40.00", "$40.00")));
    const read = await loadBrokerExports({ positions: [bad, good], format: "schwab", asOf: null });
    const { accounts } = (await loadEngine()).margin(read);
    expect(accounts.map(({ account, status, requirementUsd }) => [account, status, requirementUsd])).toEqual([
      ["x123", "incomplete", null],
      ["x456", "complete", 6],
    ]);
  });

  test("without a zone, or with several times, the as-of time has to be given", async () => {
    const later = schwab("Roth ...456", row("QZA", "1", "$40.00", "$40.00")).replace("04:15", "04:20");
    const files = [put("d1.csv", schwab("Joint ...123", cash)), put("d2.csv", later)];
    await expect(loadBrokerExports({ positions: files, format: "schwab", asOf: null })).rejects.toThrow(
      "AS_OF_MISSING",
    );
  });

  test("the input's hash is that of the bytes: another file, another hash; the same, the same", async () => {
    const one = {
      positions: [put("e.csv", schwab("Joint ...123", cash))],
      format: "schwab",
      asOf: null,
    } as const;
    const other = { ...one, positions: [put("f.csv", schwab("Joint ...123", cash, cash))] };
    const hash = async (given: typeof one | typeof other): Promise<string> =>
      (await loadBrokerExports(given)).tables.inputHash;
    expect(await hash(one)).toBe(await hash(one));
    expect(await hash(one)).not.toBe(await hash(other));
  });
});

describe("plimsoll read-positions and --positions-format", () => {
  const exported = (): string =>
    put(
      "g.csv",
      schwab(
        "Individual 98765432",
        row("QZA", "100", "$40.00", "$4,000.00"),
        row("QZB", "2", "1.00", "9.00"),
        cash,
      ),
    );

  test("a positions table on standard output, the report beside it, account numbers nowhere", () => {
    const run = plimsoll("read-positions", exported(), "--format", "schwab");
    expect(run.code).toBe(1);
    expect(run.out).toBe("account,symbol,quantity,price\nx5432,QZA,100,40\nx5432,QZB,,\n");
    expect(run.err).toContain("holdings   1 used, 1 refused");
    expect(run.err).toContain("cash       x5432: 1000.00 (Cash & Cash Investments)");
    expect(run.err).toMatch(/EXPORT_CHECK .*g\.csv:5:Market Value: .*2 x 1 x 1 = 2\.00, within two cents/);
    expect(run.out + run.err).not.toContain("98765432");
    const hashed = plimsoll(
      "read-positions",
      exported(),
      "--format",
      "schwab",
      "--account-labels",
      "hash",
      "--json",
    );
    expect(JSON.parse(hashed.out)).toMatchObject({
      accounts: [{ account: expect.stringMatching(/^h[0-9a-f]{12}$/), cash: 1000 }],
    });
    expect(hashed.out + hashed.err).not.toContain("98765432");
  });

  test("a snapshot that margin reads: the refused holding keeps its account incomplete", () => {
    const file = path("snapshot.json");
    expect(plimsoll("read-positions", exported(), "--format", "schwab", "--snapshot", file)).toMatchObject({
      code: 1,
      out: "",
    });
    const document = JSON.parse(readFileSync(file, "utf8")) as { positions: object[] };
    expect(document).toMatchObject({
      asOf: "2026-10-02T16:15[America/New_York]",
      underlyings: [{ symbol: "QZA", price: 40 }],
    });
    expect(plimsoll("margin", file).out).toMatch(/x5432 .* incomplete/);
    expect(readSnapshotFile(file).failures.map(({ code }) => code)).toEqual(["CELL_MISSING"]);
  });

  test("every file that is no such export is listed", () => {
    const files = [exported(), put("no.csv", "a,b\n1,2\n"), path("missing.csv")];
    const run = plimsoll("read-positions", ...files, "--format", "schwab");
    expect(run).toMatchObject({ code: 2, out: "" });
    expect(run.err).toMatch(/^EXPORT_HEADER .*no\.csv.*\nFILE_NOT_FOUND .*missing\.csv.*\n$/);
  });

  test("margin takes the export itself; wrong use is refused", () => {
    const file = put("h.csv", schwab("Individual 98765432", row("QZA", "100", "$40.00", "$4,000.00"), cash));
    const run = plimsoll("margin", "--positions", file, "--positions-format", "schwab", "--json");
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({
      accounts: [{ account: "x5432", requirementUsd: 600, cashUsd: 1000 }],
    });
    expect(run.out + run.err).not.toContain("98765432");
    expect(plimsoll("margin", "--positions", file, "--positions-format", "robinhood").code).toBe(2);
    expect(plimsoll("margin", "--positions-format", "schwab", "--underlyings", file).code).toBe(2);
    const other = plimsoll("margin", "--positions", file, "--positions-format", "fidelity");
    expect(other).toMatchObject({ code: 2, out: "" });
    expect(other.err).toContain("the file begins like the export schwab");
  });
});
