/**
 * Exercise boundary of the American put, K = 1: B(tau) = X e^{-h}, X = B(0+) = min(1, r/q) for q > 0, else 1.
 *
 * h is a polynomial in x = sqrt(tau/T) through the Chebyshev nodes, h(0) = 0. At each node the smooth-pasting equation of
 * Andersen, Lake and Offengenden (High Performance American Option Pricing, 2015, their fixed point A),
 *
 *     ln B = ln(N/D) - (r-q) tau
 *     N = phi(d-)/s + int r e^{ru} phi(e-)/v du                      s = sigma sqrt(tau), v = sigma sqrt(tau - u)
 *     D = phi(d+)/s + Phi(d+) + int q e^{qu} (Phi(e+) + phi(e+)/v) du
 *     d+- = (ln B(tau) + (r-q) tau)/s +- s/2,  e+- = (ln(B(tau)/B(u)) + (r-q)(tau-u))/v +- v/2
 *
 * is solved by Newton's method for all nodes at once with the exact Jacobian, not by fixed-point sweeps: it converges for
 * r far above or below q, where the sweeps need many steps or diverge. u = tau sin^2(angle) makes sqrt(u) and sqrt(tau-u)
 * analytic, so Gauss-Legendre in the angle converges fast. Coarse levels (n = 4, 8, ...) start the finer ones.
 */
import { log } from "./elementary";
import { gaussian, gaussianPair } from "./gaussian";
import { FARTHEST, INVERSE_SQRT_TWO_PI, normalCdf, tailPPair, tailQPair } from "./normal";
import { add, atMost, both, div, mul, sub } from "./vector";
import { quadrature } from "./american-tables";
import {
  BOUNDARY,
  COARSE,
  ROW,
  SYSTEM,
  abscissa,
  fillCardinals,
  get,
  levelCarry,
  levelMatrix,
  levelSize,
  put,
} from "./american-workspace";

/** h of the perpetual put; 20 (B = 2e-9 X) where early exercise vanishes at long times. */
function perpetual(sigma: f64, rate: f64, yieldRate: f64, lnX: f64): f64 {
  const variance = sigma * sigma;
  const drift = rate - yieldRate - 0.5 * variance;
  const root = sqrt(drift * drift + 2.0 * rate * variance);
  const power = drift > 0.0 ? -(drift + root) / variance : (2.0 * rate) / (drift - root);
  return power < -1e-8 ? lnX - log(power / (power - 1.0)) : 20.0;
}

/**
 * First guess: expiry asymptotics sigma sqrt(tau ln(...)) of Evans, Kuske and Keller (Math. Finance 12, 2002) for r > q and
 * r = q, at least 0.6 sigma sqrt(tau) for r < q, bounded by the perpetual value through 1/h^2 = 1/h1^2 + 1/h2^2.
 */
function guess(sigma: f64, rate: f64, yieldRate: f64, lnX: f64, tau: f64): f64 {
  const carry = rate - yieldRate;
  const level = -2.0 * log(7.09 * max(rate, 1e-300) * tau);
  const above = log((sigma * sigma) / (25.13 * tau * carry * carry));
  const width = sigma * sqrt(tau);
  let near = width * sqrt(max(rate > yieldRate ? min(above, level) : level, 0.5));
  if (rate < yieldRate) near = max(near + lnX, 0.6 * width);
  const far = perpetual(sigma, rate, yieldRate, lnX);
  return 1.0 / sqrt(1.0 / (near * near) + 1.0 / (far * far));
}

/**
 * Writes equation i of Newton's system: the derivative by each h_j, and minus the residual in column n. Longer than the
 * house's limit: value and derivative share every intermediate of the node, and splitting them would pass twelve numbers.
 */
