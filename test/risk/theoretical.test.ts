import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { riskArrayCells, riskArrayObjects } from "../../src/report/risk-array-rows.js";
import { csvText } from "../../src/report/csv.js";
import { readSnapshotFile, readTable, readTableFiles } from "../../src/tables/read-tables.js";
import { loadRuleSet } from "../../src/rules/load.js";
import { scratch } from "../cli/run.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});
const files = scratch();

const ibm = new URL("../../examples/ibm-2007/snapshot.json", import.meta.url).pathname;
const spx = new URL("../../examples/spx-2019/snapshot.json", import.meta.url).pathname;

const asOf = "2026-06-01T16:00:00-04:00";
const points = [-15, -12, -9, -6, -3, 3, 6, 9, 12, 15];
const series = (profits: readonly number[]) => Object.fromEntries(profits.map((p, s) => [`p${s + 1}`, p]));
const call = "XYZ   261218C00100000";
const row = { symbol: call, close: 4, ...series(points.map((move) => move / 2)) };
const share = { symbol: "XYZ", close: 100, ...series(points) };

const book = (theoretical: readonly object[], more: object = {}) => ({
  asOf,
  theoretical,
  positions: [
    { account: "A", symbol: call, quantity: -10 },
    { account: "A", symbol: "XYZ", quantity: 200 },
  ],
  ...more,
});
const underlyings = [{ symbol: "XYZ", price: 100 }];
const options = [{ symbol: call, volatility: 0.3 }];

