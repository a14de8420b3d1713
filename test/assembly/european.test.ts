import fc from "fast-check";
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

const at100: Option = { isCall: true, spot: 100, strike: 100, years: 1, rate: 0.05, carry: 0.02 };

function value(option: Partial<Option>, vol = 0.2, factor = 1): number {
  kernel.reset();
  return kernel.grid([{ ...at100, ...option }], [[vol]], [factor])[0]!;
}

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

const anyOption: fc.Arbitrary<Option> = fc.record({
  isCall: fc.boolean(),
  spot: fc.oneof(number(1, 1000), fc.constant(0)),
  strike: fc.oneof(number(1, 1000), fc.constant(0)),
  years: fc.oneof(number(0, 3), number(0, 1e-6), fc.constant(0)),
  rate: number(-0.05, 0.15),
  carry: number(-0.05, 0.15),
});
const anyVol = fc.oneof(number(0, 5), number(0, 1e-6), fc.constant(0));
const anyFactor = fc.oneof(number(0, 3), fc.constant(0), fc.constant(1));

describe.skipIf(!hasVectors)(`closed form at 60 digits${skipped}`, () => {
  const records = hasVectors ? readVectors("european_mpmath.json") : [];

  test.each(["two-lane", "scalar"])("%s path: error at most 1e-15 of max(spot, strike)", (path) => {
    const options = records.map(optionOf);
    const vols = [records.map((record) => record.sigma)];
    const found = path === "scalar" ? kernel.scalarGrid(options, vols, [1]) : kernel.grid(options, vols, [1]);
    records.forEach((record, i) => {
      const error = Math.abs(found[i]! - (record.expected ?? NaN)) / Math.max(record.S, record.K);
      expect(error, record.id).toBeLessThanOrEqual(1e-15);
    });
    expect(records.length).toBeGreaterThan(1000);
  });

  test("a spot factor is a spot: the same value within 2e-15", () => {
    const options = records.map((record) => ({ ...optionOf(record), spot: record.S / 0.85 }));
    const found = kernel.grid(options, [records.map((record) => record.sigma)], [0.85]);
    records.forEach((record, i) => {
      const error = Math.abs(found[i]! - (record.expected ?? NaN)) / Math.max(record.S, record.K);
      expect(error, record.id).toBeLessThanOrEqual(2e-15);
    });
  });
});

describe("published values", () => {
  // E. G. Haug, Option Pricing Formulas (1998), pp. 2-8; printed to 4 digits.
  test.each([
    [{ isCall: true, spot: 60, strike: 65, years: 0.25, rate: 0.08, carry: 0 }, 0.3, 2.1334],
    [{ isCall: false, spot: 100, strike: 95, years: 0.5, rate: 0.1, carry: 0.05 }, 0.2, 2.4648],
    [{ isCall: true, spot: 19, strike: 19, years: 0.75, rate: 0.1, carry: 0.1 }, 0.28, 1.7011],
  ])("%o", (option, vol, expected) => {
    expect(value(option, vol)).toBeCloseTo(expected, 4);
  });
});

describe("limits are exact", () => {
  const discount = Math.exp(-0.05);
  test.each([
    ["no time: exercise value", { years: 0, strike: 90 }, 0.2, 1, 10],
    ["no time, put", { years: 0, strike: 110, isCall: false }, 0.2, 1, 10],
    ["no time, at the money", { years: 0 }, 0.2, 1, 0],
    ["no time, moved", { years: 0, strike: 90 }, 0.2, 0.5, 0],
    ["no volatility, out of the money", { strike: 110, rate: 0, carry: 0 }, 0, 1, 0],
    ["no volatility, in the money", { strike: 90, rate: 0, carry: 0 }, 0, 1, 10],
    ["spot 0, call", { spot: 0 }, 0.2, 1, 0],
    ["spot 0, put", { spot: 0, isCall: false }, 0.2, 1, 100 * discount],
    ["factor 0, call", {}, 0.2, 0, 0],
    ["factor 0, put", { isCall: false }, 0.2, 0, 100 * discount],
    ["factor 0, no time, put", { isCall: false, years: 0 }, 0, 0, 100],
    ["strike 0, call", { strike: 0, carry: 0 }, 0.2, 1, 100],
    ["strike 0, put", { strike: 0, isCall: false }, 0.2, 1, 0],
    ["strike 0, factor 0", { strike: 0 }, 0.2, 0, 0],
    ["spot 0, strike 0", { spot: 0, strike: 0 }, 0.2, 1, 0],
    ["endless volatility, call", { carry: 0 }, 1e200, 1, 100],
    ["endless volatility, put", { isCall: false, rate: 0 }, 1e200, 1, 100],
    ["far wing", { strike: 1e6 }, 0.2, 1, 0],
  ] as [string, Partial<Option>, number, number, number][])("%s", (_, option, vol, factor, expected) => {
    expect(value(option, vol, factor)).toBe(expected);
  });

  test("no volatility: the forward's discounted exercise value", () => {
    expect(value({ strike: 90 }, 0)).toBeCloseTo(100 * Math.exp(-0.02) - 90 * discount, 12);
  });
});

