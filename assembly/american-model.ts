/**
 * Chooses the method for one (years, rate, yield, volatility) of the put and values it at any spot and strike.
 *
 *     header   16 f64    method | years | rate | yield | volatility | ln B(T) | workspace | - | default workspace
 *     columns            of american-fallback.ts
 *
 * then workspaces of american-workspace.ts: default, reference and, for Greeks, default at the rate one step down and up.
 */
import { log } from "./elementary";
import { certainPut, europeanPut, hasTwoBoundaries, isEuropeanPut } from "./american-limits";
import { directBoundary, interpolateBoundary, prepareNodes, putValue } from "./american-premium";
import { FALLBACK_BYTES, fallbackPut } from "./american-fallback";
import { WORKSPACE_BYTES, get, put, setExpiry } from "./american-workspace";

export const HEADER_BYTES: usize = 16 << 3;
/** Header and finite-difference columns; the two workspaces follow. */
export const MODEL_BYTES: usize = HEADER_BYTES + FALLBACK_BYTES;

export const CERTAIN: f64 = 0.0;
export const EUROPEAN: f64 = 1.0;
export const BOUNDARY_INTEGRAL: f64 = 2.0;
export const FALLBACK: f64 = 3.0;

/** Drift over the life, in standard deviations, up to which the default rule resolves the premium. */
const SHARED_DRIFT: f64 = 3.0;
/** Largest sigma sqrt(T) of the default rule; beyond it the reference rule is used. */
const SHARED_WIDTH: f64 = 1.2;
/** Beyond this many standard deviations the path is taken as certain (r < q) or the life as cut (r > q). */
const CERTAIN_DRIFT: f64 = 40.0;
const CUT_DRIFT: f64 = 7.5;

/** accuracy: 0 default, boundary shared over volatility; 1 reference; 2 default, boundary solved for this volatility. */
function prepareBoundary(
  model: usize,
  accuracy: i32,
  years: f64,
  rate: f64,
  yieldRate: f64,
  sigma: f64,
): f64 {
  const shared = <usize>get(model, 8);
  const fine = model + MODEL_BYTES + WORKSPACE_BYTES;
  const width = sigma * sqrt(years);
  const drift = (abs(rate - yieldRate) * years) / width;
  if (accuracy != 1 && drift <= SHARED_DRIFT && width <= SHARED_WIDTH) {
    setExpiry(shared, years, rate, yieldRate);
    const solved = accuracy == 0 ? interpolateBoundary(shared, sigma) : directBoundary(shared, sigma);
    if (solved) {
      put(model, 6, <f64>shared);
      put(model, 5, prepareNodes(shared, sigma));
      return BOUNDARY_INTEGRAL;
    }
  }
  if (rate < yieldRate && drift > CERTAIN_DRIFT) return CERTAIN;
  const up = rate - yieldRate - 0.5 * sigma * sigma;
  const cut = (CUT_DRIFT * sigma) / up;
  const life = up > 0.0 ? min(years, cut * cut) : years;
  setExpiry(fine, life, rate, yieldRate);
  if (!directBoundary(fine, sigma)) return FALLBACK;
  put(model, 6, <f64>fine);
  put(model, 5, prepareNodes(fine, sigma));
  return BOUNDARY_INTEGRAL;
}

/** Whether the prepared put is valued by the default rule: its boundary came from (or into) the default workspace. */
export function isDefaultRule(model: usize): bool {
  return get(model, 0) == BOUNDARY_INTEGRAL && get(model, 6) == get(model, 8);
}

/** Prepares the put of these terms; calls pass rate and yield exchanged. Terms are valid. */
export function prepareModel(
  model: usize,
  accuracy: i32,
  years: f64,
  rate: f64,
  yieldRate: f64,
  sigma: f64,
): void {
  put(model, 1, years);
  put(model, 2, rate);
  put(model, 3, yieldRate);
  put(model, 4, sigma);
  let method = CERTAIN;
  if (years > 0.0 && sigma > 0.0) {
    if (isEuropeanPut(rate, yieldRate)) method = EUROPEAN;
    else if (hasTwoBoundaries(rate, yieldRate)) method = FALLBACK;
    else method = prepareBoundary(model, accuracy, years, rate, yieldRate, sigma);
  }
  put(model, 0, method);
}

/** Value of the put at spot and strike (USD); lnS = ln(spot/strike). Spot or strike 0 are exact limits. */
export function modelPut(model: usize, spot: f64, strike: f64, lnS: f64): f64 {
  const years = get(model, 1);
  const rate = get(model, 2);
  const yieldRate = get(model, 3);
  const sigma = get(model, 4);
  const method = get(model, 0);
  if (strike == 0.0) return 0.0;
  const intrinsic = max(strike - spot, 0.0);
  if (years == 0.0) return intrinsic;
  const s = spot / strike;
  if (method == CERTAIN || s == 0.0 || s == Infinity)
    return max(strike * certainPut(s, years, rate, yieldRate), intrinsic);
  if (method == EUROPEAN)
    return max(strike * europeanPut(s, lnS, sigma, years, rate, yieldRate), intrinsic);
  if (method == FALLBACK) {
    return max(strike * fallbackPut(model + HEADER_BYTES, s, lnS, sigma, years, rate, yieldRate), intrinsic);
  }
  if (lnS <= get(model, 5)) return intrinsic;
  return max(strike * putValue(<usize>get(model, 6), lnS, s), intrinsic);
}
