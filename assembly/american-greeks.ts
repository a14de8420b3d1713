/**
 * Greeks of American options.
 *
 * Delta and gamma: the premium integral differentiated under the sign, so no differences are taken; theta from the
 * Black-Scholes equation r V - (r-q) S delta - sigma^2 S^2 gamma / 2 in the continuation region; vega and vanna by the
 * five-point rule (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h. Default accuracy takes all of them from the boundaries that the
 * rows of one years, rate and yield share: they are smooth in volatility, so nothing but rounding (1e-13 of strike over h)
 * is amplified; rho is the central difference of two further sets of shared boundaries, at the rate plus and minus a step.
 * Where the default rule does not hold on both sides, and at reference accuracy, each argument gets a boundary solved for
 * itself, rho by the five-point rule. At or beyond the exercise boundary: delta -1 or 1, all others 0.
 */
import { exp, log } from "./elementary";
import { gaussian } from "./gaussian";
import { INVERSE_SQRT_TWO_PI, FARTHEST, normalCdf } from "./normal";

import { CALL_FLAG, RATE, SPOT, STRIKE, YEARS, YIELD, term } from "./memory";
import { openModel, validTerms } from "./american";
import { fallbackCurvature, fallbackSlope, gridStep } from "./american-fallback";
import { storeCertainGreeks } from "./american-certain-greeks";
import {
  BOUNDARY_INTEGRAL, CERTAIN, EUROPEAN, HEADER_BYTES, MODEL_BYTES, isDefaultRule, modelPut, prepareModel,
} from "./american-model";
import { COLUMN, SPOT_NODES, VOL_NODES, WORKSPACE_BYTES, get, openWorkspace, put } from "./american-workspace";

/** dP/ds of the prepared put, K = 1: - sum [ (w_r - w_b) phi(e-)/(s v) + w_q Phi(-e+) ]. */
function integralDelta(ws: usize, lnS: f64, s: f64): f64 {
  const vol = ws + VOL_NODES;
  let sum = 0.0;
  for (let k = 0, p = <i32>get(ws, 1); k < p; k++) {
    const minus = lnS * get(vol + COLUMN, k) + get(vol + 2 * COLUMN, k);
    const density = INVERSE_SQRT_TWO_PI * gaussian(min(abs(minus), FARTHEST));
    const jump = get(ws + SPOT_NODES, k) - weightB(ws, k);
    sum -= (jump * density * get(vol + COLUMN, k)) / s;
    sum -= get(ws + SPOT_NODES + COLUMN, k) * normalCdf(-minus - get(vol + 3 * COLUMN, k));
  }
  return sum;
}

/** Weight q b of spot node k; for the European node (the last) exactly the weight r. */
// @ts-ignore: decorator
@inline
function weightB(ws: usize, k: i32): f64 {
  return k == <i32>get(ws, 1) - 1 ? get(ws + SPOT_NODES, k) : get(ws + VOL_NODES + 4 * COLUMN, k);
}

/** d2P/ds2 of the prepared put, K = 1: sum phi(e-)/(s^2 v) [ (w_r - w_b)(e-/v + 1) + w_b ]. */
function integralGamma(ws: usize, lnS: f64, s: f64): f64 {
  const vol = ws + VOL_NODES;
  let sum = 0.0;
  for (let k = 0, p = <i32>get(ws, 1); k < p; k++) {
    const inverse = get(vol + COLUMN, k);
    const minus = lnS * inverse + get(vol + 2 * COLUMN, k);
    const density = INVERSE_SQRT_TWO_PI * gaussian(min(abs(minus), FARTHEST));
    const b = weightB(ws, k);
    sum += density * inverse * ((get(ws + SPOT_NODES, k) - b) * (minus * inverse + 1.0) + b);
  }
  return sum / (s * s);
}

/** First (order 1) or second derivative by s of the prepared put, K = 1. */
function slope(model: usize, order: i32, lnS: f64, s: f64): f64 {
  const method = get(model, 0);
  const years = get(model, 1);
  const rate = get(model, 2);
  const yieldRate = get(model, 3);
  const ws = <usize>get(model, 6);
  if (method == EUROPEAN) {
    const v = get(model, 4) * sqrt(years);
    const d = (lnS + (rate - yieldRate) * years) / v + 0.5 * v;
    if (order == 1) return -exp(-yieldRate * years) * normalCdf(-d);
    return (exp(-yieldRate * years) * INVERSE_SQRT_TWO_PI * gaussian(min(abs(d), FARTHEST))) / (s * v);
  }
  if (method == BOUNDARY_INTEGRAL) {
    if (lnS <= get(model, 5)) return order == 1 ? -1.0 : 0.0;
    return order == 1 ? integralDelta(ws, lnS, s) : integralGamma(ws, lnS, s);
  }
  modelPut(model, s, 1.0, lnS);
  const columns = model + HEADER_BYTES;
  const sigma = get(model, 4);
  const step = gridStep(lnS, sigma, years, rate - yieldRate - 0.5 * sigma * sigma);
  const first = fallbackSlope(columns, step);
  return order == 1 ? first / s : (fallbackCurvature(columns, step) - first) / (s * s);
}

