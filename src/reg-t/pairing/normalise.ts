import { gcd, type PairingModel } from "./model.js";

/** A model in its own least units, so that equal shapes are equal texts. */
export interface NormalModel {
  readonly model: PairingModel;
  /** Money units per unit of `model`. */
  readonly step: number;
}

/**
 * Divides every amount of a model by the greatest step that all totals are multiples of, shares by the common size of
 * contracts, and counts strikes from the lowest. The totals of two pairings keep their order and their differences
 * keep their ratios; nothing is rounded.
 */
export function normalise(model: PairingModel): NormalModel {
  const unit = model.legs.reduce((divisor, leg) => gcd(divisor, leg.units), 0) || 1;
  const lowest = model.legs.reduce((least, leg) => Math.min(least, leg.strike), Infinity);
  let step = model.bundles.reduce((divisor, bundle) => gcd(divisor, bundle.change), 0);
  if (model.pools.length > 0) {
    for (const leg of model.legs) step = gcd(gcd(step, leg.spreadChange), unit * (leg.strike - lowest));
  }
  step = step || 1;
  return {
    step,
    model: {
      capacity: model.capacity,
      legs: model.legs.map((leg) => ({
        ...leg,
        strike: model.pools.length > 0 ? (unit * (leg.strike - lowest)) / step : 0,
        units: leg.units / unit,
        spreadChange: model.pools.length > 0 ? leg.spreadChange / step : 0,
      })),
      bundles: model.bundles.map((bundle) => ({ ...bundle, change: bundle.change / step })),
      pools: model.pools,
    },
  };
}

/** One text per model; equal texts have the same optimum, in the same numbers of bundles and legs. */
export function modelKey({ capacity, legs, bundles, pools }: PairingModel): string {
  return JSON.stringify([
    capacity,
    legs.map((leg) => [leg.isShort ? 1 : 0, leg.isCall ? 1 : 0, leg.strike, leg.units, leg.spreadChange]),
    bundles.map((bundle) => [bundle.change, bundle.uses]),
    pools.map((pool) => pool.legs),
  ]);
}
