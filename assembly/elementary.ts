/**
 * Exponential and logarithm from + - * /, rounding and bit operations alone, so that every machine gives the same bits.
 *
 *     exp(x)     expPair(x)        log(x)    logPair(x)       scalar and two-lane twins, equal to the bit
 *     expm1(x)   log1p(x)                                     without cancellation near 0, scalar
 *
 * NaN in gives NaN out; infinities and subnormal numbers follow IEEE 754. Coefficients: scripts/fit-normal.py.
 * Measured errors (test/assembly/elementary.test.ts, against 40-digit values): exp, log below 1 ulp, expm1, log1p below
 * 3 ulp.
 */
export { gaussian, gaussianPair } from "./gaussian";
import { add, atLeast, atMost, both, div, mul, step, sub } from "./vector";

/** 1.5 * 2^52: adding it rounds to an integer, which then stands in the low bits of the sum. */
const ROUNDER: f64 = 6755399441055744.0;
const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 = LN2_HIGH + LN2_LOW; LN2_HIGH has 32 significant bits, so an exponent times it is exact (fdlibm's split). */
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

// EXP: (exp(r) - 1 - r) / r^2 on |r| <= ln(2)/2; relative error left in exp(r) 5.7e-19
const EXP0: f64 = 0.5;
const EXP1: f64 = 0.16666666666666682;
const EXP2: f64 = 0.04166666666666672;
const EXP3: f64 = 0.008333333333317115;
const EXP4: f64 = 0.0013888888888859347;
const EXP5: f64 = 0.00019841269896279424;
const EXP6: f64 = 2.480158737228572e-5;
const EXP7: f64 = 2.755723491027616e-6;
const EXP8: f64 = 2.755723443125047e-7;
const EXP9: f64 = 2.5112032245024172e-8;
const EXP10: f64 = 2.0926648804879145e-9;

// LOG: (log((1+s)/(1-s)) - 2s) / s^3 in s^2, |s| <= 3 - 2 sqrt 2; relative error left 1.7e-18
const LOG0: f64 = 0.6666666666666731;
const LOG1: f64 = 0.3999999999943587;
const LOG2: f64 = 0.28571428738399895;
const LOG3: f64 = 0.2222219893253154;
const LOG4: f64 = 0.18183547535362016;
const LOG5: f64 = 0.1531444305617995;
const LOG6: f64 = 0.14792319327697812;

/** (e^r - 1 - r) / r^2, |r| <= ln(2)/2. */
// @ts-ignore: decorator
@inline
function expRest(r: f64): f64 {
  const z = r * r;
  let even = EXP10 * z + EXP8;
  even = even * z + EXP6;
  even = even * z + EXP4;
  even = even * z + EXP2;
  even = even * z + EXP0;
  let odd = EXP9 * z + EXP7;
  odd = odd * z + EXP5;
  odd = odd * z + EXP3;
  odd = odd * z + EXP1;
  return odd * r + even;
}

/** Two-lane twin of {@link expRest}. */
// @ts-ignore: decorator
@inline
function expRestPair(r: v128): v128 {
  const z = mul(r, r);
  let even = step(both(EXP10), z, EXP8);
  even = step(even, z, EXP6);
  even = step(even, z, EXP4);
  even = step(even, z, EXP2);
  even = step(even, z, EXP0);
  let odd = step(both(EXP9), z, EXP7);
  odd = step(odd, z, EXP5);
  odd = step(odd, z, EXP3);
  odd = step(odd, z, EXP1);
  return add(mul(odd, r), even);
}

/** 2^k for an integer -1022 <= k <= 1023 held in an f64. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: f64): f64 {
  return reinterpret<f64>((reinterpret<i64>(k + ROUNDER) + 1023) << 52);
}

// @ts-ignore: decorator
@inline
function powerOfTwoPair(k: v128): v128 {
  return i64x2.shl(i64x2.add(add(k, both(ROUNDER)), i64x2.splat(1023)), 52);
}

/**
 * e^x, error below 1 ulp. x = k ln 2 + r with |r| <= ln(2)/2 in two parts, e^x = 2^k (1 + r + r^2 E(r)); the power of two
 * is applied in two halves, so results below 2^-1022 are rounded gradually and overflow gives infinity.
 */
export function exp(x: f64): f64 {
  const bounded = max(min(x, 1000.0), -1000.0);
  const k = nearest(bounded * LOG2_E);
  const r = bounded - k * LN2_HIGH - k * LN2_LOW;
  const e = r * r * expRest(r) + r + 1.0;
  const half = nearest(k * 0.5);
  return e * powerOfTwo(half) * powerOfTwo(k - half);
}

/** Two-lane twin of {@link exp}. */
export function expPair(x: v128): v128 {
  const bounded = atLeast(atMost(x, both(1000.0)), both(-1000.0));
  const k = f64x2.nearest(mul(bounded, both(LOG2_E)));
  const r = sub(sub(bounded, mul(k, both(LN2_HIGH))), mul(k, both(LN2_LOW)));
  const e = add(add(mul(mul(r, r), expRestPair(r)), r), both(1.0));
  const half = f64x2.nearest(mul(k, both(0.5)));
  return mul(mul(e, powerOfTwoPair(half)), powerOfTwoPair(sub(k, half)));
}

/** Bits of 1 minus bits of sqrt(1/2) (rounded down to a high word): moves the cut between exponents to sqrt(1/2). */
const CUT_SHIFT: i64 = 0x3ff0000000000000 - 0x3fe6a09e00000000;
const CUT_BITS: i64 = 0x3fe6a09e00000000;
const MANTISSA_BITS: i64 = 0x000fffffffffffff;
const SMALLEST_NORMAL: f64 = 2.2250738585072014e-308;
const TWO_54: f64 = 18014398509481984.0;
/** 2^52 + 1023: what is left of a biased exponent placed in the low bits of 2^52. */
const EXPONENT_BASE: f64 = 4503599627370496.0 + 1023.0;

/**
 * ln x, error below 1 ulp. x = 2^k m, sqrt(1/2) <= m < sqrt 2, f = m - 1, s = f/(2+f);
 * ln m = f - (f^2/2 - s (f^2/2 + s^2 L(s^2))), the form of fdlibm's e_log.c with coefficients fitted here.
 * log(0) = -infinity; negative or NaN gives NaN.
 */
export function log(x: f64): f64 {
  const subnormal = x < SMALLEST_NORMAL;
  const scaled = subnormal ? x * TWO_54 : x;
  const shifted = reinterpret<i64>(scaled) + CUT_SHIFT;
  const biased = reinterpret<f64>((shifted >>> 52) | 0x4330000000000000) - EXPONENT_BASE;
  const k = biased - (subnormal ? 54.0 : 0.0);
  const f = reinterpret<f64>((shifted & MANTISSA_BITS) + CUT_BITS) - 1.0;
  const s = f / (2.0 + f);
  const z = s * s;
  const w = z * z;
  const even = ((LOG6 * w + LOG4) * w + LOG2) * w + LOG0;
  const odd = (LOG5 * w + LOG3) * w + LOG1;
  const p = odd * z + even;
  const h = 0.5 * f * f;
  const y = k * LN2_HIGH - (h - (s * (h + z * p) + k * LN2_LOW) - f);
  const positive = x > 0.0 ? y : x == 0.0 ? -Infinity : NaN;
  return x == Infinity ? x : positive;
}

/** Two-lane twin of {@link log}. */
export function logPair(x: v128): v128 {
  const subnormal = f64x2.lt(x, both(SMALLEST_NORMAL));
  const scaled = v128.bitselect(mul(x, both(TWO_54)), x, subnormal);
  const shifted = i64x2.add(scaled, i64x2.splat(CUT_SHIFT));
  const biased = sub(v128.or(i64x2.shr_u(shifted, 52), i64x2.splat(0x4330000000000000)), both(EXPONENT_BASE));
  const k = sub(biased, v128.and(both(54.0), subnormal));
  const f = sub(i64x2.add(v128.and(shifted, i64x2.splat(MANTISSA_BITS)), i64x2.splat(CUT_BITS)), both(1.0));
  const s = div(f, add(both(2.0), f));
  const z = mul(s, s);
  const w = mul(z, z);
  const even = step(step(step(both(LOG6), w, LOG4), w, LOG2), w, LOG0);
  const odd = step(step(both(LOG5), w, LOG3), w, LOG1);
  const p = add(mul(odd, z), even);
  const h = mul(mul(both(0.5), f), f);
  const tail = add(mul(s, add(h, mul(z, p))), mul(k, both(LN2_LOW)));
  const y = sub(mul(k, both(LN2_HIGH)), sub(sub(h, tail), f));
  const zero = v128.bitselect(both(-Infinity), both(NaN), f64x2.eq(x, both(0.0)));
  const positive = v128.bitselect(y, zero, f64x2.gt(x, both(0.0)));
  return v128.bitselect(x, positive, f64x2.eq(x, both(Infinity)));
}

/**
 * e^x - 1 without cancellation, error below 3 ulp. |x| <= 0.34: the polynomial of exp, x + x^2 E(x). Beyond: with
 * u = fl(e^x), (u - 1) x / ln u, in which the rounding errors of u cancel (W. Kahan; N. J. Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., section 1.14.1).
 */
export function expm1(x: f64): f64 {
  // 0 keeps its sign
  if (x == 0.0) return x;
  if (abs(x) <= 0.34) return x * x * expRest(x) + x;
  const u = exp(x);
  if (u == 1.0) return x;
  const less = u - 1.0;
  if (less == -1.0 || u == Infinity) return less;
  return (less * x) / log(u);
}

/** ln(1 + x) without cancellation, error below 3 ulp: with u = fl(1 + x), x ln u / (u - 1) (Higham, exercise 1.5). */
export function log1p(x: f64): f64 {
  const u = 1.0 + x;
  if (u == 1.0) return x;
  if (u == Infinity) return x;
  return (log(u) * x) / (u - 1.0);
}
