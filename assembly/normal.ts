/**
 * The normal distribution.
 *
 *     normalCdf(x)   normalCdfPair(x)   N(x), ABSOLUTE error below 4e-16; scalar and two-lane twins, equal to the bit
 *     tailP, tailQ (a) and ...Pair      numerator and denominator of g(a) = exp(a^2/2) N(-a), a >= 0, absolute accuracy
 *                                       weighted by exp(-a^2/2): |error of exp(-a^2/2) P/Q| <= 4.5e-17
 *     tailRatio(x)   tailRatioPair(x)   exp(x^2/2) N(-x), x >= 0, RELATIVE error below 1e-15; twins up to 90
 *     erfcx(x)                          exp(x^2) erfc(x), relative, x >= -26
 *     normalCdfRelative(x)              N(x), relative error below 2e-15 down to 1e-308
 *     gaussianRelative(x)               exp(-x^2/2), relative error below 3 ulp, any x
 *     normalDensity(x)                  exp(-x^2/2)/sqrt(2 pi), relative error below 1e-15
 *
 * NaN in gives NaN out. Coefficients: scripts/fit-normal.py (weighted minimax fits; every coefficient is positive, so
 * neither cancellation nor a pole can occur). Verified by test/assembly/normal.test.ts against 40-digit values.
 */
import { exp } from "./elementary";
import { gaussian, gaussianPair } from "./gaussian";
import { add, atMost, both, div, mul, step, sub } from "./vector";

/** Beyond this, exp(-x^2/2) < 1e-297: distances are cut here so that neither exponent bits nor powers overflow. */
export const FARTHEST: f64 = 37.0;
export const INVERSE_SQRT_TWO_PI: f64 = 0.3989422804014327;
const SQRT_TWO: f64 = 1.4142135623730951;

// TAIL_P: absolute error of exp(-x^2/2) P/Q on [0, 8.6]: 4.45e-17
const TAIL_P0: f64 = 0.5;
const TAIL_P1: f64 = 0.5023081883522619;
const TAIL_P2: f64 = 0.25450650541768044;
const TAIL_P3: f64 = 0.07701136939608261;
const TAIL_P4: f64 = 0.014475000413531348;
const TAIL_P5: f64 = 0.0015906223914729717;
const TAIL_P6: f64 = 8.008889196431362e-5;

const TAIL_Q0: f64 = 1.0;
const TAIL_Q1: f64 = 1.8025009375074;
const TAIL_Q2: f64 = 1.4472006797047836;
const TAIL_Q3: f64 = 0.6734328690324204;
const TAIL_Q4: f64 = 0.19706723948447302;
const TAIL_Q5: f64 = 0.036481098111829265;
const TAIL_Q6: f64 = 0.003987251466355029;
const TAIL_Q7: f64 = 0.0002007493981567876;

// RATIO_P: relative error of P/Q against exp(x^2/2) N(-x) on [0, 96]: 8e-17
const RATIO_P0: f64 = 0.5;
const RATIO_P1: f64 = 0.8448798409721281;
const RATIO_P2: f64 = 0.7063269828265317;
const RATIO_P3: f64 = 0.3781424997427885;
const RATIO_P4: f64 = 0.1423329513730692;
const RATIO_P5: f64 = 0.039198277321404434;
const RATIO_P6: f64 = 0.007991715780464977;
const RATIO_P7: f64 = 0.001193112937721382;
const RATIO_P8: f64 = 0.00012538882136337254;
const RATIO_P9: f64 = 8.44414908507634e-6;
const RATIO_P10: f64 = 2.806886297976722e-7;

