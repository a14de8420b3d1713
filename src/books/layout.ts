import { holdingPriceOf, minimumTerms } from "../risk/class-groups.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { RuleSet } from "../rules/load.js";
import type { GroupPlace } from "../rules/products.js";
import { type NettingBook, type NettingGroup, nettingKind } from "../valuation/netting.js";
import { isMixed } from "./reasons.js";

/** A portfolio group of a book: its class groups and contracts in the order in which sums run. */
export interface BookGroup {
  readonly id: string;
  /** Index into the run's class groups, by class group within the group. */
  readonly classes: Int32Array;
  /** Whether its class groups move differently. */
  readonly isMixed: boolean;
}

/** Where each contract of a run stands among the portfolio groups. */
export interface BookLayout {
  /** In code-unit order of their ids. */
  readonly groups: readonly BookGroup[];
  readonly netting: NettingBook;
}

interface Placed {
  readonly row: number;
  readonly classRow: number;
  readonly place: GroupPlace;
}

/**
 * @param inGroup 1 = the contract is netted, by contract row
 * @param apart 1 = the netting leaves out who holds it, by contract row
 */
export function layOutBook(
  prepared: PreparedRisk,
  { inGroup, apart }: { readonly inGroup: Uint8Array; readonly apart: Uint8Array },
  rules: Pick<RuleSet, "minimum" | "readings">,
  placeOf: (classGroup: string) => GroupPlace,
): BookLayout {
  const places = prepared.classGroups.map(({ id }) => placeOf(id));
  const byGroup = new Map<string, Placed[]>();
  prepared.classOrder.forEach((classRow, row) => {
    const place = places[classRow];
    if (inGroup[row] !== 1 || place === undefined) return;
    const members = byGroup.get(place.portfolioGroup) ?? [];
    byGroup.set(place.portfolioGroup, members);
    members.push({ row, classRow, place });
  });
  const groupOf = new Int32Array(prepared.contracts.count).fill(-1);
  const rankOf = new Int32Array(prepared.contracts.count).fill(-1);
  const sorted = [...byGroup].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const groups = sorted.map(([id, members], g) => {
    members.sort(inOrderOfSums);
    members.forEach(({ row }, rank) => {
      groupOf[row] = g;
      rankOf[row] = rank;
    });
    const classes = [...new Set(members.map(({ classRow }) => classRow))];
    return { id, classes: Int32Array.from(classes), isMixed: isMixed(classes, prepared) };
  });
  const nettings = groups.map((group, g) => nettingGroup(group, sorted[g]?.[1] ?? [], prepared, rules));
  const { multiplier: units, quoteMultiplier: quotedUnits } = prepared.contracts;
  return { groups, netting: { groups: nettings, groupOf, rankOf, apart, units, quotedUnits } };
}

/** Product groups and class groups in code-unit order, contracts in that of the master. */
function inOrderOfSums(a: Placed, b: Placed): number {
  const [left, right] = [a.place.productGroup, b.place.productGroup];
  if (left !== right) return left < right ? -1 : 1;
  return a.classRow - b.classRow || a.row - b.row;
}

function nettingGroup(
  { classes, isMixed: tellsHeld }: BookGroup,
  members: readonly Placed[],
  prepared: PreparedRisk,
  { minimum, readings }: Pick<RuleSet, "minimum" | "readings">,
): NettingGroup {
  const classAt = new Map([...classes].map((classRow, at) => [classRow, at]));
  const ofClass = new Map(members.map(({ classRow, place }) => [classRow, place]));
  const products = [...new Set(members.map(({ place }) => place.productGroup))];
  const { arrays, contracts } = prepared;
  const n = arrays.scenarioCount;
  const profit = new Float64Array(members.length * n);
  members.forEach(({ row }, i) => {
    for (let s = 0; s < n; s++) profit[i * n + s] = arrays.profit[row * n + s] ?? Number.NaN;
  });
  const minimums = members.map(({ row }) => minimumTerms(row, { ...prepared, minimum }));
  return {
    contracts: {
      count: members.length,
      scenarioCount: n,
      profit,
      classOf: Int32Array.from(members, ({ classRow }) => classAt.get(classRow) ?? -1),
      multiplier: Float64Array.from(members, ({ row }) => contracts.multiplier[row] ?? Number.NaN),
      price: Float64Array.from(members, ({ row }) => holdingPriceOf(row, Number.NaN, prepared)),
      minimum: Float64Array.from(minimums, ({ perContractUsd }) => perContractUsd),
      kind: Uint8Array.from(
        minimums,
        ({ ofShorts, capped }, i) =>
          (ofShorts ? nettingKind.minimumOfShorts : 0) |
          (capped ? nettingKind.minimumCapped : 0) |
          (contracts.isFuture[members[i]?.row ?? -1] === 1 ? nettingKind.settledDaily : 0),
      ),
    },
    productOf: Int32Array.from(classes, (classRow) =>
      products.indexOf(ofClass.get(classRow)?.productGroup ?? ""),
    ),
    productShare: Float64Array.from(
      products,
      (product) => members.find(({ place }) => place.productGroup === product)?.place.productOffset ?? 1,
    ),
    portfolioShare: members[0]?.place.portfolioOffset ?? 1,
    carriedGain: readings.carriedGain,
    minimumPer: readings.minimumPer,
    tellsHeld,
  };
}
