import { exp, log, logPair } from "./elementary";
import { DividendSolve, PAD_NODES, nodeScale, valueAtZero } from "./dividends-grid";

/**
 * The three operations of the backward induction: diffusion over a time step, exercise, and the dividend's jump.
 * Rows are those of dividends-grid.ts: nodes, values, work: f64, index -PAD_NODES .. count + PAD_NODES - 1.
 */

/** Below this variance per step (in squared spacings) the 7-point kernel is used, above it the sampled Gaussian. */
const SEVEN_POINT_VARIANCE: f64 = 1.3;
/** The sampled Gaussian is cut at this many standard deviations: variance lost 1.2e-6 of itself. */
const GAUSSIAN_REACH: f64 = 5.5;
/** Longest step of one convolution, squared spacings: 16^2, half-width 88 <= PAD_NODES. */
export const MAX_STEP_VARIANCE: f64 = 256.0;

/**
 * Fills n nodes beyond each end by the straight line in the spot through the last two nodes, kept between 0 and (for
 * a put) the value at spot 0.
 */
export function padEnds(solve: DividendSolve, n: i32): void {
  const nodes = solve.nodesPtr;
  const values = solve.valuesPtr;
  const cap = solve.sign > 0 ? Infinity : valueAtZero(solve);
  const node0 = load<f64>(nodes);
  const value0 = load<f64>(values);
  const slope0 = (load<f64>(values, 8) - value0) / (load<f64>(nodes, 8) - node0);
  const end = (solve.count - 1) << 3;
  const node1 = load<f64>(nodes + end);
  const value1 = load<f64>(values + end);
  const slope1 = (value1 - load<f64>(values + end - 8)) / (node1 - load<f64>(nodes + end - 8));
  for (let k = 1; k <= n; k++) {
    const offset = (<usize>k) << 3;
    const below = value0 + slope0 * (load<f64>(nodes - offset) - node0);
    store<f64>(values - offset, min(max(below, 0.0), cap));
    const above = value1 + slope1 * (load<f64>(nodes + end + offset) - node1);
    store<f64>(values + end + offset, min(max(above, 0.0), cap));
  }
}

/**
 * Takes the values back by `years`: V(t - years, y) = e^{-rate years} E[V(t, y + vol sqrt(years) Z)].
 *
 * The integral is the trapezoidal rule on the nodes, which for a Gaussian weight errs by e^{-2 pi^2 v} only,
 * v = vol^2 years / spacing^2 (v >= 1.3: 7e-12); kinks of the values are accounted for where they arise (`exercise`).
 * For shorter steps the symmetric 7-point kernel with the Gaussian's moments up to the sixth.
 */
export function diffuse(solve: DividendSolve, years: f64): void {
  if (!(years > 0)) return;
  const variance = (solve.vol * solve.vol * years) / (solve.spacing * solve.spacing);
  const parts = max(1, <i32>ceil(variance / MAX_STEP_VARIANCE));
  const part = years / <f64>parts;
  const discount = exp(-solve.rate * part);
  const half = fillWeights(solve.weightsPtr, variance / <f64>parts, discount);
  const end = solve.time - years;
  for (let i = 0; i < parts; i++) {
    padEnds(solve, half);
    if (half == 3) convolveSeven(solve);
    else convolve(solve, half);
    const values = solve.valuesPtr;
    solve.valuesPtr = solve.workPtr;
    solve.workPtr = values;
    solve.time -= part;
  }
  solve.time = end;
}

/** Writes weights[0 .. half] (weights[k] for the nodes k to the left and right) times `scale`; returns half. */
function fillWeights(weightsPtr: usize, variance: f64, scale: f64): i32 {
  const v = variance;
  if (v < SEVEN_POINT_VARIANCE) {
    // e^{-v k^2 / 2} as a polynomial in s = 4 sin^2(k/2), using k^2 = s + s^2/12 + s^3/90 + ...
    const a = -0.5 * v;
    const b = v * (v / 8.0 - 1.0 / 24.0);
    const c = v * ((v - v * v) / 48.0 - 1.0 / 180.0);
    store<f64>(weightsPtr, (1.0 + 2.0 * a + 6.0 * b + 20.0 * c) * scale);
    store<f64>(weightsPtr, (-a - 4.0 * b - 15.0 * c) * scale, 8);
    store<f64>(weightsPtr, (b + 6.0 * c) * scale, 16);
    store<f64>(weightsPtr, -c * scale, 24);
    return 3;
  }
  const half = max(4, min(<i32>ceil(GAUSSIAN_REACH * sqrt(v)), PAD_NODES - 8));
  let ratio = exp(-0.5 / v);
  const step = ratio * ratio;
  let weight: f64 = 1.0;
  let sum: f64 = 1.0;
  store<f64>(weightsPtr, 1.0);
  for (let k = 1; k <= half; k++) {
    weight *= ratio;
    ratio *= step;
    sum += 2.0 * weight;
    store<f64>(weightsPtr + ((<usize>k) << 3), weight);
  }
  const norm = scale / sum;
  for (let k = 0; k <= half; k++) {
    const ptr = weightsPtr + ((<usize>k) << 3);
    store<f64>(ptr, load<f64>(ptr) * norm);
  }
  return half;
}

