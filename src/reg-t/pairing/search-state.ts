import { workspace, type Workspace } from "./dual-simplex.js";
import type { ExtraRow } from "./extra-rows.js";
import type { LinearProgram } from "./linear-program.js";
import { pseudoCosts, type PseudoCosts } from "./pseudo-costs.js";
import { copyInto, copyTableau, type Tableau } from "./tableau.js";

/** What an integer search found. Costs are in the program's own unit. */
export interface IntegerSolution {
  /** Values of the whole-number columns; null where no feasible point was found. */
  readonly values: Float64Array | null;
  /** Cost of `values` as {@link IntegerSearch.costOf} gives it; Infinity where there are none. */
  readonly cost: number;
  /** No feasible point costs less. */
  readonly lowerBound: number;
}

export interface IntegerSearch {
  readonly program: LinearProgram;
  /**
   * Exact cost of a whole-number point (columns that follow from others chosen best), or NaN where it is not feasible.
   * Every cost is a multiple of `step`.
   */
  readonly costOf: (values: Float64Array) => number;
  readonly step: number;
  /** A feasible point known beforehand. */
  readonly start: Float64Array | null;
  /** Budget: programs solved, pivots made. Counted, never timed, so that equal input gives equal bytes. */
  readonly nodeLimit: number;
  readonly pivotLimit: number;
}

/** A value that near to a whole number is one. */
const whole = 1e-6;

export interface Search {
  readonly question: IntegerSearch;
  readonly work: Workspace;
  /** The question's program, with the cuts found so far behind its rows. */
  program: LinearProgram;
  cuts: readonly ExtraRow[];
  multipliers: Float64Array;
  /** Values of columns and slacks of the node last solved. */
  point: Float64Array;
  /** Reduced costs of columns and slacks by the last safe bound. */
  reducedCost: Float64Array;
  pseudo: PseudoCosts;
  /** Tableaux that are used no more, to be used again. */
  spare: Tableau[];
  best: Float64Array | null;
  bestCost: number;
  nodesLeft: number;
  /** The optimum is sought at costs up to that. */
  guess: number;
  /** Nothing costs less. */
  provenBound: number;
  /** Least bound of the parts that were left unsearched. */
  openBound: number;
}

export function startSearch(question: IntegerSearch): Search {
  const search: Search = {
    question,
    program: question.program,
    work: workspace(question.program.columnCount, question.pivotLimit),
    cuts: [],
    multipliers: new Float64Array(0),
    point: new Float64Array(0),
    reducedCost: new Float64Array(0),
    pseudo: pseudoCosts(0),
    spare: [],
    best: null,
    bestCost: Infinity,
    nodesLeft: question.nodeLimit,
    guess: Infinity,
    provenBound: -Infinity,
    openBound: Infinity,
  };
  useProgram(search, question.program, []);
  if (question.start !== null) offer(search, question.start);
  return search;
}

/** Goes over to the question's program with these cuts. */
export function useProgram(search: Search, program: LinearProgram, cuts: readonly ExtraRow[]): void {
  const size = program.columnCount + program.rowCount;
  search.program = program;
  search.cuts = cuts;
  search.multipliers = new Float64Array(program.rowCount);
  search.point = new Float64Array(size);
  search.reducedCost = new Float64Array(size);
  search.spare = [];
}

/** A copy of a tableau, in the place of one that is used no more where there is one. */
export function spareTableau(search: Search, source: Tableau): Tableau {
  const spare = search.spare.at(-1);
  if (spare === undefined || spare.entries.length < source.rows * source.columns) return copyTableau(source);
  search.spare.pop();
  copyInto(spare, source);
  return spare;
}

/** Records the point if it is feasible and better. */
export function offer(search: Search, values: Float64Array): void {
  const cost = search.question.costOf(values);
  if (cost < search.bestCost) {
    search.bestCost = cost;
    search.best = values.slice();
  }
}

/** What costs more than that is no better than the best point, costs being multiples of the step, or is above the guess. */
export function cutoffOf({ bestCost, guess, question }: Search): number {
  return Math.min(bestCost - question.step * (1 - 1e-6), guess);
}

export function hopeless(search: Search, bound: number): boolean {
  return bound > cutoffOf(search);
}

/** How far a variable's value is from a whole number; 0 where it counts as one. */
export function brokenBy(point: Float64Array, variable: number): number {
  const value = point[variable]!;
  const off = Math.abs(value - Math.round(value));
  return off > whole ? off : 0;
}

/** The part of `tableau` where `variable` is at most (or at least) a whole number. */
export function restrict(tableau: Tableau, variable: number, value: number, below: boolean): void {
  if (below) tableau.upper[variable] = Math.floor(value);
  else tableau.lower[variable] = Math.ceil(value);
}
