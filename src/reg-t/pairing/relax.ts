import { optimise, type Status } from "./dual-simplex.js";
import { isWholeVariable, safeBoundInto } from "./linear-program.js";
import { rebuild, residual } from "./rebuild.js";
import { brokenBy, cutoffOf, hopeless, offer, type Search } from "./search-state.js";
import { multipliersInto, valuesInto, type Tableau } from "./tableau.js";

/** A reduced cost that leaves more room than that is noise. */
const mostRoom = 1e6;

/**
 * Takes from the bounds of whole-number variables what only points beyond the cutoff reach: with bound z and reduced cost
 * r > 0, a point with x above its lower bound by k costs at least z + k r (and likewise from above). A nonbasic variable
 * keeps the bound that it stands at.
 */
function tighten(search: Search, tableau: Tableau, bound: number): void {
  const gap = cutoffOf(search) - bound;
  if (!(gap >= 0 && gap < Infinity)) return;
  const { program, reducedCost } = search;
  const { lower, upper, nonbasis, atUpper, columns } = tableau;
  for (let k = 0; k < columns; k++) {
    const variable = nonbasis[k]!;
    if (!isWholeVariable(program, variable)) continue;
    const cost = reducedCost[variable]!;
    const room = Math.floor((gap / Math.abs(cost)) * (1 + 1e-9) + 1e-9);
    if (!(room < Math.min(upper[variable]! - lower[variable]!, mostRoom))) continue;
    if (cost > 0 && atUpper[k] === 0) upper[variable] = lower[variable]! + room;
    else if (cost < 0 && atUpper[k] === 1) lower[variable] = upper[variable]! - room;
  }
}

/** The safe bound of a tableau's part. */
export function boundOf(search: Search, tableau: Tableau): number {
  multipliersInto(tableau, search.multipliers);
  return safeBoundInto(search.program, search.multipliers, tableau, search.reducedCost);
}

/** Residuals above that, of contracts, and objectives that far (in steps) from the safe bound: the table has drifted. */
const mostResidual = 1e-5;
const mostDrift = 0.5;

function hasDrifted(search: Search, tableau: Tableau, bound: number): boolean {
  const drift = Math.abs(tableau.objective - bound) / search.question.step;
  if (!(drift < mostDrift)) return true;
  valuesInto(tableau, search.point);
  return !(residual(search.program, search.point) < mostResidual);
}

/**
 * Whether nothing feasible is in a part, by the program's own numbers: the row of the tableau that says so is a sum of
 * rows of the program; with its factors as multipliers and no costs at all, the safe bound is above 0 (Farkas).
 */
export function isSurelyInfeasible(search: Search, tableau: Tableau): boolean {
  const { program, multipliers, work, reducedCost } = search;
  const { columns, entries, nonbasis, programColumns, basis, basicValue, upper } = tableau;
  const row = work.infeasibleRow;
  const sign = basicValue[row]! > upper[basis[row]!]! ? 1 : -1;
  multipliers.fill(0);
  for (let k = 0; k < columns; k++) {
    const slack = nonbasis[k]! - programColumns;
    if (slack >= 0) multipliers[slack] = sign * entries[row * columns + k]!;
  }
  const own = basis[row]! - programColumns;
  if (own >= 0) multipliers[own] = sign;
  const cost = new Float64Array(program.columnCount);
  return safeBoundInto({ ...program, cost }, multipliers, tableau, reducedCost) > 0;
}

interface Optimised {
  readonly status: Status;
  readonly bound: number;
}

/** {@link optimise}, once more on a table made anew where it has drifted; infeasible is proven, or counts as `limit`. */
function optimiseSafely(search: Search, tableau: Tableau, cutoff: number): Optimised {
  const { work, program } = search;
  const first = optimise(tableau, work, cutoff);
  if (first === "infeasible") {
    if (isSurelyInfeasible(search, tableau)) return { status: first, bound: Infinity };
  } else {
    const bound = boundOf(search, tableau);
    if (first === "limit" || !hasDrifted(search, tableau, bound)) return { status: first, bound };
  }
  rebuild(program, tableau, work);
  const status = optimise(tableau, work, cutoff);
  if (status === "infeasible" && isSurelyInfeasible(search, tableau)) return { status, bound: Infinity };
  return { status: status === "infeasible" ? "limit" : status, bound: boundOf(search, tableau) };
}

export interface Relaxed {
  /** Nothing in this part costs less. */
  readonly bound: number;
  /** `done`: nothing better in it. `whole`: its optimum is a whole point, offered. `limit`: out of budget. */
  readonly status: "done" | "whole" | "broken" | "limit";
}

/** Solves the relaxation of a part and tightens its bounds; its point is left in `search.point`. */
export function relax(search: Search, tableau: Tableau): Relaxed {
  const { program, point } = search;
  let { status, bound } = optimiseSafely(search, tableau, cutoffOf(search));
  if (hopeless(search, bound)) return { bound, status: "done" };
  // The drifting objective said so, the safe bound does not: on to the end.
  if (status === "cutoff") ({ status, bound } = optimiseSafely(search, tableau, Infinity));
  if (hopeless(search, bound)) return { bound, status: "done" };
  tighten(search, tableau, bound);
  if (status !== "optimal") return { bound, status: "limit" };
  valuesInto(tableau, point);
  for (let j = 0; j < program.integerCount; j++)
    if (brokenBy(point, j) > 0) return { bound, status: "broken" };
  offer(
    search,
    point.slice(0, program.integerCount).map((value) => Math.round(value)),
  );
  // A whole point of a cost above its own bound: the rounding noise of the tableau. The part counts as unsearched.
  return { bound, status: hopeless(search, bound) ? "done" : "whole" };
}
