import { firstTableau, optimise, valuesInto, type Tableau, type Workspace } from "./dual-simplex.js";
import type { LinearProgram } from "./linear-program.js";

/** One more row, dense: sum_j coefficient_j x_j <= rightSide. */
interface Cut {
  readonly coefficients: Float64Array;
  readonly rightSide: number;
}

/** Rounds of cuts, and cuts a round: beyond that the rows cost more than they close, as measured at 20 and 50 legs. */
const rounds = 8;
const cutsPerRound = 24;
/** Values nearer to a whole number than that give cuts too steep for double precision. */
const leastFraction = 0.02;
/**
 * Every cut is loosened by that much of a contract: coefficients come from a table of entries about 1 whose errors
 * are below 1e-10, times quantities of up to some thousands.
 */
const loosening = 1e-6;

/** Share of a whole-number variable in the cut: Gomory's mixed-integer rounding function. */
function wholeShare(a: number, f0: number): number {
  const f = a - Math.floor(a);
  return f <= f0 ? f / f0 : (1 - f) / (1 - f0);
}

function isWholeVariable(
  { columnCount, integerCount, integerRows }: LinearProgram,
  variable: number,
): boolean {
  return variable < columnCount ? variable < integerCount : variable - columnCount < integerRows;
}

/** Adds share * (distance of the variable from the bound it is at) to the cut `sum of shares >= 1`, negated. */
function addShare(
  rows: readonly (readonly (readonly [column: number, value: number])[])[],
  program: LinearProgram,
  cut: { coefficients: Float64Array; rightSide: number },
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
  for (const [column, value] of rows[row]!) cut.coefficients[column]! -= weight * value;
}

/**
 * The mixed-integer cut of row i of an optimal tableau: with x_i + sum a_j t_j = beta over the nonbasics' distances
 * t_j >= 0 from their bounds and f0 the fraction of beta, every whole point has sum share_j t_j >= 1. Source. R. Gomory, "An
 * algorithm for the mixed integer problem", RAND RM-2597 (1960).
 */
function gomoryCut(
  program: LinearProgram,
  rows: readonly (readonly (readonly [number, number])[])[],
  tableau: Tableau,
  i: number,
): Cut | null {
  const { columns, entries, basicValue, nonbasis, atUpper, lower, upper } = tableau;
  const f0 = basicValue[i]! - Math.floor(basicValue[i]!);
  const cut = { coefficients: new Float64Array(program.columnCount), rightSide: -1 };
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
  const largest = cut.coefficients.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > 1e-6 && largest < 1e4)) return null;
  return {
    coefficients: cut.coefficients.map((value) => value / largest),
    rightSide: cut.rightSide / largest + loosening,
  };
}

function withCuts(program: LinearProgram, cuts: readonly Cut[]): LinearProgram {
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

function rowsOf({ rowCount, columnCount, columnStart, rowOf, entry }: LinearProgram): [number, number][][] {
  const rows = Array.from({ length: rowCount }, (): [number, number][] => []);
  for (let j = 0; j < columnCount; j++) {
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++) rows[rowOf[e]!]!.push([j, entry[e]!]);
  }
  return rows;
}

/** Rows of the tableau whose variable must be whole and is not, those nearest to a half first. */
function brokenRows(program: LinearProgram, { rows, basis, basicValue }: Tableau): number[] {
  const off = (i: number): number => Math.abs(basicValue[i]! - Math.round(basicValue[i]!));
  return Array.from({ length: rows }, (_, i) => i)
    .filter((i) => isWholeVariable(program, basis[i]!) && off(i) > leastFraction)
    .sort((a, b) => off(b) - off(a) || a - b)
    .slice(0, cutsPerRound);
}

/**
 * The program with rows that cut off its fractional optimum and no whole-number point. Cuts that have gone slack are
 * dropped again, so that the table stays small. Pivots are taken from the work's budget.
 */
export function tightened(program: LinearProgram, work: Workspace): LinearProgram {
  let current = program;
  let cuts: Cut[] = [];
  for (let round = 0; round < rounds; round++) {
    const tableau = firstTableau(current);
    if (optimise(tableau, work) !== "optimal") return current;
    const broken = brokenRows(current, tableau);
    if (broken.length === 0) return current;
    const point = new Float64Array(current.columnCount + current.rowCount);
    valuesInto(tableau, point);
    const firstSlack = program.columnCount + program.rowCount;
    const binding = cuts.filter((_, c) => point[firstSlack + c]! < 1e-6);
    const rows = rowsOf(current);
    const fresh = broken.flatMap((i) => gomoryCut(current, rows, tableau, i) ?? []);
    if (fresh.length === 0) return current;
    cuts = [...binding, ...fresh];
    current = withCuts(program, cuts);
  }
  return current;
}
