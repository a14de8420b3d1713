import type { OffsetReadings } from "../rules/schema.js";
import type { ClassGroupResult, PortfolioGroupResult, PositionResult, ProductGroupResult } from "./result.js";

/**
 * What each product group, class group and position costs of its portfolio group's requirement, USD, signed: a hedge
 * costs less than nothing. Every level adds up to the one above.
 *
 * Where the minimum binds the cost is the minimum. Where the worst scenario k binds, a part that loses there counts whole
 * and a part that gains counts at what the offsets leave of it: the weights below, level by level. Without a loss nothing
 * costs anything.
 */
export function withCosts(
  group: Omit<PortfolioGroupResult, "costUsd">,
  readings: OffsetReadings,
): PortfolioGroupResult {
  const at = group.worst.index - 1;
  if (group.binding === "minimum") return costsOf(group, { kind: "minimum" });
  if (group.binding === "none") return costsOf(group, { kind: "none" });
  const weights = offsetWeights(
    group.productGroups.map((part) => part.profitUsd[at] ?? Number.NaN),
    group.offset,
    readings,
  );
  return costsOf(group, { kind: "loss", at, weights, readings });
}

type Basis =
  | { readonly kind: "none" }
  | { readonly kind: "minimum" }
  | {
      readonly kind: "loss";
      readonly at: number;
      readonly weights: readonly number[];
      readonly readings: OffsetReadings;
    };

function costsOf(group: Omit<PortfolioGroupResult, "costUsd">, basis: Basis): PortfolioGroupResult {
  const productGroups = group.productGroups.map((part, i) => productGroupCosts(part, i, basis));
  return { ...group, productGroups, costUsd: total(productGroups) };
}

function productGroupCosts(part: ProductGroupResult, i: number, basis: Basis): ProductGroupResult {
  const weights = basis.kind === "loss" ? classWeights(part, basis, basis.weights[i] ?? Number.NaN) : [];
  const classGroups = part.classGroups.map((classGroup, j) => {
    if (basis.kind !== "loss") return classGroupCosts(classGroup, basis.kind);
    const byMinimum = countsAsMinimum(classGroup, basis.at, basis.readings);
    const weight = weights[j] ?? Number.NaN;
    return classGroupCosts(classGroup, byMinimum ? "minimum" : { weight, at: basis.at });
  });
  return { ...part, classGroups, costUsd: total(classGroups) };
}

/** Under the reading "per class group" a class group counts with its minimum where it loses less. */
function countsAsMinimum(group: ClassGroupResult, at: number, readings: OffsetReadings): boolean {
  return readings.minimumPer === "class_group" && -(group.profitUsd[at] ?? Number.NaN) < group.minimumUsd;
}

function classWeights(
  part: ProductGroupResult,
  { at, readings }: { readonly at: number; readonly readings: OffsetReadings },
  outer: number,
): number[] {
  const profits = part.classGroups.map((group) =>
    countsAsMinimum(group, at, readings) ? -group.minimumUsd : (group.profitUsd[at] ?? Number.NaN),
  );
  return offsetWeights(profits, part.offset, readings).map((weight) => weight * outer);
}

/** The weights with which `offsetProfits` adds its parts up at one scenario. */
export function offsetWeights(profits: readonly number[], share: number, readings: OffsetReadings): number[] {
  const net = profits.reduce((sum, profit) => sum + (profit < 0 ? profit : share * profit), 0);
  const [ofLoss, ofGain] = readings.carriedGain === "remainder" && net > 0 ? [1 / share, 1] : [1, share];
  return profits.map((profit) => (profit < 0 ? ofLoss : ofGain));
}

type ClassBasis = "none" | "minimum" | { readonly weight: number; readonly at: number };

function classGroupCosts(group: ClassGroupResult, basis: ClassBasis): ClassGroupResult {
  const cost = (position: PositionResult): number => {
    if (basis === "none") return 0;
    if (basis === "minimum") return position.minimumUsd;
    return 0 - basis.weight * (position.profitUsd[basis.at] ?? Number.NaN);
  };
  const positions = group.positions.map((position) => ({ ...position, costUsd: cost(position) }));
  return { ...group, positions, costUsd: total(positions) };
}

function total(parts: readonly { readonly costUsd: number }[]): number {
  return parts.reduce((sum, part) => sum + part.costUsd, 0);
}
