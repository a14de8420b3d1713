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
  const methods = Array.from(rows, (row) => methodOf(options, row));
  const positionsOf = (method: ValuationMethod): Int32Array =>
    Int32Array.from(methods.keys()).filter((position) => methods[position] === method);
  const keys = [options.isCall, options.years, options.rate, options.dividendYield];
  const american = positionsOf("american").sort((a, b) => {
    const [rowA, rowB] = [rows[a] ?? -1, rows[b] ?? -1];
    for (const key of keys) {
      const difference = (key[rowA] ?? 0) - (key[rowB] ?? 0);
      if (difference < 0) return -1;
      if (difference > 0) return 1;
    }
    return a - b;
  });
  return { european: positionsOf("european"), american, dividends: positionsOf("dividends") };
}
