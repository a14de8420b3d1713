import { setImmediate } from "node:timers/promises";
import type { PreparedRisk } from "../risk/prepare.js";
import type { RiskArrays } from "../risk/risk-arrays.js";
import type { LotColumns } from "../valuation/lot-columns.js";
import { moneyOf } from "./account-list.js";
import type { FirmSums } from "./firm-sums.js";
import type { PreparedBook } from "./prepare-book.js";
import type { AccountRange } from "./read-lots.js";
import { SpecialPositions } from "./special-accounts.js";
import type { TreeFigures } from "./tree-figures.js";

/** Accounts whose trees are in memory at once: some 50 MB. */
const accountsAtOnce = 1024;

/**
 * The accounts of a book whose rule set has house rules. House rules look at each account by itself, so each is computed as a
 * tree; only so many trees are there at once, and of each a row of figures is kept.
 */
export class HouseAccounts {
  readonly #book: PreparedBook;
  readonly #figures: TreeFigures;
  readonly #firm: FirmSums;
  /** What the contracts come to under the grids of the house tests. */
  readonly #arrays: RiskArrays[] = [];

  constructor(book: PreparedBook, { trees, firm }: { readonly trees: TreeFigures; readonly firm: FirmSums }) {
    this.#book = book;
    this.#figures = trees;
    this.#firm = firm;
  }

  /**
   * Computes the accounts of a block.
   *
   * @param lots account numbers count from the block's first
   * @param onPart told after so many accounts which part of the block is done
   */
  async addBlock(lots: LotColumns, block: AccountRange, onPart: (part: number) => void): Promise<void> {
    const { starts, order } = orderByAccount(lots, block.end - block.first);
    markIncomplete(lots, block, this.#book);
    for (let first = block.first; first < block.end; first += accountsAtOnce) {
      const end = Math.min(block.end, first + accountsAtOnce);
      const own = order.subarray(starts[first - block.first], starts[end - block.first]);
      this.#add(lots, own, { block, range: { first, end } });
      onPart((end - block.first) / (block.end - block.first));
      // Nothing here waits, and progress is drawn between two turns of the event loop.
      await setImmediate();
    }
  }

  #add(
    lots: LotColumns,
    own: Int32Array,
    { block, range }: { readonly block: AccountRange; readonly range: AccountRange },
  ): void {
    const book = this.#book;
    const { names, numberOf } = book.accounts;
    const positions = new SpecialPositions();
    const { symbols } = book.prepared.contracts;
    const nameOf = (at: number): string => names[block.first + at] ?? "";
    for (const i of own) positions.addLot(lots, i, { nameOf, symbols });
    // Those that hold nothing may need a minimum of equity all the same.
    const listed = names
      .slice(range.first, range.end)
      .filter((_, k) => book.incomplete[range.first + k] !== 1);
    const prepared = withKeptArrays(book.prepared, this.#arrays);
    for (const tree of positions.results({ ...book, prepared, listed, money: moneyOf(book.accounts) })) {
      const at = numberOf(tree.account);
      const isIncomplete = book.incomplete[at] === 1;
      this.#figures.add(at, tree, isIncomplete);
      if (!isIncomplete) this.#firm.addTree(tree);
    }
  }
}

/** Who holds something that cannot be used. */
function markIncomplete(
  { count, contract, account }: LotColumns,
  { first }: AccountRange,
  { incomplete }: Pick<PreparedBook, "incomplete">,
): void {
  for (let i = 0; i < count; i++) if ((contract[i] ?? -1) < 0) incomplete[first + (account[i] ?? 0)] = 1;
}

/** Lots of account k: `order` from `starts[k]` to `starts[k + 1] - 1`. */
function orderByAccount(
  { count, account }: LotColumns,
  accountCount: number,
): { starts: Int32Array; order: Int32Array } {
  const starts = new Int32Array(accountCount + 1);
  for (let i = 0; i < count; i++) starts[(account[i] ?? 0) + 1]! += 1;
  for (let k = 0; k < accountCount; k++) starts[k + 1]! += starts[k] ?? 0;
  const next = starts.slice();
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[next[account[i] ?? 0]!++] = i;
  return { starts, order };
}

/**
 * House tests are made ready anew for each part of a book, always in the same order, and their grids rest on the rules and the
 * contracts alone: what the contracts come to is computed the first time, and given again in that order.
 */
function withKeptArrays(prepared: PreparedRisk, kept: RiskArrays[]): PreparedRisk {
  const calls = { count: 0 };
  return {
    ...prepared,
    arraysFor: (grids) => {
      const found = (kept[calls.count++] ??= prepared.arraysFor(grids));
      if (found.scenarioCount !== grids.scenarioCount) throw new RangeError("house tests out of order");
      return found;
    },
  };
}
