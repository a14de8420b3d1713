import { beforeEach, describe, expect, test } from "vitest";
import {
  hasVectors,
  loadTestKernel,
  type Option,
  optionOf,
  readVectors,
  skipped,
} from "./european-kernel.js";

const kernel = loadTestKernel();
beforeEach(() => kernel.reset());

const names = ["delta", "gamma", "vega", "theta", "rho", "vanna", "volga"];

describe.skipIf(!hasVectors)(`closed form at 60 digits${skipped}`, () => {
  const records = hasVectors ? readVectors("european_mpmath.json") : [];

  test.each(names)("%s within 1e-11 relative, wings down to 1e-283 included", (name) => {
    const found = kernel.greeks(
      records.map(optionOf),
      records.map((record) => record.sigma),
    );
    records.forEach((record, i) => {
      const expected = record.greeks[name] ?? NaN;
      expect(Math.abs(found[i]![name]! - expected), record.id).toBeLessThanOrEqual(
        1e-11 * Math.abs(expected),
      );
    });
  });
});

const base: Option = { isCall: true, spot: 100, strike: 90, years: 0.5, rate: 0.04, carry: 0.01 };

test("the value is the grid's, to the bit", () => {
  const options = [base, { ...base, isCall: false }, { ...base, strike: 130 }];
  const grid = kernel.grid(options, [[0.2, 0.3, 0.4]], [1]);
  expect(kernel.greeks(options, [0.2, 0.3, 0.4]).map((row) => row["value"])).toEqual(grid);
});

test("differences of values agree with every Greek", () => {
  const h = 1e-4;
  const of = (option: Option, vol: number): number => kernel.grid([option], [[vol]], [1])[0]!;
  for (const option of [base, { ...base, isCall: false, strike: 105 }]) {
    const [greeks] = kernel.greeks([option], [0.25]);
    const slope = (change: (x: number) => number): number => (change(h) - change(-h)) / (2 * h);
    expect(greeks!["delta"]).toBeCloseTo(
      slope((x) => of({ ...option, spot: option.spot + x }, 0.25)),
      7,
    );
    expect(greeks!["vega"]).toBeCloseTo(
      slope((x) => of(option, 0.25 + x)),
      4,
    );
    expect(greeks!["theta"]).toBeCloseTo(-slope((x) => of({ ...option, years: option.years + x }, 0.25)), 4);
    expect(greeks!["rho"]).toBeCloseTo(
      slope((x) => of({ ...option, rate: option.rate + x }, 0.25)),
      4,
    );
  }
});

describe("limits", () => {
  const greeks = (option: Partial<Option>, vol: number): Record<string, number> =>
    kernel.greeks([{ ...base, rate: 0, carry: 0, ...option }], [vol])[0]!;

  test("no time, in and out of the money", () => {
    const none = { gamma: 0, vega: 0, theta: 0, rho: 0, vanna: 0, volga: 0 };
    expect(greeks({ years: 0 }, 0.2)).toMatchObject({ value: 10, delta: 1, ...none });
    expect(greeks({ years: 0, isCall: false, strike: 110 }, 0.2)).toMatchObject({ value: 10, delta: -1 });
    expect(greeks({ years: 0, strike: 110 }, 0.2)).toMatchObject({
      value: 0,
      delta: 0,
      gamma: 0,
      vega: 0,
      theta: 0,
    });
  });

  test("at the kink gamma does not exist", () => {
    const found = greeks({ years: 0, strike: 100 }, 0.2);
    expect(found).toMatchObject({ value: 0, delta: 0.5, vega: 0 });
    expect(found["gamma"]).toBeNaN();
    expect(found["theta"]).toBeNaN();
  });

  test("spot 0 and strike 0", () => {
    expect(greeks({ spot: 0, isCall: false }, 0.2)).toMatchObject({
      value: 90,
      delta: -1,
      gamma: 0,
      vega: 0,
    });
    expect(greeks({ strike: 0 }, 0.2)).toMatchObject({ value: 100, delta: 1, gamma: 0, vega: 0 });
  });

  test.each(["spot", "strike", "years", "rate", "carry"] as const)(
    "NaN %s gives NaN everywhere in its row",
    (name) => {
      const rows = kernel.greeks([base, { ...base, [name]: NaN }, base], [0.2, 0.2, 0.2]);
      expect(Object.values(rows[1]!).every((x) => Number.isNaN(x))).toBe(true);
      expect(Object.values({ ...rows[0], ...rows[2] }).every((x) => Number.isFinite(x))).toBe(true);
      expect(Object.values(kernel.greeks([base], [NaN])[0]!).every((x) => Number.isNaN(x))).toBe(true);
    },
  );
});
