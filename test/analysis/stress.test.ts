import { gunzipSync } from "node:zlib";
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { StressOptions } from "../../src/analysis/stress-options.js";
import { MarginError } from "../../src/basics/failure.js";
import { readSnapshotFile, readTable } from "../../src/tables/read-tables.js";
import { scratch } from "../cli/run.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});
const files = scratch();

const asOf = "2026-06-01T16:00:00-04:00";
const call = "XYZ   261218C00100000";
const put = "XYZ   260619P00095000";
const index = "SPX   260918P06000000";
const snapshot = {
  asOf,
  rates: [
    { years: 0.1, rate: 0.05 },
    { years: 1, rate: 0.03 },
  ],
  underlyings: [
    { symbol: "XYZ", price: 100, dividend_yield: 0.01, tags: "biotech|small-cap", beta: 1.4 },
    { symbol: "PAY", price: 60, tags: "small-cap" },
    { symbol: "SPX", price: 6000, kind: "index", dividend_yield: 0.012 },
    { symbol: "UPRO", price: 80 },
  ],
  options: [
    { symbol: call, volatility: 0.32 },
    { symbol: put, volatility: 0.4 },
    { symbol: index, volatility: 0.18 },
    { symbol: "PAY   260918C00060000", volatility: 0.25 },
  ],
  dividends: [
    { symbol: "PAY", ex_date: "2026-06-10", amount: 0.5 },
    { symbol: "PAY", ex_date: "2026-09-10", amount: 0.6 },
  ],
  accounts: [
    { account: "A", cash: 5000 },
    { account: "B", cash: 100_000 },
  ],
  positions: [
    { account: "A", symbol: "XYZ", quantity: 100 },
    { account: "A", symbol: call, quantity: -3 },
    { account: "A", symbol: put, quantity: 2 },
    { account: "B", symbol: index, quantity: -1 },
    { account: "B", symbol: "UPRO", quantity: 50 },
    { account: "B", symbol: "PAY   260918C00060000", quantity: 4 },
  ],
};

const stress = (options: StressOptions, input: object = snapshot) => engine.stress(input, options);
const profits = (options: StressOptions, input: object = snapshot) =>
  Object.fromEntries(stress(options, input).accounts.map((a) => [a.account, a.profitUsd]));

interface Terms {
  readonly symbol: string;
  readonly spot: number;
  readonly years: number;
  readonly rate: number;
  readonly volatility: number;
  readonly dividends?: string;
}

/** Value of one option by the list command's own path. */
function priced({ symbol, ...terms }: Terms): number {
  const strike = Number(symbol.slice(13)) / 1000;
  const isIndex = symbol.startsWith("SPX");
  const row = {
    id: "x",
    type: symbol[12] === "C" ? "call" : "put",
    exercise: isIndex ? "european" : "american",
    strike,
    dividend_yield: isIndex ? 0.012 : symbol.startsWith("XYZ") ? 0.01 : 0,
    ...terms,
  };
  const file = files.put("one.json", JSON.stringify([row]));
  const { rows, failures } = engine.price({ table: readTable("contracts", [file]).table });
  expect(failures).toEqual([]);
  return rows[0]!.value!;
}

const yearMs = 365 * 86_400_000;
const yearsOf = (expiry: string, days = 0) => (Date.parse(expiry) - Date.parse(asOf)) / yearMs - days / 365;
const rateAt = (years: number) =>
  years <= 0.1 ? 0.05 : years >= 1 ? 0.03 : 0.05 + ((years - 0.1) / 0.9) * -0.02;
const [callYears, putYears, indexYears, payYears] = [
  yearsOf("2026-12-18T16:00:00-05:00"),
  yearsOf("2026-06-19T16:00:00-04:00"),
  // SPX settles by the opening.
  yearsOf("2026-09-18T09:30:00-04:00"),
  yearsOf("2026-09-18T16:00:00-04:00"),
];

