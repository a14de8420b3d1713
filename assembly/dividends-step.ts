import { exp, log, logPair } from "./elementary";
import { DividendSolve, PAD_NODES, nodeScale, valueAtZero } from "./dividends-grid";

/**
 * The three operations of the backward induction: diffusion over a time step, exercise, and the dividend's jump.
 * Rows are those of dividends-grid.ts: nodes, values, work: f64, index -PAD_NODES .. count + PAD_NODES - 1.
 */

/** Below this variance per step (in squared spacings) the 7-point kernel is used, above it the sampled Gaussian. */
const SEVEN_POINT_VARIANCE: f64 = 1.3;
/**
 * The sampled Gaussian is cut at this many standard deviations. Its variance is kept by moving the missing part (1.2e-6
 * of it, 3e-4 in a short step) to the three nodes in the middle.
 */
const GAUSSIAN_REACH: f64 = 5.5;
/** In short steps, one of many, what the cut does to the fourth moment is divided by the number of steps. */
const SHORT_REACH: f64 = 4.4;
const SHORT_VARIANCE: f64 = 4.0;
/** Longest step of one convolution, squared spacings: 16^2, half-width 88 <= PAD_NODES. */
export const MAX_STEP_VARIANCE: f64 = 256.0;

/**
 * Fills n nodes beyond each end of the grid by the straight line in the spot through the last two nodes, kept between
 * 0 and (for a put) the value at spot 0.
 */
export function padEnds(solve: DividendSolve, n: i32): void {
  padEnd(solve, 0, -8, n);
  padEnd(solve, (<usize>solve.count - 1) << 3, 8, n);
}

/** Fills n nodes outwards (`step` = +8 or -8 bytes) from the end node at byte offset `end`. */
function padEnd(solve: DividendSolve, end: usize, step: isize, n: i32): void {
  const nodes = solve.nodesPtr + end;
  const values = solve.valuesPtr + end;
  const cap = solve.sign > 0 ? Infinity : valueAtZero(solve);
  const node = load<f64>(nodes);
  const value = load<f64>(values);
  const slope = (load<f64>(values - step) - value) / (load<f64>(nodes - step) - node);
  for (let k = 1, offset = step; k <= n; k++, offset += step) {
    const line = value + slope * (load<f64>(nodes + offset) - node);
    store<f64>(values + offset, min(max(line, 0.0), cap));
  }
}

/** values[i] = sign * (S_i - strike) for from <= i < to (rounded up to a whole pair). */
function fillExerciseValues(solve: DividendSolve, from: i32, to: i32): void {
  const scale = f64x2.splat(solve.sign * nodeScale(solve));
  const strike = f64x2.splat(solve.sign * solve.strike);
  const end = (<isize>to) << 3;
  for (let p = (<isize>from) << 3; p < end; p += 16) {
    const now = f64x2.sub(f64x2.mul(v128.load(solve.nodesPtr + p), scale), strike);
    v128.store(solve.valuesPtr + p, now);
  }
}

/** Stores the values of the exercised nodes beyond low .. high - 1; from then on the whole grid holds values. */
export function settle(solve: DividendSolve): void {
  if (solve.low > 0) {
    // whole pairs: the last store may reach one node too far, which is put back
    const kept = load<f64>(solve.valuesPtr + ((<usize>solve.low) << 3));
    fillExerciseValues(solve, 0, solve.low);
    store<f64>(solve.valuesPtr + ((<usize>solve.low) << 3), kept);
  }
  if (solve.high < solve.count) fillExerciseValues(solve, solve.high, solve.count);
  solve.low = 0;
  solve.high = solve.count;
}

/**
 * Takes the values back by `years`: V(t - years, y) = e^{-rate years} E[V(t, y + vol sqrt(years) Z)].
 *
 * The integral is the trapezoidal rule on the nodes, which for a Gaussian weight errs by e^{-2 pi^2 v} only,
 * v = vol^2 years / spacing^2 (v >= 1.3: 7e-12); kinks of the values are accounted for where they arise (`exercise`).
 * For shorter steps the symmetric 7-point kernel with the Gaussian's moments up to the sixth.
 *
 * Nodes whose whole kernel lies among exercised nodes stay exercised (holding them loses the interest that made
 * exercise right a step later), so low and high move outwards by the half-width at most.
 */
