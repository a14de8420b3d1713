import { minimise, type IntegerSolution } from "./branch-and-bound.js";
import { listBundles, type BundleList } from "./bundles.js";
import type { GroupCost, Holdings, PairingSwitches, Part } from "./holdings.js";
import {
  pairingProgram,
  type ModelLeg,
  type PairingCounts,
  type PairingModel,
  type PairingProgram,
} from "./model.js";
import { modelKey, normalise } from "./normalise.js";
import { listPools } from "./pools.js";
import type { SearchLimits } from "./limits.js";
import { solveLarge, type LargeSolver } from "./large.js";

/** A group of the pairing, `times` over. Parts are those of one. */
export interface PairedGroup {
  readonly parts: readonly Part[];
  readonly times: number;
}

/** The cheapest pairing found; money units (1/10,000 dollar). */
export interface Pairing {
  /** Bundles, then spreads of each expiry, then what stands alone; each in the holdings' order. */
  readonly groups: readonly PairedGroup[];
  readonly total: number;
  /** No pairing costs less. */
  readonly lowerBound: number;
  readonly proven: boolean;
}

/** A solved shape: counts of the normal model and its bound, in the normal model's units. */
export interface SolvedShape {
  readonly counts: PairingCounts;
  readonly change: number;
  readonly lowerBound: number;
}

/** Shapes already solved, kept by the caller. What is in it never changes a result, only the time to it. */
export type PairingCache = Map<string, SolvedShape>;

export interface SolveOptions {
  readonly limits: SearchLimits;
  readonly solver: LargeSolver | null;
  readonly cache: PairingCache | null;
}

/** Entries of the dense table of the own search: 8 MB. */
const largestTable = 1_000_000;
/**
 * Entries of the table that all pivots of the own search may touch: some 2 s, which leaves the budget as it is up to 60
 * legs; and where there is no solver to go on with, some 30 s.
 */
const mostTouched = { beforeSolver: 1.5e9, alone: 2e10 };

/** Shapes a cache holds at most: about 2 kB each. */
const cacheSize = 20_000;

export function pairingModel(holdings: Holdings, list: BundleList, switches: PairingSwitches): PairingModel {
  const legs: ModelLeg[] = holdings.options.map((option, i) => ({
    isShort: option.quantity < 0,
    isCall: option.isCall,
    strike: option.strike,
    units: option.units,
    spreadChange: option.quantity < 0 ? -list.alone[i]! : option.pairedCost,
  }));
  const capacity = [
    ...holdings.options.map((option) => Math.abs(option.quantity)),
    ...holdings.stocks.map((stock) => Math.abs(stock.shares)),
  ];
  const pools = switches.spreads === "universal" ? listPools(holdings.options, switches.expiry) : [];
  return { capacity, legs, bundles: list.bundles, pools };
}

/** Groups of the counts: bundles, then pools, then what is left alone, each in the holdings' order. */
function groupsOf(
  holdings: Holdings,
  list: BundleList,
  model: PairingModel,
  counts: PairingCounts,
): PairedGroup[] {
  const left = [
    ...holdings.options.map((option) => option.quantity),
    ...holdings.stocks.map((s) => s.shares),
  ];
  const groups: PairedGroup[] = [];
  const take = (parts: readonly Part[], times: number): void => {
    if (parts.length === 0 || times === 0) return;
    for (const part of parts) left[part.holding]! -= part.quantity * times;
    groups.push({ parts, times });
  };
  counts.bundles.forEach((count, b) => take(list.parts[b]!, count));
  counts.pools.forEach((poolCounts, p) => {
    const parts = model.pools[p]!.legs.map((holding, i) => ({
      holding,
      quantity: model.legs[holding]!.isShort ? -poolCounts[i]! : poolCounts[i]!,
    }));
    take(
      parts.filter((part) => part.quantity !== 0),
      1,
    );
  });
  left.forEach((quantity, holding) => {
    if (quantity === 0) return;
    const isOption = holding < holdings.options.length;
    const times = isOption ? Math.abs(quantity) : 1;
    groups.push({ parts: [{ holding, quantity: quantity / times }], times });
  });
  return groups;
}

/** The own search, as far as its table fits and its work pays. */
function searchItself(
  { program, costOf, step }: PairingProgram,
  { limits, solver }: SolveOptions,
): IntegerSolution {
  const entries = program.rowCount * program.columnCount;
  const isTooLarge = entries > largestTable;
  const isSolvers = isTooLarge && solver !== null;
  const touched = solver === null ? mostTouched.alone : mostTouched.beforeSolver;
  return minimise({
    program,
    costOf,
    step,
    start: new Float64Array(program.integerCount),
    nodeLimit: isSolvers ? 0 : Math.min(limits.nodes, isTooLarge ? 1 : Infinity),
    pivotLimit: isSolvers ? 0 : Math.min(limits.pivots, Math.floor(touched / entries)),
  });
}

function solveShape(model: PairingModel, options: SolveOptions): SolvedShape {
  const whole = pairingProgram(model);
  const { program, scale, countsOf } = whole;
  const found = searchItself(whole, options);
  const better = found.cost > found.lowerBound ? solveLarge(whole, found, options) : found;
  // Costs are whole numbers of the normal model: what lies above the next one below is that one.
  const lowerBound = Math.min(better.cost, Math.ceil(better.lowerBound * scale - 1e-6) / scale);
  return {
    counts: countsOf(better.values ?? new Float64Array(program.integerCount)),
    change: better.cost * scale,
    lowerBound: lowerBound * scale,
  };
}

/** The cheapest pairing of holdings that are in the optimiser's own order, `canonicalOrder`. */
export function solvePairing(
  holdings: Holdings,
  cost: GroupCost,
  switches: PairingSwitches,
  options: SolveOptions,
): Pairing {
  const list = listBundles(holdings, cost, switches);
  const model = pairingModel(holdings, list, switches);
  const isIdle = model.bundles.length === 0 && model.pools.length === 0;
  if (isIdle) {
    const groups = groupsOf(holdings, list, model, { bundles: [], pools: [] });
    return { groups, total: list.baseline, lowerBound: list.baseline, proven: true };
  }
  const normal = normalise(model);
  const key = options.cache === null ? "" : modelKey(normal.model);
  let solved = options.cache?.get(key);
  if (solved === undefined) {
    solved = solveShape(normal.model, options);
    if (options.cache !== null && options.cache.size < cacheSize) options.cache.set(key, solved);
  }
  const total = list.baseline + solved.change * normal.step;
  const lowerBound = list.baseline + solved.lowerBound * normal.step;
  return {
    groups: groupsOf(holdings, list, model, solved.counts),
    total,
    lowerBound,
    proven: total === lowerBound,
  };
}
