import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AmericanKernel, type AmericanRow, treeValue } from "./american-kernel.js";

const folder = new URL("../../../shared/data/vectors/", import.meta.url);
const absent = !existsSync(folder);
const kernel = new AmericanKernel();

interface Vector {
  id: string;
  type: string;
  S: number;
  K: number;
  T: number;
  r: number;
  q: number;
  sigma: number;
  expected: number;
  tolerance: number;
  referenceValue?: number;
  relTolerance?: number;
  greeks?: Record<string, number>;
}
const read = (name: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Vector[];
const row = (v: Vector): AmericanRow => ({
  isCall: v.type === "call",
  spot: v.S,
  strike: v.K,
  years: v.T,
  rate: v.r,
  dividendYield: v.q,
  volatility: v.sigma,
});
const put = (change: Partial<AmericanRow> = {}): AmericanRow => ({
  isCall: false,
  spot: 100,
  strike: 100,
  years: 0.5,
  rate: 0.05,
  dividendYield: 0.02,
  volatility: 0.25,
  ...change,
});
const exercise = (r: AmericanRow): number => Math.max(r.isCall ? r.spot - r.strike : r.strike - r.spot, 0);

describe.skipIf(absent)(`vectors${absent ? " (skipped: no shared vectors)" : ""}`, () => {
  const sets = [
    "american_crosschecked",
    "american_published",
    "american_baw_haug",
    "american_ju_zhong",
    "american_bjerksund_stensland",
  ];
  test.each(sets)("%s: default 2e-4, reference 1e-6 per 100 of strike", (name) => {
    // Longstaff-Schwartz (ls..) rows are Bermudan, 50 dates a year
    const set = read(name).filter(
      (v) => !v.id.startsWith("ls") && (name === "american_crosschecked" || v.referenceValue),
    );
    expect(set.length).toBeGreaterThan(4);
    for (const [accuracy, bound] of [
      [0, 2e-4],
      [1, 1e-6],
    ] as const) {
      const values = kernel.values(set.map(row), accuracy);
      set.forEach((v, i) => {
        const truth = name === "american_crosschecked" ? v.expected : v.referenceValue!;
        expect(Math.abs(values[i]! - truth) / v.K, `${v.id} ${values[i]} ${truth}`).toBeLessThan(bound / 100);
      });
    }
  });

  test.each([0, 1])("exact limits, accuracy %d", (accuracy) => {
    const set = read("american_limits");
    const values = kernel.values(set.map(row), accuracy);
    set.forEach((v, i) => expect(Math.abs(values[i]! - v.expected), v.id).toBeLessThanOrEqual(v.tolerance));
  });

  test("Greeks: reference within the vectors' tolerance, default within 20 times", () => {
    // rho of the vectors steps over r = q, where the second derivative in r jumps: those rows are compared to 1e-2 only
    const set = read("american_greeks");
    for (const [accuracy, slack] of [
      [0, 20],
      [1, 1],
    ] as const) {
      const greeks = kernel.greeks(set.map(row), accuracy);
      set.forEach((v, i) => {
        ["delta", "gamma", "vega", "theta", "rho"].forEach((name, c) => {
          const truth = v.greeks![name]!;
          const crossing = name === "rho" && Math.abs(v.r - v.q) < 2.5e-3;
          const bound = crossing
            ? 1e-2 * Math.abs(truth)
            : slack * (v.relTolerance! * Math.abs(truth) + v.tolerance);
          expect(Math.abs(greeks[(c + 1) * set.length + i]! - truth), `${v.id} ${name}`).toBeLessThanOrEqual(
            bound,
          );
        });
      });
    }
  });
});

const someRow = fc.record({
  isCall: fc.boolean(),
  spot: fc.double({ min: 30, max: 300, noNaN: true }),
  strike: fc.constant(100),
  years: fc.double({ min: 1e-5, max: 10, noNaN: true }),
  rate: fc.double({ min: -0.03, max: 0.12, noNaN: true }),
  dividendYield: fc.double({ min: -0.03, max: 0.12, noNaN: true }),
  volatility: fc.double({ min: 0.01, max: 5, noNaN: true }),
});
const single = (r: AmericanRow): boolean => {
  const [a, b] = r.isCall ? [r.dividendYield, r.rate] : [r.rate, r.dividendYield];
  return !(b < a && a < 0);
};

describe("laws", () => {
  test("default = reference within 1e-3 per 100, never below exercise, no NaN", () => {
    fc.assert(
      fc.property(someRow.filter(single), (r) => {
        const [fast] = kernel.values([r], 0);
        const [slow] = kernel.values([r], 1);
        expect(Math.abs(fast! - slow!)).toBeLessThan(1e-5 * Math.max(r.spot, r.strike));
        expect(fast).toBeGreaterThanOrEqual(exercise(r));
      }),
    );
  });

  test("monotone and convex in spot", () => {
    const factors = Array.from({ length: 121 }, (_, i) => 0.4 + 0.01 * i);
    for (const isCall of [true, false]) {
      for (const [rate, dividendYield] of [
        [0.05, 0.02],
        [0.02, 0.06],
        [0.04, 0.04],
        [-0.01, 0.03],
        [0.03, -0.02],
      ]) {
        const values = kernel.values(
          [put({ isCall, rate: rate!, dividendYield: dividendYield! })],
          0,
          factors,
        );
        for (let k = 1; k < factors.length - 1; k++) {
          const step = (values[k + 1]! - values[k]!) * (isCall ? 1 : -1);
          expect(step).toBeGreaterThanOrEqual(-1e-9);
          expect(values[k + 1]! - 2 * values[k]! + values[k - 1]!).toBeGreaterThan(-2e-5);
        }
      }
    }
  });

  test("a value depends on its own terms only, to the bit", () => {
    fc.assert(
      fc.property(fc.array(someRow.filter(single), { minLength: 2, maxLength: 6 }), (rows) => {
        const more = rows.flatMap((r) => [r, { ...r, strike: 90 }, { ...r, volatility: r.volatility * 1.3 }]);
        const alone = more.map((r) => kernel.values([r], 0)[0]!);
        expect(kernel.values(more, 0)).toEqual(alone);
        expect(kernel.values(more.toReversed(), 0)).toEqual(alone.toReversed());
      }),
      { numRuns: 30 },
    );
  });

  test("a boundary shared over volatility moves no value by more than 5e-5 per 100", () => {
    for (let k = 0; k <= 60; k++) {
      const volatility = 0.1 * 10 ** (k / 60);
      for (const [rate, dividendYield] of [
        [0.05, 0.01],
        [0.03, 0.05],
        [0.04, 0.04],
      ]) {
        const rows = [90, 100, 115].map((spot) =>
          put({ spot, volatility, rate: rate!, dividendYield: dividendYield! }),
        );
        const direct = kernel.values(rows, 1);
        kernel.values(rows, 0).forEach((value, i) => expect(Math.abs(value - direct[i]!)).toBeLessThan(5e-5));
      }
    }
  });

  test("continuous at the boundary: exact exercise value below, smooth pasting above", () => {
    const factors = Array.from({ length: 256 }, (_, i) => 0.7 + i * 1e-3);
    const values = kernel.values([put()], 0, factors);
    const gaps = values.map((value, k) => value - (100 - 100 * factors[k]!));
    const first = gaps.findIndex((gap) => gap > 1e-12);
    expect(first).toBeGreaterThan(10);
    expect(gaps.slice(0, first).every((gap) => Math.abs(gap) < 1e-12)).toBe(true);
    // half a second derivative of about 0.03 times the square of at most 0.1 in spot
    expect(gaps[first]).toBeLessThan(1e-3);
  });

  test("two boundaries (q < r < 0): the tree agrees within 2e-3 per 100, calls by symmetry", () => {
    for (const [spot, years, rate, dividendYield, volatility] of [
      [100, 1, -0.01, -0.03, 0.1],
      [80, 1, -0.01, -0.03, 0.1],
      [100, 3, -0.01, -0.05, 0.15],
      [110, 1, -0.01, -0.08, 0.4],
    ] as const) {
      const r = put({ spot, years, rate, dividendYield, volatility });
      const mirror = {
        ...r,
        isCall: true,
        spot: 100,
        strike: spot,
        rate: dividendYield,
        dividendYield: rate,
      };
      const [p, c] = kernel.values([r, mirror], 0);
      expect(Math.abs(p! - treeValue(r))).toBeLessThan(2e-3);
      expect(Math.abs(c! - p!)).toBeLessThan(1e-9);
    }
  });

  test("invalid terms give NaN in their row and no other", () => {
    for (const key of ["spot", "strike", "years", "rate", "dividendYield", "volatility"] as const) {
      for (const bad of [NaN, Infinity]) {
        const [a, b, c] = kernel.values([put(), put({ [key]: bad }), put()], 0);
        expect(b).toBeNaN();
        expect(a).toBe(c);
        expect(a).toBeGreaterThan(0);
        expect(kernel.greeks([put({ [key]: bad })]).every(Number.isNaN)).toBe(true);
      }
    }
    expect(kernel.values([put()], 0, [NaN, 1])[0]).toBeNaN();
  });
});

describe("implied volatility", () => {
  test.each([0, 1])("round trip within 1e-9 of strike, accuracy %d", (accuracy) => {
    const rows = [80, 95, 100, 110, 140].flatMap((spot) =>
      [0.05, 0.2, 0.6, 1.5].flatMap((volatility) =>
        [true, false].map((isCall) => put({ spot, volatility, isCall })),
      ),
    );
    const prices = kernel.values(rows, accuracy);
    const { volatility, status } = kernel.impliedVolatilities(rows, prices, accuracy);
    const certain = kernel.values(
      rows.map((r) => ({ ...r, volatility: 0 })),
      accuracy,
    );
    const back = kernel.values(
      rows.map((r, i) => ({ ...r, volatility: volatility[i]! })),
      accuracy,
    );
    const good = status.filter((s) => s === 0).length;
    expect(good).toBeGreaterThan(25);
    rows.forEach((r, i) => {
      if (status[i] === 0) expect(Math.abs(back[i]! - prices[i]!)).toBeLessThan(1e-9 * r.strike);
      else {
        expect(status[i]).toBe(1);
        expect(volatility[i]).toBeNaN();
        expect(prices[i]! - certain[i]!).toBeLessThan(2e-10);
      }
    });
  });

  test("statuses", () => {
    const rows = [put({ spot: 80 }), put({ spot: 80 }), put(), put({ years: 0 }), put({ rate: NaN }), put()];
    const { volatility, status } = kernel.impliedVolatilities(rows, [20, 19, 100, 1, 5, NaN]);
    expect(status).toEqual([1, 1, 2, 3, 4, 4]);
    expect(volatility.every(Number.isNaN)).toBe(true);
  });
});

describe("Greeks where no volatility is at work", () => {
  const at = (change: Partial<AmericanRow>): number[] => kernel.greeks([put(change)], 0);
  test("at expiry, in and out of the money: delta +-1 or 0, no curvature", () => {
    expect(at({ years: 0, spot: 90 })[1]).toBe(-1);
    expect(at({ years: 0, spot: 90 }).map(Math.abs)).toEqual([10, 1, 0, 0, 0, 0, 0, 0]);
    expect(at({ years: 0, spot: 110 }).map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    // the call in the money is held: time would add rate * strike - yield * spot = 5 - 2.2 a year
    const call = at({ years: 0, spot: 110, isCall: true }).slice(1);
    expect(call[3]).toBeCloseTo(-2.8, 12);
    expect(call.filter((_, c) => c !== 3).map(Math.abs)).toEqual([1, 0, 0, 0, 0, 0]);
  });
  test("spot 0 and strike 0", () => {
    expect(at({ spot: 0 }).map(Math.abs)).toEqual([100, 1, 0, 0, 0, 0, 0, 0]);
    expect(at({ spot: 0, isCall: true }).map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(at({ strike: 0 }).map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(at({ strike: 0, isCall: true }).map(Math.abs)).toEqual([100, 1, 0, 0, 0, 0, 0, 0]);
  });
  test("no volatility: derivatives of the certain value against its differences", () => {
    // best exercise inside the life: rate below yield, spot below strike * rate / yield
    const row = put({ volatility: 0, years: 2, rate: 0.04, dividendYield: 0.08, spot: 52, strike: 100 });
    const value = (change: Partial<AmericanRow>): number => kernel.values([{ ...row, ...change }], 0)[0]!;
    const [, delta, gamma, vega, theta, rho] = kernel.greeks([row], 0);
    expect(delta).toBeCloseTo((value({ spot: 52.01 }) - value({ spot: 51.99 })) / 0.02, 6);
    expect(gamma).toBeCloseTo((value({ spot: 53 }) - 2 * value({}) + value({ spot: 51 })) / 1, 4);
    expect(gamma).toBeGreaterThan(0.01);
    expect([vega, theta]).toEqual([0, 0]);
    expect(rho).toBeCloseTo((value({ rate: 0.04001 }) - value({ rate: 0.03999 })) / 0.00002, 3);
  });
  test("at the kink: delta one half, gamma and theta do not exist", () => {
    expect(at({ years: 0 }).slice(1)).toEqual([-0.5, NaN, 0, NaN, -0, 0, 0]);
  });
});

test("default Greeks without noise: smooth along the spot, near those of reference accuracy", () => {
  const spots = Array.from({ length: 81 }, (_, i) => 80 + 0.5 * i);
  const rows = spots.map((spot) => put({ spot }));
  const fast = kernel.greeks(rows, 0);
  const slow = kernel.greeks(rows, 1);
  const tolerance = [1e-4, 1e-4, 1e-4, 5e-3, 1e-2, 5e-2];
  tolerance.forEach((bound, c) => {
    for (let i = 0; i < rows.length; i++) {
      const at = c * rows.length + i;
      expect(Math.abs(fast[at]! - slow[at]!), `column ${c} spot ${spots[i]}`).toBeLessThan(bound);
    }
  });
});