/** work = 7-point kernel * values, two nodes to a vector, four nodes to a turn. */
function convolveSeven(solve: DividendSolve): void {
  const w0 = v128.load64_splat(solve.weightsPtr);
  const w1 = v128.load64_splat(solve.weightsPtr, 8);
  const w2 = v128.load64_splat(solve.weightsPtr, 16);
  const w3 = v128.load64_splat(solve.weightsPtr, 24);
  const end = solve.valuesPtr + ((<usize>solve.count) << 3);
  let out = solve.workPtr;
  for (let p = solve.valuesPtr; p < end; p += 32, out += 32) {
    // x[k] = nodes i - 3 + k and i - 2 + k
    const a0 = v128.load(p - 24);
    const a1 = v128.load(p - 16);
    const a2 = v128.load(p - 8);
    const a3 = v128.load(p);
    const a4 = v128.load(p + 8);
    const a5 = v128.load(p + 16);
    const a6 = v128.load(p + 24);
    const a7 = v128.load(p + 32);
    const a8 = v128.load(p + 40);
    let x = f64x2.mul(w0, a3);
    let y = f64x2.mul(w0, a5);
    x = f64x2.add(x, f64x2.mul(w1, f64x2.add(a2, a4)));
    y = f64x2.add(y, f64x2.mul(w1, f64x2.add(a4, a6)));
    x = f64x2.add(x, f64x2.mul(w2, f64x2.add(a1, a5)));
    y = f64x2.add(y, f64x2.mul(w2, f64x2.add(a3, a7)));
    x = f64x2.add(x, f64x2.mul(w3, f64x2.add(a0, a6)));
    y = f64x2.add(y, f64x2.mul(w3, f64x2.add(a2, a8)));
    v128.store(out, x);
    v128.store(out + 16, y);
  }
}

