import type { OptionColumns } from "./option-columns.js";

/** How an option is valued: closed form; exercise boundary; backward induction between cash dividends. */
export type ValuationMethod = "european" | "american" | "dividends";

export const valuationMethods = ["european", "american", "dividends"] as const satisfies ValuationMethod[];

/**
 * Positions within `rows` of each method, in the order in which the kernel gets them: as they stand, except that American
 * options of one expiry, rate and yield stand together, because they share exercise boundaries there. The order changes
 * no bit of any value.
 */
export function partitionRows(
  options: OptionColumns,
  rows: ArrayLike<number>,
): Record<ValuationMethod, Int32Array> {
  const european = new Int32Array(rows.length);
  const american = new Int32Array(rows.length);
  const dividends = new Int32Array(rows.length);
  let [europeans, americans, withDividends] = [0, 0, 0];
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position] ?? -1;
    if ((options.dividends[row]?.years.length ?? 0) > 0) dividends[withDividends++] = position;
    else if (options.isAmerican[row] === 1) american[americans++] = position;
    else european[europeans++] = position;
  }
  return {
    european: european.subarray(0, europeans),
    american: byBoundary(american.subarray(0, americans), options, rows),
    dividends: dividends.subarray(0, withDividends),
  };
}

/** Positions ordered by what options that share a boundary have in common. In a book they mostly stand in runs, which move whole. */
function byBoundary(positions: Int32Array, options: OptionColumns, rows: ArrayLike<number>): Int32Array {
  const { isCall, years, rate, dividendYield } = options;
  // What cannot be compared makes no difference.
  const difference = (a: number, b: number): number =>
    (isCall[a] ?? 0) - (isCall[b] ?? 0) ||
    (years[a] ?? 0) - (years[b] ?? 0) ||
    (rate[a] ?? 0) - (rate[b] ?? 0) ||
    (dividendYield[a] ?? 0) - (dividendYield[b] ?? 0) ||
    0;
  const runs: { readonly row: number; readonly first: number; end: number }[] = [];
  let last = null;
  for (let i = 0; i < positions.length; i++) {
    const row = rows[positions[i] ?? -1] ?? -1;
    if (last !== null && difference(last.row, row) === 0) last.end = i + 1;
    else runs.push((last = { row, first: i, end: i + 1 }));
  }
  runs.sort((a, b) => difference(a.row, b.row));
  const ordered = new Int32Array(positions.length);
  let at = 0;
  for (const { first, end } of runs) for (let i = first; i < end; i++) ordered[at++] = positions[i] ?? -1;
  return ordered;
}
