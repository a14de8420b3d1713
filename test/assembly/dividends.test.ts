import fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadKernel, values, type DividendRow } from "./dividends-kernel.js";
import { closedForm, latticeValue } from "./dividends-reference.js";

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
const one = (row: DividendRow, vol: number, factor = 1): number =>
  values(block, [row], [[vol]], [factor])[0]!;

interface Vector {
  readonly id: string;
  readonly type: string;
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly sigma: number;
  readonly american: boolean;
  readonly expected: number;
  readonly dividends?: readonly (readonly [number, number])[];
}
const folder = new URL("../../../shared/data/vectors/", import.meta.url);

/** Largest error per 100 of strike; at spots moved by `factor` too, the solve being the same. */
function vectorErrors(file: string): { id: string; error: number }[] {
  const vectors = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Vector[];
  const rows = vectors.map((v): DividendRow => ({
    isCall: v.type === "call",
    isAmerican: v.american,
    spot: v.S / 0.8,
    strike: v.K,
    years: v.T,
    rate: v.r,
    yield: v.q,
    dividends: v.dividends ?? [],
  }));
  const out = values(
    block,
    rows,
    vectors.map((v) => [v.sigma]),
    [0.8],
  );
  return vectors.map((v, i) => ({ id: v.id, error: (Math.abs(out[i]! - v.expected) / v.K) * 100 }));
}

describe.skipIf(!existsSync(folder))(
  "cash dividends against independent values (skipped without the vector files)",
  () => {
    test.each([
      ["cash_dividends_generated.json", 267, 1e-3],
      ["cash_dividends_published.json", 14, 1e-4],
      ["american_crosschecked.json", 340, 1e-3],
    ])("%s", (file, count, bound) => {
      const errors = vectorErrors(file);
      expect(errors.length).toBe(count);
      expect(errors.filter(({ error }) => !(error <= bound))).toEqual([]);
    });
  },
);

describe("published figures", () => {
  const single: DividendRow = { ...base, isCall: true, isAmerican: false, rate: 0.06, dividends: [[0.5, 7]] };
  // Haug, Haug, Lewis, "Back to basics: a new approach to the discrete dividend problem" (2003), exact integration
  test.each([
    [50, 46.22595216815442],
    [100, 11.106242462849208],
    [200, 0.16022461133659802],
  ])("one dividend of 7 at half a year, strike %d", (strike, expected) => {
    expect(Math.abs(one({ ...single, strike }, 0.3) - expected)).toBeLessThan((2e-5 * strike) / 100);
  });
  // Vellekoop, Nieuwenhuis, "Efficient pricing of derivatives on assets with discrete dividends" (2006)
  test.each([
    [70, 27.21393776],
    [100, 19.48228598],
    [130, 14.13025908],
  ])("seven yearly dividends, strike %d", (strike, expected) => {
    const dividends = [6, 6.5, 7, 7.5, 8, 8, 8].map((cash, i): [number, number] => [i + 0.9, cash]);
    expect(Math.abs(one({ ...single, strike, years: 7, dividends }, 0.25) - expected)).toBeLessThan(1e-4);
  });
});

describe("against a trinomial lattice, every sign of rate and yield", () => {
  const cases: [string, Partial<DividendRow>, number][] = [
    ["put", {}, 0.3],
    ["put in the money, one large dividend", { spot: 80, dividends: [[0.5, 9]] }, 0.25],
    ["call", { isCall: true, spot: 110 }, 0.3],
    ["call with a yield", { isCall: true, yield: 0.08, spot: 120 }, 0.3],
    ["put with a yield", { yield: 0.08 }, 0.3],
    ["put, negative rate", { rate: -0.02 }, 0.3],
    ["call, negative rate", { isCall: true, rate: -0.04, spot: 130 }, 0.25],
    ["call, both negative", { isCall: true, rate: -0.02, yield: -0.05, spot: 105 }, 0.2],
    ["call, yield below a negative rate's sign", { isCall: true, rate: -0.06, yield: -0.02, spot: 120 }, 0.2],
    ["put, yield below a negative rate", { rate: -0.02, yield: -0.06, spot: 90 }, 0.2],
    ["put, negative yield", { rate: 0.03, yield: -0.03, spot: 95 }, 0.3],
    ["no dividend, put", { dividends: [] }, 0.3],
    ["no dividend, call with a yield", { dividends: [], isCall: true, yield: 0.07 }, 0.3],
    ["dividend at expiry", { dividends: [[1, 5]], spot: 100 }, 0.3],
    ["dividend at expiry, call", { dividends: [[1, 5]], isCall: true }, 0.3],
    [
      "two dividends at one instant",
      {
        dividends: [
          [0.5, 2],
          [0.5, 3],
        ],
      },
      0.3,
    ],
    ["dividend at the very start", { dividends: [[0.001, 3]] }, 0.3],
    ["dividends larger than the spot", { dividends: [[0.5, 60]], spot: 62, strike: 60 }, 0.5],
    ["European put", { isAmerican: false, spot: 90 }, 0.4],
  ];
  test.each(cases)("%s", (_name, change, vol) => {
    const row = { ...base, ...change };
    expect(Math.abs(one(row, vol) - latticeValue(row, vol, 700))).toBeLessThan(6e-3);
  });
});