describe("every position is worth what the pricing command says, before and after", () => {
  test("price, volatility, rate and days together, by symbol, class group, tag and default", () => {
    const days = 7;
    const scenarios = [
      {
        name: "all at once",
        symbols: { XYZ: -0.23 },
        classGroups: { SPX: -0.11 },
        default: 0.05,
        volatility: { unit: "relative" as const, default: 0.2, symbols: { XYZ: 0.6 } },
        rateMove: -0.0125,
        days,
      },
    ];
    const later = (years: number, rateMove: number) => ({ years, rate: rateAt(years) + rateMove });
    const value = (symbol: string, spot: number, years: number, volatility: number, dividends?: string) =>
      priced({
        symbol,
        spot,
        volatility,
        ...later(years, 0),
        ...(dividends === undefined ? {} : { dividends }),
      });
    const moved = (symbol: string, spot: number, years: number, volatility: number, dividends?: string) =>
      priced({
        symbol,
        spot,
        volatility,
        ...later(years - days / 365, -0.0125),
        ...(dividends === undefined ? {} : { dividends }),
      });
    const a =
      100 * -23 +
      -300 * (moved(call, 77, callYears, 0.32 * 1.6) - value(call, 100, callYears, 0.32)) +
      200 * (moved(put, 77, putYears, 0.4 * 1.6) - value(put, 100, putYears, 0.4));
    const ex = (day: string, passed = 0) => yearsOf(`${day}T09:30:00-04:00`, passed);
    const pay = "PAY   260918C00060000";
    const b =
      -100 * (moved(index, 5340, indexYears, 0.18 * 1.2) - value(index, 6000, indexYears, 0.18)) +
      // UPRO stands in the class group of SPX with leverage 3.
      50 * 80 * 3 * -0.11 +
      400 *
        (moved(pay, 63, payYears, 0.25 * 1.2, `${ex("2026-06-10", days)}:0.5|${ex("2026-09-10", days)}:0.6`) -
          value(pay, 60, payYears, 0.25, `${ex("2026-06-10")}:0.5|${ex("2026-09-10")}:0.6`));
    const groups = stress({ scenarios: [{ name: "x", default: 0 }] }).accounts[1]?.worst?.classGroups ?? [];
    const indexGroup = groups.map(({ id }) => id).find((id) => id !== "PAY")!;
    const [first] = scenarios;
    const named = { ...first!, classGroups: { [indexGroup]: -0.11 } };
    const found = profits({ scenarios: [named] });
    expect(found["A"]?.[0]).toBeCloseTo(a, 2);
    expect(found["B"]?.[0]).toBeCloseTo(b, 2);
  });

  test("an option that expires within the days is worth its exercise value; dividends that passed are gone", () => {
    const found = profits({
      scenarios: [{ name: "on", symbols: { XYZ: -0.1, PAY: 0 }, default: 0, days: 30 }],
    });
    const years = callYears - 30 / 365;
    const after = priced({ symbol: call, spot: 90, years, rate: rateAt(years), volatility: 0.32 });
    const before = priced({
      symbol: call,
      spot: 100,
      years: callYears,
      rate: rateAt(callYears),
      volatility: 0.32,
    });
    const old = priced({ symbol: put, spot: 100, years: putYears, rate: rateAt(putYears), volatility: 0.4 });
    expect(found["A"]?.[0]).toBeCloseTo(-1000 - 300 * (after - before) + 200 * (5 - old), 2);
  });

  test("volatility in points, fading with the time to expiry", () => {
    const decay = { referenceDays: 30, exponent: 0.5, least: 0, most: 2 };
    const found = profits({
      scenarios: [{ name: "v", default: 0, volatility: { unit: "points", default: 0.1, decay } }],
    });
    const up = (symbol: string, years: number, volatility: number) => {
      const factor = Math.min(2, Math.sqrt(30 / 365 / years));
      const terms = { symbol, spot: 100, years, rate: rateAt(years) };
      return priced({ ...terms, volatility: volatility + 0.1 * factor }) - priced({ ...terms, volatility });
    };
    expect(found["A"]?.[0]).toBeCloseTo(-300 * up(call, callYears, 0.32) + 200 * up(put, putYears, 0.4), 2);
  });
});

