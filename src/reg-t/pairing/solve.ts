import { minimise } from "./branch-and-bound.js";
import { listBundles, type BundleList } from "./bundles.js";
import type { GroupCost, Holdings, PairingSwitches, Part } from "./holdings.js";
import { pairingProgram, type ModelLeg, type PairingCounts, type PairingModel } from "./model.js";
import { listPools } from "./pools.js";

/** Budgets of the exact search: counted, never timed. */
export interface SearchLimits {
  readonly nodes: number;
  readonly pivots: number;
}

/** The cheapest pairing found. Groups in a fixed order; money units. */
export interface PairingSolution {
  readonly groups: readonly (readonly Part[])[];
  /** Cost of the groups as the model counts them: the certificate must find the same. */
  readonly total: number;
  /** No pairing costs less. */
  readonly lowerBound: number;
  readonly proven: boolean;
}

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
  return { capacity, legs, bundles: list.bundles, pools, baseline: list.baseline };
}

/** Groups of the counts: bundles, then pools, then what is left alone, each in the holdings' order. */
export function groupsOf(
  holdings: Holdings,
  list: BundleList,
  model: PairingModel,
  counts: PairingCounts,
): Part[][] {
  const left = [
    ...holdings.options.map((option) => option.quantity),
    ...holdings.stocks.map((s) => s.shares),
  ];
  const groups: Part[][] = [];
  const take = (parts: Part[]): void => {
    for (const part of parts) left[part.holding]! -= part.quantity;
    if (parts.length > 0) groups.push(parts);
  };
  counts.bundles.forEach((count, b) => {
    if (count > 0) take(list.parts[b]!.map((part) => ({ ...part, quantity: part.quantity * count })));
  });
  counts.pools.forEach((poolCounts, p) => {
    const parts = model.pools[p]!.legs.map((holding, i) => ({
      holding,
      quantity: model.legs[holding]!.isShort ? -poolCounts[i]! : poolCounts[i]!,
    }));
    take(parts.filter((part) => part.quantity !== 0));
  });
  left.forEach((quantity, holding) => {
    if (quantity !== 0) groups.push([{ holding, quantity }]);
  });
  return groups;
}

/** The cheapest pairing by the own exact method. */
export function solvePairing(
  holdings: Holdings,
  cost: GroupCost,
  switches: PairingSwitches,
  limits: SearchLimits,
): PairingSolution {
  const list = listBundles(holdings, cost, switches);
  const model = pairingModel(holdings, list, switches);
  const { program, scale, step, costOf, countsOf } = pairingProgram(model);
  const found = minimise({
    program,
    costOf,
    step,
    start: new Float64Array(program.integerCount),
    nodeLimit: limits.nodes,
    pivotLimit: limits.pivots,
  });
  const total = list.baseline + found.cost * scale;
  const lowerBound = list.baseline + found.lowerBound * scale;
  return {
    groups: groupsOf(holdings, list, model, countsOf(found.values!)),
    total,
    lowerBound,
    proven: total === lowerBound,
  };
}