export function diffuse(solve: DividendSolve, years: f64): void {
  if (!(years > 0)) return;
  const variance = (solve.vol * solve.vol * years) / (solve.spacing * solve.spacing);
  const parts = max(1, <i32>ceil(variance / MAX_STEP_VARIANCE));
  const part = years / <f64>parts;
  if (part != solve.weightsYears) {
    solve.half = fillWeights(solve.weightsPtr, variance / <f64>parts, exp(-solve.rate * part));
    solve.weightsYears = part;
  }
  const end = solve.time - years;
  for (let i = 0; i < parts; i++) {
    widen(solve, solve.half);
    if (solve.half == 3) convolveSeven(solve);
    else convolve(solve, solve.half);
    const values = solve.valuesPtr;
    solve.valuesPtr = solve.workPtr;
    solve.workPtr = values;
    solve.time -= part;
  }
  solve.time = end;
}

/** Moves low and high outwards by `half` nodes and stores what the convolution of low .. high - 1 reads beyond. */
function widen(solve: DividendSolve, half: i32): void {
  const low = solve.low;
  const high = solve.high;
  if (low > 0) {
    solve.low = max(0, low - half);
    const kept = load<f64>(solve.valuesPtr + ((<usize>low) << 3));
    fillExerciseValues(solve, solve.low - half, low);
    store<f64>(solve.valuesPtr + ((<usize>low) << 3), kept);
  } else padEnd(solve, 0, -8, half);
  if (high < solve.count) {
    solve.high = min(solve.count, high + half);
    fillExerciseValues(solve, high, solve.high + half);
  } else padEnd(solve, (<usize>high - 1) << 3, 8, half);
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
  const reach = v < SHORT_VARIANCE ? SHORT_REACH : GAUSSIAN_REACH;
  const half = max(4, min(<i32>ceil(reach * sqrt(v)), PAD_NODES - 8));
  let ratio = exp(-0.5 / v);
  const step = ratio * ratio;
  let weight: f64 = 1.0;
  let sum: f64 = 1.0;
  let moment: f64 = 0;
  store<f64>(weightsPtr, 1.0);
  for (let k = 1; k <= half; k++) {
    weight *= ratio;
    ratio *= step;
    sum += 2.0 * weight;
    moment += 2.0 * weight * <f64>(k * k);
    store<f64>(weightsPtr + (<usize>k << 3), weight);
  }
  const missing = v * sum - moment;
  store<f64>(weightsPtr, 1.0 - missing);
  store<f64>(weightsPtr, load<f64>(weightsPtr, 8) + 0.5 * missing, 8);
  const norm = scale / sum;
  for (let k = 0; k <= half; k++) {
    const ptr = weightsPtr + (<usize>k << 3);
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
  if (!solve.connected) exerciseAnywhere(solve);
  else if (solve.sign < 0) exerciseFromEnd(solve, solve.low, 1);
  else exerciseFromEnd(solve, solve.high - 1, -1);
}

/** Exercise region at one end: nodes start, start + step, ... are exercised as long as holding is worth less. */
function exerciseFromEnd(solve: DividendSolve, start: i32, step: i32): void {
  const values = solve.valuesPtr;
  const nodes = solve.nodesPtr;
  const scale = solve.sign * nodeScale(solve);
  const strike = solve.sign * solve.strike;
  const stop = (step > 0 ? solve.high - 2 : solve.low + 1) << 3;
  const bytes = (<isize>step) << 3;
  let p = (<isize>start) << 3;
  let d0: f64 = 0;
  let d1: f64 = 0;
  let d2: f64 = 0;
  let count = 0;
  for (; p != stop; p += bytes) {
    const now = load<f64>(nodes + p) * scale - strike;
    d2 = load<f64>(values + p) - now;
    if (!(d2 < 0)) break;
    store<f64>(values + p, now);
    d0 = d1;
    d1 = d2;
    count += 1;
  }
  if (count == 0) return;
  if (count > 1) {
    const d3 = load<f64>(values + p + bytes) - (load<f64>(nodes + p + bytes) * scale - strike);
    smoothKink(values + p - bytes, values + p, d0, d1, d2, d3);
  }
  // the last exercised node holds the kink's correction, so it stays stored
  const edge = <i32>(p >> 3) - step;
  if (step > 0) solve.low = edge;
  else solve.high = edge + 1;
}

/** Exercise regions anywhere (negative rate or yield: there may be two boundaries). */
function exerciseAnywhere(solve: DividendSolve): void {
  const values = solve.valuesPtr;
  const nodes = solve.nodesPtr;
  const work = solve.workPtr;
  const scale = f64x2.splat(solve.sign * nodeScale(solve));
  const strike = f64x2.splat(solve.sign * solve.strike);
  const bytes = (<usize>solve.count) << 3;
  for (let p: usize = 0; p < bytes; p += 16) {
    const now = f64x2.sub(f64x2.mul(v128.load(nodes + p), scale), strike);
    const held = v128.load(values + p);
    v128.store(work + p, f64x2.sub(held, now));
    v128.store(values + p, f64x2.max(held, now));
  }
  for (let p: usize = 8; p < bytes - 16; p += 8) {
    const at = work + p;
    if (load<f64>(at) < 0 == load<f64>(at, 8) < 0) continue;
    smoothKink(
      values + p,
      values + p + 8,
      load<f64>(at - 8),
      load<f64>(at),
      load<f64>(at, 8),
      load<f64>(at, 16),
    );
  }
}

/** Adds the correction of `exercise` to two neighbours; d1 and d2 are their differences, d0 and d3 the next ones. */
function smoothKink(firstPtr: usize, secondPtr: usize, d0: f64, d1: f64, d2: f64, d3: f64): void {
  const c1 = d2 - d1;
  const c2 = 0.5 * (d0 - 2.0 * d1 + d2);
  const c3 = (d3 - 3.0 * d2 + 3.0 * d1 - d0) / 6.0;
  let x = d1 / (d1 - d2);
  let slope: f64 = c1;
  for (let k = 0; k < 3; k++) {
    slope = c1 + (2.0 * x - 1.0) * c2 + (3.0 * x * x - 1.0) * c3;
    const excess = d1 + x * (c1 + (x - 1.0) * (c2 + (x + 1.0) * c3));
    const next = x - excess / slope;
    x = next >= 0 && next <= 1 ? next : x;
  }
  slope = c1 + (2.0 * x - 1.0) * c2 + (3.0 * x * x - 1.0) * c3;
  const missing = abs(slope) * (1.0 / 12.0 - 0.5 * x * (1.0 - x));
  store<f64>(firstPtr, load<f64>(firstPtr) + (1.0 - x) * missing);
  store<f64>(secondPtr, load<f64>(secondPtr) + x * missing);
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

/** Two-lane twin of `interpolate`: the values at both positions. */
function interpolatePair(solve: DividendSolve, positions: v128): v128 {
  const whole = f64x2.floor(positions);
  const x = f64x2.sub(positions, whole);
  const p = solve.valuesPtr + (<usize>(<i32>f64x2.extract_lane(whole, 0)) << 3);
  const r = solve.valuesPtr + (<usize>(<i32>f64x2.extract_lane(whole, 1)) << 3);
  const a = f64x2.add(x, f64x2.splat(2));
  const b = f64x2.add(x, f64x2.splat(1));
  const d = f64x2.sub(x, f64x2.splat(1));
  const e = f64x2.sub(x, f64x2.splat(2));
  const f = f64x2.sub(x, f64x2.splat(3));
  const ab = f64x2.mul(a, b);
  const ef = f64x2.mul(e, f);
  const xd = f64x2.mul(x, d);
  let sum = f64x2.mul(f64x2.mul(loadPair(p, r, -16), f64x2.mul(f64x2.mul(b, xd), ef)), f64x2.splat(-1.0 / 120.0));
  sum = addTerm(sum, loadPair(p, r, -8), f64x2.mul(f64x2.mul(a, xd), ef), 1.0 / 24.0);
  sum = addTerm(sum, loadPair(p, r, 0), f64x2.mul(f64x2.mul(ab, d), ef), -1.0 / 12.0);
  sum = addTerm(sum, loadPair(p, r, 8), f64x2.mul(f64x2.mul(ab, x), ef), 1.0 / 12.0);
  sum = addTerm(sum, loadPair(p, r, 16), f64x2.mul(f64x2.mul(ab, xd), f), -1.0 / 24.0);
  return addTerm(sum, loadPair(p, r, 24), f64x2.mul(f64x2.mul(ab, xd), e), 1.0 / 120.0);
}

// @ts-ignore: decorator
@inline
function loadPair(p: usize, r: usize, offset: isize): v128 {
  return v128.load64_lane(r + offset, v128.load64_zero(p + offset), 1);
}

// @ts-ignore: decorator
@inline
function addTerm(sum: v128, values: v128, weights: v128, factor: f64): v128 {
  return f64x2.add(sum, f64x2.mul(f64x2.mul(values, weights), f64x2.splat(factor)));
}

/**
 * The ex-date, backwards: V(t-, S) = V(t, S - cash) for S > cash, the value at spot 0 otherwise. Below the grid the
 * straight line of padEnds. From the first node whose spot less the cash lies on the grid, two nodes at a time.
 */
export function payDividend(solve: DividendSolve, cash: f64): void {
  padEnds(solve, 6);
  const scale = nodeScale(solve);
  const atZero = valueAtZero(solve);
  const cap = solve.sign > 0 ? Infinity : atZero;
  const node0 = load<f64>(solve.nodesPtr) * scale;
  const value0 = load<f64>(solve.valuesPtr);
  const slope = (load<f64>(solve.valuesPtr, 8) - value0) / (load<f64>(solve.nodesPtr, 8) * scale - node0);
  const inverse = f64x2.splat(1.0 / solve.spacing);
  const lowest = node0 * (1.0 + 1e-12);
  let i = 0;
  for (; i < solve.count; i++) {
    const left = load<f64>(solve.nodesPtr + (<usize>i << 3)) * scale - cash;
    if (left > lowest) break;
    const line = min(max(value0 + slope * (left - node0), 0.0), cap);
    store<f64>(solve.workPtr + (<usize>i << 3), left > 0 ? line : atZero);
  }
  let index = f64x2.replace_lane(f64x2.splat(<f64>i), 1, <f64>(i + 1));
  for (; i < solve.count; i += 2) {
    const share = f64x2.div(f64x2.splat(cash / scale), v128.load(solve.nodesPtr + (<usize>i << 3)));
    const shift = f64x2.mul(logPair(f64x2.sub(f64x2.splat(1), share)), inverse);
    const position = f64x2.max(f64x2.add(index, shift), f64x2.splat(0));
    v128.store(solve.workPtr + (<usize>i << 3), interpolatePair(solve, position));
    index = f64x2.add(index, f64x2.splat(2));
  }
  const values = solve.valuesPtr;
  solve.valuesPtr = solve.workPtr;
  solve.workPtr = values;
  // where the line meets its bound the value has a kink: its quadrature error, as in `exercise`
  const bound = solve.sign > 0 ? 0.0 : atZero;
  const kink = cash + max(node0 + (bound - value0) / slope, 0.0);
  const position = (log(kink / scale) - solve.origin) / solve.spacing;
  if (!(slope != 0 && position >= 1 && position < <f64>(solve.count - 2))) return;
  const whole = floor(position);
  const x = position - whole;
  const missing = slope * kink * solve.spacing * (1.0 / 12.0 - 0.5 * x * (1.0 - x));
  const ptr = solve.valuesPtr + (<usize>(<i32>whole) << 3);
  store<f64>(ptr, load<f64>(ptr) + (1.0 - x) * missing);
  store<f64>(ptr, load<f64>(ptr, 8) + x * missing, 8);
}
