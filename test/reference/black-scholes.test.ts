import { describe, expect, test } from "vitest";
import { europeanValue, impliedVolatility, type Option } from "./black-scholes.js";
import { hasVectors, optionOf, readVectors } from "./vectors.js";

function option(terms: Partial<Option>): Option {
  const common = {
    isCall: true,
    spot: 100,
    strike: 100,
    years: 1,
    rate: 0,
    dividendYield: 0,
    volatility: 0.2,
  };
  return { ...common, ...terms };
}

describe("reference: European value", () => {
  // E. G. Haug, Option Pricing Formulas (1998), pp. 2-8, 24: printed to four decimals.
  test.each([
    [{ spot: 60, strike: 65, years: 0.25, rate: 0.08, volatility: 0.3 }, 2.1334],
    [{ isCall: false, strike: 95, years: 0.5, rate: 0.1, dividendYield: 0.05, volatility: 0.2 }, 2.4648],
    [{ spot: 19, strike: 19, years: 0.75, rate: 0.1, dividendYield: 0.1, volatility: 0.28 }, 1.7011],
    [{ isCall: false, spot: 90, years: 0.5, rate: 0.1, dividendYield: 0.1, volatility: 0.35 }, 14.4452],
  ])("%j is worth %d", (terms, expected) => {
    expect(Math.abs(europeanValue(option(terms)) - expected)).toBeLessThanOrEqual(5e-5);
  });

  const name = "european_mpmath";
  test.skipIf(!hasVectors(name))("60-digit vectors within 1e-14 of notional (skipped where absent)", () => {
    const vectors = readVectors(name);
    expect(vectors.length).toBeGreaterThan(1000);
    const errors = vectors.map((vector) => {
      const { S, K, T, r, q } = vector;
      const scale = Math.max(S * Math.exp(-q * T), K * Math.exp(-r * T));
      return Math.abs(europeanValue(optionOf(vector)) - vector.expected) / scale;
    });
    expect(Math.max(...errors)).toBeLessThanOrEqual(1e-14);
  });
});

const inTheMoney = (v: number): number => europeanValue(option({ spot: 120, rate: 0.05, volatility: v }));

describe("reference: implied volatility", () => {
  test.each([0.05, 0.2, 0.9, 3])("finds %d again", (volatility) => {
    const price = europeanValue(option({ volatility }));
    const found = impliedVolatility(price, (v) => europeanValue(option({ volatility: v })));
    expect(Math.abs(found - volatility)).toBeLessThanOrEqual(2e-11);
  });

  test("below the forward's intrinsic value there is none", () => {
    expect(impliedVolatility(20, inTheMoney)).toBeNaN();
    expect(impliedVolatility(121, inTheMoney)).toBeNaN();
    expect(impliedVolatility(Number.NaN, inTheMoney)).toBeNaN();
  });
});