describe("NaN or an impossible term in, NaN out, in that row and no other", () => {
  const bad: [string, Partial<Option>, number][] = [
    ...(["spot", "strike", "years", "rate", "carry"] as const).flatMap((name) =>
      [NaN, Infinity, -Infinity].map((x): [string, Partial<Option>, number] => [
        `${name} ${x}`,
        { [name]: x },
        0.2,
      ]),
    ),
    ...(["spot", "strike", "years"] as const).map((name): [string, Partial<Option>, number] => [
      `${name} < 0`,
      { [name]: -1 },
      0.2,
    ]),
    ...[NaN, Infinity, -0.2].map((vol): [string, Partial<Option>, number] => [`volatility ${vol}`, {}, vol]),
  ];

  test.each(bad)("%s", (_, option, vol) => {
    for (const isCall of [true, false]) {
      const rows = [
        { ...at100, isCall },
        { ...at100, ...option, isCall },
        { ...at100, isCall },
      ];
      kernel.reset();
      const found = kernel.grid(rows, [[0.2, vol, 0.2]], [1, 0.9, 0]);
      expect(found.slice(3, 6)).toEqual([NaN, NaN, NaN]);
      expect([...found.slice(0, 3), ...found.slice(6)].every((x) => x >= 0)).toBe(true);
      expect(kernel.scalarGrid(rows, [[0.2, vol, 0.2]], [1, 0.9, 0])).toEqual(found);
    }
  });

  test("a NaN factor spoils its column alone", () => {
    const found = kernel.grid([at100, at100], [[0.2, 0.3]], [1, NaN, 0.9]);
    expect(found.map((x) => Number.isNaN(x))).toEqual([false, true, false, false, true, false]);
  });
});

describe("laws", () => {
  test("scalar path = two-lane path to the bit, for any number of rows, volatilities and factors", () => {
    const batch = fc.tuple(
      fc.array(anyOption, { minLength: 1, maxLength: 40 }),
      fc.array(fc.array(anyVol, { minLength: 40, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
      fc.array(anyFactor, { minLength: 1, maxLength: 13 }),
    );
    fc.assert(
      fc.property(batch, ([options, vols, factors]) => {
        kernel.reset();
        const columns = vols.map((column) => column.slice(0, options.length));
        expect(kernel.grid(options, columns, factors)).toEqual(kernel.scalarGrid(options, columns, factors));
      }),
    );
  });

  test("permuting or splitting rows changes no bit", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyOption, anyVol), { minLength: 2, maxLength: 50 }), (rows) => {
        kernel.reset();
        const run = (part: typeof rows): number[] =>
          kernel.grid(
            part.map(([option]) => option),
            [part.map(([, vol]) => vol)],
            [1.1],
          );
        const whole = run(rows);
        expect(run(rows.toReversed()).toReversed()).toEqual(whole);
        expect([...run(rows.slice(0, 1)), ...run(rows.slice(1))]).toEqual(whole);
      }),
    );
  });

  test("put-call parity", () => {
    fc.assert(
      fc.property(anyOption, anyVol, anyFactor, (option, vol, factor) => {
        kernel.reset();
        const [call, put] = kernel.grid(
          [
            { ...option, isCall: true },
            { ...option, isCall: false },
          ],
          [[vol, vol]],
          [factor],
        );
        const forward = option.spot * factor * Math.exp(-option.carry * option.years);
        const strike = option.strike * Math.exp(-option.rate * option.years);
        expect(Math.abs(call! - put! - (forward - strike))).toBeLessThanOrEqual(
          4e-15 * Math.max(forward, strike, 1),
        );
      }),
    );
  });

  test.each(["spot", "strike"] as const)("monotone and convex in %s, within rounding", (name) => {
    fc.assert(
      fc.property(anyOption, anyVol, number(1, 500), number(0.01, 50), (option, vol, start, width) => {
        kernel.reset();
        const points = [start, start + width, start + 2 * width];
        const rows = points.map((x) => ({ ...option, [name]: x }));
        const [low, mid, high] = kernel.grid(rows, [[vol, vol, vol]], [1]) as [number, number, number];
        const slack = 1e-14 * Math.max(...points, option.spot, option.strike);
        expect(low + high - 2 * mid).toBeGreaterThanOrEqual(-slack);
        const rises = option.isCall === (name === "spot");
        expect((rises ? 1 : -1) * (high - low)).toBeGreaterThanOrEqual(-slack);
      }),
    );
  });
});
