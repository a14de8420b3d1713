import type { Tableau } from "./tableau.js";

/** Work space of {@link optimise}, of one solver: candidates of the ratio test, their ratios, work left. */
export interface Workspace {
  readonly candidates: Int32Array;
  readonly ratios: Float64Array;
  /** Columns in which the pivot row is not 0. */
  readonly filled: Int32Array;
  candidateCount: number;
  /** The row of the tableau that shows it, after {@link optimise} found nothing feasible. */
  infeasibleRow: number;
  /** Pivots that may still be made, over all calls: the one budget, counted and not timed. */
  pivotsLeft: number;
}

/** Work space for programs of up to that many columns. */
export function workspace(columnCount: number, pivotsLeft: number): Workspace {
  return {
    candidates: new Int32Array(columnCount),
    ratios: new Float64Array(columnCount),
    filled: new Int32Array(columnCount),
    candidateCount: 0,
    infeasibleRow: -1,
    pivotsLeft,
  };
}

/** A value that far (relative to quantities of 1 and more) beyond its bound counts as within it. */
const feasible = 1e-7;
/** An entry smaller than that is rounding noise and no pivot: the programs are scaled to entries about 1. */
const noise = 1e-6;
/** A reduced cost of the wrong sign that small is let be: bounds are made anew from the program, whatever its sign. */
const dualNoise = 1e-11;

/** The row furthest beyond its bound, in the measure of its reference weight; -1 when none is. Ties: the first row. */
function leavingRow({ rows, basicValue, basis, lower, upper, weight }: Tableau): number {
  let row = -1;
  let worst = 0;
  for (let i = 0; i < rows; i++) {
    const value = basicValue[i]!;
    const variable = basis[i]!;
    const beyond = Math.max(lower[variable]! - value, value - upper[variable]!);
    if (beyond > feasible && beyond * beyond > worst * weight[i]!) {
      worst = (beyond * beyond) / weight[i]!;
      row = i;
    }
  }
  return row;
}

/** Fills the candidates of `row`: nonbasics that can move its value towards its bound and stay dual feasible. */
function fillCandidates(tableau: Tableau, row: number, decreases: boolean, work: Workspace): void {
  const { columns, entries, reducedCost, nonbasis, atUpper, lower, upper } = tableau;
  const { candidates, ratios } = work;
  let count = 0;
  for (let j = 0; j < columns; j++) {
    const entry = entries[row * columns + j]!;
    if (Math.abs(entry) <= noise) continue;
    const variable = nonbasis[j]!;
    if (lower[variable] === upper[variable]) continue;
    if (entry > 0 === (decreases === (atUpper[j] === 0))) {
      candidates[count] = j;
      ratios[j] = Math.abs(reducedCost[j]!) / Math.abs(entry);
      count += 1;
    }
  }
  work.candidateCount = count;
}

/**
 * Moves the best remaining candidate to place `from` of the list: of those whose ratio is least but for the noise in
 * reduced costs, the one of greatest entry (Harris), because small pivots spoil the table. Ties: the first.
 */
function selectNext(tableau: Tableau, row: number, work: Workspace, from: number): number {
  const { columns, entries, reducedCost } = tableau;
  const { candidates, ratios, candidateCount: count } = work;
  const base = row * columns;
  let limit = Infinity;
  for (let k = from; k < count; k++) {
    const j = candidates[k]!;
    limit = Math.min(limit, (Math.abs(reducedCost[j]!) + dualNoise) / Math.abs(entries[base + j]!));
  }
  let at = from;
  let largest = 0;
  for (let k = from; k < count; k++) {
    const j = candidates[k]!;
    if (ratios[j]! > limit || Math.abs(entries[base + j]!) <= largest) continue;
    largest = Math.abs(entries[base + j]!);
    at = k;
  }
  const chosen = candidates[at]!;
  candidates[at] = candidates[from]!;
  candidates[from] = chosen;
  return chosen;
}

/** Changes nonbasic j by `step` and every basic value with it. */
function moveColumn(tableau: Tableau, j: number, step: number): void {
  const { rows, columns, entries, basicValue, reducedCost } = tableau;
  tableau.objective += reducedCost[j]! * step;
  for (let i = 0, at = j; i < rows; i++, at += columns) {
    const entry = entries[at]!;
    if (entry !== 0) basicValue[i] = basicValue[i]! - entry * step;
  }
}

/** Numbers below that are cancellation, and count as 0. */
const cancelled = 1e-12;

/** entries[to ...] -= factor * entries[from ...], `count` numbers; by fours, which halves the time. */
function subtractRow(
  entries: Float64Array,
  to: number,
  from: number,
  of: { factor: number; count: number },
): void {
  const { factor, count } = of;
  const end = to + count;
  const shift = from - to;
  let k = to;
  for (; k + 3 < end; k += 4) {
    entries[k] = entries[k]! - factor * entries[k + shift]!;
    entries[k + 1] = entries[k + 1]! - factor * entries[k + shift + 1]!;
    entries[k + 2] = entries[k + 2]! - factor * entries[k + shift + 2]!;
    entries[k + 3] = entries[k + 3]! - factor * entries[k + shift + 3]!;
  }
  for (; k < end; k++) entries[k] = entries[k]! - factor * entries[k + shift]!;
}

