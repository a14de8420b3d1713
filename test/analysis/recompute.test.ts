import { beforeAll, describe, expect, test } from "vitest";
import { recomputeTheoretical, type RecomputeOptions } from "../../src/analysis/recompute/recompute.js";
import type { RecomputeFinding } from "../../src/analysis/recompute/result.js";
import { MarginError } from "../../src/basics/failure.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import { riskArrayCells, riskArrayObjects } from "../../src/report/risk-array-rows.js";
import { csvText } from "../../src/report/csv.js";
import { plimsoll, scratch } from "../cli/run.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});
const files = scratch();

const put110 = "XYZ   270319P00110000";
const put90 = "XYZ   270319P00090000";
const call100 = "XYZ   270319C00100000";
const index = "SPX   270319C06500000";
const symbols = [put110, put90, call100, index];

interface Book {
  readonly asOf: string;
  readonly rates: number;
  readonly underlyings: readonly object[];
  readonly options: readonly Readonly<Record<string, string | number>>[];
  readonly dividends: readonly object[];
}
const dividend = { symbol: "XYZ", ex_date: "2027-01-15", amount: 1.5 };
const book: Book = {
  asOf: "2026-11-20T16:00:00-05:00",
  rates: 0.05,
  underlyings: [
    { symbol: "XYZ", price: 100 },
    { symbol: "SPX", price: 6400, kind: "index", dividend_yield: 0.013 },
  ],
  options: [
    { symbol: put110, volatility: 0.28 },
    { symbol: put90, volatility: 0.33 },
    { symbol: call100, volatility: 0.3 },
    { symbol: index, volatility: 0.16 },
  ],
  dividends: [dividend],
};
type Row = Record<string, string | number | null>;

/** The file that a clearing house with this book would publish: our own risk arrays. */
function fileOf(published: Book, options: RecomputeOptions = {}): Row[] {
  const { dividendModel } = options;
  const arrays = engine.riskArrays(
    { ...published, positions: [] },
    dividendModel === undefined ? {} : { dividendModel },
  );
  expect(arrays.failures).toEqual([]);
  return riskArrayObjects(arrays.rows, arrays.scenarioCount);
}

const inputOf = (theoretical: readonly Row[], own: Book = book) => ({ ...own, theoretical, positions: [] });

function found(
  theoretical: readonly Row[],
  own: Book = book,
  options: RecomputeOptions = {},
): readonly RecomputeFinding[] {
  const result = recomputeTheoretical(engine, inputOf(theoretical, own), options);
  expect(result.failures).toEqual([]);
  expect(result.seriesCount).toBe(theoretical.length);
  expect(result.explainedCount).toBe(theoretical.length - result.findings.length);
  return result.findings;
}

const only = (rows: readonly Row[], symbol: string) => rows.filter((row) => row["symbol"] === symbol);
const changed = (rows: readonly Row[], symbol: string, change: (row: Row) => Row) =>
  rows.map((row) => (row["symbol"] === symbol ? { ...row, ...change(row) } : row));
const profits = (row: Row, change: (p: number) => number) =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, cell]) =>
      /^p\d+$/.test(name) ? [[name, change(Number(cell))]] : [],
    ),
  );

