import { expect } from "vitest";
import type { AccountResult } from "../../src/requirement/result.js";
import type { AccountMargin, PositionMargin } from "../reference/margin.js";

/**
 * Holds an account of the engine against the reference engine's: every position's profit at every scenario, its
 * market value, volatility and minimum, each group's profit, the requirement, equity and excess.
 *
 * @param perUnit the largest difference of profit allowed for an option, USD per unit of the underlying; shares are
 *   allowed 1e-10
 * @returns the largest difference found as a share of what is allowed, so at most 1
 */
export function compareAccounts(
  engine: AccountResult,
  reference: AccountMargin,
  perUnit: (symbol: string) => number,
): number {
  expect(engine.account).toBe(reference.account);
  expect(engine.failures).toEqual([]);
  expect(engine.status).toBe("complete");
  const ours = engine.portfolioGroups.flatMap((p) => p.productGroups).flatMap((g) => g.classGroups);
  const theirs = reference.portfolioGroups.flatMap((p) => p.productGroups).flatMap((g) => g.classGroups);
  expect(ours.map((g) => g.id).toSorted()).toEqual(theirs.map((g) => g.id).toSorted());
  let worst = 0;
  let slack = 1e-6;
  for (const expected of theirs) {
    const group = ours.find((g) => g.id === expected.id)!;
    expect(group.portfolioType).toBe(expected.type);
    expect(group.positions).toHaveLength(expected.positions.length);
    expect(Math.abs(group.minimumUsd - expected.minimum)).toBeLessThanOrEqual(1e-6);
    for (const position of expected.positions) {
      const same = group.positions.find((p) => p.symbol === position.symbol)!;
      expect(same.quantity).toBe(position.quantity);
      expect(Math.abs(same.marketValueUsd - position.marketValue)).toBeLessThanOrEqual(1e-6);
      const isOption = position.symbol.length === 21;
      const allowed = isOption ? 100 * perUnit(position.symbol) : 1e-10;
      const found = largestDifference(same.profitUsd, position.profit);
      worst = Math.max(worst, found / (Math.abs(position.quantity) * allowed));
      slack += Math.abs(position.quantity) * allowed;
      expectVolatility(same.volatility, position);
    }
    expect(largestDifference(group.profitUsd, expected.profit)).toBeLessThanOrEqual(slack);
  }
  expect(worst).toBeLessThanOrEqual(1);
  compareGroups(engine, reference, slack);
  expect(Math.abs(engine.requirementUsd! - reference.requirement)).toBeLessThanOrEqual(slack + 0.005);
  expect(Math.abs(engine.equityUsd! - reference.equity)).toBeLessThanOrEqual(0.0051);
  expect(Math.abs(engine.excessUsd! - reference.excess)).toBeLessThanOrEqual(slack + 0.0101);
  return worst;
}

/** Portfolio groups with their product groups: profits after offsets, scan loss, minimum, requirement. */
function compareGroups(engine: AccountResult, reference: AccountMargin, slack: number): void {
  expect(engine.portfolioGroups.map((g) => g.id)).toEqual(
    reference.portfolioGroups.map((g) => g.id).toSorted(),
  );
  for (const expected of reference.portfolioGroups) {
    const group = engine.portfolioGroups.find((g) => g.id === expected.id)!;
    expect(largestDifference(group.profitUsd, expected.profit)).toBeLessThanOrEqual(slack);
    expect(Math.abs(group.scanLossUsd - expected.scanLoss)).toBeLessThanOrEqual(slack);
    expect(Math.abs(group.minimumUsd - expected.minimum)).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(group.requirementUsd - expected.requirement)).toBeLessThanOrEqual(slack);
    // Where two points are worst by a hair either may be named.
    const atWorst = expected.profit[group.worst.index - 1]!;
    expect(atWorst - Math.min(...expected.profit)).toBeLessThanOrEqual(2 * slack);
    expect(group.productGroups).toHaveLength(expected.productGroups.length);
    for (const product of expected.productGroups) {
      const found = group.productGroups.find((g) => g.id === product.id)!;
      expect(largestDifference(found.profitUsd, product.profit)).toBeLessThanOrEqual(slack);
    }
  }
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
