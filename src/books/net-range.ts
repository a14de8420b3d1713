import { type AccountColumns, accountMarks } from "../valuation/account-columns.js";
import type { LotColumns } from "../valuation/lot-columns.js";
import type { Holdings, Netting } from "../valuation/netting.js";
import type { Valuation } from "../valuation/valuation.js";
import type { BookFigures } from "./figures.js";
import type { FirmSums } from "./firm-sums.js";
import { lotsByAccount, piecesOf } from "./lots.js";
import { netBlock, type RunCalls } from "./net-book.js";
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
  /** Released when it is ordered. */
  readonly lots: LotColumns;
  readonly range: AccountRange;
  readonly book: PreparedBook;
  readonly sums: BookSums;
  readonly accountsPerPiece: number;
  readonly netting: Netting;
}

/**
 * Nets the accounts of a block but for those that are incomplete or special, and takes over what they come to.
 *
 * @param onOrdered called when the lots lie in the order of netting
 */
export async function netRange(
  block: BookBlock,
  engine: BookEngine,
  onOrdered: () => void,
): Promise<readonly string[]> {
  const { range, book, sums, netting } = block;
  const accounts = netting.accounts(range.end - range.first);
  const run: RunCalls = (calls) => engine.pool.run(calls);
  try {
    const { holdings, notes } = await orderLots(block, accounts, { valuation: engine.valuation, run });
    try {
      onOrdered();
      const netted = await netBlock({ netting, layout: book.layout, holdings, accounts }, sums.firm, run);
      sums.figures.addAccounts(accounts, range.first);
      return [...notes, ...netted];
    } finally {
      holdings.release();
    }
  } finally {
    accounts.release();
  }
}

/** Puts the lots of a block in the order of netting, marks its accounts and puts aside what special ones hold. */
async function orderLots(
  block: BookBlock,
  accounts: AccountColumns,
  { valuation, run }: { readonly valuation: Valuation; readonly run: RunCalls },
): Promise<{ readonly holdings: Holdings; readonly notes: readonly string[] }> {
  const { lots, range, book, netting, accountsPerPiece } = block;
  const ordered = lotsByAccount(lots, accounts.count, valuation);
  try {
    accounts.marks.set(book.incomplete.subarray(range.first, range.end));
    const pieces = piecesOf(ordered, accounts.count, accountsPerPiece);
    const { calls, holdings } = netting.order(ordered.lots, accounts, pieces);
    try {
      const notes = await run(calls);
      takeMarks(block, ordered.lots, accounts);
      return { holdings, notes };
    } catch (error) {
      holdings.release();
      throw error;
    }
  } finally {
    ordered.lots.release();
  }
}

/** Who holds something that cannot be used is incomplete; the positions of special accounts are put aside. */
function takeMarks({ range, book, sums }: BookBlock, lots: LotColumns, { marks }: AccountColumns): void {
  let isAnySpecial = false;
  for (let at = 0; at < marks.length; at++) {
    const mark = marks[at] ?? 0;
    if (mark === 0) continue;
    if ((mark & accountMarks.unusable) !== 0) book.incomplete[range.first + at] = 1;
    isAnySpecial ||= (mark & accountMarks.apart) !== 0;
  }
  if (!isAnySpecial) return;
  const { symbols } = book.prepared.contracts;
  const nameOf = (at: number): string => book.accounts.names[range.first + at] ?? "";
  for (let i = 0; i < lots.count; i++)
    if (((marks[lots.account[i] ?? 0] ?? 0) & accountMarks.apart) !== 0)
      sums.special.addLot(lots, i, { nameOf, symbols });
}
