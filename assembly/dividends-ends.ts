import { DividendSolve, nodeScale, valueAtZero } from "./dividends-grid";

/**
 * What lies beyond the stored values. Rows are those of dividends-grid.ts: nodes, values, work: f64, index -PAD_NODES .. count + PAD_NODES - 1.
 */

/**
 * Fills n nodes beyond each end of the grid by the straight line in the spot through the last two nodes, kept between
 * 0 and (for a put) the value at spot 0.
 */
export function padEnds(solve: DividendSolve, n: i32): void {
  padEnd(solve, 0, -8, n);
  padEnd(solve, (<usize>solve.count - 1) << 3, 8, n);
}

/** A call never falls with the spot, a put never rises: what rounding or a coarse grid says otherwise is 0. */
export function monotoneSlope(solve: DividendSolve, slope: f64): f64 {
  return solve.sign > 0 ? max(slope, 0.0) : min(slope, 0.0);
}

/** Fills n nodes outwards (`step` = +8 or -8 bytes) from the end node at byte offset `end`. */
export function padEnd(solve: DividendSolve, end: usize, step: isize, n: i32): void {
  const nodes = solve.nodesPtr + end;
  const values = solve.valuesPtr + end;
  const cap = solve.sign > 0 ? Infinity : valueAtZero(solve);
  const node = load<f64>(nodes);
  const value = load<f64>(values);
  const slope = monotoneSlope(solve, (load<f64>(values - step) - value) / (load<f64>(nodes - step) - node));
  for (let k = 1, offset = step; k <= n; k++, offset += step) {
    const line = value + slope * (load<f64>(nodes + offset) - node);
    store<f64>(values + offset, min(max(line, 0.0), cap));
  }
}

/** values[i] = sign * (S_i - strike) for from <= i < to (rounded up to a whole pair). */
export function fillExerciseValues(solve: DividendSolve, from: i32, to: i32): void {
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