describe("exact limits", () => {
  test("no dividend, European: the closed form", () => {
    for (const isCall of [true, false]) {
      for (const spot of [40, 95, 230]) {
        const row = { ...base, isCall, isAmerican: false, spot, yield: 0.02, dividends: [] };
        expect(Math.abs(one(row, 0.3) - closedForm(row, 0.3))).toBeLessThan(1e-12 * 100);
      }
    }
  });
  test("no dividend, American call without yield: the European value", () => {
    const row = { ...base, isCall: true, dividends: [] };
    expect(Math.abs(one(row, 0.3) - closedForm(row, 0.3))).toBeLessThan(1e-10);
  });
  test("zero time: the payoff", () => {
    expect(one({ ...base, years: 0, spot: 90, dividends: [] }, 0.3)).toBe(10);
    expect(one({ ...base, years: 0, spot: 110, dividends: [] }, 0.3)).toBe(0);
  });
  test("zero volatility: the forward path", () => {
    const path = ((100 * Math.exp(0.05 * 0.5) - 7) * Math.exp(0.05 * 0.5) - 90) * Math.exp(-0.05);
    const row = { ...base, isCall: true, isAmerican: false, strike: 90, dividends: [[0.5, 7]] as const };
    expect(one(row, 0)).toBeCloseTo(path, 10);
    // American: just before the ex-date
    expect(one({ ...row, isAmerican: true }, 0)).toBeCloseTo(100 - 90 * Math.exp(-0.025), 10);
    expect(one({ ...row, isAmerican: true }, 1e-4)).toBeCloseTo(100 - 90 * Math.exp(-0.025), 6);
    // a put waits for the dividend when it is worth more than the interest
    const put = { ...base, spot: 80, strike: 100, dividends: [[0.5, 7]] as const };
    expect(one(put, 0)).toBeCloseTo(Math.exp(-0.025) * 107 - 80, 10);
    expect(one(put, 1e-4)).toBeCloseTo(Math.exp(-0.025) * 107 - 80, 4);
  });
  test("spot 0", () => {
    expect(one(base, 0.3, 0)).toBe(100);
    expect(one({ ...base, isAmerican: false }, 0.3, 0)).toBeCloseTo(100 * Math.exp(-0.05), 12);
    expect(one({ ...base, isCall: true }, 0.3, 0)).toBe(0);
    expect(one({ ...base, rate: -0.02 }, 0.3, 0)).toBeCloseTo(100 * Math.exp(0.02), 12);
  });
  test("strike 0: the stock without its dividends, or at once", () => {
    const call = { ...base, isCall: true, strike: 0 };
    const present = 100 - 0.75 * [0.1, 0.35, 0.6, 0.85].reduce((sum, t) => sum + Math.exp(-0.05 * t), 0);
    expect(Math.abs(one({ ...call, isAmerican: false }, 0.3) - present)).toBeLessThan(1e-4);
    expect(one(call, 0.3)).toBeCloseTo(100, 10);
    expect(one({ ...call, dividends: [], yield: 0.03, isAmerican: false }, 0.3)).toBeCloseTo(
      100 * Math.exp(-0.03),
      10,
    );
    expect(one({ ...base, strike: 0 }, 0.3)).toBe(0);
  });
  test("a dividend far above the spot leaves 0", () => {
    const row = { ...base, isAmerican: false, dividends: [[0.5, 500]] as const };
    expect(one(row, 0.3)).toBeCloseTo(100 * Math.exp(-0.05), 8);
    expect(one({ ...row, isCall: true }, 0.3)).toBeLessThan(1e-6);
  });
  test("a dividend a moment from now lowers the spot", () => {
    const later = {
      ...base,
      dividends: [
        [1e-9, 4],
        [0.5, 1],
      ] as const,
    };
    const now = { ...base, spot: 96, dividends: [[0.5, 1]] as const };
    for (const isAmerican of [true, false]) {
      expect(Math.abs(one({ ...later, isAmerican }, 0.3) - one({ ...now, isAmerican }, 0.3))).toBeLessThan(
        1e-3,
      );
    }
  });
  test("far spots, 0.05 and 3 times: straight lines between the right ends", () => {
    const eu = { ...base, isAmerican: false };
    const cash = 0.75 * [0.1, 0.35, 0.6, 0.85].reduce((sum, t) => sum + Math.exp(-0.05 * t), 0);
    expect(one(eu, 0.05, 0.3)).toBeCloseTo(100 * Math.exp(-0.05) - 30 + cash, 6);
    expect(one({ ...eu, isCall: true }, 0.05, 3)).toBeCloseTo(300 - cash - 100 * Math.exp(-0.05), 6);
    expect(one(base, 0.05, 0.2)).toBeGreaterThanOrEqual(80);
    expect(one({ ...base, isCall: true }, 0.05, 3)).toBeGreaterThanOrEqual(200);
    expect(Math.abs(one(base, 0.3, 0.05) - latticeValue({ ...base, spot: 5 }, 0.3, 400))).toBeLessThan(6e-3);
  });
});

