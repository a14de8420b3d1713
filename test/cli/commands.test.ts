import { readdirSync, readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { builtInRuleText } from "../../src/rules/load.js";
import { readSnapshotFile, readTable } from "../../src/tables/read-tables.js";
import { plimsoll, root, scratch } from "./run.js";

const { put, path } = scratch();
const example = `${root}examples/ibm-2007/snapshot.json`;

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

/** What the program prints for a value: JSON knows no NaN and no -0. */
function asPrinted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function ok(...args: string[]): string {
  const { code, out, err } = plimsoll(...args);
  expect([code, err]).toEqual([0, ""]);
  return out;
}

function records(text: string): Record<string, string>[] {
  return parse(text, { columns: true });
}

describe("--help", () => {
  test("of the program names its commands and exit codes", () => {
    const text = ok("--help");
    for (const command of ["margin", "explain", "price", "implied-volatility", "risk-array", "rules"])
      expect(text).toMatch(new RegExp(`^ {2}${command} `, "m"));
    expect(text).toContain("Exit codes: 0 done; 1 some rows were not used; 2 wrong use");
    expect(ok("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [
      "margin",
      ["--positions", "--underlyings", "--as-of", "--rules", "--account", "--format", "--json", "--out"],
    ],
    ["explain", ["--positions", "--account", "--json"]],
    ["price", ["--json", "--format", "--out"]],
    ["implied-volatility", ["--json", "--format", "--out"]],
    ["risk-array", ["--positions", "--rules", "--json", "--format"]],
    ["rules", ["--json", "--out"]],
  ])("of %s", (command, options) => {
    const text = ok(command, "--help");
    expect(text).toMatch(new RegExp(`^Usage: plimsoll ${command} `));
    for (const option of options) expect(text).toContain(option);
  });
});

describe("margin", () => {
  test("--json is what the library returns", () => {
    const result = engine.margin(readSnapshotFile(example));
    expect(JSON.parse(ok("margin", example, "--json"))).toEqual(asPrinted(result));
    expect(ok("margin", example, "--format", "json")).toBe(ok("margin", example, "--json"));
    const one = engine.margin(readSnapshotFile(example), { account: "7-collar" });
    expect(one.accounts).toHaveLength(1);
    expect(JSON.parse(ok("margin", example, "--account", "7-collar", "--json"))).toEqual(asPrinted(one));
    expect(JSON.parse(ok("explain", example, "--account", "7-collar", "--json"))).toEqual(asPrinted(one));
  });

  test("--format csv: the header, one row an account, figures in full", () => {
    const text = ok("margin", example, "--format", "csv");
    expect(text.split("\n")[0]).toBe(
      "account,status,market_value,cash,equity,requirement,excess,worst_class_group,worst_scenario",
    );
    const rows = records(text);
    const { accounts } = engine.margin(readSnapshotFile(example));
    expect(rows).toHaveLength(9);
    accounts.forEach((account, i) => {
      expect(rows[i]).toMatchObject({
        account: account.account,
        status: "complete",
        worst_class_group: "IBM",
      });
      expect(Number(rows[i]?.["requirement"])).toBe(account.requirementUsd);
      expect(Number(rows[i]?.["excess"])).toBe(account.excessUsd);
      expect(Number(rows[i]?.["market_value"])).toBe(account.marketValueUsd);
    });
  });

  test("--out writes the whole result under its name, and nothing beside it", () => {
    for (const format of ["table", "json", "csv"]) {
      const out = put(`result.${format}`, "old");
      expect(ok("margin", example, "--format", format, "--out", out)).toBe("");
      expect(readFileSync(out, "utf8")).toBe(ok("margin", example, "--format", format));
    }
    expect(readdirSync(path(".")).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("an incomplete account has empty figures in csv, and says so in the table", () => {
    const document = JSON.parse(readFileSync(example, "utf8")) as { positions: object[] };
    document.positions.push({ account: "7-collar", symbol: "XYZ", quantity: 1 });
    const file = put("incomplete.json", JSON.stringify(document));
    const csv = plimsoll("margin", file, "--format", "csv");
    expect(csv.code).toBe(1);
    expect(csv.out.split("\n")).toContain("7-collar,incomplete,,,,,,,");
    expect(csv.err).toContain("UNDERLYING_UNKNOWN");
    const table = plimsoll("margin", file);
    expect(table.code).toBe(1);
    expect(table.out).toMatch(/^7-collar +– +– +– +incomplete +– /m);
    expect(table.out).toContain("1 problem in the input");
    expect(plimsoll("explain", file, "--account", "7-collar").code).toBe(1);
    const other = plimsoll("explain", file, "--account", "8-call-spread");
    expect([other.code, other.err]).toEqual([0, ""]);
  });
});

describe("the same tables in other files", () => {
  const read = JSON.parse(readFileSync(example, "utf8")) as {
    asOf: string;
    rates: number;
    underlyings: Record<string, unknown>[];
    options: Record<string, unknown>[];
    positions: Record<string, unknown>[];
    accounts: Record<string, unknown>[];
  };
  const csv = (rows: Record<string, unknown>[]): string => {
    const head = Object.keys(rows[0] ?? {});
    return [head.join(","), ...rows.map((row) => head.map((name) => String(row[name])).join(","))].join("\n");
  };
  const withoutHash = (text: string): unknown => ({ ...(JSON.parse(text) as object), inputHash: "" });

  function separate(positions: string[]): string[] {
    return [
      ["margin", "--json", "--as-of", read.asOf, "--rates", String(read.rates)],
      ["--underlyings", put("u.csv", csv(read.underlyings)), "--options", put("o.csv", csv(read.options))],
      ["--accounts", put("a.csv", csv(read.accounts)), "--positions", ...positions],
    ].flat();
  }

  test("separate CSV files give the snapshot's result to the bit", () => {
    const text = ok(...separate([put("p.csv", csv(read.positions))]));
    expect(withoutHash(text)).toEqual(withoutHash(ok("margin", example, "--json")));
  });

  test("several files and a glob for one table, in any cut and order of rows", () => {
    const half = [read.positions.slice(0, 8), read.positions.slice(8).toReversed()];
    put("part-2.csv", csv(half[0] ?? []));
    put("part-1.csv", csv(half[1] ?? []));
    const whole = withoutHash(ok("margin", example, "--json"));
    expect(withoutHash(ok(...separate([path("part-1.csv"), path("part-2.csv")])))).toEqual(whole);
    expect(withoutHash(ok(...separate([path("part-*.csv")])))).toEqual(whole);
    const none = plimsoll(...separate([path("nothing-*.csv")]));
    expect(none.code).toBe(2);
    expect(none.err).toContain("FILE_NOT_FOUND");
  });

  test("--as-of beside a snapshot moves its time", () => {
    const later = JSON.parse(ok("margin", example, "--json", "--as-of", "2007-03-23T16:00:00-04:00")) as {
      asOf: string;
    };
    expect(later.asOf).toBe("2007-03-23T16:00:00-04:00");
  });
});

describe("explain", () => {
  const cents = (text: string): number => Math.round(Number(text.replaceAll(",", "")) * 100);
  const amounts = (line: string): number[] => (line.match(/-?[\d,]+\.\d\d(?!\d)/g) ?? []).map(cents);

  test.each([
    "1-short-call",
    "3-covered-call",
    "4-protective-put",
    "7-collar",
    "8-call-spread",
    "9-long-straddle",
  ])("%s re-adds by hand from what is printed", (account) => {
    const lines = ok("explain", example, "--account", account).split("\n");
    const head = lines.findIndex((line) => line.includes("profit at point"));
    const point = Number(/profit at point (\d+)/.exec(lines[head] ?? "")?.[1]);
    const netted = lines.findIndex((line) => line.trim().startsWith("netted"));
    const positions = lines.slice(head + 1, netted).map((line) => amounts(line).slice(-3));
    expect(positions.length).toBeGreaterThan(0);
    const [profit = NaN, minimum = NaN, cost = NaN] = amounts(lines[netted] ?? "");
    // Each printed figure is rounded to a cent by itself.
    const slack = 0.5 * (positions.length + 1);
    const sum = (at: number): number => positions.reduce((total, row) => total + (row[at] ?? NaN), 0);
    expect(Math.abs(sum(0) - profit)).toBeLessThanOrEqual(slack);
    expect(Math.abs(sum(1) - minimum)).toBeLessThanOrEqual(slack);
    expect(Math.abs(sum(2) - cost)).toBeLessThanOrEqual(slack);

    const everyPoint = lines.slice(netted + 2, netted + 4).join(" ");
    const profits = [...everyPoint.matchAll(/(\d+): (-?[\d,]+\.\d\d)/g)].map((match) =>
      cents(match[2] ?? ""),
    );
    expect(profits).toHaveLength(10);
    expect(profits.indexOf(Math.min(...profits)) + 1).toBe(point);
    expect(profits[point - 1]).toBe(profit);

    const charged = Math.max(-profit, minimum, 0);
    const value = (start: string): number =>
      amounts(lines.find((line) => line.trimStart().startsWith(start)) ?? "").at(-1) ?? NaN;
    expect(value("Portfolio group")).toBe(charged);
    expect(value("Sum")).toBe(charged);
    expect(cost).toBe(charged);
    const requirement = lines.find((line) => line.startsWith("Requirement")) ?? "";
    expect(amounts(requirement)).toEqual([charged]);
    const [equity = NaN, marketValue = NaN, cash = NaN] = amounts(
      lines.find((line) => line.startsWith("Equity")) ?? "",
    );
    expect(equity).toBe(marketValue + cash);
    expect(value("Excess")).toBe(equity - charged);
  });
});

describe("rules", () => {
  test("lists the built-in sets and prints one as the file a user would edit", () => {
    expect(ok("rules")).toContain("finra-4210g");
    expect(JSON.parse(ok("rules", "--json"))).toContainEqual(
      expect.objectContaining({
        name: "finra-4210g",
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      }),
    );
    expect(ok("rules", "finra-4210g")).toBe(builtInRuleText("finra-4210g"));
  });

  test("an edited copy is checked, and changes the requirement", () => {
    const text = builtInRuleText("finra-4210g").replace("perUnitUsd: 0.375", "perUnitUsd: 3.75");
    const file = put("mine.yaml", text.replace("name: finra-4210g", "name: mine"));
    expect(JSON.parse(ok("rules", file))).toMatchObject({ name: "mine", minimum: { perUnitUsd: 3.75 } });
    const result = JSON.parse(
      ok("margin", example, "--rules", file, "--json", "--account", "1-short-call"),
    ) as {
      rules: { name: string };
      accounts: { requirementUsd: number }[];
    };
    expect(result.rules.name).toBe("mine");
    // 100 short calls at 3.75 x 100 a contract.
    expect(result.accounts[0]?.requirementUsd).toBeGreaterThanOrEqual(37_500);
  });
});

describe("risk-array", () => {
  test("has the columns of the theoretical values table, before the multiplier", () => {
    const rows = records(ok("risk-array", example, "--format", "csv"));
    const points = Array.from({ length: 10 }, (_, i) => `p${i + 1}`);
    const columns = Object.keys(rows[0] ?? {});
    expect(columns.slice(0, 11)).toEqual(["symbol", ...points]);
    expect(columns).toEqual(expect.arrayContaining(["close", "volatility", "class_group", "minimum"]));
    const allowed = ["close", "volatility", "class_group", "product_group", "minimum"];
    expect(columns.slice(11).filter((name) => !allowed.includes(name))).toEqual([]);
    expect(rows.map((row) => row["symbol"])).toEqual([
      "IBM",
      "IBM   070421C00095000",
      "IBM   070421C00100000",
      "IBM   070421C00105000",
      "IBM   070421P00095000",
      "IBM   070421P00100000",
    ]);
    expect(Number(rows[0]?.["p1"])).toBeCloseTo(-0.15 * 97.73, 10);
    const { accounts } = engine.margin(readSnapshotFile(example), { account: "1-short-call" });
    const group = accounts[0]?.portfolioGroups[0];
    points.forEach((name, s) =>
      expect(-100 * 100 * Number(rows[2]?.[name])).toBeCloseTo(group?.profitUsd[s] ?? NaN, 6),
    );
    expect(JSON.parse(ok("risk-array", example, "--json"))).toHaveLength(6);
    expect(ok("risk-array", example)).toMatch(/^symbol +p1 /);
  });
});

describe("what-if", () => {
  const trade = "IBM   070421P00095000 100@1.02";

  test("prints what the library returns, and a table for people", () => {
    const args = ["what-if", example, "--account", "3-covered-call", "--trade", trade, "IBM -1000"];
    const result = JSON.parse(ok(...args, "--json")) as object;
    const trades = [
      { symbol: "IBM   070421P00095000", quantity: 100, price: 1.02 },
      { symbol: "IBM", quantity: -1000 },
    ];
    const options = { account: "3-covered-call", trades };
    expect(result).toEqual(engine.whatIf(readSnapshotFile(example), options));
    expect(ok(...args)).toMatch(/requirement +129,817\.80 +11,796\.88 +-118,020\.92/);
  });

  test("wrong use is told", () => {
    expect(plimsoll("what-if", example, "--account", "3-covered-call").code).toBe(2);
    for (const args of [
      ["--trade", "IBM"],
      ["--trade", trade],
      ["--account", "nobody", "--trade", trade],
    ]) {
      const { code, err } = plimsoll("what-if", example, ...args);
      expect(code).toBe(2);
      expect(err).toMatch(/^(USAGE|ACCOUNT_UNKNOWN) /);
    }
  });
});

describe("reg-t", () => {
  test("prints what the library returns; a table with every strategy for people", async () => {
    expect(JSON.parse(ok("reg-t", example, "--json"))).toEqual(await engine.regT(readSnapshotFile(example)));
    const text = ok("reg-t", example, "--account", "7-collar");
    expect(text).toMatch(/7-collar +498,850\.00 +4,000\.00 +494,850\.00 +122,300\.00/);
    expect(text).toContain("FINRA 4210(f)(2)(H)(v)d");
  });

  test("margin --compare reg-t: both numbers, as table, JSON and CSV", async () => {
    const compared = ["margin", example, "--compare", "reg-t"];
    expect(ok(...compared)).toMatch(/8-call-spread +41,300\.00 +40,849\.21 +450\.79 +portfolio/);
    expect(JSON.parse(ok(...compared, "--json"))).toEqual(
      JSON.parse(JSON.stringify(await engine.compareRegT(readSnapshotFile(example)))),
    );
    const [row] = records(ok(...compared, "--format", "csv"));
    expect([row?.["requirement"], row?.["reg_t_initial"], row?.["reg_t_maintenance"]]).toEqual([
      "115422.83",
      "189560",
      "189560",
    ]);
  });

  test("its figures print as the file to edit, and a file of one's own is used", () => {
    const text = ok("rules", "reg-t");
    expect(text).toContain("shortMaintenance");
    expect(ok("rules")).toContain("reg-t");
    const stricter = put("own.yaml", text.replace("equity: { percent: 20", "equity: { percent: 30"));
    const figures = JSON.parse(ok("reg-t", example, "--reg-t-rules", stricter, "--json")) as {
      accounts: { regT: { maintenanceUsd: number } }[];
    };
    // Short 100 calls at 1.68, 30 % of 97.73 less 2.27: (1.68 + 29.319 - 2.27) x 10,000.
    expect(figures.accounts[0]?.regT.maintenanceUsd).toBe(287_290);
    const bad = put("bad.yaml", text.replace("percent: 50, source: RT12", "percent: fifty, source: RT12"));
    const { code, err } = plimsoll("reg-t", example, "--reg-t-rules", bad);
    expect(code).toBe(2);
    expect(err).toMatch(/^RULES_INVALID .*bad\.yaml:\d+:\d+.*stock\.longInitial\.percent/);
  });
});

describe("receipts", () => {
  test("written beside the result, verified without the engine and with it", () => {
    const file = path("receipt.json");
    expect(ok("margin", example, "--receipt", file, "--json")).toBe(ok("margin", example, "--json"));
    const receipt = JSON.parse(readFileSync(file, "utf8")) as { root: string };
    expect(receipt).toEqual(engine.receipt(readSnapshotFile(example)));
    expect(ok("verify", file)).toContain(receipt.root);
    expect(ok("verify", file, example, "--recompute")).toContain("computes again to the same");
  });

  test("one that does not hold names its node, with exit code 1", () => {
    const file = path("receipt.json");
    ok("margin", example, "--receipt", file);
    const bad = put("bad.json", readFileSync(file, "utf8").replace('"quantity": -100,', '"quantity": -101,'));
    const { code, out } = plimsoll("verify", bad);
    expect(code).toBe(1);
    expect(out).toContain("position IBM   070421C00100000");
    const moved = plimsoll("verify", file, example, "--recompute", "--as-of", "2007-02-26T16:00:00-05:00");
    expect([moved.code, moved.out]).toEqual([1, expect.stringContaining("asOf: recomputed as")]);
    const nothing = put("nothing.json", "[]");
    expect(plimsoll("verify", nothing).out).toContain("shape");
    expect(plimsoll("verify", path("absent.json")).code).toBe(2);
  });
});

describe("lists of options", () => {
  const head = "id,type,exercise,spot,strike,years,rate,dividend_yield";
  // Hull, Options, Futures and Other Derivatives, the standard example: S 42, K 40, r 10 %, sigma 20 %, half a year.
  const call = "call,european,42,40,0.5,0.1,0";
  const putTerms = "put,european,42,40,0.5,0.1,0";

  test("price: values as published, a bad row keeps its place", () => {
    const file = put("list.csv", `${head},volatility\nc,${call},0.2\nx,${call},-1\np,${putTerms},0.2\n`);
    const { code, out, err } = plimsoll("price", file, "--format", "csv");
    expect(code).toBe(1);
    expect(err).toContain(`CELL_RANGE  ${file}:3:volatility`);
    expect(out.split("\n")[0]).toMatch(/^id,value,delta,gamma,vega,theta,rho,status/);
    const rows = records(out);
    expect(rows.map((row) => [row["id"], row["status"]])).toEqual([
      ["c", "ok"],
      ["x", "bad_input"],
      ["p", "ok"],
    ]);
    expect(Number(rows[0]?.["value"])).toBeCloseTo(4.76, 2);
    expect(Number(rows[2]?.["value"])).toBeCloseTo(0.81, 2);
    expect([rows[1]?.["value"], rows[1]?.["delta"]]).toEqual(["", ""]);
    const library = engine.price({ table: readTable("contracts", [file]).table });
    expect(JSON.parse(plimsoll("price", file, "--json").out)).toEqual(asPrinted(library.rows));
  });

  test.each([
    ["price", "volatility"],
    ["implied-volatility", "price"],
  ])("%s: a list without a required column is refused, the column named", (command, last) => {
    const columns = [...head.split(","), last];
    for (const missing of columns) {
      const kept = columns.filter((name) => name !== missing);
      const file = put("columns.csv", `${kept.join(",")}\n${kept.map(() => "1").join(",")}\n`);
      const { code, out, err } = plimsoll(command, file);
      expect([missing, code, out]).toEqual([missing, 2, ""]);
      expect(err).toMatch(new RegExp(`^TABLE_COLUMN_MISSING .*no column ${missing}`));
    }
  });

  test("implied-volatility: back to 20 %, a status for every row", () => {
    const rows = [
      `c,${call},4.759422`,
      `low,${call},1`,
      `high,${call},43`,
      `x,${call},NaN`,
      `p,${putTerms},0.808599`,
    ];
    const file = put("quotes.csv", `${head},price\n${rows.join("\n")}\n`);
    const { code, out } = plimsoll("implied-volatility", file, "--format", "csv");
    expect(code).toBe(1);
    const found = records(out);
    expect(found.map((row) => [row["id"], row["status"]])).toEqual([
      ["c", "ok"],
      ["low", "below_intrinsic"],
      ["high", "above_maximum"],
      ["x", "bad_input"],
      ["p", "ok"],
    ]);
    expect(Number(found[0]?.["volatility"])).toBeCloseTo(0.2, 6);
    expect(Number(found[4]?.["volatility"])).toBeCloseTo(0.2, 6);
    expect(found.slice(1, 4).map((row) => row["volatility"])).toEqual(["", "", ""]);
  });
});
