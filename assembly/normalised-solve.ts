/**
 * Inverse of the normalised Black function: the s > 0 with b(x, s) = value.
 *
 * Four regions by the tangent at the inflection point c = sqrt(2|x|) (Jaeckel, Let's be rational, 2015): below its zero l,
 * l .. c, c .. h where it meets the maximum exp(x/2), above h. In each, Halley's iteration on a function that is almost a
 * straight line in s:
 *
 *     below l   1/sqrt(-ln(b/max))          (s sqrt(2)/|x| as s -> 0)
 *     l .. h    b
 *     above h   sqrt(-ln(1 - b/max))        (s/sqrt(8) as s -> infinity)
 *
 * from a cubic in the ordinate that has the right values and slopes at the region's ends. Every step is kept inside a
 * shrinking bracket. The step after one of relative size 1e-5 is below rounding (third order), so it is not taken.
 */
import { exp, log } from "./elementary";
import { normalisedBlack, normalisedExponential, normalisedGap, normalisedVega } from "./normalised-black";

const MOST_STEPS: i32 = 40;
const SMALL_STEP: f64 = 1e-5;
const SQRT_HALF: f64 = 0.7071067811865476;

/** s of the cubic through (y0, s0) and (y1, s1) with slopes ds/dy m0 and m1, kept within s0 .. s1. */
function cubic(y: f64, y0: f64, s0: f64, m0: f64, y1: f64, s1: f64, m1: f64): f64 {
  const width = y1 - y0;
  const u = (y - y0) / width;
  const w = 1.0 - u;
  const guess = w * w * ((1.0 + 2.0 * u) * s0 + u * width * m0) + u * u * ((1.0 + 2.0 * w) * s1 - w * width * m1);
  return guess > s0 && guess < s1 ? guess : s0 + u * (s1 - s0);
}

/** d ln(db/ds) / ds. */
// @ts-ignore: decorator
@inline
function curvature(x: f64, s: f64): f64 {
  return (x / s) * (x / s) / s - 0.25 * s;
}

/** Newton's step n and the ratio f''/f' joined by Halley's rule. */
// @ts-ignore: decorator
@inline
function halley(n: f64, ratio: f64): f64 {
  return n / max(1.0 - 0.5 * n * ratio, 0.25);
}

/**
 * The next s: the step's within the bracket, otherwise the bracket's middle. A step so small that it is the last one is
 * taken as it is: there the bracket's end may be wrong by a rounding error.
 */
// @ts-ignore: decorator
@inline
function guarded(s: f64, next: f64, low: f64, high: f64): f64 {
  if ((next > low && next < high) || abs(next - s) <= SMALL_STEP * s) return next;
  return high == Infinity ? 2.0 * low : 0.5 * (low + high);
}

/** Below l: on y = 1/sqrt(-ln(b/max)). */
function solveLow(x: f64, value: f64, most: f64, l: f64, bl: f64, vl: f64): f64 {
  const target = 1.0 / sqrt(-log(value / most));
  const yl = 1.0 / sqrt(-log(bl / most));
  let s = cubic(target, 0.0, 0.0, -x * SQRT_HALF, yl, l, (2.0 * bl) / (vl * yl * yl * yl));
  let low: f64 = 0.0;
  let high: f64 = l;
  for (let i = 0; i < MOST_STEPS; i++) {
    const e = normalisedExponential(x, s);
    const b = normalisedBlack(x, s, e, most);
    if (b < value) low = s;
    else high = s;
    let next: f64 = 0.0;
    if (b > 0.0) {
      const r = normalisedVega(e) / b;
      const inverse = -1.0 / log(b / most);
      const y = sqrt(inverse);
      const n = (y - target) / (0.5 * y * inverse * r);
      next = s - halley(n, 1.5 * r * inverse + curvature(x, s) - r);
    }
    next = guarded(s, next, low, high);
    const step = abs(next - s);
    s = next;
    if (step <= SMALL_STEP * s) break;
  }
  return s;
}

/** l .. h: on b itself. */
function solveMiddle(x: f64, value: f64, most: f64, guess: f64, from: f64, to: f64): f64 {
  let s = guess;
  let low = from;
  let high = to;
  for (let i = 0; i < MOST_STEPS; i++) {
    const e = normalisedExponential(x, s);
    const b = normalisedBlack(x, s, e, most);
    if (b < value) low = s;
    else high = s;
    const next = guarded(s, s - halley((b - value) / normalisedVega(e), curvature(x, s)), low, high);
    const step = abs(next - s);
    s = next;
    if (step <= SMALL_STEP * s) break;
  }
  return s;
}

/** Above h: on y = sqrt(-ln(gap/max)). */
function solveHigh(x: f64, gap: f64, most: f64, h: f64): f64 {
  const target = sqrt(-log(gap / most));
  let s = h;
  let low: f64 = h * 0.999;
  let high: f64 = Infinity;
  for (let i = 0; i < MOST_STEPS; i++) {
    const e = normalisedExponential(x, s);
    const missing = normalisedGap(x, s, e);
    if (missing > gap) low = max(low, s);
    else high = s;
    const r = normalisedVega(e) / missing;
    const square = -log(missing / most);
    const y = sqrt(square);
    const n = ((y - target) * 2.0 * y) / r;
    const next = guarded(s, s - halley(n, curvature(x, s) + r - (0.5 * r) / square), low, high);
    const step = abs(next - s);
    s = next;
    if (step <= SMALL_STEP * s) break;
  }
  return s;
}

/**
 * s with b(x, s) = value, for x <= 0, 0 < value < exp(x/2).
 *
 * @param gap exp(x/2) - value, given apart so that it has its own relative accuracy
 */
export function normalisedDeviation(x: f64, value: f64, gap: f64): f64 {
  const most = exp(0.5 * x);
  const c = sqrt(-2.0 * x);
  // at c, h = t = sqrt(|x|/2): E is exp(x/2)
  const bc = x == 0.0 ? 0.0 : normalisedBlack(x, c, most, most);
  const vc = normalisedVega(most);
  if (value < bc) {
    const l = c - bc / vc;
    const el = normalisedExponential(x, l);
    const bl = normalisedBlack(x, l, el, most);
    if (value < bl) return solveLow(x, value, most, l, bl, normalisedVega(el));
    const guess = cubic(value, bl, l, 1.0 / normalisedVega(el), bc, c, 1.0 / vc);
    return solveMiddle(x, value, most, guess, l * 0.999, c * 1.001);
  }
  const h = c + (most - bc) / vc;
  const eh = normalisedExponential(x, h);
  const gh = normalisedGap(x, h, eh);
  if (gap < gh) return solveHigh(x, gap, most, h);
  const guess = cubic(value, bc, c, 1.0 / vc, most - gh, h, 1.0 / normalisedVega(eh));
  return solveMiddle(x, value, most, guess, c * 0.999, h * 1.001);
}