describe("a file that is right", () => {
  test.each(["spot", "escrowed"] as const)(
    "%s dividends: every series explained to 1e-9",
    (dividendModel) => {
      const file = fileOf(book, { dividendModel });
      expect(found(file, book, { toleranceUsd: 1e-9, dividendModel })).toEqual([]);
      // Without volatilities they are implied from the closes: as near as an implied volatility is.
      const closes = file.map((row) => ({ ...row, volatility: null }));
      expect(found(closes, book, { toleranceUsd: 1e-6, dividendModel })).toEqual([]);
    },
  );

  test("adjusted options: per unit as they are quoted", () => {
    const adjusted = { symbol: "XYZ1  270319C00100000", deliverable: "XYZ:150|USD:250", volatility: 0.3 };
    const own = { ...book, options: [adjusted] };
    const file = fileOf(own);
    expect(found(file, own, { toleranceUsd: 1e-9 })).toEqual([]);
    const closes = file.map((row) => ({ ...row, volatility: null }));
    expect(found(closes, own, { toleranceUsd: 1e-6 })).toEqual([]);
    const [finding] = found(
      changed(file, adjusted.symbol, (row) => profits(row, (p) => p / 1.5)),
      own,
    );
    expect(finding?.best?.tried).toBeCloseTo(1 / 1.5, 9);
  });

  test("needs no rows of options, and takes shares and futures", () => {
    const shares = ["XYZ", "ESZ26"].map((symbol) => ({ account: "A", symbol, quantity: 1 }));
    const underlyings = [...book.underlyings, { symbol: "ESZ26", price: 6420 }];
    const all = { ...book, underlyings, positions: shares };
    const { rows, scenarioCount } = engine.riskArrays(all);
    const theoretical = riskArrayObjects(rows, scenarioCount);
    expect(theoretical).toHaveLength(6);
    const own = { ...book, underlyings, options: [] };
    expect(found(theoretical, own, { toleranceUsd: 1e-9 })).toEqual([]);
    // A share that only the file knows stands at its close.
    const alone = { ...own, underlyings: [], dividends: [] };
    const result = recomputeTheoretical(engine, inputOf(only(theoretical, "XYZ"), alone));
    expect(result).toMatchObject({ explainedCount: 1, findings: [], failures: [] });
    const twice = changed(theoretical, "ESZ26", (row) => profits(row, (p) => 2 * p));
    const [finding] = found(twice, own);
    expect(finding).toMatchObject({ symbol: "ESZ26", cause: "multiplier", best: { stated: 1 } });
    expect(finding?.best?.tried).toBeCloseTo(2, 12);
  });
});