describe("bad input and independence", () => {
  const bad: [string, Partial<DividendRow>][] = [
    ["NaN spot", { spot: NaN }],
    ["NaN strike", { strike: NaN }],
    ["NaN years", { years: NaN }],
    ["NaN rate", { rate: NaN }],
    ["NaN yield", { yield: NaN }],
    ["infinite strike", { strike: Infinity }],
    ["negative spot", { spot: -1 }],
    ["negative strike", { strike: -1 }],
    ["negative years", { years: -0.1 }],
    ["NaN dividend", { dividends: [[0.5, NaN]] }],
    ["NaN ex-date", { dividends: [[NaN, 1]] }],
    ["negative dividend", { dividends: [[0.5, -1]] }],
    ["ex-date not after now", { dividends: [[0, 1]] }],
    [
      "ex-dates out of order",
      {
        dividends: [
          [0.5, 1],
          [0.4, 1],
        ],
      },
    ],
  ];
  test.each(bad)("%s gives NaN in its row only", (_name, change) => {
    const out = values(
      block,
      [base, { ...base, ...change }, base],
      [
        [0.2, 0.3],
        [0.2, 0.3],
        [0.2, 0.3],
      ],
      [0.9, 1],
    );
    const alone = values(block, [base], [[0.2, 0.3]], [0.9, 1]);
    expect(out.slice(0, 4)).toEqual(alone);
    expect(out.slice(4, 8)).toEqual([NaN, NaN, NaN, NaN]);
    expect(out.slice(8)).toEqual(alone);
  });
  test("a bad volatility or factor gives NaN in its cells only", () => {
    const out = values(block, [base], [[NaN, 0.3, -0.1]], [1, NaN, 0.9]);
    expect(out.map((value) => Number.isNaN(value))).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
      true,
      true,
      true,
    ]);
  });
});

const rows = fc
  .record({
    isCall: fc.boolean(),
    isAmerican: fc.boolean(),
    spot: fc.double({ min: 60, max: 160, noNaN: true }),
    strike: fc.constant(100),
    years: fc.double({ min: 0.02, max: 2.5, noNaN: true }),
    rate: fc.double({ min: -0.03, max: 0.1, noNaN: true }),
    yield: fc.double({ min: -0.03, max: 0.06, noNaN: true }),
    schedule: fc.array(
      fc.tuple(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.double({ min: 0, max: 4, noNaN: true })),
      {
        maxLength: 8,
      },
    ),
  })
  .map(({ schedule, ...row }): DividendRow => ({
    ...row,
    dividends: schedule
      .map(([u, cash]): [number, number] => [u * row.years, cash])
      .sort((a, b) => a[0] - b[0]),
  }));
const vols = fc.double({ min: 0.05, max: 1, noNaN: true });
/** What the numerical error may do to an inequality, per 100 of strike. */
const SLACK = 2e-3;

