import type { HoldingColumns } from "../valuation/holding-columns.js";
import type { NettingSlice } from "../valuation/netting.js";
import type { Valuation } from "../valuation/valuation.js";
import type { BookLayout } from "./layout.js";

/** Lots of a book as columns, in any order. */
export interface Lots {
  readonly count: number;
  /** Number of the account among those of the run. */
  readonly account: Int32Array;
  /** Row of the contract master. */
  readonly contract: Int32Array;
  /** Quantity in millionths, whole: lots add up exactly in any order. */
  readonly millionths: Float64Array;
  /** The account's own price per share, NaN where it gives none; null where no lot has one. */
  readonly mark: Float64Array | null;
}

/** Lots from `start` to `end - 1`, the accounts of which never fall. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/** Lots with the order in which to take them, so that accounts never fall. */
export interface OrderedLots {
  readonly lots: Lots;
  readonly runs: readonly Run[];
}

/** So many stretches at most are merged as they lie; beyond, lots are moved. */
const mostStretches = 64;
/** And in so many pieces. */
const mostPieces = 65_536;

/**
 * The order of accounts. A file that stands in it comes in a few long stretches, the ends of which overlap a little, because
 * threads read it: those are merged piece by piece, without moving a lot. What stands in no order is sorted.
 */
export function lotsByAccount(lots: Lots, accountCount: number): OrderedLots {
  const runs = mergedRuns(lots, stretchesOf(lots));
  if (runs !== null) return { lots, runs };
  return { lots: movedLots(lots, accountCount), runs: [{ start: 0, end: lots.count }] };
}

function stretchesOf({ count, account }: Lots): Run[] {
  const stretches: Run[] = [];
  let start = 0;
  for (let i = 1; i <= count && stretches.length <= mostStretches; i++) {
    if (i < count && (account[i] ?? 0) >= (account[i - 1] ?? 0)) continue;
    stretches.push({ start, end: i });
    start = i;
  }
  return stretches;
}

/** Takes from the stretch with the smallest next account as long as no other has a smaller one. */
function mergedRuns({ account }: Lots, stretches: readonly Run[]): Run[] | null {
  if (stretches.length > mostStretches) return null;
  const left = stretches.map(({ start, end }) => ({ at: start, end }));
  const pieces: Run[] = [];
  for (;;) {
    const open = left.filter(({ at, end }) => at < end);
    const next = (stretch: { readonly at: number }): number => account[stretch.at] ?? -1;
    const [first, second] = open.toSorted((a, b) => next(a) - next(b));
    if (first === undefined) return pieces;
    const limit = second === undefined ? Infinity : next(second);
    const start = first.at;
    while (first.at < first.end && (account[first.at] ?? -1) <= limit) first.at++;
    pieces.push({ start, end: first.at });
    if (pieces.length > mostPieces) return null;
  }
}

/** A counting sort by account. */
function movedLots(lots: Lots, accountCount: number): Lots {
  const { count, account } = lots;
  const next = new Int32Array(accountCount + 1);
  for (let i = 0; i < count; i++) next[(account[i] ?? 0) + 1]! += 1;
  for (let a = 0; a < accountCount; a++) next[a + 1]! += next[a] ?? 0;
  const moved = {
    count,
    account: new Int32Array(count),
    contract: new Int32Array(count),
    millionths: new Float64Array(count),
    mark: lots.mark === null ? null : new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    const to = next[account[i] ?? 0]!++;
    moved.account[to] = account[i] ?? -1;
    moved.contract[to] = lots.contract[i] ?? -1;
    moved.millionths[to] = lots.millionths[i] ?? Number.NaN;
    if (moved.mark !== null) moved.mark[to] = lots.mark?.[i] ?? Number.NaN;
  }
  return moved;
}

/** Holdings in the kernel's memory and, by group, where its own stand. */
export interface PlacedLots {
  readonly columns: HoldingColumns;
  readonly slices: readonly NettingSlice[];
}

/**
 * Writes lots group by group into the kernel's memory; those of a contract in no group are left out.
 */
export function placeLots(
  ordered: OrderedLots,
  { groups, groupOf, rankOf }: BookLayout,
  accountCount: number,
  valuation: Valuation,
): PlacedLots {
  const { lots, runs } = ordered;
  const { next, counts, accounts } = groupCounts(ordered, groupOf, groups.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const columns = valuation.holdings({ count: total, accountCount, hasMarks: lots.mark !== null });
  const slices = groups.map((_, g) => ({
    first: next[g] ?? 0,
    count: counts[g] ?? 0,
    accounts: accounts[g] ?? 0,
  }));
  const { account, rank, millionths, mark } = columns;
  for (const { start, end } of runs)
    for (let i = start; i < end; i++) {
      const contract = lots.contract[i] ?? -1;
      const group = groupOf[contract] ?? -1;
      if (group < 0) continue;
      const to = next[group]!++;
      account[to] = lots.account[i] ?? -1;
      rank[to] = rankOf[contract] ?? -1;
      millionths[to] = lots.millionths[i] ?? Number.NaN;
      if (mark !== null) mark[to] = lots.mark?.[i] ?? Number.NaN;
    }
  return { columns, slices };
}

/** Lots and accounts of each group, and where its lots begin. */
function groupCounts(
  { lots: { account, contract }, runs }: OrderedLots,
  groupOf: Int32Array,
  groups: number,
): { next: Int32Array; counts: Int32Array; accounts: Int32Array } {
  const counts = new Int32Array(groups);
  const accounts = new Int32Array(groups);
  const last = new Int32Array(groups).fill(-1);
  for (const { start, end } of runs)
    for (let i = start; i < end; i++) {
      const group = groupOf[contract[i] ?? -1] ?? -1;
      if (group < 0) continue;
      counts[group]! += 1;
      if (last[group] === account[i]) continue;
      last[group] = account[i] ?? -1;
      accounts[group]! += 1;
    }
  const next = new Int32Array(groups);
  for (let g = 1; g < groups; g++) next[g] = (next[g - 1] ?? 0) + (counts[g - 1] ?? 0);
  return { next, counts, accounts };
}
