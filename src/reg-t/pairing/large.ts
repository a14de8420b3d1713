import loadHighs, { type Highs } from "highs";
import type { IntegerSolution } from "./branch-and-bound.js";
import { improved } from "./improve.js";
import type { SearchLimits } from "./limits.js";
import { ownBounds, safeBound, type Bounds, type LinearProgram } from "./linear-program.js";
import type { PairingProgram } from "./model.js";
import { restriction } from "./restrict.js";

/** The integer solver for large books: HiGHS, compiled to WebAssembly. One per process is enough. */
export type LargeSolver = Highs;

/** Loads the solver: some 100 ms, 4 MB. */
export function loadLargeSolver(): Promise<LargeSolver> {
  // The package's types are those of its CommonJS form; the module that Node loads here exports the loader itself.
  return (loadHighs as unknown as typeof loadHighs.default)();
}

/** Programs of up to that many columns are given to the solver whole. */
const wholeColumns = 700;
/** Programs of the search among the whole numbers around the relaxation: more gain less than improvement by parts does. */
const aroundNodes = 20;
/** A distance from a whole number that counts as none. */
const near = 1e-7;

interface Run {
  readonly values: Float64Array;
  readonly rowDual: Float64Array;
  /** True where the solver says that nothing is better. */
  readonly optimal: boolean;
}

interface Question {
  readonly bounds: Bounds;
  /** Null: the linear relaxation. */
  readonly nodes: number | null;
  /** Costs are multiples of it. */
  readonly step: number;
  /** Whole-number columns of a point to start from. */
  readonly start: Float64Array | null;
}

function solve(
  solver: LargeSolver,
  program: LinearProgram,
  { bounds, nodes, step, start }: Question,
): Run | null {
  const { columnCount, rowCount, integerCount } = program;
  const model = solver.createModel({
    numCols: columnCount,
    numRows: rowCount,
    colCost: program.cost,
    colLower: bounds.lower.subarray(0, columnCount),
    colUpper: bounds.upper.subarray(0, columnCount),
    rowLower: program.rightSide.map((value, i) => (program.isEquation[i] === 1 ? value : -solver.infinity)),
    rowUpper: program.rightSide,
    matrix: {
      format: "csc",
      numRows: rowCount,
      numCols: columnCount,
      starts: program.columnStart,
      indices: program.rowOf,
      values: program.entry,
    },
    ...(nodes === null
      ? {}
      : { integrality: Int32Array.from({ length: columnCount }, (_, j) => (j < integerCount ? 1 : 0)) }),
  });
  try {
    // No limit of time anywhere: the result must not depend on the machine's speed.
    model.options.set({ output_flag: false, random_seed: 0, mip_rel_gap: 0 });
    if (nodes !== null) model.options.set({ mip_max_nodes: nodes, mip_abs_gap: 0.99 * step });
    if (start !== null) model.setSolution({ indices: Int32Array.from(start.keys()), values: start });
    model.run();
    const { colValue, rowDual } = model.getSolution();
    if (colValue.length !== columnCount) return null;
    const optimal = model.getModelStatus() === solver.constants.modelStatus.optimal;
    return { values: colValue, rowDual, optimal };
  } finally {
    model.dispose();
  }
}

/** The better of two points; the bound is the greater one, and never above the cost. */
function better(a: IntegerSolution, values: Float64Array, cost: number, bound: number): IntegerSolution {
  const best = cost < a.cost ? { values, cost } : { values: a.values, cost: a.cost };
  return { ...best, lowerBound: Math.min(best.cost, Math.max(a.lowerBound, bound)) };
}

function rounded(run: Run, integerCount: number): Float64Array {
  return run.values.slice(0, integerCount).map((value) => Math.round(value));
}

/** Every column between the whole numbers around its value in the linear relaxation: what is left free is small. */
function aroundRelaxation(
  pairing: PairingProgram,
  relaxed: Run,
  { limits, solver }: { readonly limits: SearchLimits; readonly solver: LargeSolver },
): Float64Array | null {
  const { program } = pairing;
  const lower = new Float64Array(program.columnCount);
  const upper = new Float64Array(program.columnCount);
  upper.set(program.upper);
  for (let j = 0; j < pairing.countColumns; j++) {
    lower[j] = Math.floor(relaxed.values[j]! + near);
    upper[j] = Math.min(program.upper[j]!, Math.ceil(relaxed.values[j]! - near));
  }
  const part = restriction(program, lower, upper);
  const bounds = ownBounds(part.program);
  const found = solve(solver, part.program, {
    bounds,
    nodes: Math.min(aroundNodes, limits.solverNodes),
    step: pairing.step,
    start: null,
  });
  return found === null ? null : part.expand(rounded(found, part.program.integerCount));
}

/**
 * Past the own search's budget. Small enough programs go to the integer solver whole, from the best point known improved by
 * parts ({@link improved}). Larger ones: the linear relaxation (a bound, checked by {@link safeBound}), the whole numbers
 * around it, and the same improvement.
 *
 * A bound of an integer solver that calls its point optimal is taken as it stands (its own tolerance 1e-6 of a
 * scaled unit); every other bound here is safe.
 */
export function solveLarge(
  pairing: PairingProgram,
  known: IntegerSolution,
  { limits, solver }: { readonly limits: SearchLimits; readonly solver: LargeSolver | null },
): IntegerSolution {
  const { program, costOf, step } = pairing;
  if (solver === null) return improved(pairing, known, limits);
  const bounds = ownBounds(program);
  if (program.columnCount <= wholeColumns) {
    const first = improved(pairing, known, limits);
    const result = solve(solver, program, { bounds, nodes: limits.solverNodes, step, start: first.values });
    if (result === null) return first;
    const values = rounded(result, program.integerCount);
    const cost = costOf(values);
    return better(first, values, cost, result.optimal ? cost : -Infinity);
  }
  const relaxed = solve(solver, program, { bounds, nodes: null, step, start: null });
  if (relaxed === null) return improved(pairing, known, limits);
  const bound = safeBound(program, relaxed.rowDual.slice(), bounds);
  const around = aroundRelaxation(pairing, relaxed, { limits, solver });
  const cost = around === null ? NaN : costOf(around);
  return improved(pairing, better(known, around ?? known.values!, cost, bound), limits);
}