describe("which move counts", () => {
  const shares = {
    asOf,
    underlyings: snapshot.underlyings,
    positions: ["XYZ", "PAY", "UPRO"].map((symbol) => ({ account: symbol, symbol, quantity: 1 })),
  };
  const moves = (scenario: object) => {
    const found = profits({ scenarios: [{ name: "s", ...scenario }] }, shares);
    return { XYZ: found["XYZ"]?.[0], PAY: found["PAY"]?.[0], UPRO: found["UPRO"]?.[0] };
  };

  test("nothing moves: exactly 0, options too", () => {
    expect(profits({ scenarios: [{ name: "s", default: 0 }] })).toEqual({ A: [0], B: [0] });
  });

  test("symbol before tag before class group before beta before default", () => {
    const all = {
      symbols: { XYZ: -0.5 },
      tags: { "small-cap": -0.4 },
      beta: { index: "SPX", move: -0.1 },
      default: 0.01,
    };
    expect(moves(all)).toEqual({ XYZ: -50, PAY: -24, UPRO: -24 });
    expect(moves({ ...all, symbols: {} })).toEqual({ XYZ: -40, PAY: -24, UPRO: -24 });
    // Beta 1.4; PAY has none and takes the default; UPRO is in the index's class group: leverage 3.
    expect(moves({ ...all, symbols: {}, tags: {} })).toEqual({ XYZ: -14, PAY: 0.6, UPRO: -24 });
    expect(moves({ beta: { index: "SPX", move: -0.1, default: 2 } })).toEqual({
      XYZ: -14,
      PAY: -12,
      UPRO: -24,
    });
  });

  test("a leveraged fund takes its multiple, never below nothing", () => {
    expect(moves({ default: -0.5 })).toEqual({ XYZ: -50, PAY: -30, UPRO: -80 });
  });

  test("a move that nobody says is a failure by name, and no profit of 0", () => {
    const result = stress({ scenarios: [{ name: "s", symbols: { XYZ: -0.1 } }] }, shares);
    expect(result.failures.map(({ code, symbol }) => [code, symbol])).toEqual([
      ["SCENARIO_MOVE_MISSING", "PAY"],
      ["SCENARIO_MOVE_MISSING", "UPRO"],
    ]);
    expect(result.accounts.map(({ account, status, profitUsd }) => [account, status, profitUsd])).toEqual([
      ["PAY", "incomplete", [null]],
      ["UPRO", "incomplete", [null]],
      ["XYZ", "complete", [-10]],
    ]);
    expect(result.firm.profitUsd).toEqual([-10]);
    expect(result.firm.accountsLeftOut).toEqual([2]);
  });
});

