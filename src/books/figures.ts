import type { AccountResult, ClassGroupResult, PortfolioGroupResult } from "../requirement/result.js";
import type { NettedGroup } from "../valuation/netting.js";
import type { RowReasons } from "./net-book.js";

/** Sums of one class group over the complete accounts of a book. */
export interface ClassGroupSums {
  readonly classGroup: string;
  readonly accounts: number;
  /** USD, signed: its parts of the accounts' requirements. */
  readonly costUsd: number;
  /** USD by scenario: what the firm's complete accounts gain or lose in it together. */
  readonly profitUsd: Float64Array;
}

/** What the accounts of a book come to, a column each by account, filled group by group. */
export class BookFigures {
  /** Not rounded yet. */
  readonly requirementUsd: Float64Array;
  readonly marketValueUsd: Float64Array;
  /** Index into the run's class groups; -1 where the account holds nothing. */
  readonly worstClass: Int32Array;
  /** Index into {@link reasons}; -1 likewise. */
  readonly reason: Int32Array;
  readonly reasons: string[] = [];
  readonly #reasonAt = new Map<string, number>();
  /** Requirement of the costliest group so far. */
  readonly #most: Float64Array;
  readonly #sums: Float64Array;
  readonly #classIds: readonly string[];
  readonly #scenarioCount: number;

  constructor(accountCount: number, classIds: readonly string[], scenarioCount: number) {
    this.requirementUsd = new Float64Array(accountCount);
    this.marketValueUsd = new Float64Array(accountCount);
    this.worstClass = new Int32Array(accountCount).fill(-1);
    this.reason = new Int32Array(accountCount).fill(-1);
    this.#most = new Float64Array(accountCount).fill(-1);
    this.#classIds = classIds;
    this.#scenarioCount = scenarioCount;
    this.#sums = new Float64Array(classIds.length * (scenarioCount + 2));
  }

  /** Adds a group's requirement to each of its accounts; the first of equally costly groups stays the costliest. */
  addAccounts(netted: NettedGroup, firstAccount: number, reasons: RowReasons): void {
    const { account, requirementUsd, marketValueUsd } = netted;
    const [requirements, values, most] = [this.requirementUsd, this.marketValueUsd, this.#most];
    const codeOf = this.#reasonCodes(netted, reasons);
    for (let row = 0; row < account.length; row++) {
      const at = account[row]! + firstAccount;
      const requirement = requirementUsd[row]!;
      requirements[at]! += requirement;
      values[at]! += marketValueUsd[row]!;
      if (!(requirement > most[at]!)) continue;
      most[at] = requirement;
      this.worstClass[at] = reasons.classes[netted.worstClass(row)] ?? -1;
      this.reason[at] = codeOf(row);
    }
  }

  /** By row: the number of its reason. A label that stands for all rows of a scenario is looked up once. */
  #reasonCodes(netted: NettedGroup, { labels, mixedLabel }: RowReasons): (row: number) => number {
    const minimum = this.#reasonIndex("minimum");
    const known = labels.map((label) => (mixedLabel === null ? this.#reasonIndex(label) : -1));
    return (row) => {
      if (netted.binding(row) === "minimum") return minimum;
      const scenario = netted.worstScenario(row);
      return mixedLabel === null ? (known[scenario] ?? -1) : this.#reasonIndex(mixedLabel(row, scenario));
    };
  }

  /** Adds the pieces of a group's class groups, in their order. */
  addClassGroups(classes: Int32Array, { classSums, sumsStride }: NettedGroup): void {
    const pieces = classSums.length / (classes.length * sumsStride);
    const own = this.#scenarioCount + 2;
    classes.forEach((classRow, k) => {
      const to = this.#sums.subarray(classRow * own, (classRow + 1) * own);
      for (let piece = 0; piece < pieces; piece++) {
        const from = (piece * classes.length + k) * sumsStride;
        for (let s = 0; s < this.#scenarioCount; s++) to[s]! += classSums[from + s] ?? Number.NaN;
        to[own - 2]! += classSums[from + sumsStride - 2] ?? Number.NaN;
        to[own - 1]! += classSums[from + sumsStride - 1] ?? Number.NaN;
      }
    });
  }

  /** Adds the class groups of an account that was computed apart. */
  addTree({ status, portfolioGroups }: AccountResult): void {
    if (status !== "complete") return;
    const own = this.#scenarioCount + 2;
    for (const { id, profitUsd, costUsd } of portfolioGroups.flatMap(classGroupsOf)) {
      const to = this.#sums.subarray(this.#classIds.indexOf(id) * own);
      profitUsd.forEach((profit, s) => (to[s]! += profit));
      to[own - 2]! += costUsd;
      to[own - 1]! += 1;
    }
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

  #reasonIndex(text: string): number {
    const known = this.#reasonAt.get(text);
    if (known !== undefined) return known;
    this.#reasonAt.set(text, this.reasons.length);
    return this.reasons.push(text) - 1;
  }
}

function classGroupsOf({ productGroups }: PortfolioGroupResult): ClassGroupResult[] {
  return productGroups.flatMap((part) => [...part.classGroups]);
}
