import type { AccountResult, ClassGroupResult, PortfolioGroupResult } from "../requirement/result.js";
import { sumsStride } from "../valuation/netting-memory.js";
import type { BookLayout } from "./layout.js";

/** Sums of one class group over the complete accounts of a book. */
export interface ClassGroupSums {
  readonly classGroup: string;
  readonly accounts: number;
  /** USD, signed: its parts of the accounts' requirements. */
  readonly costUsd: number;
  /** USD by scenario: what the firm's complete accounts gain or lose in it together. */
  readonly profitUsd: Float64Array;
}

/** A class group of one account. */
interface ClassGroupProfit {
  /** USD by scenario, from index `from` on. */
  readonly profit: Float64Array;
  readonly from: number;
}

/** What the accounts of a book come to together, by class group. */
export class FirmSums {
  readonly #classIds: readonly string[];
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #scenarioCount: number;
  /** By class group of the run: profit by scenario | cost | accounts. */
  readonly #sums: Float64Array;

  /** @param classIds class groups of the run */
  constructor(classIds: readonly string[], scenarioCount: number) {
    this.#classIds = classIds;
    this.#rowOf = new Map(classIds.map((id, row) => [id, row]));
    this.#scenarioCount = scenarioCount;
    this.#sums = new Float64Array(classIds.length * (scenarioCount + 2));
  }

  /** Adds the class groups of one piece, group by group: {@link Netting.ask}. */
  addPiece(classSums: Float64Array, { groups }: Pick<BookLayout, "groups">): void {
    const scenarios = this.#scenarioCount;
    const stride = sumsStride(scenarios);
    const own = scenarios + 2;
    let from = 0;
    for (const { classes } of groups)
      for (const classRow of classes) {
        const accounts = classSums[from + stride - 1] ?? Number.NaN;
        if (accounts !== 0) {
          const to = classRow * own;
          for (let s = 0; s < scenarios; s++) this.#sums[to + s]! += classSums[from + s] ?? Number.NaN;
          this.#sums[to + scenarios]! += classSums[from + stride - 2] ?? Number.NaN;
          this.#sums[to + scenarios + 1]! += accounts;
        }
        from += stride;
      }
  }

  /** Adds the class groups of an account that was computed apart. */
  addTree({ status, portfolioGroups }: AccountResult): void {
    if (status !== "complete") return;
    for (const { id, profitUsd, costUsd } of portfolioGroups.flatMap(classGroupsOf)) {
      const row = this.#rowOf.get(id);
      if (row === undefined) throw new RangeError(`no class group ${id}`);
      this.addClassGroup(row, { profit: Float64Array.from(profitUsd), from: 0 }, costUsd);
    }
  }

  /**
   * Adds a class group of a complete account.
   *
   * @param row index into the class groups of the run
   */
  addClassGroup(row: number, { profit, from }: ClassGroupProfit, costUsd: number): void {
    const scenarios = this.#scenarioCount;
    const to = row * (scenarios + 2);
    for (let s = 0; s < scenarios; s++) this.#sums[to + s]! += profit[from + s] ?? Number.NaN;
    this.#sums[to + scenarios]! += costUsd;
    this.#sums[to + scenarios + 1]! += 1;
  }

  /** Those that any account holds. */
  classGroups(): ClassGroupSums[] {
    const own = this.#scenarioCount + 2;
    return this.#classIds.flatMap((classGroup, at) => {
      const sums = this.#sums.subarray(at * own, (at + 1) * own);
      const accounts = sums[own - 1] ?? 0;
      const profitUsd = sums.slice(0, this.#scenarioCount);
      return accounts === 0
        ? []
        : [{ classGroup, accounts, costUsd: sums[own - 2] ?? Number.NaN, profitUsd }];
    });
  }
}

function classGroupsOf({ productGroups }: PortfolioGroupResult): ClassGroupResult[] {
  return productGroups.flatMap((part) => [...part.classGroups]);
}
