/**
 * The bell curve without its factor, exp(-x^2/2).
 *
 *     gaussian(x)   gaussianPair(x)   |x| <= 37, absolute error below 4e-16; scalar and two-lane twins, equal to the bit
 *
 * The polynomial of 2^f is summed in groups of four (Estrin): half the latency of Horner's rule for two multiplications more.
 */
import { add, both, mul, step, sub } from "./vector";

/** 1.5 * 2^52: adding it rounds to an integer, which then stands in the low bits of the sum. */
const ROUNDER: f64 = 6755399441055744.0;
const LOG2_E: f64 = 1.4426950408889634;

// TWO: 2^f on [-1/2, 1/2], relative error 2.8e-16
const TWO0: f64 = 1.0;
const TWO1: f64 = 0.6931471805599497;
const TWO2: f64 = 0.24022650695908776;
const TWO3: f64 = 0.055504108664458846;
const TWO4: f64 = 0.009618129108032464;
const TWO5: f64 = 0.0013333558228559158;
const TWO6: f64 = 0.00015403529963367972;
const TWO7: f64 = 1.5252658117815463e-5;
const TWO8: f64 = 1.3215661845801726e-6;
const TWO9: f64 = 1.0208537686327435e-7;
const TWO10: f64 = 7.037434104579897e-9;

/**
 * exp(-x^2/2) for 0 <= x <= 37, absolute error below 4e-16: 2^y, y = -x^2 log2(e)/2, split by ROUNDER into an integer,
 * added to the exponent bits, and f in [-1/2, 1/2]. y needs no second part: its error matters only where 2^y is small.
 * Callers clamp x; beyond 37.6 the exponent bits would wrap.
 */
// @ts-ignore: decorator
@inline
export function gaussian(x: f64): f64 {
  const y = x * x * (-0.5 * LOG2_E);
  const t = y + ROUNDER;
  const f = y - (t - ROUNDER);
  const z = f * f;
  const w = z * z;
  const high = TWO9 * f + TWO8 + TWO10 * z;
  const mid = TWO5 * f + TWO4 + (TWO7 * f + TWO6) * z;
  const low = TWO1 * f + TWO0 + (TWO3 * f + TWO2) * z;
  const p = low + w * (mid + w * high);
  return reinterpret<f64>(reinterpret<i64>(p) + (reinterpret<i64>(t) << 52));
}

/** y = -x^2 log2(e)/2. */
// @ts-ignore: decorator
@inline
export function gaussianPowerPair(x: v128): v128 {
  return mul(mul(x, x), both(-0.5 * LOG2_E));
}

/** t = y + ROUNDER: y rounded to an integer, which stands in the low bits. */
// @ts-ignore: decorator
@inline
export function gaussianRoundPair(y: v128): v128 {
  return add(y, both(ROUNDER));
}

/** y less its integer part, from y and t = y + ROUNDER. */
// @ts-ignore: decorator
@inline
export function gaussianFractionPair(y: v128, t: v128): v128 {
  return sub(y, sub(t, both(ROUNDER)));
}

/** 2^f with the integer part in the low bits of t added to its exponent. */
// @ts-ignore: decorator
@inline
export function gaussianScalePair(f: v128, t: v128): v128 {
  const z = mul(f, f);
  const w = mul(z, z);
  const high = add(step(both(TWO9), f, TWO8), mul(both(TWO10), z));
  const mid = add(step(both(TWO5), f, TWO4), mul(step(both(TWO7), f, TWO6), z));
  const low = add(step(both(TWO1), f, TWO0), mul(step(both(TWO3), f, TWO2), z));
  const p = add(low, mul(w, add(mid, mul(w, high))));
  return i64x2.add(p, i64x2.shl(t, 52));
}

/** Two-lane twin of {@link gaussian}. */
// @ts-ignore: decorator
@inline
export function gaussianPair(x: v128): v128 {
  const y = gaussianPowerPair(x);
  const t = gaussianRoundPair(y);
  return gaussianScalePair(gaussianFractionPair(y, t), t);
}