const RATIO_Q0: f64 = 1.0;
const RATIO_Q1: f64 = 2.4876442427471224;
const RATIO_Q2: f64 = 2.897506899711099;
const RATIO_Q3: f64 = 2.090300418479301;
const RATIO_Q4: f64 = 1.0403485289180807;
const RATIO_Q5: f64 = 0.37618648823725104;
const RATIO_Q6: f64 = 0.10120386826384;
const RATIO_Q7: f64 = 0.020345156737215712;
const RATIO_Q8: f64 = 0.0030118569674012293;
const RATIO_Q9: f64 = 0.00031500674700759277;
const RATIO_Q10: f64 = 2.1166342851853773e-5;
const RATIO_Q11: f64 = 7.035820558182736e-7;

/** Numerator of g(a) = exp(a^2/2) N(-a), a >= 0. */
// @ts-ignore: decorator
@inline
export function tailP(a: f64): f64 {
  const z = a * a;
  let even = TAIL_P6 * z + TAIL_P4;
  even = even * z + TAIL_P2;
  even = even * z + TAIL_P0;
  let odd = TAIL_P5 * z + TAIL_P3;
  odd = odd * z + TAIL_P1;
  return odd * a + even;
}

// @ts-ignore: decorator
@inline
export function tailPPair(a: v128): v128 {
  const z = mul(a, a);
  let even = step(both(TAIL_P6), z, TAIL_P4);
  even = step(even, z, TAIL_P2);
  even = step(even, z, TAIL_P0);
  let odd = step(both(TAIL_P5), z, TAIL_P3);
  odd = step(odd, z, TAIL_P1);
  return add(mul(odd, a), even);
}

/** Denominator of g(a) = exp(a^2/2) N(-a), a >= 0. */
// @ts-ignore: decorator
@inline
export function tailQ(a: f64): f64 {
  const z = a * a;
  let even = TAIL_Q6 * z + TAIL_Q4;
  even = even * z + TAIL_Q2;
  even = even * z + TAIL_Q0;
  let odd = TAIL_Q7 * z + TAIL_Q5;
  odd = odd * z + TAIL_Q3;
  odd = odd * z + TAIL_Q1;
  return odd * a + even;
}

// @ts-ignore: decorator
@inline
export function tailQPair(a: v128): v128 {
  const z = mul(a, a);
  let even = step(both(TAIL_Q6), z, TAIL_Q4);
  even = step(even, z, TAIL_Q2);
  even = step(even, z, TAIL_Q0);
  let odd = step(both(TAIL_Q7), z, TAIL_Q5);
  odd = step(odd, z, TAIL_Q3);
  odd = step(odd, z, TAIL_Q1);
  return add(mul(odd, a), even);
}

/** N(x), absolute error below 4e-16. */
export function normalCdf(x: f64): f64 {
  const a = min(abs(x), FARTHEST);
  const tail = (gaussian(a) * tailP(a)) / tailQ(a);
  return x >= 0.0 ? 1.0 - tail : tail;
}

/** Two-lane twin of {@link normalCdf}. */
export function normalCdfPair(x: v128): v128 {
  const a = atMost(f64x2.abs(x), both(FARTHEST));
  const tail = div(mul(gaussianPair(a), tailPPair(a)), tailQPair(a));
  return v128.bitselect(sub(both(1.0), tail), tail, f64x2.ge(x, both(0.0)));
}

/**
 * exp(x^2/2) N(-x) for x >= 0, relative error below 1e-15: the Mills ratio over sqrt(2 pi). Above 90 the asymptotic series
 * 1 - w + 3 w^2 - 15 w^3 + 105 w^4 - 945 w^5, w = 1/x^2, whose next term is below 2e-20.
 */
