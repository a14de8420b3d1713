import type { Book } from "../positions/book.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { LotColumns } from "../valuation/lot-columns.js";

/** Lots of a block by account: those of account k from `starts[k]` to `starts[k + 1] - 1` of `order`. */
export interface AccountLots {
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

/** By account, class group and contract; lots of one contract stay as they stand. */
export function orderLots(
  { count, account, contract }: LotColumns,
  accountCount: number,
  contractRank: Int32Array,
): AccountLots {
  const ranks = new Int32Array(count);
  for (let i = 0; i < count; i++) ranks[i] = contractRank[contract[i] ?? -1] ?? 0;
  const byContract = sortedBy(ascending(count), ranks, contractRank.length);
  return sortedBy(byContract.order, account, accountCount);
}

/** A counting sort, which keeps the order of equals. */
function sortedBy(from: Int32Array, keys: Int32Array, keyCount: number): AccountLots {
  const starts = new Int32Array(keyCount + 1);
  for (let i = 0; i < keys.length; i++) starts[(keys[i] ?? 0) + 1]! += 1;
  for (let k = 0; k < keyCount; k++) starts[k + 1]! += starts[k] ?? 0;
  const next = starts.slice();
  const order = new Int32Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const item = from[i] ?? 0;
    order[next[keys[item] ?? 0]!++] = item;
  }
  return { order, starts };
}

function ascending(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

/** By contract row: its rank by class group and contract. */
export function contractRanks({ contracts, classOrder, classGroups }: PreparedRisk): Int32Array {
  const { order } = sortedBy(ascending(contracts.count), classOrder, classGroups.length);
  const ranks = new Int32Array(contracts.count);
  order.forEach((row, rank) => (ranks[row] = rank));
  return ranks;
}

/** Accounts of a block, and which of them are wanted. */
export interface WantedAccounts {
  readonly first: number;
  readonly end: number;
  readonly names: readonly string[];
  readonly isWanted: (account: number) => boolean;
}

/**
 * The holdings of some accounts: lots of one contract added up, of their prices the first that is there, as `buildBook` does.
 * They stand by account, class group and contract; accounts are numbered from the first.
 */
export function heldBook(
  lots: LotColumns,
  { order, starts }: AccountLots,
  { first, end, names, isWanted }: WantedAccounts,
): Book {
  const most = (starts[end] ?? 0) - (starts[first] ?? 0);
  const book = {
    account: new Int32Array(most),
    contract: new Int32Array(most),
    quantity: new Float64Array(most),
    mark: new Float64Array(most),
  };
  let count = 0;
  for (let account = first; account < end; account++) {
    if (!isWanted(account)) continue;
    for (let at = starts[account] ?? 0, next = at; at < (starts[account + 1] ?? 0); at = next) {
      const contract = lots.contract[order[at] ?? -1] ?? -1;
      let [millionths, mark] = [0, Number.NaN];
      for (; next < (starts[account + 1] ?? 0); next++) {
        const lot = order[next] ?? -1;
        if (lots.contract[lot] !== contract) break;
        millionths += lots.millionths[lot] ?? Number.NaN;
        if (Number.isNaN(mark)) mark = lots.mark?.[lot] ?? Number.NaN;
      }
      if (millionths === 0) continue;
      book.account[count] = account - first;
      book.contract[count] = contract;
      book.quantity[count] = millionths / 1e6;
      book.mark[count] = mark;
      count++;
    }
  }
  return { ...book, accounts: names, count };
}
