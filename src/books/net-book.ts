import type { KernelCall } from "../valuation/kernel-call.js";
import type { AccountColumns } from "../valuation/account-columns.js";
import type { Holdings, Netting } from "../valuation/netting.js";
import type { FirmSums } from "./firm-sums.js";
import type { BookLayout } from "./layout.js";

/** Makes kernel calls on whatever threads; returns what a reader should know of it. */
export type RunCalls = (calls: readonly KernelCall[]) => Promise<readonly string[]>;

/**
 * Accounts of one piece: one call of the kernel orders its lots, one nets it, and the firm's sums are those of the pieces, added
 * in their order, whatever the number of threads and wherever a book is cut into blocks (blocks are made of whole pieces). The
 * more accounts, the more of them a group's rows serve while they are in the cache; beyond, the accounts' records (1 MB) are not,
 * and threads have fewer pieces to share. Five to ten milliseconds.
 */
export const accountsAPiece = 32_768;

export interface NettedBlock {
  readonly netting: Netting;
  readonly layout: BookLayout;
  readonly holdings: Holdings;
  /** Its results are written. */
  readonly accounts: AccountColumns;
}

/** Nets every account of a block and adds the pieces' sums to the firm's. */
export async function netBlock(
  { netting, layout, holdings, accounts }: NettedBlock,
  firm: FirmSums,
  run: RunCalls,
): Promise<readonly string[]> {
  const question = netting.ask(holdings, accounts);
  try {
    const notes = await run(question.calls);
    for (const piece of holdings.pieces.keys()) firm.addPiece(question.classSums(piece), layout);
    return notes;
  } finally {
    question.release();
  }
}
