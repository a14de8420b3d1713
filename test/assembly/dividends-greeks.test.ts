import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { greeks, loadKernel, values, type DividendRow } from "./dividends-kernel.js";
import { latticeValue } from "./dividends-reference.js";

const block = loadKernel();
const base: DividendRow = {
  isCall: false,
  isAmerican: true,
  spot: 100,
  strike: 100,
  years: 1,
  rate: 0.05,
  yield: 0,
  dividends: [
    [0.1, 0.75],
    [0.35, 0.75],
    [0.6, 0.75],
    [0.85, 0.75],
  ],
};
const shapes: [string, Partial<DividendRow>, number][] = [
  ["American put", {}, 0.3],
  ["American put in the money", { spot: 88 }, 0.25],
  ["American call", { isCall: true, spot: 104 }, 0.3],
  ["American call with a yield", { isCall: true, yield: 0.06, spot: 110 }, 0.25],
  ["European put", { isAmerican: false, spot: 95 }, 0.3],
  ["European call", { isAmerican: false, isCall: true, spot: 105 }, 0.2],
  ["first ex-date tomorrow", { dividends: [[1 / 365, 2]] }, 0.3],
  ["first ex-date in a moment", { dividends: [[1e-6, 2]] }, 0.3],
  ["no dividend", { dividends: [] }, 0.3],
  ["no dividend, European", { dividends: [], isAmerican: false, yield: 0.02 }, 0.3],
];
const folder = new URL("../../../shared/data/vectors/", import.meta.url);

describe.skipIf(!existsSync(folder))(
  "Greeks without dividends against vectors (skipped without the vector files)",
  () => {
    test("american_greeks.json", () => {
      interface Vector {
        readonly id: string;
        readonly type: string;
        readonly S: number;
        readonly K: number;
        readonly T: number;
        readonly r: number;
        readonly q: number;
        readonly sigma: number;
        readonly greeks: Readonly<Record<"delta" | "gamma" | "vega" | "theta" | "rho", number>>;
      }
      const vectors = JSON.parse(readFileSync(new URL("american_greeks.json", folder), "utf8")) as Vector[];
      const rows = vectors.map((v): DividendRow => ({
        isCall: v.type === "call",
        isAmerican: true,
        spot: v.S,
        strike: v.K,
        years: v.T,
        rate: v.r,
        yield: v.q,
        dividends: [],
      }));
      const out = greeks(
        block,
        rows,
        vectors.map((v) => v.sigma),
      );
      /** Errors allowed at strike 100: delta and gamma * strike absolute, the others per 100 of strike. */
      const bounds = { delta: 4e-4, gamma: 1e-4, vega: 0.04, theta: 0.03, rho: 0.35 };
      expect(vectors.length).toBeGreaterThan(40);
      const names = ["delta", "gamma", "vega", "theta", "rho"] as const;
      const misses = vectors.flatMap((v, i) =>
        names.flatMap((name) => {
          const scale = name === "delta" ? 1 : name === "gamma" ? v.K / 100 : 100 / v.K;
          const error = Math.abs(out[i]![name] - v.greeks[name]) * scale;
          return error <= bounds[name] ? [] : [{ id: v.id, name, error, got: out[i]![name] }];
        }),
      );
      expect(misses).toEqual([]);
    });
  },
);