describe("theoretical values", () => {
  test("need no market: profits are quantity × multiplier × value", () => {
    const result = engine.margin(book([row, share]));
    expect(result.failures).toEqual([]);
    const [account] = result.accounts;
    // Point k: -10 × 100 × move / 2 + 200 × move = -300 × move: worst at +15.
    const group = account?.portfolioGroups[0];
    expect(group?.profitUsd).toEqual(points.map((move) => -300 * move));
    expect(account?.requirementUsd).toBe(4500);
    expect(account?.marketValueUsd).toBe(200 * 100 - 10 * 400);
    const positions = group?.productGroups[0]?.classGroups[0]?.positions;
    expect(positions?.map(({ symbol, source, volatility }) => [symbol, source, volatility])).toEqual([
      ["XYZ", "theoretical", null],
      [call, "theoretical", null],
    ]);
    expect(result.theoretical).toEqual({ used: 2, missing: [] });
    expect(result.notes.join()).toContain("all 2 contracts are theoretical values");
    expect(result.notes.join()).not.toContain("No rates");
  });

  test("a mixed book says so, by note and by position, and lists what has no row", () => {
    const result = engine.margin(book([row], { underlyings }));
    const positions = result.accounts[0]?.portfolioGroups[0]?.productGroups[0]?.classGroups[0]?.positions;
    expect(positions?.map(({ source }) => source)).toEqual(["model", "theoretical"]);
    expect(result.theoretical).toEqual({ used: 1, missing: ["XYZ"] });
    expect(result.notes.join()).toMatch(/Mixed book: profits of 1 contracts .* left to the model: XYZ\./);
    expect(result.accounts[0]?.requirementUsd).toBe(4500);
    expect(engine.margin(book([], { underlyings, options })).theoretical).toBeUndefined();
  });

  test("a contract with neither row nor market is a failure by name; the others stand", () => {
    const result = engine.margin(book([row]));
    expect(result.failures).toMatchObject([{ code: "UNDERLYING_UNKNOWN", symbol: "XYZ" }]);
    expect(result.accounts[0]?.status).toBe("incomplete");
    expect(result.accounts[0]?.portfolioGroups[0]?.profitUsd).toEqual(points.map((move) => -500 * move));
  });

  test.each([
    ["too few", series(points.slice(0, 8)), "p9", "8 values"],
    ["too many", series([...points, 18]), "p11", "11 values"],
    ["a gap", { ...series(points), p4: null }, "p4", "9 values"],
  ])("%s: refused by name, and the model is not asked instead", (_, profits, column, found) => {
    const market = { underlyings, options };
    const result = engine.margin(book([{ symbol: call, close: 4, ...profits }], market));
    expect(result.failures).toMatchObject([
      { code: "THEORETICAL_SCENARIOS", column, value: call, symbol: call },
    ]);
    expect(result.failures[0]?.expected).toContain(found);
    expect(result.accounts[0]?.requirementUsd).toBeNull();
    const held = result.accounts[0]?.portfolioGroups[0]?.productGroups[0]?.classGroups[0]?.positions;
    expect(held?.map(({ symbol }) => symbol)).toEqual(["XYZ"]);
  });

  test("a bad cell is a failure with its place; the account is incomplete, others are not", () => {
    const file = files.put(
      "theoretical.csv",
      csvText(
        ["symbol", ...points.map((_, s) => `p${s + 1}`), "close"],
        [
          [call, ...points, 4],
          ["XYZ", ...points, 100],
          ["ABC", ...points.with(3, Number.NaN), 100],
        ],
      ).replace("ABC,-15", "ABC,x"),
    );
    const positions = files.put("positions.csv", `account,symbol,quantity\nA,${call},1\nB,ABC,1\n`);
    const read = readTableFiles({ positions: [positions], theoretical: [file], asOf });
    const result = engine.margin(read);
    expect(result.failures).toMatchObject([
      { code: "CELL_TYPE", file, line: 4, column: "p1", symbol: "ABC" },
    ]);
    expect(result.accounts.map(({ status }) => status)).toEqual(["complete", "incomplete"]);
  });

  test("no close, no price: refused; with a market price, or a mark, it is that", () => {
    const { close: _, ...open } = row;
    const without = engine.margin(book([open, share]));
    expect(without.failures).toMatchObject([
      { code: "THEORETICAL_CLOSE_MISSING", symbol: call, column: "close" },
    ]);
    const quoted = engine.margin(book([open, share], { options: [{ symbol: call, bid: 3, ask: 4 }] }));
    expect(quoted.accounts[0]?.marketValueUsd).toBe(20_000 - 3500);
    const marked = engine.margin({
      ...book([open, share]),
      positions: [
        { account: "A", symbol: call, quantity: -10, price: 5 },
        { account: "A", symbol: "XYZ", quantity: 200 },
      ],
    });
    expect(marked.accounts[0]?.marketValueUsd).toBe(20_000 - 5000);
  });

  test("the file's minimum, capped at a long option's value; the rule set's where it is silent", () => {
    const flat = series(points.map(() => 0));
    const charge = (theoretical: object, quantity: number) =>
      engine.margin({
        asOf,
        theoretical: [theoretical],
        positions: [{ account: "A", symbol: call, quantity }],
      }).accounts[0]?.requirementUsd;
    expect(charge({ symbol: call, close: 4, ...flat }, -2)).toBe(75);
    expect(charge({ symbol: call, close: 4, minimum: 20, ...flat }, -2)).toBe(40);
    expect(charge({ symbol: call, close: 0.1, minimum: 20, ...flat }, 2)).toBe(20);
  });

  test("class group and product group of the file; one that the rule set does not have offsets nothing", () => {
    const row2 = { symbol: "AAA", close: 50, class_group: "ONE", ...series(points) };
    const row3 = { symbol: "BBB", close: 50, class_group: "ONE", ...series(points) };
    const positions = [
      { account: "A", symbol: "AAA", quantity: 100 },
      { account: "A", symbol: "BBB", quantity: -40 },
    ];
    const netted = engine.margin({ asOf, positions, theoretical: [row2, row3] });
    expect(netted.accounts[0]?.requirementUsd).toBe(900);
    const [broad] = loadRuleSet("finra-4210g").productGroups;
    const offset = broad?.offset ?? 0;
    const grouped = (a: string, b: string) =>
      engine.margin({
        asOf,
        positions,
        theoretical: [
          { ...row2, class_group: "AAA", product_group: a },
          { ...row3, class_group: "BBB", product_group: b },
        ],
      });
    expect(offset).toBeGreaterThan(0);
    expect(grouped(broad!.id, broad!.id).accounts[0]?.requirementUsd).toBeCloseTo(1500 - offset * 600, 6);
    const unknown = grouped("G-none", "G-none");
    expect(unknown.accounts[0]?.requirementUsd).toBe(2100);
    expect(unknown.notes.join()).toContain("no product group G-none");
    const conflict = engine.margin({
      asOf,
      positions,
      theoretical: [
        { ...row2, product_group: "G1" },
        { ...row3, product_group: "G2" },
      ],
    });
    expect(conflict.failures).toMatchObject([{ code: "THEORETICAL_GROUP_CONFLICT", symbol: "BBB" }]);
  });

  test("what the model refuses can be given: an adjusted option of an unknown deliverable, a future without a row", () => {
    const adjusted = "XYZ1  261218C00100000";
    const given = [
      { symbol: adjusted, close: 4, ...series(points) },
      { symbol: "ESZ26", close: 6000, ...series(points) },
    ];
    const positions = [
      { account: "A", symbol: adjusted, quantity: 1 },
      { account: "B", symbol: "ESZ26", quantity: 2 },
    ];
    const result = engine.margin({ asOf, theoretical: given, positions });
    expect(result.failures).toEqual([]);
    // The values stand as they were given. USD 50 a point; a future has no market value, and stands in the index's class group.
    expect(
      result.accounts.map(({ requirementUsd, marketValueUsd }) => [requirementUsd, marketValueUsd]),
    ).toEqual([
      [1500, 400],
      [1500, 0],
    ]);
    const refused = engine.margin({ asOf, theoretical: given.slice(1), positions });
    expect(refused.failures.map(({ symbol }) => symbol)).toEqual([adjusted]);
  });

  test("a house test that needs other grids names the contract's class group instead of taking it for no risk", () => {
    const { hash: _, ...document } = loadRuleSet("finra-4210g");
    const rules = {
      ...document,
      houseRules: {
        tests: [
          {
            id: "wide",
            kind: "range",
            against: "widest",
            ranges: [
              { portfolioTypes: ["equity"], down: -0.3, up: 0.3, source: "F1", standing: "unverified" },
            ],
            source: "F1",
            standing: "unverified",
          },
        ],
      },
    };
    const result = engine.margin(book([row, share]), { rules });
    expect(result.accounts[0]?.status).toBe("incomplete");
    expect(result.failures.map(({ code }) => code)).toContain("HOUSE_INPUT_MISSING");
  });
});

describe("a risk array fed back as theoretical values gives the same requirement", () => {
  test.each([
    ["finra-4210g", ibm],
    ["finra-4210g", spx],
    ["span-16", spx],
    ["price-volatility", ibm],
  ])("%s %s", (rules, path) => {
    const read = readSnapshotFile(path);
    const model = engine.margin(read, { rules });
    const { rows, scenarioCount } = engine.riskArrays(read, { rules });
    const csv = files.put("round-trip.csv", csvText(...riskArrayCells(rows, scenarioCount)));
    const json = files.put("round-trip.json", JSON.stringify(riskArrayObjects(rows, scenarioCount)));
    for (const file of [csv, json]) {
      const theoretical = readTable("theoretical", [file]).table;
      const { tables } = read;
      const again = engine.margin({ tables: { ...tables, theoretical }, failures: [] }, { rules });
      expect(again.failures).toEqual([]);
      expect(again.theoretical?.missing).toEqual([]);
      const figures = (result: typeof model) =>
        result.accounts.map(({ account, requirementUsd, equityUsd }) => ({
          account,
          requirementUsd,
          equityUsd,
        }));
      expect(figures(again)).toEqual(figures(model));
    }
  });
});
