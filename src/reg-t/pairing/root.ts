import { gomoryCuts, withCuts } from "./cuts.js";
import { withRows } from "./extra-rows.js";
import { relax } from "./relax.js";
import { useProgram, type Search } from "./search-state.js";
import { compact, type Tableau } from "./tableau.js";

/** Rounds of cuts, and cuts a round. */
const rounds = 20;
const cutsPerRound = 24;
/** Rounds in a row that may raise the bound by less than that share of what all have raised it. */
const stalledRounds = 3;
const leastGain = 0.03;
/** A cut whose slack is above that does not bind, and is dropped. */
const binding = 1e-6;

export interface CutRoot {
  readonly tableau: Tableau;
  readonly bound: number;
}

/**
 * Cuts off the fractional optimum of a solved root, of `firstBound`, again and again until that helps no more. The
 * search goes over to the program with the cuts.
 */
export function cutRoot(search: Search, root: Tableau, firstBound: number): CutRoot {
  const own = search.question.program;
  const firstSlack = own.columnCount + own.rowCount;
  let tableau = root;
  let bound = firstBound;
  let stalled = 0;
  for (let round = 0; round < rounds && stalled < stalledRounds; round++) {
    const fresh = gomoryCuts(search.program, tableau, cutsPerRound);
    if (fresh.length === 0) break;
    const { point } = search;
    const isKept = (row: number): boolean => row < own.rowCount || point[own.columnCount + row]! < binding;
    tableau = withRows(tableau, { rowCount: search.program.rowCount, isKept, extra: fresh });
    const cuts = [...search.cuts.filter((_, c) => point[firstSlack + c]! < binding), ...fresh];
    useProgram(search, withCuts(own, cuts), cuts);
    const relaxed = relax(search, tableau);
    const gain = relaxed.bound - bound;
    bound = Math.max(bound, relaxed.bound);
    if (relaxed.status !== "broken") break;
    compact(tableau);
    stalled = gain > leastGain * (bound - firstBound) ? 0 : stalled + 1;
  }
  return { tableau, bound };
}