describe("Greeks are the derivatives of the values", () => {
  test.each(shapes)("%s", (_name, change, vol) => {
    const row = { ...base, ...change };
    const g = greeks(block, [row], [vol])[0]!;
    const value = (other: Partial<DividendRow>, sigma = vol): number =>
      values(block, [{ ...row, ...other }], [[sigma]])[0]!;
    expect(g.value).toBe(value({}));
    const h = 0.5;
    const up = value({ spot: row.spot + h });
    const down = value({ spot: row.spot - h });
    expect(Math.abs(g.delta - (up - down) / (2 * h))).toBeLessThan(3e-4);
    expect(Math.abs(g.gamma - (up - 2 * g.value + down) / (h * h))).toBeLessThan(3e-4);
    expect(Math.abs(g.vega - (value({}, vol + 0.01) - value({}, vol - 0.01)) / 0.02)).toBeLessThan(0.05);
    expect(
      Math.abs(g.rho - (value({ rate: row.rate + 0.002 }) - value({ rate: row.rate - 0.002 })) / 0.004),
    ).toBeLessThan(0.25);
    // all dates one step nearer
    const step = Math.min(0.002, (row.dividends[0]?.[0] ?? 1) / 2);
    const nearer = (dt: number): number =>
      value({ years: row.years - dt, dividends: row.dividends.map(([t, cash]) => [t - dt, cash] as const) });
    if (step > 1e-4)
      expect(Math.abs(g.theta - (nearer(step) - nearer(-step)) / (2 * step))).toBeLessThan(0.15);
    expect(g.vanna).toBeNaN();
    expect(g.volga).toBeNaN();
  });
  test.each(shapes.slice(0, 6))("against the lattice: %s", (_name, change, vol) => {
    const row = { ...base, ...change };
    const g = greeks(block, [row], [vol])[0]!;
    const lattice = (other: Partial<DividendRow>, sigma = vol): number =>
      latticeValue({ ...row, ...other }, sigma, 400);
    expect(
      Math.abs(g.delta - (lattice({ spot: row.spot + 1 }) - lattice({ spot: row.spot - 1 })) / 2),
    ).toBeLessThan(4e-3);
    expect(Math.abs(g.vega - (lattice({}, vol + 0.03) - lattice({}, vol - 0.03)) / 0.06)).toBeLessThan(0.2);
    expect(Math.abs(g.rho - (lattice({ rate: 0.06 }) - lattice({ rate: 0.04 })) / 0.02)).toBeLessThan(0.6);
  });
});

test("delta, gamma, vega and rho have no visible noise along the spot", () => {
  const spots = Array.from({ length: 81 }, (_, i) => 90 + i * 0.25);
  for (const change of [{}, { isCall: true }, { isCall: true, yield: 0.05 }]) {
    const rows = spots.map((spot) => ({ ...base, ...change, spot }));
    const out = greeks(
      block,
      rows,
      spots.map(() => 0.3),
    );
    const roughness = (name: "delta" | "gamma" | "vega" | "rho"): number => {
      // fourth differences kill what is smooth
      const x = out.map((row) => row[name]);
      return Math.max(
        ...x
          .slice(4)
          .map((_, i) => Math.abs(x[i]! - 4 * x[i + 1]! + 6 * x[i + 2]! - 4 * x[i + 3]! + x[i + 4]!)),
      );
    };
    expect(roughness("delta")).toBeLessThan(1e-4);
    expect(roughness("gamma")).toBeLessThan(1e-4);
    expect(roughness("vega")).toBeLessThan(0.02);
    expect(roughness("rho")).toBeLessThan(0.05);
  }
});

test("exercised, at spot 0, without volatility or time", () => {
  const deep = greeks(block, [{ ...base, dividends: [], spot: 40 }], [0.2])[0]!;
  expect(deep).toEqual({ value: 60, delta: -1, gamma: 0, vega: 0, theta: 0, rho: 0, vanna: NaN, volga: NaN });
  const zero = greeks(block, [{ ...base, isAmerican: false, spot: 0 }], [0.2])[0]!;
  expect(zero.value).toBeCloseTo(100 * Math.exp(-0.05), 10);
  expect(zero.rho).toBeCloseTo(-100 * Math.exp(-0.05), 3);
  expect(zero.theta).toBeCloseTo(5 * Math.exp(-0.05), 8);
  const flat = greeks(block, [{ ...base, isAmerican: false, isCall: true, spot: 120 }], [0])[0]!;
  expect(flat.delta).toBeCloseTo(1, 6);
  expect(flat.vega).toBe(0);
  const ended = greeks(block, [{ ...base, years: 0, dividends: [], spot: 90 }], [0.2])[0]!;
  expect(ended.value).toBe(10);
  expect(ended.delta).toBeCloseTo(-1, 6);
});

test("NaN gives NaN in its row only", () => {
  const out = greeks(block, [base, { ...base, rate: NaN }, base, base], [0.3, 0.3, NaN, 0.3]);
  const alone = greeks(block, [base], [0.3])[0]!;
  expect(out[0]).toEqual(alone);
  expect(out[3]).toEqual(alone);
  for (const i of [1, 2]) expect(Object.values(out[i]!).every((value) => Number.isNaN(value))).toBe(true);
});
