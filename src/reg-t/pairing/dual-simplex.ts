import { ownBounds, type LinearProgram } from "./linear-program.js";

/**
 * The dictionary of a basis of a linear program, dense:
 *
 *     basicValue_i = value of variable basis[i]
 *     entries      row-major, rows x columns: d basicValue_i / d nonbasic_j = -entries[i * columns + j]
 *     reducedCost  columns: what one more of nonbasic j costs
 *
 * Variables 0 .. columns - 1 are the program's, columns + i is the slack of row i. A variable out of the basis is at
 * its lower bound, or at its upper where `atUpper` is 1.
 */
export interface Tableau {
  readonly rows: number;
  readonly columns: number;
  readonly entries: Float64Array;
  readonly reducedCost: Float64Array;
  readonly basicValue: Float64Array;
  readonly basis: Int32Array;
  readonly nonbasis: Int32Array;
  readonly atUpper: Uint8Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Work space of {@link optimise}, of one solver: candidates of the ratio test, their ratios, work left. */
export interface Workspace {
  readonly candidates: Int32Array;
  readonly ratios: Float64Array;
  candidateCount: number;
  /** Pivots that may still be made, over all calls: the one budget, counted and not timed. */
  pivotsLeft: number;
}

/** A value that far (relative to quantities of 1 and more) beyond its bound counts as within it. */
const feasible = 1e-7;
/** An entry smaller than that is rounding noise and no pivot: the programs are scaled to entries about 1. */
const noise = 1e-9;

/** The slack basis: dual feasible, because every variable of negative cost can stand at its (finite) upper bound. */
export function firstTableau(program: LinearProgram): Tableau {
  const { rowCount: rows, columnCount: columns, columnStart, rowOf, entry, cost } = program;
  const entries = new Float64Array(rows * columns);
  const basicValue = Float64Array.from(program.rightSide);
  const atUpper = new Uint8Array(columns);
  const { lower, upper } = ownBounds(program);
  for (let j = 0; j < columns; j++) {
    if (cost[j]! < 0) atUpper[j] = 1;
    const value = cost[j]! < 0 ? upper[j]! : 0;
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++) {
      const row = rowOf[e]!;
      entries[row * columns + j] = entry[e]!;
      basicValue[row] = basicValue[row]! - entry[e]! * value;
    }
  }
  return {
    rows,
    columns,
    entries,
    reducedCost: Float64Array.from(cost),
    basicValue,
    basis: Int32Array.from({ length: rows }, (_, i) => columns + i),
    nonbasis: Int32Array.from({ length: columns }, (_, j) => j),
    atUpper,
    lower,
    upper,
  };
}

/** A copy to branch from. */
export function copyTableau(tableau: Tableau): Tableau {
  return {
    rows: tableau.rows,
    columns: tableau.columns,
    entries: tableau.entries.slice(),
    reducedCost: tableau.reducedCost.slice(),
    basicValue: tableau.basicValue.slice(),
    basis: tableau.basis.slice(),
    nonbasis: tableau.nonbasis.slice(),
    atUpper: tableau.atUpper.slice(),
    lower: tableau.lower.slice(),
    upper: tableau.upper.slice(),
  };
}

