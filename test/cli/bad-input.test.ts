import { beforeAll, describe, expect, test } from "vitest";
import { type Failure, MarginError } from "../../src/basics/failure.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult, MarginResult } from "../../src/requirement/result.js";
import { readTableFiles, tablesFromSnapshot } from "../../src/tables/read-tables.js";
import { plimsoll, scratch } from "./run.js";

const { put, path } = scratch();
const asOf = "2007-02-23T16:00:00-05:00";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

type Tables = Readonly<Record<"positions" | "underlyings" | "options" | "dividends" | "rates", string[]>>;

/** Lines of the good book: three accounts that hold nothing of the fourth's bad rows. */
const good: Tables = {
  positions: [
    "account,symbol,quantity,price",
    "A-stock,IBM,100,",
    "A-stock,IBM   070421C00100000,-1,",
    "B-spread,IBM   070421C00100000,5,",
    "B-spread,IBM   070421P00095000,-5,",
    "C-other,MSFT,-300,",
    "C-other,MSFT  070421C00030000,3,",
    "D-shares,GE,50,",
  ],
  underlyings: [
    "symbol,price,kind,class_group,portfolio_type,margin_eligible",
    "IBM,97.73,,,,",
    "MSFT,28.9,,,,",
    "GE,35.1,,,,",
  ],
  options: [
    "symbol,underlying,type,strike,expiry,bid,ask,price,volatility",
    "IBM   070421C00100000,,,,,,,1.68,",
    "IBM   070421P00095000,,,,,0.97,1.07,,",
    "MSFT  070421C00030000,,,,,,,,0.21",
  ],
  dividends: ["symbol,ex_date,amount", "MSFT,2007-03-15,0.1"],
  rates: ["years,rate", "0.1,0.0515", "1,0.0502"],
};

const others = ["A-stock", "B-spread", "C-other", "D-shares"];

function files(tables: Tables): Record<keyof Tables, string[]> {
  const write = (name: keyof Tables): string[] => [put(`${name}.csv`, `${tables[name].join("\n")}\n`)];
  return {
    positions: write("positions"),
    underlyings: write("underlyings"),
    options: write("options"),
    dividends: write("dividends"),
    rates: write("rates"),
  };
}

function args(): string[] {
  return [
    ["--positions", path("positions.csv"), "--underlyings", path("underlyings.csv")],
    ["--options", path("options.csv"), "--dividends", path("dividends.csv")],
    ["--rates", path("rates.csv"), "--as-of", asOf],
  ].flat();
}

function run(tables: Tables): MarginResult {
  return engine.margin(readTableFiles({ ...files(tables), asOf }));
}

function withRows(added: Partial<Tables>): Tables {
  const joined = Object.entries(good).map(([name, lines]) => [
    name,
    [...lines, ...(added[name as keyof Tables] ?? [])],
  ]);
  return Object.fromEntries(joined) as Tables;
}

function accountOf(result: MarginResult, name: string): AccountResult {
  const found = result.accounts.find(({ account }) => account === name);
  if (found === undefined) throw new Error(`no account ${name}`);
  return found;
}

function expectIncomplete(account: AccountResult): void {
  expect(account).toMatchObject({
    status: "incomplete",
    marketValueUsd: null,
    cashUsd: null,
    equityUsd: null,
    requirementUsd: null,
    excessUsd: null,
  });
  expect(account.failures.length).toBeGreaterThan(0);
}

const ibmOption = "IBM   070421C00110000";
const held = (symbol: string, quantity = "1"): string => `Z-bad,${symbol},${quantity},`;
const quoted = (cells: string): Partial<Tables> => ({
  positions: [held(ibmOption)],
  options: [`${ibmOption},,,,,${cells}`],
});

interface Case {
  readonly name: string;
  readonly add: Partial<Tables>;
  readonly failure: Partial<Failure>;
}

// Line numbers: the bad row is the first one behind the good book's.
const at = (table: keyof Tables, more = 0): { file: string; line: number } => ({
  file: `${table}.csv`,
  line: good[table].length + 1 + more,
});

