import type { PortfolioMarginInputs } from "./inputs.js";
import type { AccountGreeks, NetGreeks, PositionResult } from "./result.js";

/**
 * Greeks of one class group, netted: each position's own delta and gamma in terms of the class group's move, so that a
 * fund's, a leveraged fund's and an index option's add up. With price S, leverage L and the position's delta D (shares)
 * and gamma G:
 *
 *     deltaUsd = sum of D S L            USD per move of 1 (100 %), at first order
 *     gammaUsd = sum of G (S L)^2 / 100  change of deltaUsd per move of 0.01
 *
 * `deltaShares` is deltaUsd in shares (points) of `deltaSymbol`: the only underlying held, or the symbol that the class
 * group is named after.
 * `null` where a position has no Greeks (theoretical values, an American option at the kink of its exercise).
 */
export function classGroupGreeks(
  positions: readonly PositionResult[],
  rows: readonly number[],
  inputs: PortfolioMarginInputs & { readonly classGroup: string },
): NetGreeks {
  const { contracts, market, classGroup } = inputs;
  const at = rows.map((row) => market.underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1);
  const dollars = at.map(
    (i) => (market.underlyings.exposure[i] ?? Number.NaN) * (market.underlyings.leverage[i] ?? Number.NaN),
  );
  const deltaUsd = sum(positions.map((position, i) => position.delta * (dollars[i] ?? Number.NaN)));
  const gammaUsd = sum(
    positions.map(({ gamma }, i) => {
      const each = dollars[i] ?? Number.NaN;
      return (gamma * each * each) / 100;
    }),
  );
  const reference = referenceRow(at, market.underlyings.rowOf.get(classGroup));
  const price = reference === undefined ? Number.NaN : (market.underlyings.price[reference] ?? Number.NaN);
  return {
    deltaShares: orNull((deltaUsd ?? Number.NaN) / price),
    deltaSymbol: reference === undefined ? null : (market.underlyings.symbols[reference] ?? null),
    deltaUsd,
    gammaUsd,
    vegaUsd: sum(positions.map((position) => position.vega)),
    thetaUsd: sum(positions.map((position) => position.theta)),
  };
}

function referenceRow(held: readonly number[], namesake: number | undefined): number | undefined {
  const distinct = new Set(held);
  return distinct.size === 1 ? held[0] : namesake;
}

/** Greeks of several class groups together; shares of different names do not add up. */
export function sumGreeks(parts: readonly NetGreeks[]): AccountGreeks {
  const of = (key: "deltaUsd" | "gammaUsd" | "vegaUsd" | "thetaUsd"): number | null =>
    sum(parts.map((part) => part[key] ?? Number.NaN));
  return {
    deltaUsd: of("deltaUsd"),
    gammaUsd: of("gammaUsd"),
    vegaUsd: of("vegaUsd"),
    thetaUsd: of("thetaUsd"),
  };
}

function sum(values: readonly number[]): number | null {
  return orNull(values.reduce((total, value) => total + value, 0));
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
