import { type Failure, failure } from "../basics/failure.js";
import type { Table } from "../tables/table.js";

/** What a security that converts into shares becomes. */
export interface Conversion {
  readonly into: string;
  /** Shares per unit. */
  readonly ratio: number;
  /** USD to be paid for each share: a warrant's exercise price; 0 where nothing is paid. */
  readonly priceUsd: number;
}

/**
 * Conversions by symbol, from `converts_to` and `conversion_ratio` of the underlyings table. A row that gives one without
 * the other, or converts into a symbol that the table does not hold or that converts itself, is a failure.
 */
export function conversionsOf(table: Table): { conversions: Map<string, Conversion>; failures: Failure[] } {
  const symbols = table.text("symbol");
  const targets = table.text("converts_to");
  const ratios = table.number("conversion_ratio");
  const prices = table.number("conversion_price");
  const conversions = new Map<string, Conversion>();
  const failures: Failure[] = [];
  symbols.forEach((symbol, row) => {
    const into = targets[row] ?? null;
    const ratio = ratios[row] ?? Number.NaN;
    if (symbol === null || (into === null && Number.isNaN(ratio))) return;
    const problem = (column: string, code: "CELL_MISSING" | "UNDERLYING_UNKNOWN", expected: string): void => {
      failures.push(failure(code, { ...table.place(row, column), value: into, expected, symbol }));
    };
    const target = into === null ? -1 : symbols.indexOf(into);
    if (into === null) problem("converts_to", "CELL_MISSING", "the symbol it converts into");
    else if (Number.isNaN(ratio)) problem("conversion_ratio", "CELL_MISSING", "shares per unit");
    else if (target < 0 || (targets[target] ?? null) !== null)
      problem("converts_to", "UNDERLYING_UNKNOWN", "a row of its own in the underlyings table, of shares");
    else conversions.set(symbol, { into, ratio, priceUsd: prices[row] || 0 });
  });
  return { conversions, failures };
}
