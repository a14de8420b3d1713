/**
 * A linear program over boxed variables, columns stored sparse:
 *
 *     minimise  sum_j cost_j x_j   subject to   sum_j a_ij x_j <= b_i  (or = b_i),   0 <= x_j <= upper_j
 *
 * Every `upper_j` is finite, so that any sign of a reduced cost leaves a finite bound (see {@link safeBound}).
 */
export interface LinearProgram {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Entries of column j stand at columnStart[j] .. columnStart[j + 1] - 1 of `rowOf` and `entry`. */
  readonly columnStart: Int32Array;
  readonly rowOf: Int32Array;
  readonly entry: Float64Array;
  readonly cost: Float64Array;
  readonly upper: Float64Array;
  readonly rightSide: Float64Array;
  /** 1 where the row is an equation. */
  readonly isEquation: Uint8Array;
  /** Columns 0 .. integerCount - 1 must be whole numbers. */
  readonly integerCount: number;
  /** Rows 0 .. integerRows - 1 have whole coefficients on whole-number columns alone: their slacks are whole. */
  readonly integerRows: number;
}

/** How many columns and rows, from the first on, are whole. */
export interface WholeCounts {
  readonly columns: number;
  readonly rows: number;
}

/** One column while a program is being put together. */
export interface Column {
  readonly cost: number;
  readonly upper: number;
  /** Row and coefficient of each entry, no row twice. */
  readonly entries: readonly (readonly [row: number, value: number])[];
}

/** One row while a program is being put together. */
export interface Row {
  readonly rightSide: number;
  readonly isEquation: boolean;
}

/** Puts a program together. */
export function linearProgram(
  rows: readonly Row[],
  columns: readonly Column[],
  whole: WholeCounts,
): LinearProgram {
  const entryCount = columns.reduce((sum, column) => sum + column.entries.length, 0);
  const program = {
    rowCount: rows.length,
    columnCount: columns.length,
    columnStart: new Int32Array(columns.length + 1),
    rowOf: new Int32Array(entryCount),
    entry: new Float64Array(entryCount),
    cost: Float64Array.from(columns, (column) => column.cost),
    upper: Float64Array.from(columns, (column) => column.upper),
    rightSide: Float64Array.from(rows, (row) => row.rightSide),
    isEquation: Uint8Array.from(rows, (row) => (row.isEquation ? 1 : 0)),
    integerCount: whole.columns,
    integerRows: whole.rows,
  };
  let at = 0;
  columns.forEach((column, j) => {
    for (const [row, value] of column.entries) {
      program.rowOf[at] = row;
      program.entry[at] = value;
      at += 1;
    }
    program.columnStart[j + 1] = at;
  });
  return program;
}

/** Whether a column, or a slack (numbered behind the columns), must be a whole number. */
export function isWholeVariable(
  { columnCount, integerCount, integerRows }: LinearProgram,
  variable: number,
): boolean {
  return variable < columnCount ? variable < integerCount : variable - columnCount < integerRows;
}

/** Bounds of the columns, then of the rows' slacks (b_i - sum_j a_ij x_j). */
export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The bounds that the program itself sets. */
export function ownBounds({ columnCount, rowCount, upper, isEquation }: LinearProgram): Bounds {
  const all = new Float64Array(columnCount + rowCount);
  all.set(upper);
  for (let i = 0; i < rowCount; i++) all[columnCount + i] = isEquation[i] === 1 ? 0 : Infinity;
  return { lower: new Float64Array(columnCount + rowCount), upper: all };
}

/**
 * A lower bound of the program within `bounds` that does not trust the solver: for ANY multipliers y (y_i <= 0 where
 * slack i has no upper bound),
 *
 *     bound(y) = sum_i y_i b_i + sum_j min over x_j of r_j x_j - sum_i max over s_i of y_i s_i,
 *     r_j = cost_j - sum_i y_i a_ij
 *
 * is at most the minimum, because every feasible (x, s) satisfies it term by term. The multipliers are the solver's, of
 * the wrong sign set to 0; the sums are made anew from the program's own numbers, and what rounding could have added
 * to them is taken off: 2^-52 times the number of operations times the sum of the absolute values. NaN in, NaN out.
 *
 * Source. A. Neumaier, O. Shcherbina, "Safe bounds in linear and mixed-integer linear programming",
 * Mathematical Programming 99 (2004) 283-296.
 */
export function safeBound(program: LinearProgram, multipliers: Float64Array, bounds: Bounds): number {
  return safeBoundInto(program, multipliers, bounds, null);
}

/** {@link safeBound} that leaves the reduced costs of columns and slacks in `reducedCost`. */
export function safeBoundInto(
  program: LinearProgram,
  multipliers: Float64Array,
  bounds: Bounds,
  reducedCost: Float64Array | null,
): number {
  const { rowCount, columnCount, columnStart, rowOf, entry, cost, rightSide } = program;
  const { lower, upper } = bounds;
  let bound = 0;
  let magnitude = 0;
  for (let i = 0; i < rowCount; i++) {
    const most = upper[columnCount + i]!;
    if (most === Infinity && multipliers[i]! > 0) multipliers[i] = 0;
    const y = multipliers[i]!;
    if (reducedCost !== null) reducedCost[columnCount + i] = -y;
    if (y === 0) continue;
    const slack = y < 0 ? lower[columnCount + i]! : most;
    bound += y * (rightSide[i]! - slack);
    magnitude += Math.abs(y) * (Math.abs(rightSide[i]!) + slack);
  }
  for (let j = 0; j < columnCount; j++) {
    let reduced = cost[j]!;
    let size = Math.abs(reduced);
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++) {
      const term = multipliers[rowOf[e]!]! * entry[e]!;
      reduced -= term;
      size += Math.abs(term);
    }
    if (reducedCost !== null) reducedCost[j] = reduced;
    bound += Math.min(reduced * lower[j]!, reduced * upper[j]!);
    magnitude += size * upper[j]!;
  }
  return bound - magnitude * (rowCount + columnCount + 8) * 2.220446049250313e-16;
}
