import { ownBounds, type LinearProgram } from "./linear-program.js";

/**
 * The dictionary of a basis of a linear program, dense:
 *
 *     basicValue_i = value of variable basis[i]
 *     entries      row-major, rows x columns: d basicValue_i / d nonbasic_j = -entries[i * columns + j]
 *     reducedCost  columns: what one more of nonbasic j costs
 *
 * Variables 0 .. programColumns - 1 are the program's, programColumns + i is the slack of row i. A variable out of the
 * basis is at its lower bound, or at its upper where `atUpper` is 1; one that is in neither list is fixed.
 */
export interface Tableau {
  readonly programColumns: number;
  rows: number;
  columns: number;
  /** This and the arrays below may be longer than the rows and columns need: tableaux are used again. */
  readonly entries: Float64Array;
  readonly reducedCost: Float64Array;
  readonly basicValue: Float64Array;
  readonly basis: Int32Array;
  readonly nonbasis: Int32Array;
  readonly atUpper: Uint8Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Reference weights of the rows for the choice of the leaving one (devex). */
  readonly weight: Float64Array;
  /** Cost of the point the tableau stands at. Drifts with rounding: a guide, never a bound. */
  objective: number;
}

/** The slack basis: dual feasible, because every variable of negative cost can stand at its (finite) upper bound. */
export function firstTableau(program: LinearProgram): Tableau {
  const { rowCount: rows, columnCount: columns, columnStart, rowOf, entry, cost } = program;
  const entries = new Float64Array(rows * columns);
  const basicValue = Float64Array.from(program.rightSide);
  const atUpper = new Uint8Array(columns);
  const { lower, upper } = ownBounds(program);
  let objective = 0;
  for (let j = 0; j < columns; j++) {
    if (cost[j]! < 0) atUpper[j] = 1;
    const value = cost[j]! < 0 ? upper[j]! : 0;
    objective += cost[j]! * value;
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++) {
      const row = rowOf[e]!;
      entries[row * columns + j] = entry[e]!;
      basicValue[row] = basicValue[row]! - entry[e]! * value;
    }
  }
  return {
    programColumns: columns,
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
    weight: new Float64Array(rows).fill(1),
    objective,
  };
}

/** Copies a tableau over one that was made from the same program, or from one of more rows and columns. */
export function copyInto(target: Tableau, source: Tableau): void {
  const { rows, columns } = source;
  target.rows = rows;
  target.columns = columns;
  target.objective = source.objective;
  target.entries.set(source.entries.subarray(0, rows * columns));
  target.reducedCost.set(source.reducedCost.subarray(0, columns));
  target.nonbasis.set(source.nonbasis.subarray(0, columns));
  target.atUpper.set(source.atUpper.subarray(0, columns));
  target.basicValue.set(source.basicValue.subarray(0, rows));
  target.basis.set(source.basis.subarray(0, rows));
  target.weight.set(source.weight.subarray(0, rows));
  target.lower.set(source.lower);
  target.upper.set(source.upper);
}

export function copyTableau(source: Tableau): Tableau {
  const { rows, columns } = source;
  return {
    ...source,
    entries: source.entries.slice(0, rows * columns),
    reducedCost: source.reducedCost.slice(0, columns),
    nonbasis: source.nonbasis.slice(0, columns),
    atUpper: source.atUpper.slice(0, columns),
    basicValue: source.basicValue.slice(0, rows),
    basis: source.basis.slice(0, rows),
    weight: source.weight.slice(0, rows),
    lower: source.lower.slice(),
    upper: source.upper.slice(),
  };
}

/**
 * Leaves out the columns of the program that are fixed and out of the basis, once they are a tenth of all: they cannot come
 * back. Slacks stay, because their reduced costs are the multipliers.
 */
export function compact(tableau: Tableau): void {
  const { rows, columns, entries, nonbasis, atUpper, reducedCost, lower, upper, programColumns } = tableau;
  const kept: number[] = [];
  for (let j = 0; j < columns; j++) {
    const variable = nonbasis[j]!;
    if (variable >= programColumns || lower[variable]! < upper[variable]!) kept.push(j);
  }
  const width = kept.length;
  if (width > 0.9 * columns) return;
  // Every number moves to a lower place, or stays: in place, from the front.
  for (let i = 0, to = 0; i < rows; i++) {
    for (let k = 0; k < width; k++) entries[to++] = entries[i * columns + kept[k]!]!;
  }
  for (let k = 0; k < width; k++) {
    const j = kept[k]!;
    nonbasis[k] = nonbasis[j]!;
    atUpper[k] = atUpper[j]!;
    reducedCost[k] = reducedCost[j]!;
  }
  tableau.columns = width;
}

/** The dual multipliers of the rows, into `out`. */
export function multipliersInto(tableau: Tableau, out: Float64Array): void {
  const { columns, nonbasis, reducedCost, programColumns } = tableau;
  out.fill(0);
  for (let j = 0; j < columns; j++) {
    const row = nonbasis[j]! - programColumns;
    if (row >= 0) out[row] = -reducedCost[j]!;
  }
}

/** The values of the program's columns, then of its slacks, into `out`. */
export function valuesInto(tableau: Tableau, out: Float64Array): void {
  const { rows, columns, basis, basicValue, nonbasis, atUpper, lower, upper } = tableau;
  out.set(lower);
  for (let j = 0; j < columns; j++) {
    const variable = nonbasis[j]!;
    out[variable] = atUpper[j] === 1 ? upper[variable]! : lower[variable]!;
  }
  for (let i = 0; i < rows; i++) out[basis[i]!] = basicValue[i]!;
}
