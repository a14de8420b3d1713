import { describe, expect, test } from "vitest";
import { europeanValue } from "./black-scholes.js";
import { type LatticeOption, latticeValue } from "./lattice.js";
import { hasVectors, optionOf, readVectors } from "./vectors.js";

const put: LatticeOption = {
  isCall: false,
  spot: 100,
  strike: 100,
  years: 1,
  rate: 0.06,
  dividendYield: 0,
  volatility: 0.2,
  american: true,
  dividends: [],
};

function errorPer100(option: LatticeOption, expected: number): number {
  return (Math.abs(latticeValue(option) - expected) * 100) / Math.max(option.spot, option.strike);
}

describe("reference: American value", () => {
  // Broadie and Detemple, RFS 9 (1996), Table 1, true values (three decimals).
  test.each([
    [80, 0.03, 0.07, 0.2, 0.219],
    [110, 0.03, 0.07, 0.2, 11.098],
    [100, 0.03, 0.07, 0.4, 10.239],
    [110, 0, 0.07, 0.3, 12.955],
    [110, 0.07, 0.03, 0.3, 15.798],
  ])("call, half a year, strike 100: spot %d, r %d, q %d, vol %d is worth %d", (...row) => {
    const [spot, rate, dividendYield, volatility, expected] = row;
    const call = { ...put, isCall: true, years: 0.5, spot, rate, dividendYield, volatility };
    expect(Math.abs(latticeValue(call) - expected)).toBeLessThanOrEqual(0.0005 + 1e-4);
  });

  // Andersen, Lake and Offengenden (2015): 8.58493573643.
  test("put with yield, to four decimals", () => {
    const option = { ...put, rate: 0.075, dividendYield: 0.05, volatility: 0.25 };
    expect(Math.abs(latticeValue(option) - 8.58493573643)).toBeLessThanOrEqual(5e-5);
  });

  test("without dividends a call is never exercised early: the closed form", () => {
    for (const strike of [70, 100, 140]) {
      const call = { ...put, isCall: true, strike };
      expect(Math.abs(latticeValue(call) - europeanValue(call))).toBeLessThanOrEqual(2e-5);
    }
  });

  const name = "american_crosschecked";
  test.skipIf(!hasVectors(name))(
    "vectors: 98 % within 5e-4, all within 2.5e-3 per 100 of strike or spot (skipped where absent)",
    () => {
      const errors = readVectors(name).map((vector) => errorPer100(optionOf(vector), vector.expected));
      expect(errors.length).toBeGreaterThan(300);
      expect(errors.filter((e) => e <= 5e-4).length).toBeGreaterThanOrEqual(0.98 * errors.length);
      // The worst stand on the exercise boundary itself, where the two step counts disagree on exercising.
      expect(Math.max(...errors)).toBeLessThanOrEqual(2.5e-3);
    },
  );
});

describe("reference: cash dividends", () => {
  // Haug, Haug and Lewis (2003), single dividend of 7 after half a year, exact integration.
  test.each([
    [50, 46.22595216815442],
    [100, 11.106242462849208],
    [200, 0.16022461133659802],
  ])("European call of strike %d is worth %d", (strike, expected) => {
    const dividends = [{ years: 0.5, amount: 7 }];
    const call = { ...put, isCall: true, strike, volatility: 0.3, american: false, dividends };
    expect(Math.abs(latticeValue(call) - expected)).toBeLessThanOrEqual(2e-4);
  });

  test("seven years of dividends (Vellekoop and Nieuwenhuis 2006): 18.4823", () => {
    const amounts = [6, 6.5, 7, 7.5, 8, 8, 8];
    const dividends = amounts.map((amount, i) => ({ years: i + 0.5, amount }));
    const call = { ...put, isCall: true, years: 7, volatility: 0.25, american: false, dividends };
    expect(Math.abs(latticeValue(call) - 18.4823446282)).toBeLessThanOrEqual(1e-3);
  });

  const name = "cash_dividends_generated";
  test.skipIf(!hasVectors(name))(
    "vectors within 2e-3 per 100 of strike or spot (skipped where absent)",
    () => {
      const vectors = readVectors(name);
      expect(vectors.length).toBeGreaterThan(200);
      const errors = vectors.map((vector) => errorPer100(optionOf(vector), vector.expected));
      expect(errors.filter((e) => e <= 5e-4).length).toBeGreaterThanOrEqual(0.9 * errors.length);
      expect(Math.max(...errors)).toBeLessThanOrEqual(2e-3);
    },
  );
});
