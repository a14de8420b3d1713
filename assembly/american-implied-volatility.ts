/**
 * Implied volatility of American options from the model that prices them.
 *
 * Status: 0 ok; 1 below_intrinsic: price <= the value without volatility (never less than the exercise value) plus 1e-12 of
 * max(spot, strike) - a price equal to the exercise value has no unique volatility, every one below that at which the
 * boundary passes the spot gives it; 2 above_maximum: price >= strike max(1, e^{-rT}) (put) or spot max(1, e^{-qT})
 * (call), or above the value at volatility 100; 3 no_time: years = 0; 4 bad_input: NaN, infinite or negative terms or price.
 */
import { exp, log } from "./elementary";
import { CALL_FLAG, RATE, SPOT, STRIKE, YEARS, YIELD, term } from "./memory";
import {
  STATUS_ABOVE_MAXIMUM,
  STATUS_BAD_INPUT,
  STATUS_BELOW_INTRINSIC,
  STATUS_NO_TIME,
  STATUS_OK,
} from "./memory";
import { openModel, validTerms } from "./american";
import { certainPut } from "./american-limits";
import { modelPut, prepareModel } from "./american-model";

const HIGHEST: f64 = 100.0;
const LOWEST: f64 = 1e-5;

/** Value of the put at volatility sigma. */
function valueAt(
  model: usize,
  accuracy: i32,
  s: f64,
  k: f64,
  years: f64,
  rate: f64,
  yieldRate: f64,
  sigma: f64,
): f64 {
  prepareModel(model, accuracy, years, rate, yieldRate, sigma);
  return modelPut(model, s, k, log(s / k));
}

/**
 * Root in volatility between LOWEST and HIGHEST: secant steps in ln sigma inside a shrinking bracket, the middle of the
 * bracket when a step leaves it or three steps do not halve it. Ends at a residual of 1e-13 of the strike or a bracket of
 * 4 ulp. NaN: price above the value at HIGHEST.
 */
function solve(
  model: usize,
  accuracy: i32,
  s: f64,
  k: f64,
  years: f64,
  rate: f64,
  yieldRate: f64,
  price: f64,
): f64 {
  const enough = 1e-13 * k;
  let low = log(LOWEST);
  let high = log(HIGHEST);
  let x = log(0.3);
  let lastX = NaN;
  let lastF = NaN;
  let best = NaN;
  let least = Infinity;
  let slow = 0;
  let size = high - low;
  for (let step = 0; step < 100; step++) {
    const f = valueAt(model, accuracy, s, k, years, rate, yieldRate, exp(x)) - price;
    if (abs(f) < least) {
      least = abs(f);
      best = x;
    }
    if (abs(f) <= enough || !(high - low > 1e-15)) break;
    if (f < 0.0) low = x;
    else high = x;
    slow = high - low > 0.5 * size ? slow + 1 : 0;
    if (slow == 0) size = high - low;
    let next = x - (f * (x - lastX)) / (f - lastF);
    // without a second point: towards the root by the scale of an at-the-money option, sqrt(T) S phi(0) a volatility
    if (step == 0) next = log(max(exp(x) - f / (0.4 * min(s, k) * sqrt(years)), 0.5 * exp(x)));
    if (step == 0) next = min(next, x + 0.7);
    if (slow > 3 || !(next > low && next < high)) {
      next = 0.5 * (low + high);
      if (high == log(HIGHEST) && low > log(LOWEST)) next = min(next, x + 0.7);
      if (low == log(LOWEST) && high < log(HIGHEST)) next = max(next, x - 0.7);
      slow = 0;
      size = high - low;
    }
    lastX = x;
    lastF = f;
    x = next;
  }
  return high == log(HIGHEST) && least > 1e-9 * k ? NaN : exp(best);
}

/**
 * Fills n volatilities and statuses (u8) for n prices per share; terms, flags and scratch as in fillAmericanValues.
 * The volatility is NaN unless the status is 0. |value(volatility) - price| <= 1e-9 of strike, except that a price inside a
 * step between two rules of accuracy (at most 2e-6 of strike, docs/numerics.md) gets the volatility of the step.
 */
export function fillAmericanImpliedVolatilities(
  n: i32,
  termsPtr: usize,
  flagsPtr: usize,
  pricesPtr: usize,
  accuracy: i32,
  scratchPtr: usize,
  outPtr: usize,
  statusPtr: usize,
): void {
  openModel(scratchPtr);
  for (let i = 0; i < n; i++) {
    const isCall = (load<u8>(flagsPtr + <usize>i) & CALL_FLAG) != 0;
    const price = load<f64>(pricesPtr + ((<usize>i) << 3));
    const spot = term(termsPtr, n, SPOT, i);
    const strike = term(termsPtr, n, STRIKE, i);
    const years = term(termsPtr, n, YEARS, i);
    const rate = term(termsPtr, n, isCall ? YIELD : RATE, i);
    const yieldRate = term(termsPtr, n, isCall ? RATE : YIELD, i);
    const s = isCall ? strike : spot;
    const k = isCall ? spot : strike;
    const valid =
      validTerms(s, k, years, rate, yieldRate, 0.0) && price >= 0.0 && price < Infinity && s > 0.0 && k > 0.0;
    let volatility = NaN;
    let status = STATUS_BAD_INPUT;
    if (valid) {
      status = STATUS_OK;
      if (years == 0.0) status = STATUS_NO_TIME;
      else if (price <= k * certainPut(s / k, years, rate, yieldRate) + 1e-12 * max(s, k))
        status = STATUS_BELOW_INTRINSIC;
      else if (price >= k * max(1.0, exp(-rate * years))) status = STATUS_ABOVE_MAXIMUM;
      else volatility = solve(scratchPtr, accuracy, s, k, years, rate, yieldRate, price);
      if (status == STATUS_OK && volatility != volatility) status = STATUS_ABOVE_MAXIMUM;
    }
    store<f64>(outPtr + ((<usize>i) << 3), volatility);
    store<u8>(statusPtr + <usize>i, status);
  }
}