/** The row whose value is furthest beyond its bound; -1 when none is. Ties: the first row. */
function leavingRow({ rows, basicValue, basis, lower, upper }: Tableau): number {
  let row = -1;
  let worst = feasible;
  for (let i = 0; i < rows; i++) {
    const value = basicValue[i]!;
    const variable = basis[i]!;
    const beyond = Math.max(lower[variable]! - value, value - upper[variable]!);
    if (beyond > worst) {
      worst = beyond;
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

/** Moves the best remaining candidate to place `from` of the list: least ratio, greater entry, lower column. */
function selectNext(tableau: Tableau, row: number, work: Workspace, from: number): number {
  const { columns, entries } = tableau;
  const { candidates, ratios, candidateCount: count } = work;
  let at = from;
  for (let k = from + 1; k < count; k++) {
    const a = candidates[k]!;
    const b = candidates[at]!;
    const difference = ratios[a]! - ratios[b]!;
    if (
      difference < 0 ||
      (difference === 0 && Math.abs(entries[row * columns + a]!) > Math.abs(entries[row * columns + b]!))
    )
      at = k;
  }
  const chosen = candidates[at]!;
  candidates[at] = candidates[from]!;
  candidates[from] = chosen;
  return chosen;
}

/** Changes nonbasic j by `step` and every basic value with it. */
function moveColumn({ rows, columns, entries, basicValue }: Tableau, j: number, step: number): void {
  for (let i = 0, at = j; i < rows; i++, at += columns) {
    const entry = entries[at]!;
    if (entry !== 0) basicValue[i] = basicValue[i]! - entry * step;
  }
}

/** Exchanges the basic variable of `row` with nonbasic j. Numbers below 1e-13 are cancellation, and become 0. */
function pivot(tableau: Tableau, row: number, j: number): void {
  const { rows, columns, entries, reducedCost, basis, nonbasis } = tableau;
  const base = row * columns;
  const inverse = 1 / entries[base + j]!;
  for (let k = base; k < base + columns; k++) entries[k] = entries[k]! * inverse;
  entries[base + j] = inverse;
  for (let i = 0; i < rows; i++) {
    const factor = entries[i * columns + j]!;
    if (i === row || factor === 0) continue;
    const at = i * columns;
    for (let k = 0; k < columns; k++) entries[at + k] = clean(entries[at + k]! - factor * entries[base + k]!);
    entries[at + j] = -factor * inverse;
  }
  const factor = reducedCost[j]!;
  if (factor !== 0) {
    for (let k = 0; k < columns; k++) reducedCost[k] = reducedCost[k]! - factor * entries[base + k]!;
    reducedCost[j] = -factor * inverse;
  }
  const leaving = basis[row]!;
  basis[row] = nonbasis[j]!;
  nonbasis[j] = leaving;
}

function clean(value: number): number {
  return Math.abs(value) < 1e-13 ? 0 : value;
}

/**
 * The dual simplex method with the long-step ratio test: leaves the tableau at an optimum, or says why not. Every
 * tableau on the way is dual feasible, so whatever stops it, {@link multipliers} give a valid lower bound. Deterministic:
 * +, -, *, / only, ties broken by index, work counted in pivots.
 *
 * Source. A. Koberstein, "The dual simplex method, techniques for a fast and stable implementation" (2005), chapter 3.
 */
export function optimise(tableau: Tableau, work: Workspace): "optimal" | "infeasible" | "limit" {
  const { columns, entries, basicValue, basis, nonbasis, atUpper, lower, upper } = tableau;
  for (;;) {
    const row = leavingRow(tableau);
    if (row < 0) return "optimal";
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
    if (entering < 0) return "infeasible";
    const step = (basicValue[row]! - target) / entries[row * columns + entering]!;
    const variable = nonbasis[entering]!;
    const value = (atUpper[entering] === 1 ? upper[variable]! : lower[variable]!) + step;
    moveColumn(tableau, entering, step);
    pivot(tableau, row, entering);
    basicValue[row] = value;
    atUpper[entering] = decreases ? 1 : 0;
  }
}

/** The dual multipliers of the rows, into `out`. */
export function multipliersInto(tableau: Tableau, out: Float64Array): void {
  const { columns, nonbasis, reducedCost } = tableau;
  out.fill(0);
  for (let j = 0; j < columns; j++) {
    const row = nonbasis[j]! - columns;
    if (row >= 0) out[row] = -reducedCost[j]!;
  }
}

/** The values of the program's columns, then of its slacks, into `out`. */
export function valuesInto(tableau: Tableau, out: Float64Array): void {
  const { rows, columns, basis, basicValue, nonbasis, atUpper, lower, upper } = tableau;
  for (let j = 0; j < columns; j++) {
    const variable = nonbasis[j]!;
    out[variable] = atUpper[j] === 1 ? upper[variable]! : lower[variable]!;
  }
  for (let i = 0; i < rows; i++) out[basis[i]!] = basicValue[i]!;
}