const cases: readonly Case[] = [
  {
    name: "unknown symbol",
    add: { positions: [held("XYZ")] },
    failure: { code: "UNDERLYING_UNKNOWN", ...at("positions"), value: "XYZ" },
  },
  {
    name: "something that was meant as an option symbol",
    add: { positions: [held("IBM70421C100")] },
    failure: { code: "SYMBOL_INVALID", ...at("positions"), value: "IBM70421C100" },
  },
  {
    name: "missing price",
    add: { positions: [held("KO", "10")], underlyings: ["KO,,,,,"] },
    failure: { code: "CELL_MISSING", ...at("underlyings"), column: "price", value: null },
  },
  {
    name: "crossed quote",
    add: quoted("0.4,0.3,,"),
    failure: { code: "QUOTE_CROSSED", ...at("options"), value: "0.4 / 0.3", expected: "bid <= ask" },
  },
  {
    name: "empty quote",
    add: quoted("0,0,,"),
    failure: { code: "QUOTE_EMPTY", ...at("options"), value: ibmOption },
  },
  {
    name: "no quote at all",
    add: { positions: [held(ibmOption)] },
    failure: { code: "QUOTE_EMPTY", ...at("positions"), value: ibmOption },
  },
  {
    name: "price below intrinsic value",
    add: {
      positions: [held("IBM   070421C00080000")],
      options: ["IBM   070421C00080000,,,,,,,17,"],
    },
    failure: { code: "PRICE_BELOW_INTRINSIC", ...at("options"), column: "price", value: "17" },
  },
  {
    name: "price above what the option can be worth",
    add: quoted(",,98,"),
    failure: { code: "PRICE_ABOVE_MAXIMUM", ...at("options"), column: "price", value: "98" },
  },
  {
    name: "NaN as a volatility",
    add: quoted(",,,NaN"),
    failure: { code: "CELL_NOT_FINITE", ...at("options"), column: "volatility", value: "NaN" },
  },
  {
    name: "infinity as a quantity",
    add: { positions: [held("IBM", "Infinity")] },
    failure: { code: "CELL_NOT_FINITE", ...at("positions"), column: "quantity", value: "Infinity" },
  },
  {
    name: "a number beyond all doubles",
    add: { positions: [held("IBM", "1e999")] },
    failure: { code: "CELL_NOT_FINITE", ...at("positions"), column: "quantity", value: "1e999" },
  },
  {
    name: "zero contracts",
    add: { positions: [held("IBM   070421C00100000", "0")] },
    failure: { code: "QUANTITY_ZERO", ...at("positions"), value: "0" },
  },
  {
    name: "fractional contracts",
    add: { positions: [held("IBM   070421C00100000", "1.5")] },
    failure: { code: "QUANTITY_FRACTIONAL", ...at("positions"), value: "1.5" },
  },
  {
    name: "a mark beside a quantity of zero",
    add: { positions: ["Z-bad,MSFT  070421C00030000,0,99"] },
    failure: { code: "QUANTITY_ZERO", ...at("positions"), value: "0" },
  },
  {
    name: "expired option",
    add: { positions: [held("IBM   070120C00100000")] },
    failure: { code: "CONTRACT_EXPIRED", ...at("positions"), value: "IBM   070120C00100000" },
  },
  {
    name: "differing duplicates of a quote",
    add: {
      positions: [held(ibmOption)],
      options: [`${ibmOption},,,,,,,0.4,`, `${ibmOption.replaceAll(" ", "")},,,,,,,0.5,`],
    },
    failure: { code: "ROW_DUPLICATE", ...at("options", 1), value: ibmOption.replaceAll(" ", "") },
  },
  {
    name: "differing duplicates of an underlying",
    add: { positions: [held("KO")], underlyings: ["KO,50,,,,", "KO,51,,,,"] },
    failure: { code: "ROW_DUPLICATE", ...at("underlyings", 1), value: "KO" },
  },
  {
    name: "wrong type",
    add: { positions: [held("IBM", "one")] },
    failure: { code: "CELL_TYPE", ...at("positions"), value: "one", expected: "a finite number" },
  },
  {
    name: "a number with a thousands separator",
    add: { positions: ['Z-bad,IBM,"1,000",'] },
    failure: { code: "CELL_TYPE", ...at("positions"), value: "1,000" },
  },
  {
    name: "too few cells",
    add: { positions: ["Z-bad,IBM"] },
    failure: { code: "CSV_SYNTAX", ...at("positions"), value: "Z-bad,IBM" },
  },
  {
    name: "an option on an underlying that is not in the table",
    add: { positions: [held("XYZ   070421C00100000")], options: ["XYZ   070421C00100000,,,,,,,1,"] },
    failure: { code: "UNDERLYING_UNKNOWN", ...at("positions"), value: "XYZ" },
  },
  {
    name: "an adjusted root whose deliverable is not known",
    add: {
      positions: [held("BABA2 070421C00100000")],
      underlyings: ["BABA,90,,,,"],
      options: ["BABA2 070421C00100000,,,,,,,1,"],
    },
    failure: { code: "DELIVERABLE_UNKNOWN", ...at("positions"), value: "BABA2 070421C00100000" },
  },
  {
    name: "terms that contradict the symbol",
    add: { positions: [held(ibmOption)], options: [`${ibmOption},,put,,,,,1,`] },
    failure: {
      code: "CONTRACT_TERMS_CONFLICT",
      value: ibmOption,
      expected: "call, strike 110, expiry 2007-04-20",
    },
  },
  {
    name: "a margin_eligible that is neither true nor false",
    add: { positions: [held("KO")], underlyings: ["KO,50,,,,no"] },
    failure: { code: "CELL_TYPE", ...at("underlyings"), column: "margin_eligible", value: "no" },
  },
  {
    name: "a type that contradicts its class group",
    add: { positions: [held("KO")], underlyings: ["KO,50,,IBM,equity,", "IBN,50,,IBM,broad_index,"] },
    failure: { code: "CLASS_GROUP_TYPE_CONFLICT", ...at("underlyings"), value: "equity" },
  },
  {
    name: "a bad row that names another class group and another range",
    add: { positions: [held("IBN")], underlyings: ["IBN,x,,IBM,broad_index,"] },
    failure: { code: "CELL_TYPE", ...at("underlyings"), value: "x" },
  },
  {
    name: "a dividend that is no number",
    add: {
      positions: [held("KO")],
      underlyings: ["KO,50,,,,"],
      dividends: ["KO,2007-03-15,ten"],
    },
    failure: { code: "CELL_TYPE", ...at("dividends"), column: "amount", value: "ten" },
  },
  {
    name: "an ex-date that no calendar has",
    add: {
      positions: [held("KO")],
      underlyings: ["KO,50,,,,"],
      dividends: ["KO,2007-02-30,1"],
    },
    failure: { code: "CELL_TYPE", ...at("dividends"), column: "ex_date", value: "2007-02-30" },
  },
  {
    name: "two prices for one contract",
    add: { positions: ["Z-bad,IBM,1,97", "Z-bad,IBM,1,98"] },
    failure: { code: "MARK_CONFLICT", ...at("positions", 1), value: "98" },
  },
  {
    name: "a quantity too large to add up",
    add: { positions: [held("IBM", "1e12")] },
    failure: { code: "CELL_RANGE", ...at("positions"), value: "1000000000000" },
  },
];

