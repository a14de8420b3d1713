import { DividendSolve, nodeScale } from "./dividends-grid";

/** Exercise at one moment. Rows are those of dividends-grid.ts: nodes, values, work: f64, index -PAD_NODES .. count + PAD_NODES - 1. */

/**
 * Exercise: values = max(values, sign * (S - strike)), with the kink's quadrature error made good.
 *
 * Summing nodes instead of integrating against a smooth weight w misses, for a kink at x in [0, 1] between two nodes
 * (spacing 1, slope change J, second derivative change L), by Euler-Maclaurin
 *
 *     -J B2(x)/2 w + (L w + 2 J w') B3(x)/6 + fourth order,    B2, B3 Bernoulli polynomials.
 *
 * That much is added to the two nodes, split 1 - x : x, the w' term as a pair of opposite amounts. The kink is the root
 * of the cubic through the four nearest differences continuation - exercise.
 */
export function exercise(solve: DividendSolve): void {
  if (!solve.connected) exerciseAnywhere(solve, solve.strike);
  else if (solve.sign < 0) exerciseFromEnd(solve, solve.low, 1, solve.strike);
  else exerciseFromEnd(solve, solve.high - 1, -1, solve.strike);
}

/**
 * Exercise at an ex-date, on values that the jump has already taken to the spot cum dividend: a put just after the
 * dividend, for strike - (S - cash), a call just before it, for S - strike (each is worth more than the other moment).
 * The put's exercise just after the dividend is taken here, and not before the jump, because the jump interpolates
 * and what it reads must be smooth. All nodes hold values afterwards.
 */
export function exerciseAtDividend(solve: DividendSolve, cash: f64): void {
  const strike = solve.sign > 0 ? solve.strike : solve.strike + cash;
  if (!solve.connected) {
    exerciseAnywhere(solve, strike);
  } else if (solve.sign > 0) {
    exerciseFromEnd(solve, solve.count - 1, -1, strike);
  } else {
    const dead = cash / nodeScale(solve);
    let start = 0;
    while (start < solve.count - 3 && load<f64>(solve.nodesPtr + ((<usize>start) << 3)) <= dead) start++;
    exerciseFromEnd(solve, start, 1, strike);
  }
  solve.low = 0;
  solve.high = solve.count;
}

/** Exercise just before expiry, for sign * (S - exerciseStrike): the kink there is the payoff's, not this one's. */
export function exerciseSharply(solve: DividendSolve, exerciseStrike: f64): void {
  const scale = f64x2.splat(solve.sign * nodeScale(solve));
  const strike = f64x2.splat(solve.sign * exerciseStrike);
  const most = f64x2.splat(solve.sign > 0 ? Infinity : solve.strike);
  const bytes = (<usize>solve.count) << 3;
  for (let p: usize = 0; p < bytes; p += 16) {
    const now = f64x2.min(f64x2.sub(f64x2.mul(v128.load(solve.nodesPtr + p), scale), strike), most);
    v128.store(solve.valuesPtr + p, f64x2.max(v128.load(solve.valuesPtr + p), now));
  }
}

/** Exercise region at one end: nodes start, start + step, ... are exercised as long as holding is worth less. */
function exerciseFromEnd(solve: DividendSolve, start: i32, step: i32, exerciseStrike: f64): void {
  const values = solve.valuesPtr;
  const nodes = solve.nodesPtr;
  const scale = solve.sign * nodeScale(solve);
  const strike = solve.sign * exerciseStrike;
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
  if (count > 1 && p != stop) {
    const d3 = load<f64>(values + p + bytes) - (load<f64>(nodes + p + bytes) * scale - strike);
    smoothKink(values + p - bytes, values + p, d0, d1, d2, d3);
  }
  // the last exercised node holds the kink's correction, so it stays stored
  const edge = <i32>(p >> 3) - step;
  if (step > 0) solve.low = edge;
  else solve.high = edge + 1;
}

/** Exercise regions anywhere (negative rate or yield: there may be two boundaries). */
function exerciseAnywhere(solve: DividendSolve, exerciseStrike: f64): void {
  const values = solve.valuesPtr;
  const nodes = solve.nodesPtr;
  const work = solve.workPtr;
  const scale = f64x2.splat(solve.sign * nodeScale(solve));
  const strike = f64x2.splat(solve.sign * exerciseStrike);
  const most = f64x2.splat(solve.sign > 0 ? Infinity : solve.strike);
  const bytes = (<usize>solve.count) << 3;
  for (let p: usize = 0; p < bytes; p += 16) {
    const now = f64x2.min(f64x2.sub(f64x2.mul(v128.load(nodes + p), scale), strike), most);
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
  const b2 = x * (x - 1.0) + 1.0 / 6.0;
  const b3 = x * (x - 0.5) * (x - 1.0);
  const bend = 2.0 * c2 + 6.0 * x * c3;
  const missing = 0.5 * abs(slope) * b2 - (slope > 0 ? bend : -bend) * b3 * (1.0 / 6.0);
  const moved = abs(slope) * b3 * (-1.0 / 3.0);
  store<f64>(firstPtr, load<f64>(firstPtr) + (1.0 - x) * missing - moved);
  store<f64>(secondPtr, load<f64>(secondPtr) + x * missing + moved);
}