/** Divides the pivot row by its pivot; returns in how many columns it is not 0, which `filled` then lists. */
function dividePivotRow(
  { entries, columns }: Tableau,
  base: number,
  inverse: number,
  filled: Int32Array,
): number {
  let count = 0;
  for (let k = 0; k < columns; k++) {
    const entry = entries[base + k]! * inverse;
    const isNothing = entry < cancelled && entry > -cancelled;
    entries[base + k] = isNothing ? 0 : entry;
    if (!isNothing) filled[count++] = k;
  }
  return count;
}

/** Exchanges the basic variable of `row` with nonbasic j. */
export function pivot(tableau: Tableau, row: number, j: number, { filled }: Workspace): void {
  const { rows, columns, entries, reducedCost, basis, nonbasis, weight } = tableau;
  const base = row * columns;
  const inverse = 1 / entries[base + j]!;
  const count = dividePivotRow(tableau, base, inverse, filled);
  entries[base + j] = inverse;
  const isSparse = 3 * count < columns;
  const own = weight[row]! * inverse * inverse;
  for (let i = 0, at = 0; i < rows; i++, at += columns) {
    const factor = entries[at + j]!;
    if (i === row || factor === 0) continue;
    entries[at + j] = 0;
    if (factor < cancelled && factor > -cancelled) continue;
    if (isSparse) {
      for (let n = 0; n < count; n++) {
        const k = filled[n]!;
        entries[at + k] = entries[at + k]! - factor * entries[base + k]!;
      }
    } else subtractRow(entries, at, base, { factor, count: columns });
    entries[at + j] = -factor * inverse;
    weight[i] = Math.max(weight[i]!, factor * factor * own);
  }
  weight[row] = Math.max(own, 1);
  const factor = reducedCost[j]!;
  if (factor !== 0) {
    for (let n = 0; n < count; n++) {
      const k = filled[n]!;
      reducedCost[k] = reducedCost[k]! - factor * entries[base + k]!;
    }
    reducedCost[j] = -factor * inverse;
  }
  const leaving = basis[row]!;
  basis[row] = nonbasis[j]!;
  nonbasis[j] = leaving;
}

export type Status = "optimal" | "infeasible" | "limit" | "cutoff";

/**
 * The dual simplex method with the long-step ratio test: leaves the tableau at an optimum, or says why not; `cutoff` once
 * the objective, which only grows, is above `cutoff`. Every tableau on the way is dual feasible, so whatever stops it, the
 * multipliers give a valid lower bound. Deterministic: +, -, *, / only, ties broken by index, work counted in pivots.
 *
 * Source. A. Koberstein, "The dual simplex method, techniques for a fast and stable implementation" (2005), chapter 3.
 */
export function optimise(tableau: Tableau, work: Workspace, cutoff = Infinity): Status {
  const { columns, entries, basicValue, basis, nonbasis, atUpper, lower, upper } = tableau;
  for (;;) {
    const row = leavingRow(tableau);
    if (row < 0) return "optimal";
    if (tableau.objective > cutoff) return "cutoff";
    if (work.pivotsLeft <= 0) return "limit";
    work.pivotsLeft -= 1;
    const leaving = basis[row]!;
    const decreases = basicValue[row]! > upper[leaving]!;
    const target = decreases ? upper[leaving]! : lower[leaving]!;
    fillCandidates(tableau, row, decreases, work);
    let beyond = Math.abs(basicValue[row]! - target);
    let entering = -1;
    for (let k = 0; k < work.candidateCount; k++) {
      const j = selectNext(tableau, row, work, k);
      const variable = nonbasis[j]!;
      const range = upper[variable]! - lower[variable]!;
      const reach = Math.abs(entries[row * columns + j]!) * range;
      entering = j;
      if (beyond - reach <= feasible) break;
      // Even at its other bound this candidate leaves the row beyond: it goes there, and the next one is asked.
      moveColumn(tableau, j, atUpper[j] === 1 ? -range : range);
      atUpper[j] = 1 - atUpper[j]!;
      beyond -= reach;
      entering = -1;
    }
    if (entering < 0) {
      work.infeasibleRow = row;
      return "infeasible";
    }
    const step = (basicValue[row]! - target) / entries[row * columns + entering]!;
    const variable = nonbasis[entering]!;
    const value = (atUpper[entering] === 1 ? upper[variable]! : lower[variable]!) + step;
    moveColumn(tableau, entering, step);
    pivot(tableau, row, entering, work);
    basicValue[row] = value;
    atUpper[entering] = decreases ? 1 : 0;
  }
}
