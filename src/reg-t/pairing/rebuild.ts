import { pivot, type Workspace } from "./dual-simplex.js";
import type { LinearProgram } from "./linear-program.js";
import { valuesInto, type Tableau } from "./tableau.js";

/** Greatest difference between the rows' slacks in `point` and what the columns in `point` leave of the right sides. */
export function residual(program: LinearProgram, point: Float64Array): number {
  const { rowCount, columnCount, columnStart, rowOf, entry, rightSide } = program;
  const slack = Float64Array.from(rightSide);
  for (let j = 0; j < columnCount; j++) {
    const value = point[j]!;
    if (value === 0) continue;
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++) {
      const row = rowOf[e]!;
      slack[row] = slack[row]! - entry[e]! * value;
    }
  }
  let worst = 0;
  for (let i = 0; i < rowCount; i++) worst = Math.max(worst, Math.abs(slack[i]! - point[columnCount + i]!));
  return worst;
}

/** The slack basis over the columns that a tableau still has; those left out stay at their fixed values. */
function slackBasis(program: LinearProgram, tableau: Tableau): void {
  const { programColumns, basis, nonbasis, entries, reducedCost, basicValue, weight, lower } = tableau;
  const { rowCount, columnStart, rowOf, entry, rightSide, cost } = program;
  const kept = [...basis.subarray(0, tableau.rows), ...nonbasis.subarray(0, tableau.columns)]
    .filter((variable) => variable < programColumns)
    .sort((a, b) => a - b);
  const isKept = new Uint8Array(programColumns);
  for (const variable of kept) isKept[variable] = 1;
  entries.fill(0);
  weight.fill(1);
  basicValue.set(rightSide);
  const addColumn = (variable: number, use: (row: number, value: number) => void): void => {
    for (let e = columnStart[variable]!; e < columnStart[variable + 1]!; e++) use(rowOf[e]!, entry[e]!);
  };
  for (let variable = 0; variable < programColumns; variable++) {
    if (isKept[variable] === 1) continue;
    addColumn(variable, (row, value) => (basicValue[row]! -= value * lower[variable]!));
  }
  kept.forEach((variable, k) => {
    nonbasis[k] = variable;
    reducedCost[k] = cost[variable]!;
    addColumn(variable, (row, value) => (entries[row * kept.length + k] = value));
  });
  tableau.columns = kept.length;
  for (let i = 0; i < rowCount; i++) basis[i] = programColumns + i;
}

/** Smaller entries make no pivot: the basis is as good as singular, and a slack takes the column's place. */
const leastPivot = 1e-7;

/** A reduced cost of the wrong sign beyond that is no rounding. */
const wrongSign = 1e-9;

/** Brings the wanted columns into the basis, each in the row of its greatest entry whose slack is to leave. */
function enterBasis(tableau: Tableau, wanted: Uint8Array, work: Workspace): void {
  const { columns, rows, entries, basis, nonbasis, basicValue, programColumns } = tableau;
  for (let j = 0; j < columns; j++) {
    const variable = nonbasis[j]!;
    if (variable >= programColumns || wanted[variable] === 0) continue;
    let row = -1;
    let largest = leastPivot;
    for (let i = 0; i < rows; i++) {
      const size = Math.abs(entries[i * columns + j]!);
      if (wanted[basis[i]!] === 0 && size > largest) {
        largest = size;
        row = i;
      }
    }
    if (row < 0) continue;
    const value = basicValue[row]! / entries[row * columns + j]!;
    for (let i = 0; i < rows; i++) {
      if (i !== row) basicValue[i] = basicValue[i]! - entries[i * columns + j]! * value;
    }
    basicValue[row] = value;
    pivot(tableau, row, j, work);
  }
}

/**
 * Makes a tableau of the same basis and bounds anew from the program's own numbers: thousands of pivots leave rounding behind
 * them. In place.
 */
export function rebuild(program: LinearProgram, tableau: Tableau, work: Workspace): void {
  const { programColumns, rows, lower, upper, basis, nonbasis, atUpper, entries, basicValue } = tableau;
  const size = programColumns + rows;
  const wanted = new Uint8Array(size);
  const isUpper = new Uint8Array(size);
  for (let i = 0; i < rows; i++) wanted[basis[i]!] = 1;
  for (let k = 0; k < tableau.columns; k++) isUpper[nonbasis[k]!] = atUpper[k]!;
  slackBasis(program, tableau);
  enterBasis(tableau, wanted, work);
  // So far every nonbasic stood at 0.
  for (let k = 0; k < tableau.columns; k++) {
    const variable = nonbasis[k]!;
    const cost = tableau.reducedCost[k]!;
    // Where exact reduced costs ask for the other bound, the variable goes there: dual feasible again.
    const isWrong = isUpper[variable] === 1 ? cost > wrongSign : cost < -wrongSign;
    atUpper[k] = isWrong && upper[variable]! < Infinity ? 1 - isUpper[variable]! : isUpper[variable]!;
    const value = atUpper[k] === 1 ? upper[variable]! : lower[variable]!;
    if (value === 0) continue;
    for (let i = 0; i < rows; i++) {
      basicValue[i] = basicValue[i]! - entries[i * tableau.columns + k]! * value;
    }
  }
  const point = new Float64Array(size);
  valuesInto(tableau, point);
  tableau.objective = 0;
  for (let j = 0; j < programColumns; j++) tableau.objective += program.cost[j]! * point[j]!;
}
