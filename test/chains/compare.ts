import { expect } from "vitest";
import type { AccountResult } from "../../src/requirement/result.js";
import type { AccountMargin, PositionMargin } from "../reference/margin.js";

/**
 * Holds an account of the engine against the reference engine's: every position's profit at every scenario, its
 * market value, volatility and minimum, each group's profit, the requirement, equity and excess.
 *
 * @param perUnit the largest difference allowed in USD per unit of the underlying
 * @returns the largest difference of a position's profit that was found, USD per unit
 */
export function compareAccounts(engine: AccountResult, reference: AccountMargin, perUnit: number): number {
  expect(engine.account).toBe(reference.account);
  expect(engine.failures).toEqual([]);
  expect(engine.status).toBe("complete");
  const ours = engine.portfolioGroups.flatMap((p) => p.productGroups).flatMap((g) => g.classGroups);
  const theirs = reference.portfolioGroups.flatMap((p) => p.productGroups).flatMap((g) => g.classGroups);
  expect(ours.map((g) => g.id).toSorted()).toEqual(theirs.map((g) => g.id).toSorted());
  let worst = 0;
  let units = 0;
  for (const expected of theirs) {
    const found = ours.find((g) => g.id === expected.id)!;
    expect(found.portfolioType).toBe(expected.type);
    expect(found.positions).toHaveLength(expected.positions.length);
    expect(Math.abs(found.minimumUsd - expected.minimum)).toBeLessThanOrEqual(1e-6);
    for (const position of expected.positions) {
      const same = found.positions.find((p) => p.symbol === position.symbol)!;
      expect(same.quantity).toBe(position.quantity);
      expect(Math.abs(same.marketValueUsd - position.marketValue)).toBeLessThanOrEqual(1e-6);
      const held = Math.abs(position.quantity) * (position.symbol.length === 21 ? 100 : 1);
      units += held;
      worst = Math.max(worst, largestDifference(same.profitUsd, position.profit) / held);
      expectVolatility(same.volatility, position);
    }
    expect(largestDifference(found.profitUsd, expected.profit)).toBeLessThanOrEqual(units * perUnit + 1e-6);
  }
  expect(worst).toBeLessThanOrEqual(perUnit);
  const slack = units * perUnit + 0.005 + 1e-6;
  expect(Math.abs(engine.requirementUsd! - reference.requirement)).toBeLessThanOrEqual(slack);
  expect(Math.abs(engine.equityUsd! - reference.equity)).toBeLessThanOrEqual(0.0051);
  expect(Math.abs(engine.excessUsd! - reference.excess)).toBeLessThanOrEqual(slack + 0.0051);
  return worst;
}

function expectVolatility(found: number | null, position: PositionMargin): void {
  if (position.symbol.length !== 21) expect(found).toBeNull();
  else expect(Number.isFinite(found)).toBe(true);
}

export function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  const differences = a.map((x, k) => Math.abs(x - b[k]!));
  // Math.max keeps NaN, and NaN passes no bound.
  return Math.max(...differences);
}