describe("the firm and its accounts", () => {
  const scenarios = [
    { name: "up", default: 0.1 },
    { name: "down", default: -0.3 },
    { name: "worse", default: -0.9 },
  ];

  test("the firm is the sum of its accounts, the worst first, class groups add up", () => {
    const { firm, accounts } = stress({ scenarios });
    scenarios.forEach((_, s) => {
      const sum = accounts.reduce((total, { profitUsd }) => total + profitUsd[s]!, 0);
      expect(firm.profitUsd[s]).toBeCloseTo(sum, 1);
    });
    expect(firm.worst.map(({ scenario }) => scenario)).toEqual(["worse", "down", "up"]);
    for (const { profitUsd, classGroups } of [...firm.worst, ...accounts.flatMap(({ worst }) => worst ?? [])])
      expect(classGroups.reduce((sum, part) => sum + part.profitUsd, 0)).toBeCloseTo(profitUsd, 1);
    expect(stress({ scenarios, worst: 1 }).firm.worst).toHaveLength(1);
  });

  test("equity after the loss against 0 and against the requirement of the unmoved book", () => {
    const plain = {
      asOf,
      underlyings: [{ symbol: "XYZ", price: 100 }],
      accounts: [{ account: "A", cash: -5500 }],
      positions: [{ account: "A", symbol: "XYZ", quantity: 100 }],
    };
    const { accounts, firm } = stress({ scenarios }, plain);
    // Equity 4,500, requirement 1,500: after -30 % 1,500 is left, which is the requirement; after -90 % nothing.
    expect(accounts[0]).toMatchObject({
      equityUsd: 4500,
      requirementUsd: 1500,
      profitUsd: [1000, -3000, -9000],
      worst: { scenario: "worse", equityAfterUsd: -4500 },
      equityBelowZero: ["worse"],
      equityBelowRequirement: ["worse"],
    });
    expect(firm.worst.map((w) => [w.accountsBelowZero, w.accountsBelowRequirement])).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
    const poorer = { ...plain, accounts: [{ account: "A", cash: -5500.01 }] };
    expect(stress({ scenarios }, poorer).accounts[0]?.equityBelowRequirement).toEqual(["down", "worse"]);
  });

  test("an incomplete account is marked and in no sum; the other stands", () => {
    const options = snapshot.options.filter(({ symbol }) => symbol !== put);
    const result = stress({ scenarios }, { ...snapshot, options });
    expect(result.accounts.map(({ status }) => status)).toEqual(["incomplete", "complete"]);
    expect(result.accounts[0]).toMatchObject({ equityUsd: null, equityBelowZero: [] });
    expect(result.firm.accountsLeftOut).toEqual([1, 1, 1]);
    expect(result.firm.profitUsd).toEqual(result.accounts[1]?.profitUsd);
    expect(result.failures.map(({ code }) => code)).toContain("QUOTE_EMPTY");
  });

  test("positions in another order and in lots change no bit", () => {
    const lots = snapshot.positions.flatMap((row) =>
      row.quantity % 2 === 0 ? [1, 1].map(() => ({ ...row, quantity: row.quantity / 2 })) : [row],
    );
    const { inputHash: _, ...first } = stress({ scenarios });
    const { inputHash: __, ...second } = stress({ scenarios }, { ...snapshot, positions: lots.toReversed() });
    expect(second).toEqual(first);
  });

  test("theoretical values stand behind the requirement, the model behind the scenarios", () => {
    const values = Object.fromEntries(Array.from({ length: 10 }, (_, s) => [`p${s + 1}`, s === 0 ? -90 : 0]));
    const plain = {
      asOf,
      underlyings: [{ symbol: "XYZ", price: 100 }],
      theoretical: [{ symbol: "XYZ", close: 100, ...values }],
      positions: [{ account: "A", symbol: "XYZ", quantity: 1 }],
    };
    const { accounts, failures } = stress({ scenarios }, plain);
    expect(failures).toEqual([]);
    expect(accounts[0]).toMatchObject({ requirementUsd: 90, profitUsd: [10, -30, -90] });
    const unknown = stress({ scenarios }, { ...plain, underlyings: [] });
    expect(unknown.failures).toMatchObject([{ code: "UNDERLYING_UNKNOWN", symbol: "XYZ" }]);
    expect(unknown.accounts[0]?.status).toBe("incomplete");
  });
});

