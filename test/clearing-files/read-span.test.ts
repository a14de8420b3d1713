import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import { readSpanFile } from "../../src/clearing-files/read-span.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import { plimsoll, scratch } from "../cli/run.js";
import { spanText, type WrittenFile, type WrittenOption } from "./span-file.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});
const files = scratch();

/** Losses 1, 2, … 16 times a factor: each scenario is told apart. */
const ramp = (factor: number) => Array.from({ length: 16 }, (_, s) => (s + 1) * factor);
const call: WrittenOption = {
  id: 1,
  right: "C",
  strike: 105,
  price: 4.25,
  volatility: 0.22,
  losses: ramp(10),
  delta: 0.41,
};
const putOption: WrittenOption = { id: 2, right: "P", strike: 95, price: 3.5, losses: ramp(-7), delta: -0.3 };
const written: WrittenFile = {
  valueFactor: 100,
  priceScan: 1200,
  volScan: 0.05,
  future: { price: 101.5, losses: ramp(3) },
  options: [call, putOption],
};
const put = (file: WrittenFile, name = "file.spn") => files.put(name, spanText(file));
const callSymbol = "XYZ   261218C00105000";
const putSymbol = "XYZ   261218P00095000";

async function refusal(read: Promise<unknown>): Promise<MarginError> {
  const error: unknown = await read.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MarginError)) throw new Error("nothing was refused");
  return error;
}

describe("a SPAN file in the form of the schema", () => {
  test("profits are losses turned round, per unit; scans, delta, close, volatility and combined commodity beside", async () => {
    const read = await readSpanFile(put(written));
    expect(read.failures).toEqual([]);
    expect(read).toMatchObject({ day: "2026-11-20", exchanges: ["XNY"], isUsual: true });
    const [future, first, second] = read.theoretical;
    expect(first).toEqual({
      symbol: callSymbol,
      ...Object.fromEntries(ramp(10).map((loss, s) => [`p${s + 1}`, -loss / 100])),
      close: 4.25,
      volatility: 0.22,
      class_group: "XYZ-CC",
      delta: 0.41,
      price_scan: 12,
      volatility_scan: 0.05,
    });
    // Without a volatility of its own the option has its series'.
    expect(second).toMatchObject({ symbol: putSymbol, p16: 1.12, close: 3.5, volatility: 0.2, delta: -0.3 });
    expect(future).toMatchObject({
      symbol: "XYZZ26",
      p1: -0.03,
      close: 101.5,
      volatility: null,
      price_scan: 12,
    });
    expect(read.options[0]).toEqual({
      symbol: callSymbol,
      underlying: "XYZ",
      type: "call",
      strike: 105,
      expiry: "2026-12-18",
      exercise: "european",
      multiplier: 100,
      price: 4.25,
      volatility: 0.22,
    });
    expect(read.underlyings).toEqual([
      { symbol: "XYZ", price: 100, class_group: "XYZ-CC" },
      { symbol: "XYZZ26", price: 101.5, class_group: "XYZ-CC", kind: "future", multiplier: 100 },
    ]);
    expect(read.scenarios[10]).toEqual({ price: 1, volatility: 1, weight: 1 });
    expect(read.scenarios[15]).toEqual({ price: -2, volatility: 0, weight: 0.35 });
  });

  test("the tables go into the engine: the worst of the sixteen by hand, netted in the combined commodity", async () => {
    const { theoretical, options, underlyings } = await readSpanFile(put(written));
    const result = engine.margin(
      {
        asOf: "2026-11-20T16:00:00-05:00",
        theoretical,
        options,
        underlyings,
        positions: [
          { account: "A", symbol: callSymbol, quantity: 2 },
          { account: "A", symbol: putSymbol, quantity: 1 },
          { account: "A", symbol: "XYZZ26", quantity: -1 },
        ],
      },
      { rules: "span-16" },
    );
    expect(result.failures).toEqual([]);
    // A loss of 2 × 10 k, less 7 k, less 3 k at scenario k: 160 at the last.
    expect(result.accounts[0]?.requirementUsd).toBe(160);
    expect(result.accounts[0]?.portfolioGroups.map(({ id }) => id)).toEqual(["XYZ-CC"]);
  });

  test("gzip, small chunks and several rates give the same", async () => {
    const plain = await readSpanFile(put(written));
    const packed = files.put("file.spn.gz", gzipSync(spanText({ ...written, rates: [1, 2] })));
    const again = await readSpanFile(packed);
    expect({ ...again, scenarios: [] }).toEqual({ ...plain, scenarios: [] });
  });

  test("a name that no option symbol can say is written with blanks; the engine takes it with its options row", async () => {
    const option = { ...call, strike: 123456.5 };
    const { theoretical, options, underlyings } = await readSpanFile(
      put({ ...written, code: "BANKINDEX", options: [option], period: "202612", settlement: "20261230" }),
    );
    const symbol = "BANKINDEX 2026-12-30 123456.5 C";
    expect(options[0]).toMatchObject({ symbol, underlying: "BANKINDEX", strike: 123456.5 });
    const positions = [{ account: "A", symbol, quantity: 1 }];
    const tables = { asOf: "2026-11-20T16:00:00-05:00", theoretical, options, underlyings, positions };
    const result = engine.margin(tables, { rules: "span-16" });
    expect(result.failures).toEqual([]);
    expect(result.accounts[0]?.requirementUsd).toBe(160);
  });

  test("other scenarios than SPAN's sixteen are said, and counted by the file's own", async () => {
    const points = Array.from({ length: 3 }, (_, k) => [1, k - 1, 1, 0, 1] as const);
    const read = await readSpanFile(
      put({
        ...written,
        points,
        future: { price: 1, losses: [3, 2, 1] },
        options: [{ ...call, losses: [1, 2, 3] }],
      }),
    );
    expect(read.isUsual).toBe(false);
    expect(read.failures).toEqual([]);
    expect(read.theoretical.map((row) => row["p3"])).toEqual([-0.01, -0.03]);
  });
});

