/**
 * The normalised Black function to RELATIVE accuracy, for implied volatilities.
 *
 * With x = -|ln(F/X)| <= 0 and total deviation s = vol sqrt T > 0, an out-of-the-money option is worth sqrt(F X) b(x, s):
 *
 *     h = |x|/s, t = s/2, E = exp(-(h^2 + t^2)/2), g(a) = exp(a^2/2) N(-a)
 *     b(x, s) = E (g(h - t) - g(h + t)),   db/ds = E / sqrt(2 pi),   b(x, infinity) = exp(x/2)
 *
 * Regions: (1) s <= 1/4: the difference would cancel, so E times the integral of -g' > 0 over [h - t, h + t], 5-point
 * Gauss-Legendre, relative truncation below 2e-16; (2) h >= t: the difference; (3) h < t: exp(x/2) - E (g(t-h) + g(t+h)).
 * Relative error below 2e-15 + 2^-53 h^2, which the inversion divides by about 1 + h^2.
 * Source: P. Jaeckel, Let's be rational, Wilmott 2015, for the normalisation; the evaluation is our own.
 */
import { exp } from "./elementary";
import { INVERSE_SQRT_TWO_PI, tailRatio, tailRatioPair } from "./normal";
import { add, both, div, mul, step } from "./vector";

// SLOPE_P: relative error of P/Q against 1/sqrt(2 pi) - x exp(x^2/2) N(-x) on [-0.14, 95]: 1.3e-16
const SLOPE_P0: f64 = 0.3989422804014327;
const SLOPE_P1: f64 = 0.5625932696282304;
const SLOPE_P2: f64 = 0.4017107377542141;
const SLOPE_P3: f64 = 0.18706307516420825;
const SLOPE_P4: f64 = 0.062202467855137555;
const SLOPE_P5: f64 = 0.015340162765993199;
const SLOPE_P6: f64 = 0.002834728355830751;
const SLOPE_P7: f64 = 0.0003878308961946849;
const SLOPE_P8: f64 = 3.7740566312845354e-5;
const SLOPE_P9: f64 = 2.3777031192595225e-6;
const SLOPE_P10: f64 = 7.478417186550187e-8;

const SLOPE_Q0: f64 = 1.0;
const SLOPE_Q1: f64 = 2.6635263340827247;
const SLOPE_Q2: f64 = 3.3451747030955996;
const SLOPE_Q3: f64 = 2.6245830751009875;
const SLOPE_Q4: f64 = 1.4359551056404394;
const SLOPE_Q5: f64 = 0.5786713744682345;
const SLOPE_Q6: f64 = 0.17667555555733386;
const SLOPE_Q7: f64 = 0.04133276939870297;
const SLOPE_Q8: f64 = 0.007388290220350996;
const SLOPE_Q9: f64 = 0.0009900279438169917;
const SLOPE_Q10: f64 = 9.516393897905851e-5;
const SLOPE_Q11: f64 = 5.9600178674165244e-6;
const SLOPE_Q12: f64 = 1.8745611969292527e-7;

const NODE_1: f64 = 0.5384693101056831;
const NODE_2: f64 = 0.906179845938664;
const WEIGHT_0: f64 = 0.5688888888888889;
const WEIGHT_1: f64 = 0.47862867049936647;
const WEIGHT_2: f64 = 0.23692688505618908;

/** Beyond this h, E is 0. */
const FARTHEST_H: f64 = 1e10;

/** -g'(u) = 1/sqrt(2 pi) - u g(u), relative error below 1e-15 for u >= -0.14; two at a time. */
// @ts-ignore: decorator
@inline
function slopePair(u: v128): v128 {
  const z = mul(u, u);
  let even = step(both(SLOPE_P10), z, SLOPE_P8);
  even = step(even, z, SLOPE_P6);
  even = step(even, z, SLOPE_P4);
  even = step(even, z, SLOPE_P2);
  even = step(even, z, SLOPE_P0);
  let odd = step(both(SLOPE_P9), z, SLOPE_P7);
  odd = step(odd, z, SLOPE_P5);
  odd = step(odd, z, SLOPE_P3);
  odd = step(odd, z, SLOPE_P1);
  let evenQ = step(both(SLOPE_Q12), z, SLOPE_Q10);
  evenQ = step(evenQ, z, SLOPE_Q8);
  evenQ = step(evenQ, z, SLOPE_Q6);
  evenQ = step(evenQ, z, SLOPE_Q4);
  evenQ = step(evenQ, z, SLOPE_Q2);
  evenQ = step(evenQ, z, SLOPE_Q0);
  let oddQ = step(both(SLOPE_Q11), z, SLOPE_Q9);
  oddQ = step(oddQ, z, SLOPE_Q7);
  oddQ = step(oddQ, z, SLOPE_Q5);
  oddQ = step(oddQ, z, SLOPE_Q3);
  oddQ = step(oddQ, z, SLOPE_Q1);
  return div(add(mul(odd, u), even), add(mul(oddQ, u), evenQ));
}

/** The two numbers as a pair. */
// @ts-ignore: decorator
@inline
function pair(x: f64, y: f64): v128 {
  return f64x2.replace_lane(both(x), 1, y);
}

// @ts-ignore: decorator
@inline
function sumOf(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** g(x) and g(y), x <= y. */
// @ts-ignore: decorator
@inline
function ratios(x: f64, y: f64): v128 {
  return y <= 90.0 ? tailRatioPair(pair(x, y)) : pair(tailRatio(x), tailRatio(y));
}

/** E = exp(-(h^2 + t^2)/2). */
// @ts-ignore: decorator
@inline
export function normalisedExponential(x: f64, s: f64): f64 {
  const h = min(-x / s, FARTHEST_H);
  return exp(-0.5 * (h * h + 0.25 * s * s));
}

/** b(x, s) for x <= 0, s > 0; e is E of the same x, s; most is exp(x/2). */
export function normalisedBlack(x: f64, s: f64, e: f64, most: f64): f64 {
  const h = min(-x / s, FARTHEST_H);
  const t = 0.5 * s;
  if (s <= 0.25) {
    const near = sumOf(slopePair(pair(h - NODE_1 * t, h + NODE_1 * t)));
    const far = sumOf(slopePair(pair(h - NODE_2 * t, h + NODE_2 * t)));
    const middle = f64x2.extract_lane(slopePair(both(h)), 0);
    return e * t * (WEIGHT_0 * middle + WEIGHT_1 * near + WEIGHT_2 * far);
  }
  const g = ratios(abs(h - t), h + t);
  if (h >= t) return e * (f64x2.extract_lane(g, 0) - f64x2.extract_lane(g, 1));
  return most - e * sumOf(g);
}

/** exp(x/2) - b(x, s), for s >= sqrt(2|x|), to relative accuracy: what is missing to the most the option can be worth. */
export function normalisedGap(x: f64, s: f64, e: f64): f64 {
  const h = -x / s;
  const t = 0.5 * s;
  return e * sumOf(ratios(abs(t - h), t + h));
}

/** db/ds. */
// @ts-ignore: decorator
@inline
export function normalisedVega(e: f64): f64 {
  return e * INVERSE_SQRT_TWO_PI;
}
