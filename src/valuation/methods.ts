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
  const keys = [options.isCall, options.years, options.rate, options.dividendYield];
  american.sort((a, b) => {
    const [rowA, rowB] = [rows[a] ?? -1, rows[b] ?? -1];
    for (const key of keys) {
      const difference = (key[rowA] ?? 0) - (key[rowB] ?? 0);
      if (difference < 0) return -1;
      if (difference > 0) return 1;
    }
    return a - b;
  });
  return {
    european: positions.european.subarray(0, counts.european),
    american,
    dividends: positions.dividends.subarray(0, counts.dividends),
  };
}