describe("the requirement of the moved book", () => {
  test("shares: 15 % of the moved price, and equity held against it", () => {
    const plain = {
      asOf,
      underlyings: [{ symbol: "XYZ", price: 100 }],
      accounts: [{ account: "A", cash: -6000 }],
      positions: [{ account: "A", symbol: "XYZ", quantity: 100, price: 101 }],
    };
    const scenarios = [
      { name: "up", default: 0.5 },
      { name: "down", default: -0.3 },
    ];
    const { accounts } = stress({ scenarios, recompute: true }, plain);
    // Equity 4,100; after -30 % 1,100 against 15 % of 7,000.
    expect(accounts[0]).toMatchObject({
      equityUsd: 4100,
      movedRequirementUsd: [2250, 1050],
      equityBelowMovedRequirement: [],
    });
    const poorer = { ...plain, accounts: [{ account: "A", cash: -6050.01 }] };
    expect(stress({ scenarios, recompute: true }, poorer).accounts[0]).toMatchObject({
      equityBelowMovedRequirement: ["down"],
      equityBelowRequirement: ["down"],
    });
    expect(stress({ scenarios }, plain).accounts[0]).not.toHaveProperty("movedRequirementUsd");
  });

  test("options: as the margin of a snapshot that is moved by hand", () => {
    const scenario = {
      name: "s",
      symbols: { XYZ: -0.1, UPRO: -0.06, SPX: -0.02, PAY: 0.1 },
      volatility: { unit: "points" as const, default: 0.05 },
      rateMove: 0.01,
      days: 5,
    };
    const found = stress({ scenarios: [scenario], recompute: true });
    const moved = {
      ...snapshot,
      asOf: "2026-06-06T16:00:00-04:00",
      rates: snapshot.rates.map(({ years, rate }) => ({ years, rate: rate + 0.01 })),
      underlyings: snapshot.underlyings.map((row) => ({
        ...row,
        price: row.price * (1 + { XYZ: -0.1, UPRO: -0.06, SPX: -0.02, PAY: 0.1 }[row.symbol]!),
      })),
      options: snapshot.options.map(({ symbol, volatility }) => ({ symbol, volatility: volatility + 0.05 })),
    };
    const wanted = engine.margin(moved).accounts.map(({ requirementUsd }) => [requirementUsd]);
    expect(found.accounts.map(({ movedRequirementUsd }) => movedRequirementUsd)).toEqual(wanted);
    expect(wanted.flat().every((usd) => usd !== null && usd > 0)).toBe(true);
  });

  test("nothing moved: the requirement as it is; an option that expires within the days leaves none", () => {
    const { accounts } = stress({
      scenarios: [
        { name: "nothing", default: 0 },
        { name: "month", default: 0, days: 30 },
      ],
      recompute: true,
    });
    expect(accounts.map(({ movedRequirementUsd }) => movedRequirementUsd?.[0])).toEqual(
      accounts.map(({ requirementUsd }) => requirementUsd),
    );
    // The put of account A expires on 19 June.
    expect(accounts.map(({ movedRequirementUsd }) => movedRequirementUsd?.[1] === null)).toEqual([
      true,
      false,
    ]);
  });
});

