import type { ExtraRow } from "./extra-rows.js";
import { isWholeVariable, type LinearProgram } from "./linear-program.js";
import type { Tableau } from "./tableau.js";

/** Values nearer to a whole number than that give cuts too steep for double precision. */
const leastFraction = 0.02;
/**
 * Every cut is loosened by that much of a contract: coefficients come from a table of entries about 1 whose errors
 * are below 1e-10, times quantities of up to some thousands.
 */
const loosening = 1e-6;
/** Coefficients below that share of the greatest are left out, at the price of their greatest effect. */
const leastShare = 1e-8;

/** Share of a whole-number variable in the cut: Gomory's mixed-integer rounding function. */
function wholeShare(a: number, f0: number): number {
  const f = a - Math.floor(a);
  return f <= f0 ? f / f0 : (1 - f) / (1 - f0);
}

/** A program by rows: entries of row i stand at start[i] .. start[i + 1] - 1. */
interface SparseRows {
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

function rowsOf({ rowCount, columnCount, columnStart, rowOf, entry }: LinearProgram): SparseRows {
  const start = new Int32Array(rowCount + 1);
  for (const row of rowOf) start[row + 1]! += 1;
  for (let i = 0; i < rowCount; i++) start[i + 1]! += start[i]!;
  const next = start.slice();
  const column = new Int32Array(rowOf.length);
  const value = new Float64Array(rowOf.length);
  for (let j = 0; j < columnCount; j++) {
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++) {
      const at = next[rowOf[e]!]!++;
      column[at] = j;
      value[at] = entry[e]!;
    }
  }
  return { start, column, value };
}

interface GrowingCut {
  readonly coefficients: Float64Array;
  rightSide: number;
}

/** Adds share * (distance of the variable from the bound it is at) to the cut `sum of shares >= 1`, negated. */
function addShare(
  rows: SparseRows,
  program: LinearProgram,
  cut: GrowingCut,
  at: { variable: number; share: number; bound: number; isUpper: boolean },
): void {
  const { variable, share, bound, isUpper } = at;
  const sign = isUpper ? -1 : 1;
  // distance = sign * (x - bound); the row is -sum share * distance <= -1.
  const weight = -sign * share;
  cut.rightSide += weight * bound;
  if (variable < program.columnCount) {
    cut.coefficients[variable]! += weight;
    return;
  }
  const row = variable - program.columnCount;
  cut.rightSide -= weight * program.rightSide[row]!;
  const { coefficients } = cut;
  for (let e = rows.start[row]!; e < rows.start[row + 1]!; e++) {
    const column = rows.column[e]!;
    coefficients[column] = coefficients[column]! - weight * rows.value[e]!;
  }
}

/** Scaled to a greatest coefficient of 1, without its negligible coefficients, loosened; null where it is too steep. */
function finished({ coefficients, rightSide }: GrowingCut, { upper }: LinearProgram): ExtraRow | null {
  const largest = coefficients.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > 1e-6 && largest < 1e4)) return null;
  let limit = rightSide / largest + loosening;
  const scaled = coefficients.map((value, j) => {
    const share = value / largest;
    if (Math.abs(share) >= leastShare) return share;
    if (share < 0) limit -= share * upper[j]!;
    return 0;
  });
  return { coefficients: scaled, rightSide: limit };
}

/**
 * The mixed-integer cut of row i of an optimal tableau: with x_i + sum a_j t_j = beta over the nonbasics' distances
 * t_j >= 0 from their bounds and f0 the fraction of beta, every whole point has sum share_j t_j >= 1. Source. R. Gomory, "An
 * algorithm for the mixed integer problem", RAND RM-2597 (1960).
 */
function gomoryCut(program: LinearProgram, rows: SparseRows, tableau: Tableau, i: number): ExtraRow | null {
  const { columns, entries, basicValue, nonbasis, atUpper, lower, upper } = tableau;
  const f0 = basicValue[i]! - Math.floor(basicValue[i]!);
  const cut: GrowingCut = { coefficients: new Float64Array(program.columnCount), rightSide: -1 };
  for (let j = 0; j < columns; j++) {
    const variable = nonbasis[j]!;
    const isUpper = atUpper[j] === 1;
    const entry = entries[i * columns + j]!;
    if (lower[variable] === upper[variable] || Math.abs(entry) < 1e-11) continue;
    const a = isUpper ? -entry : entry;
    const share = isWholeVariable(program, variable)
      ? wholeShare(Math.abs(a - Math.round(a)) < 1e-9 ? Math.round(a) : a, f0)
      : a > 0
        ? a / f0
        : -a / (1 - f0);
    if (share === 0) continue;
    const bound = isUpper ? upper[variable]! : lower[variable]!;
    addShare(rows, program, cut, { variable, share, bound, isUpper });
  }
  return finished(cut, program);
}

/** Rows of the tableau whose variable must be whole and is not, those nearest to a half first. */
function brokenRows(program: LinearProgram, { rows, basis, basicValue }: Tableau, most: number): number[] {
  const off = (i: number): number => Math.abs(basicValue[i]! - Math.round(basicValue[i]!));
  return Array.from({ length: rows }, (_, i) => i)
    .filter((i) => isWholeVariable(program, basis[i]!) && off(i) > leastFraction)
    .sort((a, b) => off(b) - off(a) || a - b)
    .slice(0, most);
}

/** At most `most` rows that cut off the tableau's fractional point and no whole-number point. */
export function gomoryCuts(program: LinearProgram, tableau: Tableau, most: number): ExtraRow[] {
  const rows = rowsOf(program);
  return brokenRows(program, tableau, most).flatMap((i) => gomoryCut(program, rows, tableau, i) ?? []);
}

/** The program with more rows behind its own. */
export function withCuts(program: LinearProgram, cuts: readonly ExtraRow[]): LinearProgram {
  const columnStart = new Int32Array(program.columnCount + 1);
  const rowOf: number[] = [];
  const entry: number[] = [];
  for (let j = 0; j < program.columnCount; j++) {
    for (let e = program.columnStart[j]!; e < program.columnStart[j + 1]!; e++) {
      rowOf.push(program.rowOf[e]!);
      entry.push(program.entry[e]!);
    }
    cuts.forEach((cut, c) => {
      if (cut.coefficients[j] === 0) return;
      rowOf.push(program.rowCount + c);
      entry.push(cut.coefficients[j]!);
    });
    columnStart[j + 1] = rowOf.length;
  }
  return {
    ...program,
    rowCount: program.rowCount + cuts.length,
    columnStart,
    rowOf: Int32Array.from(rowOf),
    entry: Float64Array.from(entry),
    rightSide: Float64Array.from([...program.rightSide, ...cuts.map((cut) => cut.rightSide)]),
    isEquation: Uint8Array.from([...program.isEquation, ...cuts.map(() => 0)]),
  };
}