describe("each cause, planted alone, is found alone", () => {
  test("exercise", () => {
    const options = book.options.map((row) =>
      row["symbol"] === put110 ? { ...row, exercise: "european" } : row,
    );
    const file = fileOf({ ...book, options });
    const findings = found(file);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      symbol: put110,
      cause: "exercise",
      best: { kind: "switched", stated: "american", tried: "european" },
    });
    expect(findings[0]?.sizeUsd).toBeGreaterThan(0.05);
    expect(findings[0]?.best?.residualUsd).toBeLessThan(1e-9);
    // The larger of the differences, with both figures beside it.
    const { theirsUsd, oursUsd, scenario } = findings[0]!;
    expect(theirsUsd).toBe(only(file, put110)[0]?.[`p${scenario}`]);
    expect(Math.abs(theirsUsd - oursUsd)).toBeLessThanOrEqual(findings[0]!.sizeUsd);
  });

  test("dividend: the file knows none", () => {
    const findings = found(fileOf({ ...book, dividends: [] }));
    expect(findings.map(({ symbol }) => symbol).toSorted()).toEqual([call100, put110, put90].toSorted());
    for (const { cause, best } of findings) {
      expect(cause).toBe("dividend");
      expect(best).toMatchObject({ kind: "switched", stated: "cash 1.5, yield 0", tried: "none" });
      expect(best?.residualUsd).toBeLessThan(1e-9);
    }
  });

  test("dividend: the file has more of it", () => {
    const findings = found(fileOf({ ...book, dividends: [{ ...dividend, amount: 2.25 }] }));
    expect(findings.map(({ cause }) => cause)).toEqual(["dividend", "dividend", "dividend"]);
    for (const { best } of findings) {
      expect(best).toMatchObject({
        kind: "fitted",
        stated: "cash 1.5, yield 0",
        tried: "cash 2.25, yield 0",
      });
      expect(best?.residualUsd).toBeLessThan(1e-5);
    }
  });

  test("dividend: the file has one where we have none; its day is not known, its size is found", () => {
    const findings = found(fileOf(book), { ...book, dividends: [] }, { toleranceUsd: 0.05 });
    expect(findings.length).toBeGreaterThan(0);
    for (const { cause, best } of findings) {
      expect({ cause, stated: best?.stated }).toEqual({ cause: "dividend", stated: "cash none, yield 0" });
      expect(Math.abs(Number(/^cash ([\d.]+), yield 0$/.exec(String(best?.tried))?.[1]) - 1.5)).toBeLessThan(
        0.1,
      );
    }
  });

  test("dividend: another yield of an index", () => {
    const underlyings = [
      book.underlyings[0]!,
      { symbol: "SPX", price: 6400, kind: "index", dividend_yield: 0.02 },
    ];
    const findings = found(fileOf({ ...book, underlyings }));
    expect(findings).toMatchObject([
      { symbol: index, cause: "dividend", best: { tried: "cash none, yield 0.02" } },
    ]);
  });

  test("volatility: the one stated is not that of close and profits", () => {
    const file = changed(fileOf(book), put90, () => ({ volatility: 0.35 }));
    const findings = found(file);
    expect(findings).toMatchObject([
      { symbol: put90, cause: "volatility", best: { kind: "switched", stated: 0.35 } },
    ]);
    expect(findings[0]?.best?.tried).toBeCloseTo(0.33, 9);
    expect(findings[0]?.closeUsd?.theirs).toBeLessThan(findings[0]?.closeUsd?.ours ?? Number.NaN);
  });

  test.each([true, false])("volatility: profits of another than the close's (stated: %s)", (isStated) => {
    const other = fileOf({ ...book, options: book.options.map((row) => ({ ...row, volatility: 0.4 })) });
    const moved = only(other, call100)[0]!;
    const file = changed(fileOf(book), call100, () => profits(moved, (p) => p)).map((row) =>
      isStated ? row : { ...row, volatility: null },
    );
    const findings = found(file);
    expect(findings).toMatchObject([{ symbol: call100, cause: "volatility", best: { kind: "fitted" } }]);
    expect(findings[0]?.best?.stated).toBeCloseTo(0.3, 8);
    expect(findings[0]?.best?.tried).toBeCloseTo(0.4, 6);
  });

  test("close: profits from a close that is not the value", () => {
    const file = changed(fileOf(book), put90, (row) => ({
      ...profits(row, (p) => p - 0.4),
      close: Number(row["close"]) + 0.4,
    }));
    const findings = found(file);
    expect(findings).toMatchObject([{ symbol: put90, cause: "close", best: { kind: "switched" } }]);
    expect(findings[0]?.best?.residualUsd).toBeLessThan(1e-9);
  });

  test.each([100, 1.5, 0.1])("multiplier %f", (factor) => {
    const findings = found(changed(fileOf(book), index, (row) => profits(row, (p) => p * factor)));
    expect(findings).toMatchObject([{ symbol: index, cause: "multiplier" }]);
    expect(findings[0]?.best?.tried).toBeCloseTo(factor, 9);
  });

  test("what nothing explains is said to be unexplained, with what comes nearest", () => {
    const findings = found(changed(fileOf(book), call100, (row) => ({ p3: Number(row["p3"]) + 0.8 })));
    expect(findings).toMatchObject([{ symbol: call100, cause: "unexplained", scenario: 3 }]);
    expect(findings[0]?.sizeUsd).toBeCloseTo(0.8, 9);
    const left = findings[0]?.trials.map(({ residualUsd }) => residualUsd) ?? [];
    expect(findings[0]?.best?.residualUsd).toBe(Math.min(...left));
    expect(Math.min(...left)).toBeGreaterThan(0.01);
  });

  test("all causes in one file, largest first", () => {
    const exercised = book.options.map((row) =>
      row["symbol"] === put110 ? { ...row, exercise: "european" } : row,
    );
    const base = fileOf({ ...book, options: exercised });
    const one = changed(base, index, (row) => profits(row, (p) => p * 100));
    const two = changed(one, put90, () => ({ volatility: 0.35 }));
    const findings = found(two);
    const causes = Object.fromEntries(findings.map(({ symbol, cause }) => [symbol, cause]));
    expect(causes).toEqual({ [put110]: "exercise", [index]: "multiplier", [put90]: "volatility" });
    expect(findings.map(({ sizeUsd }) => sizeUsd)).toEqual(
      findings.map(({ sizeUsd }) => sizeUsd).toSorted((a, b) => b - a),
    );
  });
});

