import type { LotColumns } from "../valuation/lot-columns.js";
import type { NettingPiece, Run } from "../valuation/netting.js";
import type { Valuation } from "../valuation/valuation.js";

/** Lots with the order in which to take them, so that accounts never fall. */
export interface OrderedLots {
  readonly lots: LotColumns;
  readonly runs: readonly Run[];
}

/** So many stretches at most are merged as they lie; beyond, lots are moved. */
const mostStretches = 64;
/** And in so many pieces. */
const mostPieces = 65_536;

/**
 * The order of accounts. A file that stands in it comes in a few long stretches, the ends of which overlap a little, because
 * threads read it: those are merged piece by piece, without moving a lot. What stands in no order is sorted, and the columns
 * given are released.
 */
export function lotsByAccount(lots: LotColumns, accountCount: number, valuation: Valuation): OrderedLots {
  const runs = mergedRuns(lots, stretchesOf(lots));
  if (runs !== null) return { lots, runs };
  const moved = movedLots(lots, accountCount, valuation);
  lots.release();
  return { lots: moved, runs: [{ start: 0, end: moved.count }] };
}

/** In each of them accounts never fall. */
function stretchesOf({ count, account }: LotColumns): Run[] {
  const stretches: Run[] = [];
  for (let start = 0; start < count && stretches.length <= mostStretches;) {
    let end = start + 1;
    while (end < count && account[end]! >= account[end - 1]!) end++;
    stretches.push({ start, end });
    start = end;
  }
  return stretches;
}

/** Takes from the stretch with the smallest next account as long as no other has a smaller one. */
function mergedRuns({ account }: LotColumns, stretches: readonly Run[]): Run[] | null {
  if (stretches.length > mostStretches) return null;
  const left = stretches.map(({ start, end }) => ({ at: start, end }));
  const pieces: Run[] = [];
  for (;;) {
    const open = left.filter(({ at, end }) => at < end);
    const next = (stretch: { readonly at: number }): number => account[stretch.at] ?? -1;
    const [first, second] = open.toSorted((a, b) => next(a) - next(b));
    if (first === undefined) return pieces;
    const start = first.at;
    first.at = second === undefined ? first.end : firstAbove(account, first, next(second));
    pieces.push({ start, end: first.at });
    if (pieces.length > mostPieces) return null;
  }
}

/** By halving, within a stretch: the first lot of an account above `limit`. */
function firstAbove(
  account: Int32Array,
  { at, end }: { readonly at: number; readonly end: number },
  limit: number,
): number {
  let [low, high] = [at, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((account[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A counting sort by account. */
function movedLots(lots: LotColumns, accountCount: number, valuation: Valuation): LotColumns {
  const { count, account, contract, millionths, mark } = lots;
  const next = new Int32Array(accountCount + 1);
  for (let i = 0; i < count; i++) next[(account[i] ?? 0) + 1]! += 1;
  for (let a = 0; a < accountCount; a++) next[a + 1]! += next[a] ?? 0;
  const moved = valuation.lots({ count, hasMarks: mark !== null });
  for (let i = 0; i < count; i++) {
    const to = next[account[i] ?? 0]!++;
    moved.account[to] = account[i] ?? -1;
    moved.contract[to] = contract[i] ?? -1;
    moved.millionths[to] = millionths[i] ?? Number.NaN;
    if (mark !== null && moved.mark !== null) moved.mark[to] = mark[i] ?? Number.NaN;
  }
  return moved;
}

/** Cuts ordered lots into pieces of `accountsPerPiece` accounts; those without lots too. */
export function piecesOf(
  { lots: { account }, runs }: OrderedLots,
  accountCount: number,
  accountsPerPiece: number,
): NettingPiece[] {
  const pieces: { firstAccount: number; accountCount: number; runs: Run[] }[] = [];
  for (let first = 0; first < accountCount; first += accountsPerPiece)
    pieces.push({
      firstAccount: first,
      accountCount: Math.min(accountsPerPiece, accountCount - first),
      runs: [],
    });
  for (const { start, end } of runs)
    for (let at = start; at < end;) {
      const piece = pieces[Math.floor((account[at] ?? 0) / accountsPerPiece)];
      if (piece === undefined) throw new RangeError(`account ${account[at]} of ${accountCount}`);
      const stop = firstAbove(account, { at, end }, piece.firstAccount + piece.accountCount - 1);
      piece.runs.push({ start: at, end: stop });
      at = stop;
    }
  return pieces;
}