function fillEquation(ws: usize, n: i32, i: i32, sigma: f64): void {
  const years = get(ws, 3);
  const drift = get(ws, 4) - get(ws, 5);
  const size = levelSize(n);
  const nodes = quadrature(size);
  const matrix = levelMatrix(ws, n) + ((<usize>(i * n * size)) << 3);
  const carry = levelCarry(ws, n) + ((<usize>(i * 2 * size)) << 3);
  const boundary = ws + BOUNDARY;
  const x = abscissa(n, i);
  const tau = years * x * x;
  const width = sigma * sqrt(tau);
  const h = get(boundary, i);
  const lnB = get(ws, 6) - h;
  const dMinus = (lnB + drift * tau) / width - 0.5 * width;
  const dPlus = dMinus + width;
  const endMinus = (INVERSE_SQRT_TWO_PI * gaussian(min(abs(dMinus), FARTHEST))) / width;
  const endPlus = (INVERSE_SQRT_TWO_PI * gaussian(min(abs(dPlus), FARTHEST))) / width;
  let top = both(0.0);
  let bottom = both(0.0);
  let topSlope = both(0.0);
  let bottomSlope = both(0.0);
  const row = ws + ROW;
  for (let k = 0; k < size; k += 2) {
    const at = (<usize>k) << 3;
    let hu = both(0.0);
    for (let j = 0; j < n; j++) {
      hu = add(hu, mul(v128.load(matrix + ((<usize>(j * size)) << 3) + at), both(get(boundary, j))));
    }
    const v = mul(both(width), v128.load(nodes + ((<usize>size) << 3) + at));
    const inverse = div(both(1.0), v);
    const half = mul(both(0.5), v);
    const centre = mul(add(sub(hu, both(h)), mul(both(drift / (sigma * sigma)), mul(v, v))), inverse);
    const eMinus = sub(centre, half);
    const ePlus = add(centre, half);
    const scaled = mul(inverse, both(INVERSE_SQRT_TWO_PI));
    const phiMinus = mul(gaussianPair(atMost(f64x2.abs(eMinus), both(FARTHEST))), scaled);
    const a = atMost(f64x2.abs(ePlus), both(FARTHEST));
    const bell = gaussianPair(a);
    const tail = div(mul(bell, tailPPair(a)), tailQPair(a));
    const cdf = v128.bitselect(sub(both(1.0), tail), tail, f64x2.ge(ePlus, both(0.0)));
    const q = v128.load(carry + ((<usize>size) << 3) + at);
    const gMinus = mul(v128.load(carry + at), phiMinus);
    const gPlus = mul(q, mul(bell, scaled));
    const slopeMinus = f64x2.neg(mul(mul(gMinus, eMinus), inverse));
    const slopePlus = sub(gPlus, mul(mul(gPlus, ePlus), inverse));
    top = add(top, gMinus);
    topSlope = add(topSlope, slopeMinus);
    bottom = add(bottom, add(mul(q, cdf), gPlus));
    bottomSlope = add(bottomSlope, slopePlus);
    v128.store(row + at, slopeMinus);
    v128.store(row + 256 + at, slopePlus);
  }
  const numerator = endMinus + (f64x2.extract_lane(top, 0) + f64x2.extract_lane(top, 1));
  const denominator =
    endPlus + normalCdf(dPlus) + (f64x2.extract_lane(bottom, 0) + f64x2.extract_lane(bottom, 1));
  const slope =
    ((-dMinus * endMinus) / width + (f64x2.extract_lane(topSlope, 0) + f64x2.extract_lane(topSlope, 1))) /
      numerator -
    (endPlus -
      (dPlus * endPlus) / width +
      (f64x2.extract_lane(bottomSlope, 0) + f64x2.extract_lane(bottomSlope, 1))) /
      denominator;
  const out = ws + SYSTEM + ((<usize>(i * (n + 1))) << 3);
  const residual = log(numerator / denominator) - drift * tau - lnB;
  fillDerivatives(row, matrix, n, size, 1.0 / numerator, 1.0 / denominator, out);
  put(out, i, get(out, i) - slope + 1.0);
  put(out, n, -residual);
}