describe("scan ranges and look-ahead of SPAN", () => {
  test("price_scan and volatility_scan stretch the moves of the rule set", () => {
    const rules = "span-16";
    const spx = { ...book, options: book.options.filter((row) => row["symbol"] === index) };
    // The set's own scan range of a broad index is 8 % of 6400, its volatility scan 35 %.
    const { rows, scenarioCount } = engine.riskArrays({ ...spx, positions: [] }, { rules });
    const file = riskArrayObjects(rows, scenarioCount).map((row) => ({
      ...row,
      price_scan: 512,
      volatility_scan: 0.35,
    }));
    expect(found(file, spx, { rules, toleranceUsd: 1e-9 })).toEqual([]);
    const wider = file.map((row) => ({ ...row, price_scan: 640 }));
    expect(found(wider, spx, { rules })).toHaveLength(1);
    const bent = file.map((row) => ({ ...row, volatility_scan: 0.2 }));
    expect(found(bent, spx, { rules })).toHaveLength(1);
  });

  test("days that pass: the scenarios' values are later, the close is not", () => {
    const later = { ...book, asOf: "2026-11-22T16:00:00-05:00" };
    const [now, then] = [fileOf(book), fileOf(later)];
    const file = now.map((row, i) => {
      const passed = Number(then[i]?.["close"]) - Number(row["close"]);
      return { ...row, ...profits(then[i]!, (p) => p + passed) };
    });
    expect(found(file, book, { lookAheadDays: 2, toleranceUsd: 1e-9 })).toEqual([]);
    expect(found(file).length).toBeGreaterThan(0);
  });
});

describe("what cannot be computed", () => {
  test("is a failure by name; the others stand", () => {
    const file = fileOf(book);
    const result = recomputeTheoretical(
      engine,
      inputOf(file, { ...book, underlyings: [book.underlyings[0]!] }),
    );
    expect(result.failures).toMatchObject([{ code: "UNDERLYING_UNKNOWN", symbol: index }]);
    expect(result).toMatchObject({ seriesCount: 4, explainedCount: 3, findings: [] });
    const short = changed(file, put90, () => ({ p10: null }));
    const held = recomputeTheoretical(engine, inputOf(short));
    expect(held.failures).toMatchObject([{ code: "THEORETICAL_SCENARIOS", symbol: put90 }]);
    expect(held.explainedCount).toBe(3);
    const below = changed(file, put110, () => ({ volatility: null, close: 5 }));
    expect(recomputeTheoretical(engine, inputOf(below)).failures).toMatchObject([
      { code: "PRICE_BELOW_INTRINSIC" },
    ]);
    expect(() => recomputeTheoretical(engine, inputOf([]))).toThrow(MarginError);
  });
});

describe("plimsoll recompute", () => {
  test("0 where all is explained, 1 with the series, its size and its cause, 2 without a file", () => {
    const arrays = engine.riskArrays({ ...book, positions: [] });
    const [head, cells] = riskArrayCells(arrays.rows, arrays.scenarioCount);
    const good = files.put("good.csv", csvText(head, cells));
    const input = files.put("book.json", JSON.stringify({ ...book, positions: [] }));
    const right = plimsoll("recompute", input, "--theoretical", good);
    expect(right).toMatchObject({ code: 0, err: "" });
    expect(right.out).toContain("4 of 4 series");
    const bad = files.put(
      "bad.csv",
      csvText(
        head,
        cells.map((row) => (row[0] === put90 ? row.with(head.indexOf("volatility"), 0.35) : row)),
      ),
    );
    const wrong = plimsoll("recompute", input, "--theoretical", bad);
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain("Likely causes: volatility 1.");
    expect(wrong.out).toMatch(/P00090000 .* volatility .* 0.35 -> 0.33/);
    expect(plimsoll("recompute", input, "--theoretical", bad, "--tolerance", "5").code).toBe(0);
    const document = JSON.parse(plimsoll("recompute", input, "--theoretical", bad, "--json").out) as object;
    expect(document).toMatchObject({ findings: [{ symbol: put90, cause: "volatility" }] });
    expect(plimsoll("recompute", input).code).toBe(2);
  });
});

test("symbols of the book are those of the file", () => {
  expect(fileOf(book).map((row) => row["symbol"])).toEqual([...symbols].toSorted());
});
