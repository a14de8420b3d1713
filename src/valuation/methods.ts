import type { OptionColumns } from "./option-columns.js";

/** How an option is valued: closed form; exercise boundary; backward induction between cash dividends. */
export type ValuationMethod = "european" | "american" | "dividends";

export const valuationMethods = ["european", "american", "dividends"] as const satisfies ValuationMethod[];

function methodOf(options: OptionColumns, row: number): ValuationMethod {
  if ((options.dividends[row]?.years.length ?? 0) > 0) return "dividends";
  return options.isAmerican[row] === 1 ? "american" : "european";
}

/**
 * Positions within `rows` of each method, in the order in which the kernel gets them: as they stand, except that American
 * options of one expiry, rate and yield stand together, because they share exercise boundaries there. The order changes
 * no bit of any value.
 */
export function partitionRows(
  options: OptionColumns,
  rows: ArrayLike<number>,
): Record<ValuationMethod, Int32Array> {
  const column = (): Int32Array => new Int32Array(rows.length);
  const positions = { european: column(), american: column(), dividends: column() };
  const counts = { european: 0, american: 0, dividends: 0 };
  for (let position = 0; position < rows.length; position++) {
    const method = methodOf(options, rows[position] ?? -1);
    positions[method][counts[method]++] = position;
  }
  const american = positions.american.subarray(0, counts.american);
  return {
    european: positions.european.subarray(0, counts.european),
    american: byBoundary(american, options, rows),
    dividends: positions.dividends.subarray(0, counts.dividends),
  };
}

/** Positions ordered by what options that share a boundary have in common. In a book they mostly stand in runs, which move whole. */
function byBoundary(positions: Int32Array, options: OptionColumns, rows: ArrayLike<number>): Int32Array {
  const { isCall, years, rate, dividendYield } = options;
  const rowOf = (i: number): number => rows[positions[i] ?? -1] ?? -1;
  // What cannot be compared makes no difference.
  const difference = (a: number, b: number): number =>
    (isCall[a] ?? 0) - (isCall[b] ?? 0) ||
    (years[a] ?? 0) - (years[b] ?? 0) ||
    (rate[a] ?? 0) - (rate[b] ?? 0) ||
    (dividendYield[a] ?? 0) - (dividendYield[b] ?? 0) ||
    0;
  const runs: { readonly first: number; readonly end: number }[] = [];
  for (let first = 0, end = 1; first < positions.length; first = end++) {
    const start = rowOf(first);
    while (end < positions.length && difference(start, rowOf(end)) === 0) end++;
    runs.push({ first, end });
  }
  runs.sort((a, b) => difference(rowOf(a.first), rowOf(b.first)));
  const ordered = new Int32Array(positions.length);
  let at = 0;
  for (const { first, end } of runs) for (let i = first; i < end; i++) ordered[at++] = positions[i] ?? -1;
  return ordered;
}