describe("a history", () => {
  const book = {
    asOf,
    underlyings: [
      { symbol: "XYZ", price: 100 },
      { symbol: "SPX", price: 6000, kind: "index" },
      { symbol: "SPY", price: 600 },
      { symbol: "UPRO", price: 80 },
    ],
    positions: ["XYZ", "SPY", "UPRO"].map((symbol) => ({ account: symbol, symbol, quantity: 10 })),
  };
  const history = (text: string) => [files.put("history.csv", text)];

  test("closes become returns day by day, in any order of rows; a return that is given counts", () => {
    const text =
      "symbol,date,close,return\nXYZ,2020-01-03,90,\nXYZ,2020-01-02,100,\nXYZ,2020-01-06,99,\nXYZ,2020-01-07,,-0.5\n";
    const only = { ...book, positions: book.positions.slice(0, 1) };
    const result = stress({ history: history(text) }, only);
    expect(result.failures).toEqual([]);
    expect(result.scenarios).toEqual(["2020-01-03", "2020-01-06", "2020-01-07"]);
    expect(result.accounts[0]?.profitUsd).toEqual([-100, 100, -500]);
  });

  test("a symbol without a return moves with its class group, in proportion to the leverage", () => {
    const text = "symbol,date,close,return\nSPX,2020-01-03,,-0.02\nXYZ,2020-01-03,,0.01\n";
    const result = stress({ history: history(text) }, book);
    expect(result.failures).toEqual([]);
    expect(result.accounts.map(({ account, profitUsd }) => [account, profitUsd])).toEqual([
      ["SPY", [-120]],
      ["UPRO", [-48]],
      ["XYZ", [10]],
    ]);
  });

  test("a missing return is named with its dates; those accounts are left out, and nothing stands still", () => {
    const text = "symbol,date,return\nSPY,2020-01-03,-0.02\nSPY,2020-01-06,-0.1\nXYZ,2020-01-03,0.01\n";
    const result = stress({ history: history(text) }, book);
    expect(result.failures).toMatchObject([{ code: "HISTORY_MISSING", symbol: "XYZ" }]);
    expect(result.failures[0]?.expected).toContain("missing on 1 of them: 2020-01-06");
    expect(result.accounts.find(({ account }) => account === "XYZ")).toMatchObject({
      status: "incomplete",
      profitUsd: [10, null],
      worst: { scenario: "2020-01-03" },
    });
    expect(result.firm.accountsLeftOut).toEqual([0, 1]);
  });

  test("behind a bad close the next one has nothing to be compared with", () => {
    const text =
      "symbol,date,close\nXYZ,2020-01-02,100\nXYZ,2020-01-03,x\nXYZ,2020-01-06,50\nXYZ,2020-01-07,55\n";
    const only = { ...book, positions: book.positions.slice(0, 1) };
    const result = stress({ history: history(text) }, only);
    expect(result.scenarios).toEqual(["2020-01-07"]);
    expect(result.accounts[0]?.profitUsd).toEqual([100]);
    expect(result.failures).toMatchObject([{ code: "CELL_TYPE", line: 3 }]);
  });

  test("more days than one kernel call takes: each day is what it is alone", () => {
    const days = Array.from({ length: 700 }, (_, k) => ({
      date: new Date(Date.UTC(2020, 0, 1 + k)).toISOString().slice(0, 10),
      move: Math.round(1000 * Math.sin(k)) / 10_000,
    }));
    const rows = days.flatMap(({ date, move }) => ["XYZ", "SPX", "PAY"].map((s) => `${s},${date},${move}`));
    const all = stress({ history: history(`symbol,date,return\n${rows.join("\n")}\n`) });
    expect(all.scenarios).toHaveLength(700);
    for (const k of [0, 229, 230, 460, 699]) {
      const alone = profits({ scenarios: [{ name: "alone", default: days[k]!.move }] });
      expect(all.accounts.map(({ profitUsd }) => profitUsd[k])).toEqual([alone["A"]?.[0], alone["B"]?.[0]]);
    }
  });

  const spy = new URL("../../../shared/data/market/prices/zipline_SPY_benchmark.csv.gz", import.meta.url);
  test.skipIf(!existsSync(spy))("real returns of SPY, 1993 to 2018 (skipped without the data)", () => {
    const lines = gunzipSync(readFileSync(spy)).toString("utf8").trim().split("\n").slice(1);
    const returns = lines
      .map((line) => line.split(","))
      .map(([at, move]) => [at!.slice(0, 10), Number(move)] as const);
    const text = returns.map(([date, move]) => `SPY,${date},${move}`).join("\n");
    const input = readSnapshotFile(
      new URL("../../examples/spx-2019/snapshot.json", import.meta.url).pathname,
    );
    const result = stress({ history: history(`symbol,date,return\n${text}\n`), worst: 3 }, input);
    // QQQ is held too and has no history: named, its accounts left out.
    expect(result.failures.map(({ code, symbol }) => [code, symbol])).toEqual([["HISTORY_MISSING", "QQQ"]]);
    expect(result.scenarios).toHaveLength(returns.length);
    const byMove = returns.toSorted((a, b) => a[1] - b[1]).map(([date]) => date);
    // The worst day of those years for whoever is long was 2008-10-15.
    expect(byMove[0]).toBe("2008-10-15");
    const days = new Map(returns);
    for (const { scenario } of result.firm.worst) expect(Math.abs(days.get(scenario)!)).toBeGreaterThan(0.03);
  });
});

