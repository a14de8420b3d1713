import { pricePerShare } from "../contracts/contract-master.js";
import type { LotColumns } from "../valuation/lot-columns.js";
import type { Netting } from "../valuation/netting.js";
import type { BookFigures } from "./figures.js";
import type { FirmSums } from "./firm-sums.js";
import { lotsByAccount } from "./lots.js";
import { netBlock } from "./net-book.js";
import type { PreparedBook } from "./prepare-book.js";
import type { AccountRange } from "./read-lots.js";
import type { BookEngine } from "./request.js";
import type { SpecialPositions } from "./special-accounts.js";
import type { TreeFigures } from "./tree-figures.js";

/** What a run over a book adds up. */
export interface BookSums {
  readonly figures: BookFigures;
  readonly firm: FirmSums;
  /** Positions of accounts that the netting leaves out. */
  readonly special: SpecialPositions;
  readonly trees: TreeFigures;
}

/** The accounts of one block, and their lots: account numbers count from the block's first. */
export interface BookBlock {
  /** Released when it is netted. */
  readonly lots: LotColumns;
  readonly range: AccountRange;
  readonly book: PreparedBook;
  readonly sums: BookSums;
  readonly accountsPerPiece: number;
  readonly netting: Netting;
}

/** Nets the accounts of a block but for those that are incomplete or special, and takes over what they come to. */
export async function netRange(
  block: BookBlock,
  { valuation, pool }: BookEngine,
): Promise<readonly string[]> {
  const { lots, range, book, sums, netting, accountsPerPiece } = block;
  const accounts = netting.accounts(range.end - range.first);
  markIncomplete(lots, range, book);
  const isSpecial = specialAccounts(block, accounts.count);
  accounts.skip.set(isSpecial.map((is, account) => is | (book.incomplete[range.first + account] ?? 0)));
  makePerShare(lots, book);
  const ordered = lotsByAccount(lots, accounts.count, valuation);
  try {
    const netted = { netting, layout: book.layout, ordered, accounts, accountsPerPiece };
    const notes = await netBlock(netted, sums.firm, (calls) => pool.run(calls));
    sums.figures.addAccounts(accounts, range.first);
    return notes;
  } finally {
    ordered.lots.release();
    accounts.release();
  }
}

/** Who holds something that cannot be used. */
export function markIncomplete(
  { count, contract, account }: LotColumns,
  { first }: AccountRange,
  { incomplete }: Pick<PreparedBook, "incomplete">,
): void {
  for (let i = 0; i < count; i++) if ((contract[i] ?? -1) < 0) incomplete[first + (account[i] ?? 0)] = 1;
}

/** By account of the block: 1 = it holds something special; its positions are put aside. */
function specialAccounts({ lots, range, book, sums }: BookBlock, accountCount: number): Uint8Array {
  const { prepared, accounts } = book;
  const { count, account, contract } = lots;
  const isSpecial = new Uint8Array(accountCount);
  for (let i = 0; i < count; i++) {
    const row = contract[i] ?? -1;
    if (row >= 0 && book.special[row] === 1) isSpecial[account[i] ?? 0] = 1;
  }
  if (!isSpecial.includes(1)) return isSpecial;
  const { symbols } = prepared.contracts;
  const nameOf = (at: number): string => accounts.names[range.first + at] ?? "";
  for (let i = 0; i < count; i++)
    if (isSpecial[account[i] ?? 0] === 1) sums.special.addLot(lots, i, { nameOf, symbols });
  return isSpecial;
}

/** Marks, as they are given, become prices per share. */
function makePerShare({ count, contract, mark }: LotColumns, { prepared }: PreparedBook): void {
  if (mark === null) return;
  for (let i = 0; i < count; i++) {
    const row = contract[i] ?? -1;
    if (row >= 0) mark[i] = pricePerShare(mark[i] ?? Number.NaN, row, prepared.contracts);
  }
}