describe("bad input", () => {
  test("cut off anywhere: nothing is used", async () => {
    const whole = spanText(written);
    for (const share of [0, 0.01, 0.3, 0.6, 0.9, 0.999]) {
      const cut = files.put("cut.spn", whole.slice(0, Math.floor(whole.length * share)));
      expect((await refusal(readSpanFile(cut))).code).toBe("CLEARING_SYNTAX");
    }
    const packed = gzipSync(whole);
    const cut = files.put("cut.spn.gz", packed.subarray(0, packed.length - 40));
    expect((await refusal(readSpanFile(cut))).code).toBe("CLEARING_SYNTAX");
  });

  test("no XML, another document, no file", async () => {
    expect((await refusal(readSpanFile(files.put("a.spn", "symbol,p1\nX,1\n")))).code).toBe(
      "CLEARING_SYNTAX",
    );
    const other = await refusal(readSpanFile(files.put("b.spn", "<FlexQueryResponse/>")));
    expect(other.failures[0]?.expected).toContain("not spanFile");
    expect((await refusal(readSpanFile(files.path("none.spn")))).code).toBe("FILE_NOT_FOUND");
  });

  test.each([15, 17, 0])(
    "%i values in an array: that contract is left out by name, the others stand",
    async (count) => {
      const short = { ...call, losses: Array.from({ length: count }, () => 1) };
      const read = await readSpanFile(put({ ...written, options: [short, putOption] }));
      expect(read.failures).toMatchObject([
        { code: "CLEARING_SCENARIOS", symbol: callSymbol, value: callSymbol },
      ]);
      expect(read.failures[0]?.expected).toContain(`${count} are given`);
      expect(read.failures[0]?.line).toBeGreaterThan(100);
      expect(read.theoretical.map((row) => row["symbol"])).toEqual(["XYZZ26", putSymbol]);
      expect(read.options.map((row) => row["symbol"])).toEqual([putSymbol]);
    },
  );

  test.each([
    ["a value", { ...call, losses: ramp(1).map((loss, s) => (s === 6 ? "x7" : loss)) }, "a 7", "x7"],
    ["infinity", { ...call, losses: ramp(1).map((loss, s) => (s === 15 ? "INF" : loss)) }, "a 16", "INF"],
    ["the price", { ...call, price: "n/a" }, "p", "n/a"],
    ["the delta", { ...call, delta: "0,5" }, "d", "0,5"],
  ])("%s that is no number: left out by name, with line and column", async (_, option, column, value) => {
    const read = await readSpanFile(put({ ...written, options: [option, putOption] }));
    expect(read.failures).toMatchObject([{ code: "CELL_TYPE", column, value, symbol: callSymbol }]);
    expect(read.theoretical.map((row) => row["symbol"])).toEqual(["XYZZ26", putSymbol]);
  });

  test("a strike that is none, a month without a day", async () => {
    const strike = await readSpanFile(put({ ...written, options: [{ ...call, strike: "abc" }] }));
    expect(strike.failures).toMatchObject([{ code: "CELL_MISSING" }]);
    const day = await readSpanFile(put({ ...written, period: "202612", options: [call] }));
    expect(day.failures).toMatchObject([{ code: "CELL_MISSING" }]);
    expect(day.options).toEqual([]);
  });

  test("an exchange that the file does not hold: named by a link, by an underlying, asked for", async () => {
    const link = await readSpanFile(put({ ...written, linkExchange: "NOPE" }));
    expect(link.failures).toMatchObject(
      Array.from({ length: 3 }, () => ({ code: "CLEARING_REFERENCE", value: "exchange NOPE" })),
    );
    expect(link.theoretical.every((row) => row["class_group"] === null)).toBe(true);
    const under = await readSpanFile(put({ ...written, underlyingExchange: "GONE" }));
    expect(under.failures.map(({ symbol }) => symbol)).toEqual(["XYZZ26", callSymbol, putSymbol]);
    expect(under.theoretical).toEqual([]);
    const asked = await refusal(readSpanFile(put(written), { exchange: "ABC" }));
    expect(asked.failures[0]).toMatchObject({ code: "USAGE", expected: "XNY" });
    expect((await readSpanFile(put(written), { exchange: "XNY" })).theoretical).toHaveLength(3);
  });

  test("a scale that is not confirmed is refused, not guessed", async () => {
    const read = await readSpanFile(put({ ...written, riskExponent: 2 }));
    expect(read.failures).toMatchObject([{ code: "CLEARING_UNSUPPORTED", value: "riskExponent 2" }]);
    expect(read.theoretical).toEqual([]);
    expect((await readSpanFile(put({ ...written, riskExponent: 0 }))).theoretical).toHaveLength(3);
  });
});