/** Value (order 0) or delta (order 1) of one option at changed rate and volatility. */
function measure(
  model: usize, order: i32, accuracy: i32, isCall: bool,
  spot: f64, strike: f64, years: f64, rate: f64, yieldRate: f64, sigma: f64,
): f64 {
  prepareModel(model, accuracy, years, isCall ? yieldRate : rate, isCall ? rate : yieldRate, sigma);
  return prepared(model, order, isCall, spot, strike);
}

/** Value, delta or gamma (order 0, 1, 2) of the prepared option; the call is S p(K/S). */
function prepared(model: usize, order: i32, isCall: bool, spot: f64, strike: f64): f64 {
  const lnS = log(spot / strike);
  if (order == 0) return isCall ? modelPut(model, strike, spot, -lnS) : modelPut(model, spot, strike, lnS);
  const s = isCall ? strike / spot : spot / strike;
  const x = isCall ? -lnS : lnS;
  if (order == 2) return isCall ? (s * s * slope(model, 2, x, s)) / spot : slope(model, 2, x, s) / strike;
  return isCall ? modelPut(model, s, 1.0, x) - s * slope(model, 1, x, s) : slope(model, 1, x, s);
}

/** Five-point derivative of value or delta by volatility (h > 0 in volatility) or, with byRate, by the rate. */
function derivative(
  model: usize, order: i32, accuracy: i32, isCall: bool, byRate: bool, h: f64,
  spot: f64, strike: f64, years: f64, rate: f64, yieldRate: f64, sigma: f64,
): f64 {
  let sum = 0.0;
  for (let k = -2; k <= 2; k++) {
    const weight = k == 0 ? 0.0 : k == -2 ? 1.0 : k == -1 ? -8.0 : k == 1 ? 8.0 : -1.0;
    const r = byRate ? rate + <f64>k * h : rate;
    const v = byRate ? sigma : sigma + <f64>k * h;
    if (k != 0) sum += weight * measure(model, order, accuracy, isCall, spot, strike, years, r, yieldRate, v);
  }
  return sum / (12.0 * h);
}

/** Relative step in volatility and absolute step in the rate. */
const VOL_STEP: f64 = 0.005;
const RATE_STEP: f64 = 1e-4;

/** The default workspace of the central rate (step 0), one step down (-1) or up (1); each keeps its boundaries over the rows. */
function rateWorkspace(model: usize, step: i32): f64 {
  const index: usize = step == 0 ? 0 : step < 0 ? 2 : 3;
  return <f64>(model + MODEL_BYTES + index * WORKSPACE_BYTES);
}

/**
 * Central difference by the rate on boundaries shared at the two neighbouring rates; NaN when a side is not valued by the
 * default rule, so that a difference never mixes two rules.
 */
function sharedRho(
  model: usize, isCall: bool, spot: f64, strike: f64, years: f64, rate: f64, yieldRate: f64, sigma: f64,
): f64 {
  put(model, 8, rateWorkspace(model, 1));
  const up = measure(model, 0, 0, isCall, spot, strike, years, rate + RATE_STEP, yieldRate, sigma);
  let same = isDefaultRule(model);
  put(model, 8, rateWorkspace(model, -1));
  const down = measure(model, 0, 0, isCall, spot, strike, years, rate - RATE_STEP, yieldRate, sigma);
  same = same && isDefaultRule(model);
  put(model, 8, rateWorkspace(model, 0));
  return same ? (up - down) / (2.0 * RATE_STEP) : NaN;
}

/** Whether the default rule with shared boundaries holds at every volatility that vega and vanna are taken from. */
function sharedAround(model: usize, isCall: bool, years: f64, rate: f64, yieldRate: f64, sigma: f64): bool {
  const r = isCall ? yieldRate : rate;
  const q = isCall ? rate : yieldRate;
  prepareModel(model, 0, years, r, q, sigma * (1.0 - 2.0 * VOL_STEP));
  if (!isDefaultRule(model)) return false;
  prepareModel(model, 0, years, r, q, sigma * (1.0 + 2.0 * VOL_STEP));
  return isDefaultRule(model);
}

