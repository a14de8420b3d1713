import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { readTable } from "../../src/tables/read-tables.js";
import { hasVectors } from "../reference/vectors.js";
import { plimsoll } from "./run.js";

/**
 * The shared numeric vectors through the built commands, as anybody would run them: a CSV list in, a CSV list out. The
 * bounds are those that docs/numerics.md states; the sets themselves are better by orders of magnitude.
 */
interface NumericVector {
  readonly id: string;
  readonly type: "call" | "put";
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly sigma: number;
  readonly american: boolean;
  readonly dividends?: readonly (readonly [number, number])[];
  readonly expected: number | null;
  readonly referenceValue?: number;
  readonly closedForm?: number;
  readonly quantity?: string;
  readonly model?: string;
  readonly exerciseDatesPerYear?: number;
  readonly tolerance: number;
  readonly price?: number;
  readonly vega?: number;
  readonly reason?: string;
  readonly delta?: number;
  readonly greeks?: Readonly<Record<string, number>>;
}

const folder = mkdtempSync(join(tmpdir(), "plimsoll-vectors-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(set: string): NumericVector[] {
  const file = new URL(`../../../shared/data/vectors/${set}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as NumericVector[];
}

const terms = ["id", "type", "exercise", "spot", "strike", "years", "rate", "dividend_yield"];

function cells(v: NumericVector): (string | number)[] {
  return [v.id, v.type, v.american ? "american" : "european", v.S, v.K, v.T, v.r, v.q];
}

function dividendsOf({ dividends = [] }: NumericVector): string {
  return dividends.map(([years, amount]) => `${years}:${amount}`).join("|");
}

function list(
  name: string,
  column: string,
  rows: readonly NumericVector[],
  value: (v: NumericVector) => number,
): string {
  const lines = rows.map((v) => [...cells(v), value(v), dividendsOf(v)].join(","));
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, `${[...terms, column, "dividends"].join(",")}\n${lines.join("\n")}\n`);
  return file;
}

type Printed = Readonly<Record<string, string>>;

function run(...args: string[]): Printed[] {
  const { code, out, err } = plimsoll(...args, "--format", "csv");
  expect([code, err]).toEqual([0, ""]);
  return parse(out, { columns: true });
}

function priced(set: string, rows: readonly NumericVector[], ...options: string[]): Printed[] {
  const printed = run(
    "price",
    list(set, "volatility", rows, (v) => v.sigma),
    ...options,
  );
  expect(printed.map(({ id, status }) => [id, status])).toEqual(rows.map(({ id }) => [id, "ok"]));
  return printed;
}

/** Largest of |value - truth| / bound over the rows; 1 is the bound. */
function worst(
  printed: readonly Printed[],
  rows: readonly NumericVector[],
  {
    column = "value",
    truth,
    bound,
  }: {
    column?: string;
    readonly truth: (v: NumericVector) => number;
    readonly bound: (v: NumericVector) => number;
  },
): number {
  const shares = rows.map((v, i) => Math.abs(Number(printed[i]?.[column]) - truth(v)) / bound(v));
  expect(shares).not.toContain(Number.NaN);
  return Math.max(...shares);
}

const per100 = (error: number) => (v: NumericVector) => (error * Math.max(v.K, v.S, 1e-300)) / 100;
const expected = (v: NumericVector): number => v.expected ?? Number.NaN;
const converged = (v: NumericVector): number => v.referenceValue ?? v.closedForm ?? expected(v);

describe.skipIf(!hasVectors("european_mpmath"))("vectors through the commands (skipped where absent)", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  test("European: 2e-15 of the larger of spot and strike", () => {
    const rows = read("european_mpmath");
    const printed = priced("european", rows);
    expect(worst(printed, rows, { truth: expected, bound: (v) => 2e-15 * Math.max(v.S, v.K) })).toBeLessThan(
      1,
    );
  });

  test("European Greeks: 1e-10 relative where they are not negligible", () => {
    const rows = read("european_mpmath");
    const printed = priced("greeks", rows);
    for (const name of ["delta", "gamma", "vega", "theta", "rho"]) {
      const notNegligible = (v: NumericVector): number =>
        1e-10 * Math.abs(v.greeks?.[name] ?? Number.NaN) + 1e-13 * Math.max(v.S, v.K, 1);
      const truth = (v: NumericVector): number => v.greeks?.[name] ?? Number.NaN;
      expect([name, worst(printed, rows, { column: name, truth, bound: notNegligible }) < 1]).toEqual([
        name,
        true,
      ]);
    }
  });

  test("the book's values and Greeks, options on futures among them, to the printed digits", () => {
    const rows = read("european_haug");
    expect(rows.some((v) => v.q === v.r && v.q !== 0)).toBe(true);
    const printed = priced("haug", rows);
    expect(worst(printed, rows, { truth: converged, bound: () => 1e-10 })).toBeLessThan(1);
    const greeks = read("greeks_haug").filter(({ quantity }) => quantity !== "dividendRho");
    const found = priced("haug-greeks", greeks);
    greeks.forEach((v, i) => {
      const value = Number(found[i]?.[v.quantity ?? ""]);
      expect(Math.abs(value - expected(v))).toBeLessThanOrEqual(v.tolerance);
    });
  });

  test.each([
    ["default", 1e-3],
    ["reference", 1e-6],
  ] as const)("American at %s accuracy: within %d a 100 of strike", (accuracy, bound) => {
    const rows = read("american_crosschecked");
    const printed = priced(`american-${accuracy}`, rows, "--accuracy", accuracy);
    expect(worst(printed, rows, { truth: expected, bound: per100(bound) })).toBeLessThan(1);
  });

  test("American options of the literature against their converged values", () => {
    const sets = [
      "american_published",
      "american_baw_haug",
      "american_ju_zhong",
      "american_bjerksund_stensland",
    ];
    const rows = sets
      .flatMap(read)
      .filter((v) => v.quantity !== "premium" && v.exerciseDatesPerYear === undefined)
      .filter((v) => v.model === undefined || v.referenceValue !== undefined);
    expect(rows.length).toBeGreaterThan(70);
    const printed = priced("published", rows);
    const bound = (v: NumericVector): number =>
      per100(1e-3)(v) + (v.referenceValue === undefined ? v.tolerance : 1e-9);
    expect(worst(printed, rows, { truth: converged, bound })).toBeLessThan(1);
  });

  test("American limits: zero strike, spot and volatility, negative rates", () => {
    const rows = read("american_limits");
    const printed = priced("limits", rows);
    expect(worst(printed, rows, { truth: expected, bound: (v) => v.tolerance + 1e-12 })).toBeLessThan(1);
  });

  test("American Greeks without noise", () => {
    const rows = read("american_greeks");
    const printed = priced("american-greeks", rows, "--accuracy", "reference");
    for (const name of ["delta", "gamma", "vega", "theta"]) {
      const truth = (v: NumericVector): number => v.greeks?.[name] ?? Number.NaN;
      const bound = (v: NumericVector): number => 1e-3 * Math.abs(truth(v)) + 1e-3;
      expect([name, worst(printed, rows, { column: name, truth, bound }) < 1]).toEqual([name, true]);
    }
  });

  test("cash dividends, the spot model: within 1e-3 a 100, calls and puts, European and American", () => {
    const rows = [...read("cash_dividends_generated"), ...read("cash_dividends_published")];
    expect(new Set(rows.map((v) => `${v.type} ${v.american}`)).size).toBeGreaterThanOrEqual(4);
    const printed = priced("cash", rows);
    expect(worst(printed, rows, { truth: expected, bound: per100(1e-3) })).toBeLessThan(1);
  });

  test("the escrowed model by its name, and only by its name", () => {
    const rows = read("cash_dividends_escrowed");
    const printed = priced("escrowed", rows, "--dividend-model", "escrowed");
    expect(worst(printed, rows, { truth: expected, bound: (v) => 4e-15 * Math.max(v.S, v.K) })).toBeLessThan(
      1,
    );
    const delta = (v: NumericVector): number => v.delta ?? Number.NaN;
    expect(worst(printed, rows, { column: "delta", truth: delta, bound: () => 1e-12 })).toBeLessThan(1);
    const spot = priced("escrowed-spot", rows);
    expect(worst(spot, rows, { truth: expected, bound: () => 0.01 })).toBeGreaterThan(1);
  });

  test("implied volatility: as exact as the price allows, a status where there is none", () => {
    const rows = read("implied_vol_mpmath");
    const file = list("implied", "price", rows, (v) => v.price ?? Number.NaN);
    const printed = run("implied-volatility", file);
    rows.forEach((v, i) => {
      const { status, volatility } = printed[i] ?? {};
      if (v.expected === null) {
        expect([v.id, status, volatility]).toEqual([
          v.id,
          expect.stringMatching(/^(below_intrinsic|above_maximum)$/),
          "",
        ]);
        return;
      }
      expect([v.id, status]).toEqual([v.id, "ok"]);
      // The last bit of the price, and a few of the volatility itself.
      const bound = 4 * v.tolerance + 1e-13 * v.expected;
      expect(Math.abs(Number(volatility) - v.expected)).toBeLessThanOrEqual(bound);
    });
  });

  test("the library gives what the commands print", () => {
    const rows = read("american_crosschecked").slice(0, 50);
    const file = list("library", "volatility", rows, (v) => v.sigma);
    const library = engine.price({ table: readTable("contracts", [file]).table }).rows;
    const printed = run("price", file);
    expect(library.map(({ value }) => String(value))).toEqual(printed.map(({ value }) => value));
  });
});
