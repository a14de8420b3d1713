import type { OptionColumns } from "./option-columns.js";

/** How an option is valued: closed form; exercise boundary; backward induction between cash dividends. */
export type ValuationMethod = "european" | "american" | "dividends";

export const valuationMethods = ["european", "american", "dividends"] as const satisfies ValuationMethod[];

function methodOf(options: OptionColumns, row: number): ValuationMethod {
  if ((options.dividends[row]?.years.length ?? 0) > 0) return "dividends";
  return options.isAmerican[row] === 1 ? "american" : "european";
}

/**
 * The rows of each method, in the order in which the kernel gets them: as they stand, except that American options of one
 * expiry, rate and yield stand together, because they share exercise boundaries there. The order changes no bit of any
 * value.
 */
export function partitionRows(options: OptionColumns): Record<ValuationMethod, Int32Array> {
  const rows = { european: new Int32Array(0), american: new Int32Array(0), dividends: new Int32Array(0) };
  for (const method of valuationMethods) rows[method] = rowsOf(options, method);
  const keys = [options.isCall, options.years, options.rate, options.dividendYield];
  rows.american.sort((a, b) => {
    for (const key of keys) {
      const difference = (key[a] ?? 0) - (key[b] ?? 0);
      if (difference < 0) return -1;
      if (difference > 0) return 1;
    }
    return a - b;
  });
  return rows;
}

function rowsOf(options: OptionColumns, method: ValuationMethod): Int32Array<ArrayBuffer> {
  const rows = new Int32Array(options.count);
  let count = 0;
  for (let row = 0; row < options.count; row++) {
    if (methodOf(options, row) === method) rows[count++] = row;
  }
  return rows.slice(0, count);
}