/** The seven derivatives of row `out`; spot, strike, years and volatility are positive. */
function storeGreeks(
  model: usize, out: usize, column: usize, accuracy: i32, isCall: bool,
  spot: f64, strike: f64, years: f64, rate: f64, yieldRate: f64, sigma: f64,
): void {
  const shared = accuracy == 0 && sharedAround(model, isCall, years, rate, yieldRate, sigma);
  const rule = accuracy == 1 ? 1 : shared ? 0 : 2;
  const value = measure(model, 0, rule, isCall, spot, strike, years, rate, yieldRate, sigma);
  if (get(model, 0) == CERTAIN) {
    storeCertainGreeks(out, column, isCall, spot, strike, years, rate, yieldRate);
    return;
  }
  const delta = prepared(model, 1, isCall, spot, strike);
  const gamma = prepared(model, 2, isCall, spot, strike);
  store<f64>(out + 7 * column, NaN);
  if (value <= (isCall ? spot - strike : strike - spot)) {
    store<f64>(out + column, isCall ? 1.0 : -1.0);
    for (let c = 2; c < 7; c++) store<f64>(out + <usize>c * column, 0.0);
    return;
  }
  const s2 = sigma * sigma * spot * spot;
  const h = VOL_STEP * sigma;
  let rho = shared ? sharedRho(model, isCall, spot, strike, years, rate, yieldRate, sigma) : NaN;
  if (isNaN(rho)) {
    const exact = accuracy == 1 ? 1 : 2;
    rho = derivative(model, 0, exact, isCall, true, RATE_STEP, spot, strike, years, rate, yieldRate, sigma);
  }
  store<f64>(out + column, delta);
  store<f64>(out + 2 * column, gamma);
  store<f64>(out + 4 * column, rate * value - (rate - yieldRate) * spot * delta - 0.5 * s2 * gamma);
  store<f64>(out + 5 * column, rho);
  for (let order = 0; order < 2; order++) {
    const by = derivative(model, order, rule, isCall, false, h, spot, strike, years, rate, yieldRate, sigma);
    store<f64>(out + <usize>(order == 0 ? 3 : 6) * column, by);
  }
}

/**
 * Fills 8 columns of n f64: value | delta | gamma | vega | theta | rho | vanna | volga (NaN: volga is not given).
 * terms, flags, vol (n f64), scratch as in {@link fillAmericanValues}; theta = -dV/dT a year, vega, rho, vanna per 1.00.
 * Where spot, strike, years or volatility is 0 the derivatives are the exact ones of american-certain-greeks.ts.
 */
export function fillAmericanGreeks(
  n: i32, termsPtr: usize, flagsPtr: usize, volPtr: usize, accuracy: i32, scratchPtr: usize, outPtr: usize,
): void {
  openModel(scratchPtr);
  openWorkspace(<usize>rateWorkspace(scratchPtr, -1), 8, 16);
  openWorkspace(<usize>rateWorkspace(scratchPtr, 1), 8, 16);
  const column = <usize>n << 3;
  for (let i = 0; i < n; i++) {
    const isCall = (load<u8>(flagsPtr + <usize>i) & CALL_FLAG) != 0;
    const spot = term(termsPtr, n, SPOT, i);
    const strike = term(termsPtr, n, STRIKE, i);
    const years = term(termsPtr, n, YEARS, i);
    const rate = term(termsPtr, n, RATE, i);
    const yieldRate = term(termsPtr, n, YIELD, i);
    const sigma = load<f64>(volPtr + (<usize>i << 3));
    const out = outPtr + (<usize>i << 3);
    for (let c = 0; c < 8; c++) store<f64>(out + <usize>c * column, NaN);
    if (!validTerms(spot, strike, years, rate, yieldRate, sigma)) continue;
    store<f64>(out, measure(scratchPtr, 0, accuracy, isCall, spot, strike, years, rate, yieldRate, sigma));
    if (min(min(spot, strike), min(years, sigma)) > 0.0) {
      storeGreeks(scratchPtr, out, column, accuracy, isCall, spot, strike, years, rate, yieldRate, sigma);
    } else {
      storeCertainGreeks(out, column, isCall, spot, strike, years, rate, yieldRate);
    }
  }
}