describe("a bad row touches its own account alone", () => {
  test.each(cases.filter(({ name }) => !name.startsWith("a type that")))("$name", ({ add, failure }) => {
    const before = run(good);
    const after = run(withRows(add));
    for (const account of others) {
      expect(accountOf(before, account).status).toBe("complete");
      expect(JSON.stringify(accountOf(after, account))).toBe(JSON.stringify(accountOf(before, account)));
    }
    const touched = accountOf(after, "Z-bad");
    expectIncomplete(touched);
    const expected = failure.file === undefined ? failure : { ...failure, file: path(failure.file ?? "") };
    expect(touched.failures).toContainEqual(expect.objectContaining(expected));
    expect(after.failures).toContainEqual(expect.objectContaining(expected));
    for (const found of after.failures) expect([found.expected, found.file, found.line]).not.toContain(null);
    expect(after.accounts).toHaveLength(others.length + 1);
    expect(after.totals.incompleteAccounts).toBe(1);

    const json = plimsoll("margin", ...args(), "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toEqual(JSON.parse(JSON.stringify(after)));
    expect(json.err).toContain(failure.code ?? "");
  });
});

test("a margin_eligible of false takes the holding out of portfolio margin: all of its value is held", () => {
  const before = run(good);
  const after = run(withRows({ positions: [held("KO", "3")], underlyings: ["KO,50,,,,false"] }));
  for (const account of others) expect(accountOf(after, account)).toEqual(accountOf(before, account));
  expect(accountOf(after, "Z-bad")).toMatchObject({ status: "complete", requirementUsd: 150, excessUsd: 0 });
});

test("a type conflict in a class group touches every symbol that contradicts it", () => {
  const { add, failure } = cases.find(({ name }) => name.startsWith("a type that"))!;
  const after = run(withRows(add));
  expect(after.failures).toContainEqual(
    expect.objectContaining({ ...failure, file: path(failure.file ?? "") }),
  );
  expectIncomplete(accountOf(after, "Z-bad"));
  expect(accountOf(after, "C-other").status).toBe("complete");
});

describe("what touches no account, or more than one", () => {
  test("agreeing duplicates, unknown columns and rows nobody holds: reported, every account complete", () => {
    const before = run(good);
    const after = run({
      ...good,
      options: [
        ...good.options.map((line, i) => `${line},${i === 0 ? "colour" : "red"}`),
        `${good.options[1]},red`,
      ],
      underlyings: [...good.underlyings, "PEP,none,,,,"],
    });
    expect(JSON.stringify(after.accounts)).toBe(JSON.stringify(before.accounts));
    expect(after.failures.map(({ code, value }) => [code, value])).toEqual([
      ["CELL_TYPE", "none"],
      ["TABLE_COLUMN_UNKNOWN", "colour"],
      ["ROW_DUPLICATE", "IBM   070421C00100000"],
    ]);
    expect(plimsoll("margin", ...args()).code).toBe(1);
  });

  test.each([
    ["a rate that is no number", "2,five", "CELL_TYPE"],
    ["a rates row with too few cells", "2", "CSV_SYNTAX"],
  ])("%s touches every option, and no shares", (_, line, code) => {
    const before = run(good);
    const after = run(withRows({ rates: [line] }));
    for (const account of ["A-stock", "B-spread", "C-other"]) {
      expectIncomplete(accountOf(after, account));
      expect(accountOf(after, account).failures.map((f) => f.code)).toContain("RATE_UNUSABLE");
    }
    expect(accountOf(after, "D-shares")).toEqual(accountOf(before, "D-shares"));
    expect(after.failures[0]).toMatchObject({ code, file: path("rates.csv"), line: 4 });
  });

  test("an adjusted root with its own row is used; its underlying alone does not say how many shares", () => {
    const symbol = "BABA2 070421C00100000";
    const own = withRows({
      positions: [held(symbol)],
      underlyings: ["BABA2,90,,,,"],
      options: [`${symbol},,,,,,,1,`],
    });
    expect(accountOf(run(own), "Z-bad").status).toBe("complete");
    const named = withRows({
      positions: [held(symbol)],
      underlyings: ["BABA,90,,,,"],
      options: [`${symbol},BABA,,,,,,1,`],
    });
    expectIncomplete(accountOf(run(named), "Z-bad"));
    expect(run(named).failures).toMatchObject([{ code: "DELIVERABLE_UNKNOWN", symbol }]);
  });

  test("accounts: not in a given table, of type reg_t, with a bad cell", () => {
    const accounts = [
      put("accounts.csv", "account,cash,type\nA-stock,5,\nB-spread,5,reg_t\nC-other,five,\n"),
    ];
    const after = engine.margin(readTableFiles({ ...files(good), accounts, asOf }));
    const codes = after.accounts.map(({ account, status, failures }) => [account, status, failures[0]?.code]);
    expect(codes).toEqual([
      ["A-stock", "complete", undefined],
      ["B-spread", "incomplete", "ACCOUNT_TYPE_UNSUPPORTED"],
      ["C-other", "incomplete", "CELL_TYPE"],
      ["D-shares", "incomplete", "ACCOUNT_UNKNOWN"],
    ]);
    expect(accountOf(after, "A-stock").cashUsd).toBe(5);
    expect(accountOf(after, "B-spread").failures[0]).toMatchObject({
      file: accounts[0],
      line: 3,
      value: "reg_t",
    });
    expect(after.totals).toMatchObject({ accounts: 4, incompleteAccounts: 3, cashUsd: 5 });
  });

  test("an account's contradicting marks take no volatility from another account", () => {
    const symbol = "IBM   070421C00115000";
    const marked = (...rows: string[]): MarginResult => run(withRows({ positions: rows }));
    const before = marked(`Y-good,${symbol},1,0.2`);
    const after = marked(`Y-good,${symbol},1,0.2`, `Z-bad,${symbol},1,0.3`, `Z-bad,${symbol},1,0.4`);
    expect(accountOf(before, "Y-good").status).toBe("complete");
    expect(accountOf(after, "Y-good")).toEqual(accountOf(before, "Y-good"));
    expectIncomplete(accountOf(after, "Z-bad"));
  });

  test("a line of 100 MB: its account alone", () => {
    const before = run(good);
    const text = `${withRows({}).positions.join("\n")}\nZ-bad,${"x".repeat(100_000_000)},1,\nY-good,GE,1,\n`;
    const given = files(good);
    const after = engine.margin(readTableFiles({ ...given, positions: [put("positions.csv", text)], asOf }));
    for (const account of others) expect(accountOf(after, account)).toEqual(accountOf(before, account));
    expect(accountOf(after, "Y-good").status).toBe("complete");
    expectIncomplete(accountOf(after, "Z-bad"));
    expect(after.failures).toMatchObject([
      { code: "CSV_LINE_TOO_LONG", file: path("positions.csv"), line: good.positions.length + 1 },
    ]);
  });
});

function refused(read: () => unknown): readonly Failure[] {
  try {
    read();
  } catch (error) {
    if (error instanceof MarginError) return error.failures;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("nothing usable: exit code 2", () => {
  const snapshot = { asOf, positions: [], underlyings: [] };
  const texts: [string, string, string, Partial<Failure>][] = [
    ["an empty file", "empty.json", "", { code: "FILE_EMPTY" }],
    [
      "broken JSON",
      "broken.json",
      '{"asOf": "x",\n "positions": [}',
      { code: "JSON_SYNTAX", line: 2, column: "16" },
    ],
    ["an array", "array.json", "[]", { code: "JSON_SHAPE" }],
    [
      "no positions",
      "no-positions.json",
      '{"underlyings": []}',
      { code: "TABLE_MISSING", value: "positions" },
    ],
    ["another format", "table.xlsx", "PK", { code: "FILE_FORMAT_UNKNOWN" }],
    ["no as-of time", "no-time.json", JSON.stringify({ ...snapshot, asOf: null }), { code: "AS_OF_MISSING" }],
    [
      "an as-of time without a zone",
      "zone.json",
      JSON.stringify({ ...snapshot, asOf: "2007-02-23" }),
      { code: "AS_OF_INVALID" },
    ],
    [
      "an unknown rule set",
      "rules.json",
      JSON.stringify({ ...snapshot, rules: "span-9" }),
      { code: "RULES_UNKNOWN", value: "span-9" },
    ],
  ];
  test.each(texts)("%s", (_, name, text, failure) => {
    const { code, out, err } = plimsoll("margin", put(name, text));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(failure.code ?? "");
    if (failure.line !== undefined) expect(err).toContain(`${path(name)}:${failure.line}:${failure.column}`);
    if (failure.value !== undefined) expect(err).toContain(failure.value);
  });

  test("a file that is not there, a folder, and every such file at once", () => {
    const { code, err } = plimsoll("margin", path("absent.json"));
    expect(code).toBe(2);
    expect(err).toContain(`FILE_NOT_FOUND  ${path("absent.json")}: cannot find the file`);
    const given = files(good);
    const failures = refused(() =>
      readTableFiles({ ...given, options: [path("no.csv")], dividends: [path("neither.csv")], asOf }),
    );
    expect(failures.map((f) => [f.code, f.file])).toEqual([
      ["FILE_NOT_FOUND", path("no.csv")],
      ["FILE_NOT_FOUND", path("neither.csv")],
    ]);
  });

  test("a snapshot and tables, neither, a table without a needed column", () => {
    const file = put("ok.json", JSON.stringify(snapshot));
    files({ ...good, positions: ["account,symbol", "A-stock,IBM"] });
    for (const wrong of [
      ["margin", file, "--positions", path("positions.csv")],
      ["margin", file, "--accounts", path("positions.csv")],
      ["margin", file, "--rates", "0.05"],
      ["margin"],
    ]) {
      const { code, err } = plimsoll(...wrong);
      expect([code, err.slice(0, 5)]).toEqual([2, "USAGE"]);
    }
    const { code, err } = plimsoll("margin", ...args());
    expect([code, err.slice(0, 20)]).toEqual([2, "TABLE_COLUMN_MISSING"]);
  });

  test("wrong options, an unknown command, an unknown account", () => {
    const file = put("ok.json", JSON.stringify(snapshot));
    expect(plimsoll("margin", file, "--nonsense").code).toBe(2);
    expect(plimsoll("marginn").code).toBe(2);
    expect(plimsoll("explain", file).code).toBe(2);
    expect(plimsoll("margin", file, "--format", "xml").code).toBe(2);
    const { code, err } = plimsoll("explain", "examples/ibm-2007/snapshot.json", "--account", "10");
    expect(code).toBe(2);
    expect(err).toContain("ACCOUNT_UNKNOWN");
    expect(err).toContain("1-short-call");
  });

  test("a rule file: syntax and content with line and column", () => {
    const syntax = plimsoll("rules", put("syntax.yaml", "name: x\ntitle: [a\n"));
    expect(syntax.code).toBe(2);
    expect(syntax.err).toMatch(/^RULES_SYNTAX {2}.*syntax\.yaml:\d+:\d+: /);
    const builtIn = plimsoll("rules", "finra-4210g").out;
    const line = builtIn.split("\n").findIndex((text) => text.includes("perUnitUsd")) + 1;
    const file = put("content.yaml", builtIn.replace("perUnitUsd: 0.375", "perUnitUsd: -1"));
    const content = plimsoll("margin", "examples/ibm-2007/snapshot.json", "--rules", file);
    expect([content.code, content.out]).toEqual([2, ""]);
    expect(content.err).toContain(`RULES_INVALID  ${file}:${line}:15: `);
    expect(content.err).toContain("minimum.perUnitUsd");
    expect(content.err).toContain("-1");
    expect(plimsoll("rules", path("no-such.yaml")).err).toContain("FILE_NOT_FOUND");
  });

  test("--out into a folder that is not there", () => {
    const out = path("no/such/folder.json");
    const { code, err } = plimsoll("margin", "examples/ibm-2007/snapshot.json", "--out", out);
    expect(code).toBe(2);
    expect(err).toContain(`FILE_UNWRITABLE  ${out}`);
  });
});

test("the library takes a document with the same bad rows", () => {
  const { accounts, failures } = engine.margin(
    tablesFromSnapshot({
      asOf,
      underlyings: [
        { symbol: "IBM", price: Number.NaN },
        { symbol: "GE", price: 35 },
      ],
      positions: [
        { account: "1", symbol: "IBM", quantity: 1 },
        { account: "2", symbol: "GE", quantity: Number.POSITIVE_INFINITY },
        { account: "3", symbol: "GE", quantity: "1" },
        { account: "4", symbol: "GE", quantity: 100 },
      ],
    }),
  );
  expect(accounts.map(({ status, requirementUsd }) => [status, requirementUsd])).toEqual([
    ["incomplete", null],
    ["incomplete", null],
    ["incomplete", null],
    ["complete", 525],
  ]);
  expect(failures.map((f) => [f.code, f.value])).toEqual([
    ["CELL_NOT_FINITE", "Infinity"],
    ["CELL_TYPE", "1"],
    ["CELL_NOT_FINITE", "NaN"],
  ]);
});
