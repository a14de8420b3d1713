import { tightened } from "./cuts.js";
import {
  copyTableau,
  firstTableau,
  multipliersInto,
  optimise,
  valuesInto,
  type Tableau,
  type Workspace,
} from "./dual-simplex.js";
import { ownBounds, safeBound, type LinearProgram } from "./linear-program.js";

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
   * Exact cost of a whole-number point (its free columns chosen best), or NaN where it is not feasible. Every cost
   * is a multiple of `step`.
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

interface Search {
  readonly question: IntegerSearch;
  readonly work: Workspace;
  /** The question's program, tightened once its root is known. */
  program: LinearProgram;
  multipliers: Float64Array;
  point: Float64Array;
  best: Float64Array | null;
  bestCost: number;
  nodesLeft: number;
  /** Least bound of the parts that were left unsearched. */
  openBound: number;
}

/** What is known of one node: a bound below which nothing in it lies, and the variable to branch on, -1 for none. */
interface NodeFinding {
  readonly bound: number;
  readonly variable: number;
  readonly solved: boolean;
}

/** Records the rounded point if it is feasible and better. */
function offer(search: Search, values: Float64Array): void {
  const cost = search.question.costOf(values);
  if (cost < search.bestCost) {
    search.bestCost = cost;
    search.best = values.slice();
  }
}

/** The variable of a range that is nearest to a half; ties: the first. -1 when all are whole. */
function mostBroken(point: Float64Array, from: number, to: number): number {
  let variable = -1;
  let most = whole;
  for (let j = from; j < to; j++) {
    const off = Math.abs(point[j]! - Math.round(point[j]!));
    if (off > most) {
      most = off;
      variable = j;
    }
  }
  return variable;
}

/**
 * Slacks first: how many contracts of a leg stand alone settles more than which of several equal pools the others are in.
 * -1 when all columns are whole (the slacks then are too).
 */
function branchVariable(point: Float64Array, program: LinearProgram): number {
  const { columnCount, integerCount, integerRows } = program;
  const slack = mostBroken(point, columnCount, columnCount + integerRows);
  return slack >= 0 ? slack : mostBroken(point, 0, integerCount);
}

/** True where nothing of that bound can be better than the best point, costs being multiples of the step. */
function hopeless(search: Search, bound: number): boolean {
  return bound > search.bestCost - search.question.step * (1 - 1e-6);
}

function solveNode(search: Search, tableau: Tableau): NodeFinding {
  const { program, work, multipliers, point } = search;
  const status = optimise(tableau, work);
  if (status === "infeasible") return { bound: Infinity, variable: -1, solved: true };
  multipliersInto(tableau, multipliers);
  const bound = safeBound(program, multipliers, tableau);
  if (status === "limit") return { bound, variable: -1, solved: false };
  if (hopeless(search, bound)) return { bound, variable: -1, solved: true };
  valuesInto(tableau, point);
  const variable = branchVariable(point, program);
  const rounded = point.slice(0, program.integerCount).map((value) => Math.round(value));
  offer(search, rounded);
  // A whole point of a cost above its own bound: the rounding noise of the tableau. The part counts as unsearched.
  const solved = variable >= 0 || hopeless(search, bound);
  return { bound, variable, solved };
}

/** The part of `tableau` where `variable` is at most (or at least) a whole number. */
function restrict(tableau: Tableau, variable: number, value: number, below: boolean): void {
  if (below) tableau.upper[variable] = Math.floor(value);
  else tableau.lower[variable] = Math.ceil(value);
}

/** A part of the problem that is still to be searched; nothing in it costs less than `bound`. */
interface OpenPart {
  readonly tableau: Tableau;
  readonly bound: number;
}

/** Entries of tableaux that may wait at once, 64 MB; with more the search goes depth first, which keeps few. */
const mostWaiting = 8_000_000;

/** Takes out the part of the least bound; ties: the oldest. */
function takeNext(open: OpenPart[]): OpenPart | undefined {
  const last = open.at(-1);
  if (last === undefined || open.length * last.tableau.entries.length > mostWaiting) return open.pop();
  let at = 0;
  open.forEach((part, i) => {
    if (part.bound < open[at]!.bound) at = i;
  });
  return open.splice(at, 1)[0];
}

/** Goes down from a part, the nearer whole number first, leaving the other sides open, until nothing is left below. */
function plunge(search: Search, { tableau }: OpenPart, open: OpenPart[]): void {
  while (search.nodesLeft > 0) {
    search.nodesLeft -= 1;
    const { solved, variable, bound } = solveNode(search, tableau);
    if (!solved) search.openBound = Math.min(search.openBound, bound);
    if (!solved || variable < 0 || hopeless(search, bound)) return;
    const value = search.point[variable]!;
    const isBelowNearer = value - Math.floor(value) <= 0.5;
    const other = copyTableau(tableau);
    restrict(other, variable, value, !isBelowNearer);
    open.push({ tableau: other, bound });
    restrict(tableau, variable, value, isBelowNearer);
    if (search.nodesLeft === 0) search.openBound = Math.min(search.openBound, bound);
  }
}

/** Best bound first, each part followed down to its end: good points early, and a bound that rises. */
function searchBelow(search: Search, tableau: Tableau, bound: number): void {
  const open: OpenPart[] = [{ tableau, bound }];
  while (search.nodesLeft > 0) {
    const part = takeNext(open);
    if (part === undefined) return;
    if (!hopeless(search, part.bound)) plunge(search, part, open);
  }
  for (const part of open) {
    if (!hopeless(search, part.bound)) search.openBound = Math.min(search.openBound, part.bound);
  }
}

/** The root alone; if that is not the end, cuts, and the search below the tightened root. */
function searchTightened(search: Search): void {
  const { question, work } = search;
  const tableau = firstTableau(question.program);
  const finding = solveNode(search, tableau);
  search.nodesLeft -= 1;
  if (!finding.solved || search.nodesLeft <= 0) {
    search.openBound = finding.bound;
    return;
  }
  if (finding.variable < 0 || hopeless(search, finding.bound)) return;
  search.program = tightened(question.program, work);
  const size = search.program.columnCount + search.program.rowCount;
  search.multipliers = new Float64Array(search.program.rowCount);
  search.point = new Float64Array(size);
  searchBelow(search, firstTableau(search.program), finding.bound);
}

/**
 * Minimises a program whose first columns are whole numbers: linear relaxations by the dual simplex method, branching
 * on the variable nearest to a half. Costs of points are exact (`costOf`), bounds are safe whatever the rounding of
 * the relaxation ({@link safeBound}); so `cost - lowerBound < step` is a proof.
 */
export function minimise(question: IntegerSearch): IntegerSolution {
  const { program, start } = question;
  const search: Search = {
    question,
    program,
    work: {
      candidates: new Int32Array(program.columnCount),
      ratios: new Float64Array(program.columnCount),
      candidateCount: 0,
      pivotsLeft: question.pivotLimit,
    },
    multipliers: new Float64Array(program.rowCount),
    point: new Float64Array(program.columnCount + program.rowCount),
    best: null,
    bestCost: Infinity,
    nodesLeft: question.nodeLimit,
    openBound: Infinity,
  };
  if (start !== null) offer(search, start);
  if (question.nodeLimit > 0) searchTightened(search);
  else search.openBound = safeBound(program, search.multipliers, ownBounds(program));
  // Searched parts hold nothing below the best cost: costs are multiples of the step.
  const lowerBound = Math.min(search.openBound, search.bestCost);
  return { values: search.best, cost: search.bestCost, lowerBound };
}
