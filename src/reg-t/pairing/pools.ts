import type { ExpiryReading, HeldOption } from "./holdings.js";
import type { Pool } from "./model.js";

/** Whether a short and a long option of these expiries may stand in one spread: FINRA 4210(f)(2)(A)(xxxii) (e). */
export function mayMeet(short: number, long: number, reading: ExpiryReading): boolean {
  return reading === "same_expiry" ? long === short : long >= short;
}

/** The legs of the pool of one threshold; empty where no short has a long of its type to meet. */
function legsAt(options: readonly HeldOption[], threshold: number, reading: ExpiryReading): number[] {
  const fits = (option: HeldOption): boolean => {
    if (option.quantity > 0) return mayMeet(threshold, option.expiry, reading);
    return reading === "literal" ? option.expiry <= threshold : option.expiry === threshold;
  };
  const has = (isCall: boolean, isLong: boolean): boolean =>
    options.some((option) => option.isCall === isCall && option.quantity > 0 === isLong && fits(option));
  const useful = [false, true].map((isCall) => has(isCall, true) && has(isCall, false));
  return options.flatMap((option, i) => (useful[option.isCall ? 1 : 0]! && fits(option) ? [i] : []));
}

function within(inner: readonly number[], outer: readonly number[]): boolean {
  return inner.every((leg) => outer.includes(leg));
}

/**
 * Pools of spreads: one per expiry t of a short leg, holding shorts that expire by t and longs that expire from t on.
 * Two spreads in one pool may be merged, and merging never costs more, so one spread per pool is enough; every spread
 * fits the pool of its latest short. A pool that lies within another one is left out.
 */
export function listPools(options: readonly HeldOption[], reading: ExpiryReading): Pool[] {
  const thresholds = options.filter((option) => option.quantity < 0).map((option) => option.expiry);
  const sorted = [...new Set(thresholds)].sort((a, b) => a - b);
  const pools = sorted
    .map((threshold) => legsAt(options, threshold, reading))
    .filter((legs) => legs.length > 0);
  return pools
    .filter(
      (legs, p) =>
        !pools.some((other, o) => o !== p && within(legs, other) && (o < p || !within(other, legs))),
    )
    .map((legs) => ({ legs }));
}