describe("a list of scenarios", () => {
  const list = [
    { name: "crash", symbols: { XYZ: -0.3 }, tags: { "small-cap": -0.25 }, default: -0.2, days: 2 },
    {
      name: "vol",
      default: 0,
      volatility: { unit: "points" as const, default: 0.1, symbols: { SPX: 0.05 } },
    },
    { name: "rates", default: 0, rateMove: 0.02 },
  ];
  const csv = `scenario,symbol,class_group,tag,move,volatility_move,volatility_unit,rate_move,days
crash,XYZ,,,-0.3,,,,2
crash,,,small-cap,-0.25,,,,
crash,,,,-0.2,,,,
vol,,,,0,0.1,points,,
vol,SPX,,,,0.05,,,
rates,,,,0,,,0.02,
`;

  test("means the same as objects, YAML, JSON and CSV", () => {
    const { scenarioHash, ...wanted } = stress({ scenarios: list });
    const yaml = `# comments are allowed\nscenarios:\n${list.map((s) => `  - ${JSON.stringify(s)}`).join("\n")}\n`;
    const paths = [
      files.put("s.yaml", yaml),
      files.put("s.json", JSON.stringify(list)),
      files.put("s2.json", JSON.stringify({ scenarios: list })),
      files.put("s.csv", csv),
    ];
    for (const scenarios of paths) expect(stress({ scenarios })).toEqual({ scenarioHash, ...wanted });
  });

  const thrown = (options: StressOptions) => {
    try {
      stress(options);
    } catch (error) {
      if (error instanceof MarginError) return error.failures;
      throw error;
    }
    return [];
  };

  test.each([
    ["scenarios:\n  - name: a\n    defualt: -0.1\n", "SCENARIOS_INVALID", 2],
    ["scenarios:\n  - name: a\n    default: -1.5\n", "SCENARIOS_INVALID", 3],
    ["scenarios:\n  - name: a\n    default: x\n", "SCENARIOS_INVALID", 3],
    ["scenarios: []\n", "SCENARIOS_INVALID", 1],
    ["- {name: a, default: 0}\n- {name: a, default: 0}\n", "SCENARIOS_INVALID", 1],
    ["scenarios: [\n", "SCENARIOS_SYNTAX", null],
  ])("%j is refused with its line", (text, code, line) => {
    const [first] = thrown({ scenarios: files.put("bad.yaml", text) });
    expect(first?.code).toBe(code);
    if (line !== null) expect(first?.line).toBe(line);
  });

  test("a table that contradicts itself, two targets in a row, a bad cell, no file, nothing at all", () => {
    const codes = (text: string) =>
      thrown({ scenarios: files.put("bad.csv", text) }).map(({ code, line }) => [code, line]);
    expect(codes("scenario,symbol,move\na,X,-0.1\na,X,-0.2\n")).toEqual([["SCENARIOS_INVALID", 3]]);
    expect(codes("scenario,symbol,tag,move\na,X,t,-0.1\n")).toEqual([["SCENARIOS_INVALID", 2]]);
    expect(codes("scenario,symbol,move\na,X,ten\n")).toEqual([["CELL_TYPE", 2]]);
    expect(thrown({ scenarios: "/no/such.yaml" })).toMatchObject([{ code: "FILE_NOT_FOUND" }]);
    expect(thrown({})).toMatchObject([{ code: "USAGE" }]);
  });
});
