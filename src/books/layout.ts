import { inCodeUnits } from "../basics/collections.js";
import { holdingPriceOf, minimumTerms } from "../risk/class-groups.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { RuleSet } from "../rules/load.js";
import type { GroupPlace } from "../rules/products.js";
import {
  type NettingBook,
  type NettingContracts,
  type NettingGroup,
  nettingKind,
} from "../valuation/netting.js";
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
  const { rows, classes } = inOrderOfSums(prepared, inGroup, placeOf);
  const contracts = nettingContracts(prepared, rules);
  const groupOf = new Int32Array(prepared.contracts.count).fill(-1);
  const rankOf = new Int32Array(prepared.contracts.count).fill(-1);
  const groups: BookGroup[] = [];
  const nettings: NettingGroup[] = [];
  for (let first = 0, end = 0; first < classes.length; first = end) {
    const id = classes[first]?.place.portfolioGroup ?? "";
    while (classes[end]?.place.portfolioGroup === id) end++;
    const own = classes.slice(first, end);
    const ownRows = rows.subarray(own[0]?.start, own.at(-1)?.end);
    for (let rank = 0; rank < ownRows.length; rank++) {
      const row = ownRows[rank] ?? -1;
      groupOf[row] = groups.length;
      rankOf[row] = rank;
    }
    own.forEach(({ start, end: last }, at) => {
      for (let i = start; i < last; i++) contracts.classOf[rows[i] ?? -1] = at;
    });
    const classRows = own.map(({ classRow }) => classRow);
    const group = { id, classes: new Int32Array(classRows), isMixed: isMixed(classRows, prepared) };
    groups.push(group);
    nettings.push({ contracts, rows: ownRows, ...offsetsOf(own, rules), tellsHeld: group.isMixed });
  }
  const { multiplier: units, quoteMultiplier: quotedUnits } = prepared.contracts;
  return { groups, netting: { groups: nettings, groupOf, rankOf, apart, units, quotedUnits } };
}

/** A class group that has contracts in the netting: they stand from `start` to `end - 1`. */
interface PlacedClass {
  readonly classRow: number;
  readonly place: GroupPlace;
  readonly start: number;
  readonly end: number;
}

/** Portfolio groups, product groups and class groups in code-unit order, contracts in that of the master. */
function inOrderOfSums(
  { classGroups, classOrder }: PreparedRisk,
  inGroup: Uint8Array,
  placeOf: (classGroup: string) => GroupPlace,
): { readonly rows: Int32Array; readonly classes: readonly PlacedClass[] } {
  const counts = new Int32Array(classGroups.length);
  for (let row = 0; row < inGroup.length; row++) if (inGroup[row] === 1) counts[classOrder[row] ?? -1]! += 1;
  const used = classGroups
    .map(({ id }, classRow) => ({ classRow, place: placeOf(id) }))
    .filter(({ classRow }) => counts[classRow] !== 0)
    .toSorted(
      (a, b) =>
        inCodeUnits(a.place.portfolioGroup, b.place.portfolioGroup) ||
        inCodeUnits(a.place.productGroup, b.place.productGroup) ||
        a.classRow - b.classRow,
    );
  let end = 0;
  const next = new Int32Array(classGroups.length);
  const classes = used.map(({ classRow, place }) => {
    next[classRow] = end;
    end += counts[classRow] ?? 0;
    return { classRow, place, start: next[classRow] ?? 0, end };
  });
  const rows = new Int32Array(end);
  for (let row = 0; row < inGroup.length; row++)
    if (inGroup[row] === 1) rows[next[classOrder[row] ?? -1]!++] = row;
  return { rows, classes };
}

/** Class groups of each contract within its group are still to be filled in. */
function nettingContracts(prepared: PreparedRisk, { minimum }: Pick<RuleSet, "minimum">): NettingContracts {
  const { arrays, contracts } = prepared;
  const { count, isFuture, multiplier } = contracts;
  const price = new Float64Array(count);
  const minimumUsd = new Float64Array(count);
  const kind = new Uint8Array(count);
  const sources = { contracts, minimum, theoretical: prepared.theoretical };
  for (let row = 0; row < count; row++) {
    const { perContractUsd, ofShorts, capped } = minimumTerms(row, sources);
    price[row] = holdingPriceOf(row, Number.NaN, prepared);
    minimumUsd[row] = perContractUsd;
    kind[row] =
      (ofShorts ? nettingKind.minimumOfShorts : 0) |
      (capped ? nettingKind.minimumCapped : 0) |
      (isFuture[row] === 1 ? nettingKind.settledDaily : 0);
  }
  const { scenarioCount, profit } = arrays;
  const classOf = new Int32Array(count).fill(-1);
  return { scenarioCount, profit, classOf, multiplier, price, minimum: minimumUsd, kind };
}

/** The offsets between the class groups of one portfolio group. */
function offsetsOf(
  classes: readonly PlacedClass[],
  { readings }: Pick<RuleSet, "readings">,
): Omit<NettingGroup, "contracts" | "rows" | "tellsHeld"> {
  const products: string[] = [];
  const shares: number[] = [];
  const productOf = new Int32Array(classes.length);
  classes.forEach(({ place }, at) => {
    if (products.at(-1) !== place.productGroup) {
      products.push(place.productGroup);
      shares.push(place.productOffset);
    }
    productOf[at] = products.length - 1;
  });
  return {
    productOf,
    productShare: new Float64Array(shares),
    portfolioShare: classes[0]?.place.portfolioOffset ?? 1,
    carriedGain: readings.carriedGain,
    minimumPer: readings.minimumPer,
  };
}
