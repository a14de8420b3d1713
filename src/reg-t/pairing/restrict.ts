import type { IntegerSearch } from "./branch-and-bound.js";
import { linearProgram, type Column, type LinearProgram } from "./linear-program.js";

/** A program over part of another's columns: the rest is fixed. */
export interface Restriction {
  readonly program: LinearProgram;
  /** A point of the restricted program as a point (whole-number columns alone) of the whole one. */
  readonly expand: (values: Float64Array) => Float64Array;
  /** The restricted part of a point of the whole program that lies within the bounds. */
  readonly contract: (point: Float64Array) => Float64Array;
  /** Cost of the columns' lower bounds; exact, costs being whole money units over a power of 2. */
  readonly fixedCost: number;
}

/**
 * The program where whole-number column j is between lower_j and upper_j. Columns with lower = upper go into the right
 * side; the others are counted from their lower bound. Rows that no free column touches are left out: the caller's
 * bounds hold a feasible point, which meets them.
 */
export function restriction(program: LinearProgram, lower: Float64Array, upper: Float64Array): Restriction {
  const { columnStart, rowOf, entry, cost, integerCount } = program;
  const rightSide = Float64Array.from(program.rightSide);
  const touched = new Int32Array(program.rowCount).fill(-1);
  const free: number[] = [];
  let fixedCost = 0;
  for (let j = 0; j < program.columnCount; j++) {
    const from = j < integerCount ? lower[j]! : 0;
    const isFree = j >= integerCount || lower[j]! < upper[j]!;
    if (isFree) free.push(j);
    fixedCost += cost[j]! * from;
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++) {
      const row = rowOf[e]!;
      rightSide[row] = rightSide[row]! - entry[e]! * from;
      if (isFree) touched[row] = 0;
    }
  }
  const rows = [...touched.keys()].filter((row) => touched[row] === 0);
  rows.forEach((row, i) => (touched[row] = i));
  const columns = free.map((j): Column => {
    const entries: [number, number][] = [];
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++)
      entries.push([touched[rowOf[e]!]!, entry[e]!]);
    const range = j < integerCount ? upper[j]! - lower[j]! : program.upper[j]!;
    return { cost: cost[j]!, upper: range, entries };
  });
  const wholeFree = free.filter((j) => j < integerCount);
  return {
    program: linearProgram(
      rows.map((row) => ({ rightSide: rightSide[row]!, isEquation: program.isEquation[row] === 1 })),
      columns,
      { columns: wholeFree.length, rows: rows.filter((row) => row < program.integerRows).length },
    ),
    expand: (values) => {
      const point = lower.slice(0, integerCount);
      wholeFree.forEach((j, i) => (point[j] = lower[j]! + values[i]!));
      return point;
    },
    contract: (point) => Float64Array.from(wholeFree, (j) => point[j]! - lower[j]!),
    fixedCost,
  };
}

/** The search of a restriction; its costs are those of the whole program less {@link Restriction.fixedCost}. */
export function restrictedSearch(
  whole: Pick<IntegerSearch, "costOf" | "step" | "start">,
  { program, expand, contract, fixedCost }: Restriction,
  limits: { readonly nodes: number; readonly pivots: number },
): IntegerSearch {
  return {
    program,
    costOf: (values) => whole.costOf(expand(values)) - fixedCost,
    step: whole.step,
    start: whole.start === null ? null : contract(whole.start),
    nodeLimit: limits.nodes,
    pivotLimit: limits.pivots,
  };
}
