import { assert, constantFrom, double, property, record, type Arbitrary } from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type OptionColumns, optionColumns } from "../../src/valuation/option-columns.js";
import { Valuation } from "../../src/valuation/valuation.js";
import { europeanValue, intrinsicValue } from "../reference/black-scholes.js";
import { type LatticeOption, latticeValue } from "../reference/lattice.js";

const number = (min: number, max: number): Arbitrary<number> => double({ min, max, noNaN: true });
const logarithmic = (min: number, max: number): Arbitrary<number> =>
  number(Math.log(min), Math.log(max)).map((power) => Math.exp(power));

/** The whole space that a scenario can ask for: wings, minutes to decades, still and wild markets, rates below 0. */
const anywhere = record({
  isCall: constantFrom(true, false),
  spot: logarithmic(1e-2, 1e4),
  moneyness: logarithmic(0.05, 20),
  years: logarithmic(1e-5, 30),
  rate: number(-0.1, 0.2),
  dividendYield: number(-0.1, 0.2),
  volatility: logarithmic(1e-3, 5),
}).map(({ moneyness, ...terms }) => ({ ...terms, strike: terms.spot * moneyness }));

/** Where early exercise is worth something, and a lattice of a few hundred steps is good. */
const exercisable = record({
  isCall: constantFrom(true, false),
  spot: number(50, 200),
  moneyness: number(0.6, 1.6),
  years: number(0.02, 2),
  rate: number(-0.03, 0.12),
  dividendYield: number(-0.03, 0.12),
  volatility: number(0.08, 0.8),
}).map(({ moneyness, ...terms }) => ({
  ...terms,
  strike: terms.spot * moneyness,
  american: true,
  dividends: [],
}));

type Terms = Omit<LatticeOption, "american" | "dividends"> & { readonly american?: boolean };

function columnsOf(rows: readonly Terms[]): OptionColumns {
  const columns = optionColumns(rows.length);
  rows.forEach((row, i) => {
    columns.isCall[i] = row.isCall ? 1 : 0;
    columns.isAmerican[i] = row.american === true ? 1 : 0;
    columns.spot[i] = row.spot;
    columns.strike[i] = row.strike;
    columns.years[i] = row.years;
    columns.rate[i] = row.rate;
    columns.dividendYield[i] = row.dividendYield;
  });
  return columns;
}

describe("kernel = reference engine", () => {
  let valuation: Valuation;
  beforeAll(async () => {
    valuation = await Valuation.load();
  });

  function values(rows: readonly Terms[], accuracy: "default" | "reference" = "default"): number[] {
    const volatilities = Float64Array.from(rows, (row) => row.volatility);
    const axes = { priceFactors: Float64Array.of(1), volCount: 1, volatilities };
    return [...valuation.values(columnsOf(rows), axes, accuracy)];
  }

  test("European values anywhere: both formulas within their rounding", () => {
    const law = property(anywhere, (option) => {
      const [value] = values([option]);
      const { spot, strike, years, rate, dividendYield } = option;
      // The forward and the discounted strike are what the rounding is relative to.
      const size = Math.max(
        spot * Math.exp(-dividendYield * years),
        strike * Math.exp(-rate * years),
        spot,
        strike,
      );
      expect(Math.abs(value! - europeanValue(option)) / size).toBeLessThan(4e-15);
    });
    assert(law, { numRuns: 2000 });
  });

  test("American values: the lattice's own error apart, at most 5e-3 per 100", () => {
    const law = property(exercisable, (option) => {
      const [value] = values([option]);
      const error = (Math.abs(value! - latticeValue(option)) * 100) / Math.max(option.spot, option.strike);
      expect(error).toBeLessThan(5e-3);
    });
    assert(law, { numRuns: 150 });
  });

  test("American: not below European, not below exercise, not above spot or strike", () => {
    const law = property(anywhere, (option) => {
      const american = { ...option, american: true };
      const [value, european] = values([american, option]);
      const slack = 1e-14 * Math.max(option.spot, option.strike);
      expect(value!).toBeGreaterThanOrEqual(Math.max(european! - slack, intrinsicValue(option) - slack));
      const growth = Math.exp(
        Math.max(0, -(option.isCall ? option.dividendYield : option.rate)) * option.years,
      );
      expect(value!).toBeLessThanOrEqual(
        (option.isCall ? option.spot : option.strike) * growth * (1 + 1e-12),
      );
    });
    assert(law, { numRuns: 400 });
  });

  test("American values are monotone and convex in the strike, within 2e-3 per 100", () => {
    const width = number(0.5, 10);
    const law = property(exercisable, width, (option, step) => {
      const strikes = [0, 1, 2].map((k) => option.strike + k * step);
      const [low = NaN, middle = NaN, high = NaN] = values(strikes.map((strike) => ({ ...option, strike })));
      const slack = 2e-5 * Math.max(option.spot, option.strike + 2 * step);
      const rises = option.isCall ? low - middle : middle - low;
      expect(rises).toBeGreaterThanOrEqual(-slack);
      // Below a rate of 0 a strike paid later is worth more than one paid now.
      const dearest = Math.exp(Math.max(0, -option.rate * option.years));
      expect(rises).toBeLessThanOrEqual(step * dearest + slack);
      expect(low - 2 * middle + high).toBeGreaterThanOrEqual(-2 * slack);
    });
    assert(law, { numRuns: 300 });
  });

  test("calls are puts with spot and strike, rate and yield changed places (McDonald and Schroder 1998)", () => {
    const law = property(exercisable, (option) => {
      const mirror = {
        ...option,
        isCall: !option.isCall,
        spot: option.strike,
        strike: option.spot,
        rate: option.dividendYield,
        dividendYield: option.rate,
      };
      const [value, mirrored] = values([option, mirror]);
      expect(Math.abs(value! - mirrored!) / Math.max(option.spot, option.strike)).toBeLessThan(1e-9);
    });
    assert(law, { numRuns: 300 });
  });

  test.each([
    ["r through 0", 0, 0.03, "rate"],
    ["r through 0 with a yield below 0", 0, -0.02, "rate"],
    ["q through 0", 0.04, 0, "dividendYield"],
    ["q through 0 with a rate below 0", -0.02, 0, "dividendYield"],
    ["r through q", 0.05, 0.05, "rate"],
    ["r through q below 0", -0.02, -0.02, "rate"],
  ] as const)("American values are continuous: %s", (_, rate, dividendYield, moved) => {
    for (const isCall of [true, false])
      for (const strike of [80, 100, 125]) {
        const at = (shift: number) => ({
          isCall,
          american: true,
          spot: 100,
          strike,
          years: 1.5,
          rate,
          dividendYield,
          volatility: 0.3,
          [moved]: (moved === "rate" ? rate : dividendYield) + shift,
        });
        const [below = NaN, here = NaN, above = NaN] = values([at(-1e-6), at(0), at(1e-6)]);
        // A slope of at most T x strike: 2e-4; the rest is the accuracy of the methods on either side, 1e-3 per 100.
        expect(Math.abs(below - here)).toBeLessThan(1.5e-3);
        expect(Math.abs(above - here)).toBeLessThan(1.5e-3);
      }
  });

  test("default and reference accuracy agree within 1e-3 per 100", () => {
    const law = property(exercisable, (option) => {
      const [fast] = values([option]);
      const [exact] = values([option], "reference");
      expect((Math.abs(fast! - exact!) * 100) / Math.max(option.spot, option.strike)).toBeLessThan(1e-3);
    });
    assert(law, { numRuns: 150 });
  });
});