/** work = kernel of half-width `half` * values, eight nodes to a turn. */
function convolve(solve: DividendSolve, half: i32): void {
  const weights = solve.weightsPtr;
  const end = solve.valuesPtr + ((<usize>solve.count) << 3);
  const reach = (<usize>half) << 3;
  let out = solve.workPtr;
  for (let p = solve.valuesPtr; p < end; p += 64, out += 64) {
    const centre = v128.load64_splat(weights);
    let a = f64x2.mul(centre, v128.load(p));
    let b = f64x2.mul(centre, v128.load(p, 16));
    let c = f64x2.mul(centre, v128.load(p, 32));
    let d = f64x2.mul(centre, v128.load(p, 48));
    for (let k: usize = 8; k <= reach; k += 8) {
      const w = v128.load64_splat(weights + k);
      const left = p - k;
      const right = p + k;
      a = f64x2.add(a, f64x2.mul(w, f64x2.add(v128.load(left), v128.load(right))));
      b = f64x2.add(b, f64x2.mul(w, f64x2.add(v128.load(left, 16), v128.load(right, 16))));
      c = f64x2.add(c, f64x2.mul(w, f64x2.add(v128.load(left, 32), v128.load(right, 32))));
      d = f64x2.add(d, f64x2.mul(w, f64x2.add(v128.load(left, 48), v128.load(right, 48))));
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
}

/**
 * Exercise: values = max(values, sign * (S - strike)), with the kink's quadrature error made good.
 *
 * Summing nodes instead of integrating misses, for a kink of slope change J (per node) at x in [0, 1] between two
 * nodes, J (x^2/2 - x/2 + 1/12) spacings (Euler-Maclaurin); that much is added to the two nodes in the ratio
 * 1 - x : x, which leaves an error of third order in the spacing. The kink is the root of the cubic through the
 * four nearest differences continuation - exercise.
 */
export function exercise(solve: DividendSolve): void {
  const values = solve.valuesPtr;
  const nodes = solve.nodesPtr;
  const work = solve.workPtr;
  const scale = f64x2.splat(solve.sign * nodeScale(solve));
  const strike = f64x2.splat(solve.sign * solve.strike);
  const bytes = (<usize>solve.count) << 3;
  let before =
    load<f64>(values) - (load<f64>(nodes) * f64x2.extract_lane(scale, 0) - f64x2.extract_lane(strike, 0)) < 0
      ? 1
      : 0;
  let first: usize = bytes;
  let last: usize = 0;
  for (let p: usize = 0; p < bytes; p += 16) {
    const now = f64x2.sub(f64x2.mul(v128.load(nodes + p), scale), strike);
    const held = v128.load(values + p);
    const difference = f64x2.sub(held, now);
    v128.store(work + p, difference);
    v128.store(values + p, f64x2.max(held, now));
    const mask = i64x2.bitmask(difference);
    if (mask != before * 3) {
      first = min(first, p);
      last = p;
    }
    before = mask >> 1;
  }
  if (first == bytes) return;
  const from = max<isize>(8, <isize>first - 8);
  const to = min(<isize>last + 8, <isize>bytes - 24);
  for (let p = from; p <= to; p += 8) {
    if (load<f64>(work + p) < 0 != load<f64>(work + p + 8) < 0) smoothKink(values + p, work + p);
  }
}

/** Adds the correction of `exercise` between the nodes at valuesPtr and valuesPtr + 8; differences likewise. */
function smoothKink(valuesPtr: usize, differencesPtr: usize): void {
  const d0 = load<f64>(differencesPtr - 8);
  const d1 = load<f64>(differencesPtr);
  const d2 = load<f64>(differencesPtr, 8);
  const d3 = load<f64>(differencesPtr, 16);
  const c1 = d2 - d1;
  const c2 = 0.5 * (d0 - 2.0 * d1 + d2);
  const c3 = (d3 - 3.0 * d2 + 3.0 * d1 - d0) / 6.0;
  let x = d1 / (d1 - d2);
  let slope: f64 = c1;
  for (let k = 0; k < 4; k++) {
    slope = c1 + (2.0 * x - 1.0) * c2 + (3.0 * x * x - 1.0) * c3;
    const excess = d1 + x * (c1 + (x - 1.0) * (c2 + (x + 1.0) * c3));
    const next = x - excess / slope;
    x = next >= 0 && next <= 1 ? next : x;
  }
  slope = c1 + (2.0 * x - 1.0) * c2 + (3.0 * x * x - 1.0) * c3;
  const missing = abs(slope) * (1.0 / 12.0 - 0.5 * x * (1.0 - x));
  store<f64>(valuesPtr, load<f64>(valuesPtr) + (1.0 - x) * missing);
  store<f64>(valuesPtr, load<f64>(valuesPtr, 8) + x * missing, 8);
}

/**
 * Value at a position in node units, by the six-point Lagrange polynomial; needs padEnds(solve, 4) at least and
 * 0 <= position <= count - 1.
 */
export function interpolate(solve: DividendSolve, position: f64): f64 {
  const whole = floor(position);
  const x = position - whole;
  const p = solve.valuesPtr + ((<usize>(<i32>whole)) << 3);
  const a = x + 2.0;
  const b = x + 1.0;
  const d = x - 1.0;
  const e = x - 2.0;
  const f = x - 3.0;
  const ab = a * b;
  const ef = e * f;
  const xd = x * d;
  return (
    load<f64>(p - 16) * (b * xd * ef) * (-1.0 / 120.0) +
    load<f64>(p - 8) * (a * xd * ef) * (1.0 / 24.0) +
    load<f64>(p) * (ab * d * ef) * (-1.0 / 12.0) +
    load<f64>(p, 8) * (ab * x * ef) * (1.0 / 12.0) +
    load<f64>(p, 16) * (ab * xd * f) * (-1.0 / 24.0) +
    load<f64>(p, 24) * (ab * xd * e) * (1.0 / 120.0)
  );
}

/**
 * The ex-date, backwards: V(t-, S) = V(t, S - cash) for S > cash, the value at spot 0 otherwise. Below the grid the
 * straight line of padEnds.
 */
export function payDividend(solve: DividendSolve, cash: f64): void {
  padEnds(solve, 4);
  const scale = nodeScale(solve);
  const atZero = valueAtZero(solve);
  const cap = solve.sign > 0 ? Infinity : atZero;
  const node0 = load<f64>(solve.nodesPtr) * scale;
  const value0 = load<f64>(solve.valuesPtr);
  const slope = (load<f64>(solve.valuesPtr, 8) - value0) / (load<f64>(solve.nodesPtr, 8) * scale - node0);
  const inverse = 1.0 / solve.spacing;
  for (let i = 0; i < solve.count; i++) {
    const spot = load<f64>(solve.nodesPtr + ((<usize>i) << 3)) * scale;
    const left = spot - cash;
    let value = atZero;
    if (left > 0) {
      const position = <f64>i + log(left / spot) * inverse;
      value =
        position >= 0 ? interpolate(solve, position) : min(max(value0 + slope * (left - node0), 0.0), cap);
    }
    store<f64>(solve.workPtr + ((<usize>i) << 3), value);
  }
  const values = solve.valuesPtr;
  solve.valuesPtr = solve.workPtr;
  solve.workPtr = values;
}
