import type { KernelCall } from "../valuation/kernel-call.js";
import type { AccountColumns } from "../valuation/account-columns.js";
import type { Netting, NettingPiece } from "../valuation/netting.js";
import type { FirmSums } from "./firm-sums.js";
import type { BookLayout } from "./layout.js";
import { type OrderedLots, piecesOf } from "./lots.js";

/** Makes kernel calls on whatever threads; returns what a reader should know of it. */
export type RunCalls = (calls: readonly KernelCall[]) => Promise<readonly string[]>;

/**
 * Accounts of one piece: one call of the kernel nets it, and the firm's sums are those of the pieces, added in their order,
 * whatever the number of threads and wherever a book is cut into blocks (blocks are made of whole pieces). Half a million lots
 * of thirty an account: 8 MB, which stay in the cache from placing to netting, and a dozen milliseconds.
 */
export const accountsAPiece = 16_384;

/** Lots of the pieces that have room in memory at once. */
const lotsAtOnce = 8_388_608;

export interface NettedBlock {
  readonly netting: Netting;
  readonly layout: BookLayout;
  readonly ordered: OrderedLots;
  /** Its results are written, its `skip` is read. */
  readonly accounts: AccountColumns;
  /** {@link accountsAPiece} but in tests. */
  readonly accountsPerPiece: number;
}

/** Nets every account of a block and adds the pieces' sums to the firm's. */
export async function netBlock(
  { netting, layout, ordered, accounts, accountsPerPiece }: NettedBlock,
  firm: FirmSums,
  run: RunCalls,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const wave of wavesOf(piecesOf(ordered, accounts.count, accountsPerPiece))) {
    const question = netting.ask(ordered.lots, accounts, wave);
    try {
      notes.push(...(await run(question.calls)));
      for (const piece of wave.keys()) firm.addPiece(question.classSums(piece), layout);
    } finally {
      question.release();
    }
  }
  return notes;
}

/** Pieces in their order, so many at a time that their room fits. */
function wavesOf(pieces: readonly NettingPiece[]): NettingPiece[][] {
  const waves: NettingPiece[][] = [];
  let room = 0;
  for (const piece of pieces) {
    if (room <= 0) {
      waves.push([]);
      room = lotsAtOnce;
    }
    waves.at(-1)?.push(piece);
    for (const { start, end } of piece.runs) room -= end - start;
  }
  return waves;
}
