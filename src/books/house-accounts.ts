import { setImmediate } from "node:timers/promises";
import {
  type AmountSources,
  accountAmounts,
  classGroupCosts,
  costliestAmounts,
  type GroupAmounts,
} from "../requirement/account-amounts.js";
import { marginInputs, outsideGroups } from "../requirement/account-results.js";
import { roundToCents } from "../basics/money.js";
import { GroupNetting } from "../requirement/group-netting.js";
import { type HouseLayer, type PreparedHouse, prepareHouse } from "../requirement/house/house-layer.js";
import type { AccountResult } from "../requirement/result.js";
import type { LotColumns } from "../valuation/lot-columns.js";
import { moneyOf } from "./account-list.js";
import type { FirmSums } from "./firm-sums.js";
import { type AccountLots, contractRanks, heldBook, orderLots } from "./house-lots.js";
import type { PreparedBook } from "./prepare-book.js";
import type { AccountRange } from "./read-lots.js";
import { SpecialPositions } from "./special-accounts.js";
import type { TreeFigures } from "./tree-figures.js";

/** Accounts whose profits under all grids are in memory at once: some 30 MB. */
const accountsAtOnce = 1024;

/**
 * The accounts of a book whose rule set has house rules. House rules look at each account by itself: tests are made ready once
 * for the run and asked for so many accounts at once, and of each account a row of figures is kept. Special accounts are
 * computed as trees.
 */
export class HouseAccounts {
  readonly #book: PreparedBook;
  readonly #figures: TreeFigures;
  readonly #firm: FirmSums;
  readonly #house: PreparedHouse;
  readonly #netting: GroupNetting;
  readonly #unusable: Uint8Array;
  readonly #contractRank: Int32Array;

  /** Values the contracts under the grids of the house tests. */
  constructor(book: PreparedBook, { trees, firm }: { readonly trees: TreeFigures; readonly firm: FirmSums }) {
    this.#book = book;
    this.#figures = trees;
    this.#firm = firm;
    const { prepared, placeOf, request } = book;
    const house = prepareHouse(book);
    if (house === null) throw new TypeError("a rule set without house rules");
    this.#house = house;
    this.#netting = new GroupNetting(prepared.classGroups, placeOf, request.rules.readings);
    this.#unusable = outsideGroups(prepared);
    this.#contractRank = contractRanks(prepared);
  }

  /**
   * Computes the accounts of a block.
   *
   * @param lots account numbers count from the block's first
   * @param onPart told after so many accounts which part of the block is done
   */
  async addBlock(lots: LotColumns, block: AccountRange, onPart: (part: number) => void): Promise<void> {
    const count = block.end - block.first;
    const byAccount = orderLots(lots, count, this.#contractRank);
    markIncomplete(lots, block, this.#book);
    const isSpecial = specialAccounts(lots, count, this.#book);
    for (let first = 0; first < count; first += accountsAtOnce) {
      const range = { first, end: Math.min(count, first + accountsAtOnce) };
      this.#add({ lots, byAccount, block, isSpecial }, range);
      onPart(range.end / count);
      // Nothing here waits, and progress is drawn between two turns of the event loop.
      await setImmediate();
    }
  }

  /** @param range account numbers count from the block's first */
  #add(held: HeldBlock, range: AccountRange): void {
    const trees = this.#trees(held, range);
    const { sources, house } = this.#ready(held, range);
    const { totals } = sources.inputs;
    for (let account = range.first, row = 0; account < range.end; account++) {
      const rows: number[] = [];
      for (; totals.account[row] === account - range.first; row++) rows.push(row);
      const at = held.block.first + account;
      const tree = trees.get(at);
      const isIncomplete = this.#book.incomplete[at] === 1;
      if (tree !== undefined) {
        this.#figures.add(at, tree, isIncomplete);
        if (!isIncomplete) this.#firm.addTree(tree);
      } else if (!isIncomplete) this.#addAccount(at, rows, { sources, house });
    }
  }

  /** Those that need no tree, netted under all grids. */
  #ready({ lots, byAccount, block, isSpecial }: HeldBlock, { first, end }: AccountRange): ReadyPart {
    const { accounts, incomplete, ...run } = this.#book;
    const names = accounts.names.slice(block.first + first, block.first + end);
    const isWanted = (account: number): boolean =>
      isSpecial[account] !== 1 && incomplete[block.first + account] !== 1;
    const book = heldBook(lots, byAccount, { first, end, names, isWanted });
    const inputs = marginInputs({ ...run, book }, this.#unusable);
    return { sources: { inputs, netting: this.#netting }, house: this.#house(inputs) };
  }

  #addAccount(at: number, rows: readonly number[], { sources, house }: ReadyPart): void {
    const { names, cashUsd, otherEquityUsd } = this.#book.accounts;
    const account = names[at] ?? "";
    const money = { cash: cashUsd[at] ?? 0, equityOther: otherEquityUsd[at] ?? 0 };
    const { groups, marketValueUsd, equityUsd, requirementUsd } = accountAmounts(rows, money, sources);
    const asked = { account, rows, equityUsd, besideUsd: 0, regulatoryUsd: requirementUsd };
    const { figures, failures, unverified } = house(asked);
    const houseUsd = figures.houseRequirementUsd;
    if (houseUsd === null) {
      this.#figures.addFigures(at, { ...unknownFigures, unverified, failures });
      return;
    }
    const { classGroup, scenario } = costliestAmounts(groups, sources.inputs);
    // Written out: of each account a row is made, and copying members takes longer than a test.
    this.#figures.addFigures(at, {
      status: "complete",
      marketValueUsd,
      cashUsd: money.cash,
      equityUsd,
      requirementUsd: houseUsd,
      excessUsd: roundToCents(equityUsd - houseUsd),
      classGroup,
      scenario,
      unverified,
      failures,
    });
    for (const group of groups) this.#addGroup(group, sources);
  }

  #addGroup(group: GroupAmounts, sources: AmountSources): void {
    const costs = classGroupCosts(group, sources);
    for (let i = 0; i < costs.length; i++) {
      const part = group.members[i];
      if (part !== undefined) this.#firm.addClassGroup(part.classRow, part, costs[i] ?? Number.NaN);
    }
  }

