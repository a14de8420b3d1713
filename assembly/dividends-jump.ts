import { exp, log, logPair } from "./elementary";
import { DividendSolve, nodeScale, valueAtZero } from "./dividends-grid";
import { monotoneSlope, padEnds } from "./dividends-ends";

/** The ex-date. Rows are those of dividends-grid.ts: nodes, values, work: f64, index -PAD_NODES .. count + PAD_NODES - 1. */

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

/** Below this share of the spot the dividend's log is a series of eight terms (the next is 4e-14), below SMALLER of five (2e-14). */
const SMALL_SHARE: f64 = 1.0 / 24.0;
const SMALLER_SHARE: f64 = 1.0 / 150.0;

/** -log(1 - share) of both lanes: u + u^2/2 + ... where the dividend is small; lane 0 has the greater share. */
// @ts-ignore: decorator
@inline
function logOfRest(share: v128): v128 {
  const most = f64x2.extract_lane(share, 0);
  if (most > SMALL_SHARE) return f64x2.neg(logPair(f64x2.sub(f64x2.splat(1), share)));
  let sum = f64x2.splat(1.0 / 5.0);
  if (most > SMALLER_SHARE) {
    sum = f64x2.add(f64x2.mul(share, f64x2.splat(1.0 / 8.0)), f64x2.splat(1.0 / 7.0));
    sum = f64x2.add(f64x2.mul(share, sum), f64x2.splat(1.0 / 6.0));
    sum = f64x2.add(f64x2.mul(share, sum), f64x2.splat(1.0 / 5.0));
  }
  sum = f64x2.add(f64x2.mul(share, sum), f64x2.splat(1.0 / 4.0));
  sum = f64x2.add(f64x2.mul(share, sum), f64x2.splat(1.0 / 3.0));
  sum = f64x2.add(f64x2.mul(share, sum), f64x2.splat(1.0 / 2.0));
  sum = f64x2.add(f64x2.mul(share, sum), f64x2.splat(1.0));
  return f64x2.mul(share, sum);
}

/**
 * The six-point polynomial for two neighbours whose nodes lie side by side: lane l reads nodes p + 8 l - 16 .. + 24 at
 * t = x - 1/2 nodes from their middle. In pairs at 1/2, 3/2 and 5/2 to each side,
 * sum over a of A_a(t^2) ((V_a + V_-a) + (t / a) (V_a - V_-a)) / 2, A_a the Lagrange polynomials in t^2.
 */
// @ts-ignore: decorator
@inline
function interpolateNeighbours(p: usize, t: v128): v128 {
  const w = f64x2.mul(t, t);
  const a = f64x2.sub(w, f64x2.splat(0.25));
  const b = f64x2.sub(w, f64x2.splat(2.25));
  const c = f64x2.sub(w, f64x2.splat(6.25));
  const v0 = v128.load(p - 16);
  const v1 = v128.load(p - 8);
  const v2 = v128.load(p);
  const v3 = v128.load(p, 8);
  const v4 = v128.load(p, 16);
  const v5 = v128.load(p, 24);
  const near = f64x2.add(f64x2.add(v3, v2), f64x2.mul(f64x2.mul(t, f64x2.splat(2.0)), f64x2.sub(v3, v2)));
  const next = f64x2.add(f64x2.add(v4, v1), f64x2.mul(f64x2.mul(t, f64x2.splat(2.0 / 3.0)), f64x2.sub(v4, v1)));
  const far = f64x2.add(f64x2.add(v5, v0), f64x2.mul(f64x2.mul(t, f64x2.splat(0.4)), f64x2.sub(v5, v0)));
  const first = f64x2.mul(f64x2.mul(b, c), f64x2.mul(near, f64x2.splat(1.0 / 24.0)));
  const second = f64x2.mul(f64x2.mul(a, c), f64x2.mul(next, f64x2.splat(-1.0 / 16.0)));
  const third = f64x2.mul(f64x2.mul(a, b), f64x2.mul(far, f64x2.splat(1.0 / 48.0)));
  return f64x2.add(f64x2.add(first, second), third);
}

/** Lane 1 may lie this much beyond the middle pair of lane 0's six nodes before each lane gets its own. */
const OFF_CENTRE: f64 = 1.25;

/**
 * Writes work[i] = V(t, S_i - cash) for i = first .. count - 1, two nodes at a time. A node stands log(1 - share) / spacing
 * nodes below itself, share = cash / S; the share falls by a constant factor from node to node.
 */
function shiftNodes(solve: DividendSolve, first: i32, cash: f64): void {
  const scale = nodeScale(solve);
  const inverse = f64x2.splat(-1.0 / solve.spacing);
  const fall = exp(-solve.spacing);
  const falls = f64x2.splat(fall * fall);
  const start = cash / (load<f64>(solve.nodesPtr + (<usize>first << 3)) * scale);
  let share = f64x2.replace_lane(f64x2.splat(start), 1, start * fall);
  for (let i = first; i < solve.count; i += 2) {
    const shift = f64x2.mul(logOfRest(share), inverse);
    const whole = floor(f64x2.extract_lane(shift, 0));
    const x = f64x2.sub(shift, f64x2.splat(whole));
    const at = <usize>i << 3;
    if (f64x2.extract_lane(x, 1) < OFF_CENTRE) {
      const p = solve.valuesPtr + at + (<usize>(<i32>whole) << 3);
      v128.store(solve.workPtr + at, interpolateNeighbours(p, f64x2.sub(x, f64x2.splat(0.5))));
    } else {
      const index = f64x2.replace_lane(f64x2.splat(<f64>i), 1, <f64>(i + 1));
      const position = f64x2.max(f64x2.add(index, shift), f64x2.splat(0));
      v128.store(solve.workPtr + at, interpolatePair(solve, position));
    }
    share = f64x2.mul(share, falls);
  }
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
  const slope = monotoneSlope(
    solve,
    (load<f64>(solve.valuesPtr, 8) - value0) / (load<f64>(solve.nodesPtr, 8) * scale - node0),
  );
  const lowest = node0 * (1.0 + 1e-12);
  let i = 0;
  for (; i < solve.count; i++) {
    const left = load<f64>(solve.nodesPtr + (<usize>i << 3)) * scale - cash;
    if (left > lowest) break;
    const line = min(max(value0 + slope * (left - node0), 0.0), cap);
    store<f64>(solve.workPtr + (<usize>i << 3), left > 0 ? line : atZero);
  }
  if (i < solve.count) shiftNodes(solve, i, cash);
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
