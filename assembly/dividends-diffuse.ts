import { exp } from "./elementary";
import { DividendSolve, PAD_NODES } from "./dividends-grid";
import { fillExerciseValues, padEnd } from "./dividends-ends";

/** A step in time. Rows are those of dividends-grid.ts: nodes, values, work: f64, index -PAD_NODES .. count + PAD_NODES - 1. */

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
    store<f64>(weightsPtr + ((<usize>k) << 3), weight);
  }
  const missing = v * sum - moment;
  store<f64>(weightsPtr, 1.0 - missing);
  store<f64>(weightsPtr, load<f64>(weightsPtr, 8) + 0.5 * missing, 8);
  const norm = scale / sum;
  for (let k = 0; k <= half; k++) {
    const ptr = weightsPtr + ((<usize>k) << 3);
    store<f64>(ptr, load<f64>(ptr) * norm);
  }
  return half;
}

/** work = 7-point kernel * values for nodes low .. high - 1 (and up to three more), two nodes to a vector, four nodes to a turn. */
function convolveSeven(solve: DividendSolve): void {
  const w0 = v128.load64_splat(solve.weightsPtr);
  const w1 = v128.load64_splat(solve.weightsPtr, 8);
  const w2 = v128.load64_splat(solve.weightsPtr, 16);
  const w3 = v128.load64_splat(solve.weightsPtr, 24);
  const end = solve.valuesPtr + ((<usize>solve.high) << 3);
  const first = (<usize>solve.low) << 3;
  let out = solve.workPtr + first;
  for (let p = solve.valuesPtr + first; p < end; p += 32, out += 32) {
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

/** work = kernel of half-width `half` * values for nodes low .. high - 1 (and up to seven more), eight nodes to a turn. */
function convolve(solve: DividendSolve, half: i32): void {
  const weights = solve.weightsPtr;
  const end = solve.valuesPtr + ((<usize>solve.high) << 3);
  const first = (<usize>solve.low) << 3;
  const reach = (<usize>half) << 3;
  let out = solve.workPtr + first;
  for (let p = solve.valuesPtr + first; p < end; p += 64, out += 64) {
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
