import { inCodeUnits } from "../basics/collections.js";
import type { ClassGroup } from "../risk/grid-set.js";
import type { GroupPlace } from "../rules/products.js";
import type { OffsetReadings } from "../rules/schema.js";

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
  readonly #places: readonly GroupPlace[];
  readonly #readings: OffsetReadings;
  /** By class group: its rank by portfolio group, product group, class group, each in code-unit order. */
  readonly #rank: Int32Array;
  /** USD by scenario: losses and gains of the product groups so far. */
  #losses = new Float64Array(0);
  #gains = new Float64Array(0);
  /** USD by scenario: those of the class groups of one product group. */
  #ownLosses = new Float64Array(0);
  #ownGains = new Float64Array(0);

  /** @param classGroups of the run, in code-unit order */
  constructor(
    classGroups: readonly ClassGroup[],
    placeOf: (classGroup: string) => GroupPlace,
    readings: OffsetReadings,
  ) {
    this.#places = classGroups.map(({ id }) => placeOf(id));
    this.#readings = readings;
    const order = this.#places
      .map(({ portfolioGroup, productGroup }, row) => ({ portfolioGroup, productGroup, row }))
      .toSorted(
        (a, b) =>
          inCodeUnits(a.portfolioGroup, b.portfolioGroup) ||
          inCodeUnits(a.productGroup, b.productGroup) ||
          a.row - b.row,
      );
    this.#rank = new Int32Array(order.length);
    order.forEach(({ row }, rank) => (this.#rank[row] = rank));
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
    if (this.#losses.length !== scenarioCount) this.#makeRoom(scenarioCount);
    const found: NettedGroup<Part>[] = [];
    for (let first = 0, end = 0; first < parts.length; first = end) {
      const id = this.placeOf(parts[first]!.classRow).portfolioGroup;
      this.#losses.fill(0);
      this.#gains.fill(0);
      while (end < parts.length && this.placeOf(parts[end]!.classRow).portfolioGroup === id)
        end = this.#addProductGroup(parts, end);
      found.push({ id, members: parts.slice(first, end), ...this.#worst(parts[first]!) });
    }
    return found;
  }

  #makeRoom(scenarioCount: number): void {
    this.#losses = new Float64Array(scenarioCount);
    this.#gains = new Float64Array(scenarioCount);
    this.#ownLosses = new Float64Array(scenarioCount);
    this.#ownGains = new Float64Array(scenarioCount);
  }

  /** Adds the product group that begins at `first`; returns where it ends. See `offsetProfits`. */
  #addProductGroup(parts: readonly ClassProfit[], first: number): number {
    const [losses, gains] = [this.#ownLosses, this.#ownGains];
    const byClass = this.#readings.minimumPer === "class_group";
    const { productGroup, productOffset } = this.placeOf(parts[first]!.classRow);
    losses.fill(0);
    gains.fill(0);
    let end = first;
    for (; end < parts.length; end++) {
      const part = parts[end]!;
      if (this.placeOf(part.classRow).productGroup !== productGroup) break;
      const { profit, from } = part;
      const most = byClass ? -part.minimum : Number.POSITIVE_INFINITY;
      for (let k = 0; k < losses.length; k++) {
        const usd = Math.min(profit[from + k] ?? Number.NaN, most);
        losses[k]! += Math.min(usd, 0);
        gains[k]! += Math.max(usd, 0);
      }
    }
    const [allLosses, allGains] = [this.#losses, this.#gains];
    for (let k = 0; k < losses.length; k++) {
      const usd = this.#net(losses[k]!, gains[k]!, productOffset);
      allLosses[k]! += Math.min(usd, 0);
      allGains[k]! += Math.max(usd, 0);
    }
    return end;
  }

  #net(losses: number, gains: number, share: number): number {
    const net = losses + share * gains;
    return this.#readings.carriedGain === "remainder" && net > 0 ? gains + losses / share : net;
  }

  #worst({ classRow }: ClassProfit): Pick<NettedGroup<ClassProfit>, "at" | "lossUsd" | "hasNaN"> {
    const [losses, gains] = [this.#losses, this.#gains];
    const { portfolioOffset } = this.placeOf(classRow);
    let [at, worst, hasNaN] = [0, Number.NaN, false];
    for (let k = 0; k < losses.length; k++) {
      const usd = this.#net(losses[k]!, gains[k]!, portfolioOffset);
      if (k === 0) worst = usd;
      hasNaN ||= Number.isNaN(usd);
      if (usd < worst) {
        at = k;
        worst = usd;
      }
    }
    return { at, lossUsd: Math.max(0, -worst), hasNaN };
  }
}