describe("plimsoll read-clearing", () => {
  test("0 with three tables that margin takes, 1 with failures, 2 for a part of a file", () => {
    const file = put(written);
    const [options, underlyings, theoretical] = ["o.csv", "u.csv", "t.csv"].map((name) => files.path(name));
    const read = plimsoll(
      "read-clearing",
      file,
      "--out",
      theoretical!,
      "--options",
      options!,
      "--underlyings",
      underlyings!,
    );
    expect(read).toMatchObject({ code: 0, err: "" });
    const positions = files.put("positions.csv", `account,symbol,quantity\nA,${callSymbol},2\n`);
    const tables = [
      "--positions",
      positions,
      "--theoretical",
      theoretical!,
      "--options",
      options!,
      "--underlyings",
      underlyings!,
    ];
    const margin = plimsoll(
      "margin",
      ...tables,
      "--rules",
      "span-16",
      "--as-of",
      "2026-11-20T16:00:00-05:00",
      "--json",
    );
    expect((JSON.parse(margin.out) as { accounts: object[] }).accounts[0]).toMatchObject({
      requirementUsd: 320,
    });
    const many = Array.from({ length: 5000 }, (_, k) => ({ ...call, id: k + 1, strike: k + 1 }));
    const listed = plimsoll("read-clearing", put({ ...written, options: many }, "many.spn"))
      .out.trimEnd()
      .split("\n");
    expect(listed).toHaveLength(1 + 1 + 5000);
    expect(new Set(listed.map((line) => line.split(",").length)).size).toBe(1);
    expect(listed.at(-1)).toMatch(/^XYZ   261218C05000000,-0\.1,/);
    const bad = put({ ...written, options: [{ ...call, losses: [1] }] }, "bad.spn");
    expect(plimsoll("read-clearing", bad).code).toBe(1);
    const cut = files.put("part.spn", spanText(written).slice(0, 500));
    const refused = plimsoll("read-clearing", cut);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("CLEARING_SYNTAX");
  });
});