describe("properties", () => {
  test("a value depends on its own row, volatility and spot only, bit for bit", () => {
    fc.assert(
      fc.property(rows, rows, vols, vols, (a, b, u, v) => {
        const both = values(
          block,
          [a, b],
          [
            [u, v],
            [v, u],
          ],
          [0.85, 1, 1.1],
        );
        const swapped = values(block, [b, a], [[v], [u]], [1]);
        expect(both[1]).toBe(swapped[1]);
        expect(both[7 + 3]).toBe(values(block, [b], [[u]], [1])[0]);
        expect(both[0]).toBe(values(block, [{ ...a, spot: a.spot * 0.85 }], [[u]], [1])[0]);
      }),
      { numRuns: 40 },
    );
  });
  test("American >= European, >= exercise; rising or falling in the spot; convex without dividends' floor", () => {
    fc.assert(
      fc.property(rows, vols, (row, vol) => {
        const factors = [0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3];
        const american = values(block, [{ ...row, isAmerican: true }], [[vol]], factors);
        const european = values(block, [{ ...row, isAmerican: false }], [[vol]], factors);
        const sign = row.isCall ? 1 : -1;
        factors.forEach((factor, k) => {
          expect(american[k]!).toBeGreaterThanOrEqual(european[k]! - SLACK);
          expect(american[k]!).toBeGreaterThanOrEqual(sign * (row.spot * factor - row.strike));
          if (k > 0) expect(sign * (american[k]! - american[k - 1]!)).toBeGreaterThanOrEqual(-SLACK);
          if (k > 1)
            expect(american[k]! - 2 * american[k - 1]! + american[k - 2]!).toBeGreaterThanOrEqual(-2 * SLACK);
        });
      }),
      { numRuns: 60 },
    );
  });
  test("put-call parity of European values while the dividends cannot exceed the spot", () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.05, max: 0.3, noNaN: true }), (row, vol) => {
        const call = one({ ...row, isAmerican: false, isCall: true, years: row.years }, vol);
        const put = one({ ...row, isAmerican: false, isCall: false }, vol);
        const { rate, years } = row;
        const cash = row.dividends.reduce(
          (sum, [t, d]) => sum + d * Math.exp(-rate * t - row.yield * (years - t)),
          0,
        );
        const parity = row.spot * Math.exp(-row.yield * years) - cash - row.strike * Math.exp(-rate * years);
        expect(Math.abs(call - put - parity)).toBeLessThan(SLACK);
      }),
      { numRuns: 60 },
    );
  });
});

describe("wild terms", () => {
  test("between exercise value and stock or strike, and monotone, from 0 to 10 times the spot", () => {
    const wild = fc.record({
      isCall: fc.boolean(),
      isAmerican: fc.boolean(),
      strike: fc.double({ min: 35, max: 270, noNaN: true }),
      logYears: fc.double({ min: -9, max: 2, noNaN: true }),
      logVol: fc.double({ min: -9, max: 1, noNaN: true }),
      rate: fc.double({ min: -0.06, max: 0.14, noNaN: true }),
      yield: fc.double({ min: -0.06, max: 0.14, noNaN: true }),
      schedule: fc.array(
        fc.tuple(fc.double({ min: 1e-6, max: 1, noNaN: true }), fc.double({ min: 0, max: 300, noNaN: true })),
        {
          maxLength: 6,
        },
      ),
    });
    const factors = [0, 0.01, 0.05, 0.3, 0.55, 0.8, 1, 1.2, 1.45, 3, 10];
    fc.assert(
      fc.property(wild, ({ logYears, logVol, schedule, ...terms }) => {
        const years = Math.exp(logYears);
        const dividends = schedule
          .map(([u, cash]): [number, number] => [u * years, cash])
          .toSorted((a, b) => a[0] - b[0]);
        const row: DividendRow = { ...terms, spot: 100, years, dividends };
        const out = values(block, [row], [[Math.exp(logVol)]], factors);
        const sign = row.isCall ? 1 : -1;
        out.forEach((value, k) => {
          const spot = 100 * factors[k]!;
          const most =
            (row.isCall ? spot : row.strike) *
            Math.max(1, Math.exp(-(row.isCall ? row.yield : row.rate) * years));
          expect(value).toBeGreaterThanOrEqual(row.isAmerican ? Math.max(0, sign * (spot - row.strike)) : 0);
          expect(value).toBeLessThanOrEqual(most * (1 + 1e-12));
          if (k > 0) expect(sign * (value - out[k - 1]!)).toBeGreaterThanOrEqual((-SLACK * row.strike) / 100);
        });
      }),
      { numRuns: 300 },
    );
  });
});
