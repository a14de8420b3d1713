import { chooseBranching, chooseRemnant } from "./branching.js";
import { ownBounds, safeBound } from "./linear-program.js";
import { pseudoCosts } from "./pseudo-costs.js";
import { relax } from "./relax.js";
import { cutRoot } from "./root.js";
import {
  cutoffOf,
  hopeless,
  restrict,
  spareTableau,
  startSearch,
  useProgram,
  type IntegerSearch,
  type IntegerSolution,
  type Search,
} from "./search-state.js";
import { compact, copyTableau, firstTableau, type Tableau } from "./tableau.js";

export type { IntegerSearch, IntegerSolution } from "./search-state.js";

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

/** Counts a part as left unsearched. */
function leaveOpen(search: Search, bound: number): void {
  search.openBound = Math.min(search.openBound, bound);
}

/** A broken variable, the side to go on at, and the bound of both. */
interface Fork {
  readonly bound: number;
  readonly variable: number;
  readonly below: boolean;
}

/**
 * One node: its relaxation, and what to branch on. Null where it is settled (nothing better in it), or left open; a
 * variable with one hopeless side is no branching, the node goes on at the other.
 */
function nextBranching(search: Search, { tableau, bound: known }: OpenPart): Fork | null {
  for (let bound = known; ;) {
    if (search.nodesLeft <= 0) {
      leaveOpen(search, bound);
      return null;
    }
    search.nodesLeft -= 1;
    const relaxed = relax(search, tableau);
    if (relaxed.status === "done") return null;
    bound = Math.max(bound, relaxed.bound);
    compact(tableau);
    if (relaxed.status === "limit") {
      leaveOpen(search, bound);
      return null;
    }
    const branching = relaxed.status === "broken" ? chooseBranching(search, tableau) : chooseRemnant(search);
    if (branching === null) {
      leaveOpen(search, bound);
      return null;
    }
    const { variable, downGain, upGain } = branching;
    if (downGain === Infinity && upGain === Infinity) return null;
    if (downGain < Infinity && upGain < Infinity) return { bound, variable, below: downGain <= upGain };
    restrict(tableau, variable, search.point[variable]!, upGain === Infinity);
  }
}

/** Goes down from a part, the cheaper side first, leaving the other sides open, until nothing is left below. */
function plunge(search: Search, part: OpenPart, open: OpenPart[]): void {
  const { tableau } = part;
  let fork = nextBranching(search, part);
  while (fork !== null) {
    const { bound, variable, below } = fork;
    const value = search.point[variable]!;
    const other = spareTableau(search, tableau);
    restrict(other, variable, value, !below);
    open.push({ tableau: other, bound });
    restrict(tableau, variable, value, below);
    fork = nextBranching(search, { tableau, bound });
  }
}

/** Best bound first, each part followed down to its end: good points early, and a bound that rises. */
function searchBelow(search: Search, tableau: Tableau, bound: number): void {
  const open: OpenPart[] = [{ tableau, bound }];
  while (search.nodesLeft > 0) {
    const part = takeNext(open);
    if (part === undefined) return;
    if (!hopeless(search, part.bound)) plunge(search, part, open);
    search.spare.push(part.tableau);
  }
  for (const part of open) if (!hopeless(search, part.bound)) leaveOpen(search, part.bound);
}

/**
 * How far above the root's bound the optimum is looked for, stage by stage, in units of what cuts have raised the bound by
 * (and at least of a small share of it). A search up to a near cutoff is short, because reduced costs fix most variables;
 * where it finds nothing, the cutoff is a proven bound. A cutoff twice as far makes a tree many times as large, so the
 * stages that were in vain cost little.
 */
const guesses = [0.06, 0.2, 0.5, 1.2, 3, 8, Infinity];
const leastUnit = 2e-4;

/** Everything below the root that costs at most the guess; true once nothing better than the best point is left. */
function searchUpTo(search: Search, root: Tableau, guess: number): boolean {
  const { program, cuts } = search;
  search.guess = guess;
  search.openBound = Infinity;
  const tableau = copyTableau(root);
  const { bound, status } = relax(search, tableau);
  if (status === "broken") {
    compact(tableau);
    const cut = cutRoot(search, tableau, bound);
    if (!hopeless(search, cut.bound)) searchBelow(search, cut.tableau, cut.bound);
  } else if (status !== "done") searchBelow(search, tableau, bound);
  // Cuts made below the guess hold below it only.
  useProgram(search, program, cuts);
  search.guess = Infinity;
  return search.openBound === Infinity;
}

/** The root alone; if that is not the end, cuts, and the search below the tightened root. */
function searchFromRoot(search: Search): void {
  const { program } = search.question;
  const root = firstTableau(program);
  const first = relax(search, root);
  search.nodesLeft -= 1;
  search.provenBound = first.bound;
  if (first.status !== "broken" || search.nodesLeft <= 0) return;
  search.pseudo = pseudoCosts(program.columnCount + program.integerRows);
  const cut = cutRoot(search, root, first.bound);
  search.provenBound = cut.bound;
  const unit = Math.max(cut.bound - first.bound, leastUnit * Math.abs(cut.bound));
  for (const factor of guesses) {
    if (hopeless(search, search.provenBound) || search.nodesLeft <= 0) return;
    const guess = Math.min(cut.bound + factor * unit, cutoffOf(search));
    const isDone = searchUpTo(search, cut.tableau, guess);
    const isAll = isDone && guess >= cutoffOf(search);
    const bound = isAll ? search.bestCost : Math.min(guess, search.openBound);
    search.provenBound = Math.max(search.provenBound, bound);
    if (!isDone) return;
  }
}

/**
 * Minimises a program whose first columns are whole numbers: linear relaxations by the dual simplex method, cuts at the
 * root, branching below it up to a cutoff that is raised in stages. Costs of points are exact (`costOf`), bounds are safe
 * whatever the rounding of the relaxation ({@link safeBound}); so `cost - lowerBound < step` is a proof.
 */
export function minimise(question: IntegerSearch): IntegerSolution {
  const search = startSearch(question);
  if (question.nodeLimit > 0) searchFromRoot(search);
  else search.provenBound = safeBound(question.program, search.multipliers, ownBounds(question.program));
  // Costs are multiples of the step: nothing is between the best point and what lies above the next one below it.
  const isProven = hopeless(search, search.provenBound);
  const lowerBound = isProven ? search.bestCost : Math.min(search.provenBound, search.bestCost);
  return { values: search.best, cost: search.bestCost, lowerBound };
}