/** out[j] = sum over k of (slopeMinus_k / N - slopePlus_k / D) matrix[j][k]. */
function fillDerivatives(
  row: usize,
  matrix: usize,
  n: i32,
  size: i32,
  byTop: f64,
  byBottom: f64,
  out: usize,
): void {
  for (let k = 0; k < size; k += 2) {
    const at = row + ((<usize>k) << 3);
    v128.store(at, sub(mul(v128.load(at), both(byTop)), mul(v128.load(at + 256), both(byBottom))));
  }
  for (let j = 0; j < n; j++) {
    let sum = both(0.0);
    for (let k = 0; k < size; k += 2) {
      const at = (<usize>k) << 3;
      sum = add(sum, mul(v128.load(row + at), v128.load(matrix + ((<usize>(j * size)) << 3) + at)));
    }
    put(out, j, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  }
}

/** Solves the n x (n + 1) system in place by Gaussian elimination with row pivoting; the solution is left in column n. */
function solveSystem(system: usize, n: i32): void {
  const width = n + 1;
  for (let p = 0; p < n; p++) {
    let best = p;
    for (let i = p + 1; i < n; i++) {
      if (abs(get(system, i * width + p)) > abs(get(system, best * width + p))) best = i;
    }
    for (let j = p; best != p && j <= n; j++) {
      const kept = get(system, p * width + j);
      put(system, p * width + j, get(system, best * width + j));
      put(system, best * width + j, kept);
    }
    const inverse = 1.0 / get(system, p * width + p);
    for (let i = p + 1; i < n; i++) {
      const factor = get(system, i * width + p) * inverse;
      for (let j = p + 1; j <= n; j++) {
        put(system, i * width + j, get(system, i * width + j) - factor * get(system, p * width + j));
      }
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = get(system, i * width + n);
    for (let j = i + 1; j < n; j++) sum -= get(system, i * width + j) * get(system, j * width + n);
    put(system, i * width + n, sum / get(system, i * width + i));
  }
}

/** One Newton step, each h held within a factor 2; returns the largest relative change (NaN when the step failed). */
function newtonStep(ws: usize, n: i32, sigma: f64): f64 {
  for (let i = 0; i < n; i++) fillEquation(ws, n, i, sigma);
  solveSystem(ws + SYSTEM, n);
  let change = 0.0;
  for (let i = 0; i < n; i++) {
    const h = get(ws + BOUNDARY, i);
    const next = min(max(h + get(ws + SYSTEM, i * (n + 1) + n), 0.5 * h), 2.0 * h);
    change = max(change, abs(next - h) / h);
    put(ws + BOUNDARY, i, next);
  }
  return change;
}

/** Level n/2 in `coarse` evaluated at the nodes of level n (every second one coincides). */
function refine(ws: usize, n: i32, sigma: f64): void {
  const half = n / 2;
  memory.copy(ws + COARSE, ws + BOUNDARY, 256);
  for (let i = 0; i < n; i++) {
    let h = get(ws + COARSE, i / 2);
    if (i & 1) {
      fillCardinals(half, abscissa(n, i), ws + ROW, 1);
      h = 0.0;
      for (let j = 0; j < half; j++) h += get(ws + ROW, j) * get(ws + COARSE, j);
    }
    put(ws + BOUNDARY, i, max(h, 0.4 * sigma * sqrt(get(ws, 3)) * abscissa(n, i)));
  }
}

/**
 * Solves the boundary of the workspace's expiry at volatility sigma; h_0..h_{n-1} are left in `boundary`.
 * Returns the last relative Newton change: below 1e-4 the next one is of its square. NaN or a large value: not solved.
 * Where a fine level does not converge (r just below q: a layer thinner than the nodes at expiry) the polynomial of the
 * level below, which did, is kept.
 */
export function solveBoundary(ws: usize, sigma: f64, tolerance: f64): f64 {
  const n = <i32>get(ws, 0);
  for (let i = 0; i < 4; i++) {
    const x = abscissa(4, i);
    put(ws + BOUNDARY, i, guess(sigma, get(ws, 4), get(ws, 5), get(ws, 6), get(ws, 3) * x * x));
  }
  let change = iterate(ws, 4, sigma, 2e-3);
  let kept = false;
  for (let level = 8; level <= n; level *= 2) {
    refine(ws, level, sigma);
    if (kept) continue;
    const next = iterate(ws, level, sigma, level == n ? tolerance : level == 16 ? 1e-6 : 1e-4);
    kept = level > 8 && !(next < 1e-5);
    if (kept) {
      memory.copy(ws + BOUNDARY, ws + COARSE, 256);
      refine(ws, level, sigma);
    } else change = next;
  }
  return kept ? change * change : change;
}

/** Newton's steps at one level until the change is at most `enough`; returns the last change. */
function iterate(ws: usize, n: i32, sigma: f64, enough: f64): f64 {
  let change = NaN;
  for (let step = 0; step < 14; step++) {
    change = newtonStep(ws, n, sigma);
    if (!(change > enough)) break;
  }
  return change;
}
