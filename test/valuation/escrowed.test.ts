import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { escrowedFactor } from "../../src/valuation/escrowed.js";
import { europeanValue } from "../reference/black-scholes.js";

const asOf = "2026-11-20T16:00:00-05:00";
const call = "XYZ   270521C00100000";
const [price, rate, volatility] = [100, 0.05, 0.3];
const dividends = [
  { symbol: "XYZ", ex_date: "2027-01-15", amount: 1.5 },
  { symbol: "XYZ", ex_date: "2027-04-15", amount: 1.5 },
  { symbol: "XYZ", ex_date: "2027-07-15", amount: 1.5 },
];

/** Years ACT/365F between instants: ex-dates at the opening (09:30), expiry at the close (16:00), New York. */
const years = (instant: string): number => (Date.parse(instant) - Date.parse(asOf)) / (365 * 86_400_000);
const life = years("2027-05-21T16:00:00-04:00");
const aside =
  1.5 * Math.exp(-rate * years("2027-01-15T09:30:00-05:00")) +
  1.5 * Math.exp(-rate * years("2027-04-15T09:30:00-04:00"));

/** The value by hand: the closed form on the price less the dividends before expiry. */
function byHand(spot: number): number {
  const terms = { isCall: true, strike: 100, years: life, rate, dividendYield: 0, volatility };
  return europeanValue({ ...terms, spot: spot - aside });
}

describe("the escrowed model in a margin run", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });
  const snapshot = {
    asOf,
    rates: rate,
    underlyings: [{ symbol: "XYZ", price }],
    options: [{ symbol: call, exercise: "european", volatility }],
    dividends,
    positions: [{ account: "A", symbol: call, quantity: 1 }],
  };

  test("dividends stay in cash when the scenario moves the price", () => {
    const { accounts, notes } = engine.margin(snapshot, { dividendModel: "escrowed" });
    const [position] = accounts[0]!.portfolioGroups[0]!.productGroups[0]!.classGroups[0]!.positions;
    const moves = [-0.15, -0.12, -0.09, -0.06, -0.03, 0.03, 0.06, 0.09, 0.12, 0.15];
    moves.forEach((move, k) => {
      const profit = 100 * (byHand(price * (1 + move)) - byHand(price));
      expect(Math.abs(position!.profitUsd[k]! - profit)).toBeLessThan(1e-9);
    });
    expect(Math.abs(position!.priceUsd - byHand(price))).toBeLessThan(1e-11);
    const step = 1e-3;
    const slope = (byHand(price + step) - byHand(price - step)) / (2 * step);
    expect(Math.abs(position!.delta - 100 * slope)).toBeLessThan(1e-5);
    expect(notes.join()).toContain("escrowed");
  });

  test("is never chosen but by its name", () => {
    const spot = engine.margin(snapshot);
    expect(spot.notes.join()).not.toContain("escrowed");
    expect(spot.accounts[0]?.requirementUsd).not.toBe(
      engine.margin(snapshot, { dividendModel: "escrowed" }).accounts[0]?.requirementUsd,
    );
  });

  test("implied volatilities come from the model that prices the scenarios", () => {
    const options = [{ symbol: call, exercise: "european", price: byHand(price) }];
    const { accounts } = engine.margin({ ...snapshot, options }, { dividendModel: "escrowed" });
    const [position] = accounts[0]!.portfolioGroups[0]!.productGroups[0]!.classGroups[0]!.positions;
    expect(Math.abs(position!.volatility! - volatility)).toBeLessThan(1e-12);
  });

  test("dividends worth more than the price leave nothing to value: named, never a number", () => {
    const result = engine.margin(
      { ...snapshot, dividends: [{ symbol: "XYZ", ex_date: "2027-01-15", amount: 120 }] },
      { dividendModel: "escrowed" },
    );
    expect(result.failures).toMatchObject([{ code: "VALUE_NOT_FINITE", symbol: call }]);
    expect(result.accounts[0]?.requirementUsd).toBeNull();
  });
});

test("the factor on the rest: 1 stays 1, dividends stay as they are", () => {
  expect(escrowedFactor(1, 0.37)).toBe(1);
  expect(escrowedFactor(0.85, 0)).toBe(0.85);
  expect(escrowedFactor(0.85, 0.1)).toBeCloseTo(0.75 / 0.9, 15);
  expect(escrowedFactor(0.1, 0.2)).toBe(0);
  expect(escrowedFactor(0.9, 1)).toBeNaN();
});
