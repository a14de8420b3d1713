import { minimise, type IntegerSolution } from "./branch-and-bound.js";
import type { SearchLimits } from "./limits.js";
import type { ModelLeg, PairingProgram } from "./model.js";
import { restrictedSearch, restriction } from "./restrict.js";

/** Legs that stand together: of one type and expiry, of one strike, of one type and strike. */
type Order = "expiry" | "strike" | "typeStrike";

interface Sweep {
  readonly order: Order;
  /** Legs set free together, and how far the next such set lies. */
  readonly size: number;
  readonly stride: number;
}

/** Measured on books of 500 legs: each takes off less than the one before, the last nearly nothing. */
const sweeps: readonly Sweep[] = [
  { order: "expiry", size: 14, stride: 7 },
  { order: "strike", size: 20, stride: 10 },
  { order: "typeStrike", size: 20, stride: 10 },
  { order: "expiry", size: 20, stride: 10 },
  { order: "strike", size: 32, stride: 12 },
  { order: "typeStrike", size: 32, stride: 12 },
];
/** Each part's budget in programs and pivots. */
const partLimits = { nodes: 60, pivots: 2000 };

/** The legs, neighbours beside each other; their own order is that of type, expiry and strike. */
function ordered(legs: readonly ModelLeg[], order: Order): number[] {
  const indices = legs.map((_, i) => i);
  if (order === "expiry") return indices;
  const type = (i: number): number => (order === "typeStrike" && legs[i]!.isCall ? 1 : 0);
  return indices.sort((a, b) => type(a) - type(b) || legs[a]!.strike - legs[b]!.strike || a - b);
}

interface Point {
  readonly values: Float64Array;
  readonly cost: number;
}

/** The point with the given legs, and the shares, paired anew, everything else as it is; itself where that is no better. */
function pairedAnew(pairing: PairingProgram, current: Point, free: ReadonlySet<number>): Point {
  const { program, resourcesOf, costOf, step, legs } = pairing;
  const lower = new Float64Array(program.columnCount);
  const upper = new Float64Array(program.columnCount);
  resourcesOf.forEach((resources, j) => {
    const isFree = resources.every((resource) => resource >= legs.length || free.has(resource));
    lower[j] = isFree ? 0 : current.values[j]!;
    upper[j] = isFree ? program.upper[j]! : current.values[j]!;
  });
  const part = restriction(program, lower, upper);
  const found = minimise(restrictedSearch({ costOf, step, start: current.values }, part, partLimits));
  const cost = found.cost + part.fixedCost;
  return found.values !== null && cost < current.cost ? { values: part.expand(found.values), cost } : current;
}

/**
 * A better point by pairing a few neighbouring legs anew at a time, all else held: the exact search of small parts, in a
 * fixed order. The bound stays.
 */
export function improved(
  pairing: PairingProgram,
  known: IntegerSolution,
  limits: SearchLimits,
): IntegerSolution {
  if (known.values === null || limits.nodes === 0) return known;
  let current: Point = { values: known.values, cost: known.cost };
  for (const { order, size, stride } of sweeps) {
    const legs = ordered(pairing.legs, order);
    for (let from = 0; from < legs.length; from += stride) {
      if (current.cost <= known.lowerBound) break;
      current = pairedAnew(pairing, current, new Set(legs.slice(from, from + size)));
    }
  }
  return { ...current, lowerBound: known.lowerBound };
}