export function tailRatio(x: f64): f64 {
  if (x > 90.0) {
    const w = 1.0 / x / x;
    const series = 1.0 - 3.0 * w * (1.0 - 5.0 * w * (1.0 - 7.0 * w * (1.0 - 9.0 * w)));
    return (INVERSE_SQRT_TWO_PI / x) * (1.0 - w * series);
  }
  const z = x * x;
  let even = RATIO_P10 * z + RATIO_P8;
  even = even * z + RATIO_P6;
  even = even * z + RATIO_P4;
  even = even * z + RATIO_P2;
  even = even * z + RATIO_P0;
  let odd = RATIO_P9 * z + RATIO_P7;
  odd = odd * z + RATIO_P5;
  odd = odd * z + RATIO_P3;
  odd = odd * z + RATIO_P1;
  let evenQ = RATIO_Q10 * z + RATIO_Q8;
  evenQ = evenQ * z + RATIO_Q6;
  evenQ = evenQ * z + RATIO_Q4;
  evenQ = evenQ * z + RATIO_Q2;
  evenQ = evenQ * z + RATIO_Q0;
  let oddQ = RATIO_Q11 * z + RATIO_Q9;
  oddQ = oddQ * z + RATIO_Q7;
  oddQ = oddQ * z + RATIO_Q5;
  oddQ = oddQ * z + RATIO_Q3;
  oddQ = oddQ * z + RATIO_Q1;
  return (odd * x + even) / (oddQ * x + evenQ);
}

/** Two-lane twin of {@link tailRatio} for arguments up to 90. */
export function tailRatioPair(x: v128): v128 {
  const z = mul(x, x);
  let even = step(both(RATIO_P10), z, RATIO_P8);
  even = step(even, z, RATIO_P6);
  even = step(even, z, RATIO_P4);
  even = step(even, z, RATIO_P2);
  even = step(even, z, RATIO_P0);
  let odd = step(both(RATIO_P9), z, RATIO_P7);
  odd = step(odd, z, RATIO_P5);
  odd = step(odd, z, RATIO_P3);
  odd = step(odd, z, RATIO_P1);
  let evenQ = step(both(RATIO_Q10), z, RATIO_Q8);
  evenQ = step(evenQ, z, RATIO_Q6);
  evenQ = step(evenQ, z, RATIO_Q4);
  evenQ = step(evenQ, z, RATIO_Q2);
  evenQ = step(evenQ, z, RATIO_Q0);
  let oddQ = step(both(RATIO_Q11), z, RATIO_Q9);
  oddQ = step(oddQ, z, RATIO_Q7);
  oddQ = step(oddQ, z, RATIO_Q5);
  oddQ = step(oddQ, z, RATIO_Q3);
  oddQ = step(oddQ, z, RATIO_Q1);
  return div(add(mul(odd, x), even), add(mul(oddQ, x), evenQ));
}

/** exp(x^2) erfc(x), relative error below 2e-15 for x >= 0; for x < 0 2 exp(x^2) - erfcx(-x), below (x^2 + 10) 1.2e-16. */
export function erfcx(x: f64): f64 {
  const ratio = 2.0 * tailRatio(abs(x) * SQRT_TWO);
  return x >= 0.0 ? ratio : 2.0 * exp(x * x) - ratio;
}

/**
 * exp(-x^2/2) with relative error below 3 ulp for any x: x = h + l with h a multiple of 1/16, so that h^2/2 is exact
 * (|x| < 2^20), and exp(-h^2/2) exp(-l (x + h)/2) (W. J. Cody, Math. Comp. 23, 1969). From |x| = 40 on it is 0 (the least
 * double is reached at 38.6); further out the two factors would be 0 and infinity.
 */
export function gaussianRelative(x: f64): f64 {
  const h = nearest(x * 16.0) * 0.0625;
  const l = x - h;
  return abs(x) >= 40.0 ? 0.0 : exp(h * h * -0.5) * exp(l * (x + h) * -0.5);
}

/** N(x), relative error below 2e-15 wherever the result is a normal number. */
export function normalCdfRelative(x: f64): f64 {
  const tail = gaussianRelative(x) * tailRatio(abs(x));
  return x >= 0.0 ? 1.0 - tail : tail;
}

/** exp(-x^2/2) / sqrt(2 pi), relative error below 1e-15. */
export function normalDensity(x: f64): f64 {
  return gaussianRelative(x) * INVERSE_SQRT_TWO_PI;
}
