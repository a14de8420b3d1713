import { minimise, type IntegerSolution } from "./branch-and-bound.js";
import type { SearchLimits } from "./limits.js";
import type { PairingProgram } from "./model.js";
import { restrictedSearch, restriction } from "./restrict.js";

/** Legs set free together, and how far the next such set lies: sets overlap by half. */
const freeCount = 14;
const stride = 7;
/** Parts improved at most; each part's budget in programs and pivots. */
const mostParts = 200;
const partLimits = { nodes: 40, pivots: 1500 };

function ascending(a: number, b: number): number {
  return a - b;
}

/**
 * Resources in the order they are set free: those of columns that the relaxation breaks first (there the whole-number
 * point is worst), in the program's order, which is that of type, expiry and strike.
 */
function brokenFirst({ resourcesOf }: PairingProgram, relaxed: Float64Array): number[] {
  const broken = new Set<number>();
  const all = new Set<number>();
  resourcesOf.forEach((resources, j) => {
    const isBroken = Math.abs(relaxed[j]! - Math.round(relaxed[j]!)) > 1e-6;
    for (const resource of resources) {
      all.add(resource);
      if (isBroken) broken.add(resource);
    }
  });
  return [
    ...[...broken].sort(ascending),
    ...[...all].filter((resource) => !broken.has(resource)).sort(ascending),
  ];
}

/** The point with the given resources paired anew, everything else as it is; null where that is no better. */
function withoutThese(
  { program, resourcesOf, costOf, step }: PairingProgram,
  current: { readonly values: Float64Array; readonly cost: number },
  free: ReadonlySet<number>,
): { values: Float64Array; cost: number } | null {
  const lower = new Float64Array(program.columnCount);
  const upper = new Float64Array(program.columnCount);
  resourcesOf.forEach((resources, j) => {
    const isFree = resources.every((resource) => free.has(resource));
    lower[j] = isFree ? 0 : current.values[j]!;
    upper[j] = isFree ? program.upper[j]! : current.values[j]!;
  });
  const part = restriction(program, lower, upper);
  const found = minimise(restrictedSearch({ costOf, step, start: current.values }, part, partLimits));
  const cost = found.cost + part.fixedCost;
  return found.values !== null && cost < current.cost ? { values: part.expand(found.values), cost } : null;
}

/**
 * A better point by pairing a few legs anew at a time, all else held: the exact search of small parts, in a fixed order,
 * until a budget of parts is used up. The bound stays.
 */
export function improved(
  pairing: PairingProgram,
  known: IntegerSolution,
  relaxed: Float64Array,
  limits: SearchLimits,
): IntegerSolution {
  if (known.values === null || limits.nodes === 0) return known;
  const order = brokenFirst(pairing, relaxed);
  let current = { values: known.values, cost: known.cost };
  for (let part = 0; part < mostParts; part++) {
    const from = (part * stride) % Math.max(1, order.length);
    const free = new Set(order.slice(from, from + freeCount));
    current = withoutThese(pairing, current, free) ?? current;
    if (current.cost <= known.lowerBound) break;
  }
  return { ...current, lowerBound: known.lowerBound };
}