  /** The special accounts as trees, by their numbers in the run. */
  #trees(held: HeldBlock, { first, end }: AccountRange): ReadonlyMap<number, AccountResult> {
    const { lots, byAccount, block, isSpecial } = held;
    const { names, numberOf } = this.#book.accounts;
    const { symbols } = this.#book.prepared.contracts;
    const positions = new SpecialPositions();
    const nameOf = (account: number): string => names[block.first + account] ?? "";
    for (let account = first; account < end; account++) {
      if (isSpecial[account] !== 1) continue;
      const own = byAccount.order.subarray(byAccount.starts[account], byAccount.starts[account + 1]);
      for (const i of own) positions.addLot(lots, i, { nameOf, symbols });
    }
    if (positions.isEmpty) return new Map();
    const money = moneyOf(this.#book.accounts);
    const trees = positions.results({ ...this.#book, money, house: this.#house });
    return new Map(trees.map((tree) => [numberOf(tree.account), tree]));
  }
}

/** The accounts of a block with what they hold; numbers of accounts count from the block's first. */
interface HeldBlock {
  readonly lots: LotColumns;
  readonly byAccount: AccountLots;
  readonly block: AccountRange;
  /** By account: 1 = it holds what takes a tree. */
  readonly isSpecial: Uint8Array;
}

/** Of an account that a house test leaves incomplete. */
const unknownFigures = {
  status: "incomplete",
  marketValueUsd: null,
  cashUsd: null,
  equityUsd: null,
  requirementUsd: null,
  excessUsd: null,
  classGroup: "",
  scenario: "",
} as const;

interface ReadyPart {
  readonly sources: AmountSources;
  readonly house: HouseLayer;
}

function specialAccounts(
  { count, contract, account }: LotColumns,
  accountCount: number,
  { special }: Pick<PreparedBook, "special">,
): Uint8Array {
  const isSpecial = new Uint8Array(accountCount);
  for (let i = 0; i < count; i++) if (special[contract[i] ?? -1] === 1) isSpecial[account[i] ?? 0] = 1;
  return isSpecial;
}

/** Who holds something that cannot be used. */
function markIncomplete(
  { count, contract, account }: LotColumns,
  { first }: AccountRange,
  { incomplete }: Pick<PreparedBook, "incomplete">,
): void {
  for (let i = 0; i < count; i++) if ((contract[i] ?? -1) < 0) incomplete[first + (account[i] ?? 0)] = 1;
}
