import { inCodeUnits, numberIn } from "../basics/collections.js";
import type { ClassGroup } from "../risk/grid-set.js";
import type { GroupPlace } from "../rules/products.js";
import type { OffsetReadings } from "../rules/schema.js";
import { offsetNet } from "./offsets.js";

/** Profits of one class group of an account; of them and of its minimum nothing is copied. */
export interface ClassProfit {
  /** Index into the class groups of the run. */
  readonly classRow: number;
  /** USD, a scenario each, from index `from` on. */
  readonly profit: Float64Array;
  readonly from: number;
  /** USD: sum of the per-contract minimums. */
  readonly minimum: number;
}

/** A portfolio group of an account, netted. */
export interface NettedGroup<Part extends ClassProfit> {
  readonly id: string;
  /** By product group and class group, both in code-unit order. */
  readonly members: readonly Part[];
  /** Index of the worst scenario; the first of equals. */
  readonly at: number;
  /** USD >= 0, at the worst scenario. */
  readonly lossUsd: number;
  /** Whether a profit is not a number: the loss then says nothing. */
  readonly hasNaN: boolean;
}

/**
 * Nets class groups of one account after another as `portfolioGroups` does, with the same operations in the same order, where
 * nobody asks for the tree: sums lie in columns that are used again, and where class groups stand is found once for a run.
 */
export class GroupNetting {
  readonly #readings: OffsetReadings;
  /** By class group: its place, and the numbers of its portfolio and product group. */
  readonly #places: readonly GroupPlace[];
  readonly #portfolioGroup: Int32Array;
  readonly #productGroup: Int32Array;
  /** By class group: its rank by portfolio group, product group, class group, each in code-unit order. */
  readonly #rank: Int32Array;
  /** As long as the longest grid so far. */
  #sums = new NettingSums(0);
  /** Of the grid that is netted. */
  #scenarioCount = 0;

  /** @param classGroups of the run, in code-unit order */
  constructor(
    classGroups: readonly ClassGroup[],
    placeOf: (classGroup: string) => GroupPlace,
    readings: OffsetReadings,
  ) {
    this.#readings = readings;
    this.#places = classGroups.map(({ id }) => placeOf(id));
    this.#portfolioGroup = numbered(this.#places.map(({ portfolioGroup }) => portfolioGroup));
    this.#productGroup = numbered(this.#places.map(({ productGroup }) => productGroup));
    this.#rank = new Int32Array(classGroups.length);
    this.#places
      .map(({ portfolioGroup, productGroup }, row) => ({ portfolioGroup, productGroup, row }))
      .toSorted(
        (a, b) =>
          inCodeUnits(a.portfolioGroup, b.portfolioGroup) ||
          inCodeUnits(a.productGroup, b.productGroup) ||
          a.row - b.row,
      )
      .forEach(({ row }, rank) => (this.#rank[row] = rank));
  }

  placeOf(classRow: number): GroupPlace {
    const place = this.#places[classRow];
    if (place === undefined) throw new RangeError(`no class group ${classRow}`);
    return place;
  }

  /** The parts by portfolio group, product group and class group. */
  inOrder<Part extends { readonly classRow: number }>(parts: readonly Part[]): readonly Part[] {
    const rank = (part: Part): number => this.#rank[part.classRow] ?? -1;
    // Mostly class groups stand alone, and the order of class groups is that of portfolio groups.
    for (let i = 1; i < parts.length; i++)
      if (rank(parts[i - 1]!) > rank(parts[i]!)) return parts.toSorted((a, b) => rank(a) - rank(b));
    return parts;
  }

  /**
   * The portfolio groups of an account, in code-unit order.
   *
   * @param parts in the order of {@link inOrder}
   */
  groups<Part extends ClassProfit>(parts: readonly Part[], scenarioCount: number): NettedGroup<Part>[] {
    if (this.#sums.losses.length < scenarioCount) this.#sums = new NettingSums(scenarioCount);
    this.#scenarioCount = scenarioCount;
    const found: NettedGroup<Part>[] = [];
    for (let first = 0, end = 0; first < parts.length; first = end) {
      const number = this.#portfolioGroup[parts[first]!.classRow];
      let isFirst = true;
      while (end < parts.length && this.#portfolioGroup[parts[end]!.classRow] === number) {
        end = this.#addProductGroup(parts, end, isFirst);
        isFirst = false;
      }
      found.push(this.#netted(parts.slice(first, end)));
    }
    return found;
  }

  /** Adds the product group that begins at `first`; returns where it ends. See `offsetProfits`. */
  #addProductGroup(parts: readonly ClassProfit[], first: number, isFirst: boolean): number {
    const { ownLosses, ownGains, losses, gains } = this.#sums;
    const { minimumPer, carriedGain } = this.#readings;
    const count = this.#scenarioCount;
    const { productOffset } = this.placeOf(parts[first]!.classRow);
    const number = this.#productGroup[parts[first]!.classRow];
    let end = first;
    for (; end < parts.length && this.#productGroup[parts[end]!.classRow] === number; end++) {
      const { profit, from, minimum } = parts[end]!;
      const most = minimumPer === "class_group" ? -minimum : Number.POSITIVE_INFINITY;
      const isNew = end === first;
      for (let k = 0; k < count; k++) {
        const usd = Math.min(profit[from + k] ?? Number.NaN, most);
        ownLosses[k] = (isNew ? 0 : ownLosses[k]!) + Math.min(usd, 0);
        ownGains[k] = (isNew ? 0 : ownGains[k]!) + Math.max(usd, 0);
      }
    }
    for (let k = 0; k < count; k++) {
      const usd = offsetNet({ losses: ownLosses[k]!, gains: ownGains[k]! }, productOffset, carriedGain);
      losses[k] = (isFirst ? 0 : losses[k]!) + Math.min(usd, 0);
      gains[k] = (isFirst ? 0 : gains[k]!) + Math.max(usd, 0);
    }
    return end;
  }

  #netted<Part extends ClassProfit>(members: readonly Part[]): NettedGroup<Part> {
    const { losses, gains } = this.#sums;
    const { portfolioGroup, portfolioOffset } = this.placeOf(members[0]!.classRow);
    const { carriedGain } = this.#readings;
    const count = this.#scenarioCount;
    let at = 0;
    let worst = Number.NaN;
    let hasNaN = false;
    for (let k = 0; k < count; k++) {
      const usd = offsetNet({ losses: losses[k]!, gains: gains[k]! }, portfolioOffset, carriedGain);
      if (k === 0) worst = usd;
      hasNaN ||= Number.isNaN(usd);
      if (usd < worst) {
        at = k;
        worst = usd;
      }
    }
    return { id: portfolioGroup, members, at, lossUsd: Math.max(0, -worst), hasNaN };
  }
}

/** Sums of one portfolio group, and of the product group that is being added to it; USD by scenario. */
class NettingSums {
  readonly losses: Float64Array;
  readonly gains: Float64Array;
  readonly ownLosses: Float64Array;
  readonly ownGains: Float64Array;

  constructor(scenarioCount: number) {
    this.losses = new Float64Array(scenarioCount);
    this.gains = new Float64Array(scenarioCount);
    this.ownLosses = new Float64Array(scenarioCount);
    this.ownGains = new Float64Array(scenarioCount);
  }
}

/** Equal texts get equal numbers. */
function numbered(texts: readonly string[]): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(texts, (text) => numberIn(known, text));
}
