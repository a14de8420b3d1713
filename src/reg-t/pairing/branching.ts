import { optimise } from "./dual-simplex.js";
import { isWholeVariable } from "./linear-program.js";
import { learn, meanCost, sides, type Side } from "./pseudo-costs.js";
import { boundOf, isSurelyInfeasible } from "./relax.js";
import { brokenBy, cutoffOf, hopeless, restrict, spareTableau, type Search } from "./search-state.js";
import type { Tableau } from "./tableau.js";

/** Tries on a side after which a variable's pseudo-cost is believed. */
const believed = 4;
/** Variables tried at a node, and pivots of each try. */
const triedVariables = 8;
const triedPivots = 15;

/** How far the variable's value is from the whole number on that side. */
function way(point: Float64Array, variable: number, side: Side): number {
  const value = point[variable]!;
  return side === sides.down ? value - Math.floor(value) : Math.ceil(value) - value;
}

/** How much dearer the part gets on one side of a broken variable; Infinity where nothing better is left. */
function gainOf(search: Search, tableau: Tableau, variable: number, side: Side): number {
  const { work, point } = search;
  const part = spareTableau(search, tableau);
  restrict(part, variable, point[variable]!, side === sides.down);
  const left = work.pivotsLeft;
  const granted = Math.min(left, triedPivots);
  work.pivotsLeft = granted;
  const status = optimise(part, work, cutoffOf(search));
  work.pivotsLeft += left - granted;
  search.spare.push(part);
  if (status === "infeasible" && isSurelyInfeasible(search, part)) return Infinity;
  if (status === "cutoff" && hopeless(search, boundOf(search, part))) return Infinity;
  const gain = Math.max(0, part.objective - tableau.objective);
  learn(search.pseudo, variable, side, gain / way(point, variable, side));
  return gain;
}

/** A variable to branch on, and what its sides cost: tried, or expected. */
export interface Branching {
  readonly variable: number;
  readonly downGain: number;
  readonly upGain: number;
}

function scoreOf({ downGain, upGain }: Branching): number {
  return Math.max(downGain, 1e-7) * Math.max(upGain, 1e-7);
}

/** The broken variables with what their sides are expected to cost, best first. */
function expectedBranchings({ program, point, pseudo }: Search): Branching[] {
  const mean = [meanCost(pseudo, sides.down), meanCost(pseudo, sides.up)] as const;
  const expected = (variable: number, side: Side): number => {
    const n = pseudo.count[side][variable]!;
    return (n === 0 ? mean[side] : pseudo.sum[side][variable]! / n) * way(point, variable, side);
  };
  const found: Branching[] = [];
  for (let variable = 0; variable < program.columnCount + program.integerRows; variable++) {
    if (!isWholeVariable(program, variable) || brokenBy(point, variable) === 0) continue;
    found.push({ variable, downGain: expected(variable, sides.down), upGain: expected(variable, sides.up) });
  }
  return found.sort((a, b) => scoreOf(b) - scoreOf(a) || a.variable - b.variable);
}

/**
 * The variable to branch on: the greatest product of what its two sides cost, by pseudo-cost, tried out where that rests on
 * few cases (reliability branching). A side of gain Infinity holds nothing better. Null where no variable is broken.
 *
 * Source. T. Achterberg, T. Koch, A. Martin, "Branching rules revisited", Operations Research Letters 33 (2005) 42-54.
 */
export function chooseBranching(search: Search, tableau: Tableau): Branching | null {
  const { count } = search.pseudo;
  let best: Branching | null = null;
  let tried = 0;
  for (const expected of expectedBranchings(search)) {
    const { variable } = expected;
    let own = expected;
    if (tried < triedVariables && Math.min(count[0][variable]!, count[1][variable]!) < believed) {
      tried += 1;
      const downGain = gainOf(search, tableau, variable, sides.down);
      const upGain = gainOf(search, tableau, variable, sides.up);
      own = { variable, downGain, upGain };
      if (downGain === Infinity || upGain === Infinity) return own;
    }
    if (best === null || scoreOf(own) > scoreOf(best)) best = own;
  }
  return best;
}

/** A value nearer than that to a whole number is left to it by rounding alone. */
const leastRemnant = 1e-10;

/**
 * Where a point counts as whole and yet costs less than the whole point beside it (cuts are loosened a little): the column
 * furthest from its whole number, the nearer side first. Null where there is none.
 */
export function chooseRemnant({ program, point }: Search): Branching | null {
  let variable = -1;
  let most = leastRemnant;
  for (let j = 0; j < program.integerCount; j++) {
    const off = Math.abs(point[j]! - Math.round(point[j]!));
    if (off <= most) continue;
    most = off;
    variable = j;
  }
  if (variable < 0) return null;
  const isAbove = point[variable]! > Math.round(point[variable]!);
  return { variable, downGain: isAbove ? 0 : 1, upGain: isAbove ? 1 : 0 };
}
