/**
 * American put by finite differences, for negative rates with two exercise boundaries (q < r < 0) and as the net below
 * the boundary method. K = 1.
 *
 * Grid in y = ln s of 2M + 1 points, ln(spot) in the middle; Crank-Nicolson after four implicit half steps; early exercise
 * by the operator splitting of Ikonen and Toivanen (Appl. Math. Lett. 17, 2004), which needs no ordering of regions and
 * so serves one boundary, two, or none. Steps shrink towards expiry (equal steps in sqrt of the time to expiry).
 * Measured error: see docs/numerics.md. Cost: about 13 ms a value; never below the European or the exercise value.
 *
 *     scratch   6 columns of POINTS f64    value | payoff | multiplier | right side | pivots | free value
 */
import { exp } from "./elementary";
import { europeanPut } from "./american-limits";
import { get, put } from "./american-workspace";

const HALF: i32 = 640;
const POINTS: i32 = 2 * HALF + 1;
const STEPS: i32 = 400;
const STRIDE: usize = (<usize>(POINTS + 1)) << 3;

export const FALLBACK_BYTES: usize = 6 * STRIDE;

/** One step of length dt: theta 1 implicit, 1/2 Crank-Nicolson; lower, middle and upper are the operator's coefficients. */
function advance(
  at: usize,
  dt: f64,
  theta: f64,
  lower: f64,
  middle: f64,
  upper: f64,
  left: f64,
  right: f64,
): void {
  const value = at;
  const payoff = at + STRIDE;
  const multiplier = at + 2 * STRIDE;
  const side = at + 3 * STRIDE;
  const pivots = at + 4 * STRIDE;
  const free = at + 5 * STRIDE;
  const explicit = (1.0 - theta) * dt;
  const implicit = theta * dt;
  const a = -implicit * lower;
  const c = -implicit * upper;
  const b = 1.0 - implicit * middle;
  put(free, 0, left);
  put(free, POINTS - 1, right);
  for (let i = 1; i < POINTS - 1; i++) {
    const v = get(value, i);
    const flow = lower * get(value, i - 1) + middle * v + upper * get(value, i + 1);
    let d = v + explicit * flow + dt * get(multiplier, i);
    if (i == 1) d -= a * left;
    if (i == POINTS - 2) d -= c * right;
    const factor = i == 1 ? 0.0 : a / get(pivots, i - 1);
    put(pivots, i, b - factor * (i == 1 ? 0.0 : c));
    put(side, i, d - factor * (i == 1 ? 0.0 : get(side, i - 1)));
  }
  for (let i = POINTS - 2; i >= 1; i--) {
    const next = i == POINTS - 2 ? 0.0 : c * get(free, i + 1);
    put(free, i, (get(side, i) - next) / get(pivots, i));
  }
  put(value, 0, left);
  put(value, POINTS - 1, right);
  for (let i = 1; i < POINTS - 1; i++) {
    const held = get(free, i) - dt * get(multiplier, i);
    const next = max(held, get(payoff, i));
    put(multiplier, i, (next - held) / dt);
    put(value, i, next);
  }
}

/**
 * Step of the grid: HALF steps reach six deviations and the drift to each side; widened a little so that the strike
 * (y = 0) is a point of the grid where it lies inside.
 */
export function gridStep(lnS: f64, sigma: f64, years: f64, drift: f64): f64 {
  const step = (6.0 * sigma * sqrt(years) + abs(drift) * years) / <f64>HALF;
  const points = floor(abs(lnS) / step);
  return points >= 1.0 ? abs(lnS) / points : step;
}

/** Value at s of the put over `years`; scratch as above. NaN terms give NaN. */
export function fallbackPut(
  scratch: usize,
  s: f64,
  lnS: f64,
  sigma: f64,
  years: f64,
  rate: f64,
  yieldRate: f64,
): f64 {
  const drift = rate - yieldRate - 0.5 * sigma * sigma;
  const step = gridStep(lnS, sigma, years, drift);
  const diffusion = (0.5 * sigma * sigma) / (step * step);
  const lower = diffusion - (0.5 * drift) / step;
  const upper = diffusion + (0.5 * drift) / step;
  const middle = -2.0 * diffusion - rate;
  for (let i = 0; i < POINTS; i++) {
    const pay = max(1.0 - exp(lnS + <f64>(i - HALF) * step), 0.0);
    put(scratch, i, pay);
    put(scratch + STRIDE, i, pay);
    put(scratch + 2 * STRIDE, i, 0.0);
  }
  const lowest = lnS - <f64>HALF * step;
  const highest = lnS + <f64>HALF * step;
  let done = 0.0;
  for (let k = 1; k <= STEPS; k++) {
    const part = <f64>k / <f64>STEPS;
    const tau = years * part * part;
    const left = max(1.0 - exp(lowest), europeanPut(exp(lowest), lowest, sigma, tau, rate, yieldRate));
    const right = max(1.0 - exp(highest), europeanPut(exp(highest), highest, sigma, tau, rate, yieldRate));
    advance(scratch, tau - done, k <= 4 ? 1.0 : 0.5, lower, middle, upper, max(left, 0.0), max(right, 0.0));
    done = tau;
  }
  return max(get(scratch, HALF), europeanPut(s, lnS, sigma, years, rate, yieldRate));
}

/** dV/dy at the middle of the grid that fallbackPut left behind, y = ln s; central difference. */
export function fallbackSlope(scratch: usize, step: f64): f64 {
  return (get(scratch, HALF + 1) - get(scratch, HALF - 1)) / (2.0 * step);
}

/** d2V/dy2 there. */
export function fallbackCurvature(scratch: usize, step: f64): f64 {
  return (get(scratch, HALF + 1) - 2.0 * get(scratch, HALF) + get(scratch, HALF - 1)) / (step * step);
}
