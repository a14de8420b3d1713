import { canonicalSymbol } from "../contracts/contract-master.js";
import type { Table } from "../tables/table.js";

/**
 * The accounts' own marks of each option, by canonical symbol, where every account that gives one gives the same;
 * NaN where they differ. An account that contradicts itself, and a row whose quantity cannot be held (zero, or a
 * part of a contract), say nothing here: a bad row must not move another account's volatility.
 */
export function agreedMarks(positions: Table): Map<string, number> {
  const agreed = new Map<string, number>();
  for (const [symbol, byAccount] of marksOf(positions))
    for (const mark of byAccount.values()) {
      if (Number.isNaN(mark)) continue;
      const known = agreed.get(symbol);
      agreed.set(symbol, known === undefined || known === mark ? mark : Number.NaN);
    }
  return agreed;
}

/** By symbol and account; NaN where the account gives two. */
function marksOf(positions: Table): Map<string, Map<string, number>> {
  const marks = new Map<string, Map<string, number>>();
  const symbols = positions.text("symbol");
  const accounts = positions.text("account");
  const quantities = positions.number("quantity");
  positions.number("price").forEach((mark, row) => {
    const [symbol, account] = [symbols[row], accounts[row]];
    const quantity = quantities[row] ?? 0;
    if (!symbol || !account || Number.isNaN(mark) || positions.rejected[row] === 1) return;
    if (quantity === 0 || !Number.isInteger(quantity)) return;
    const key = canonicalSymbol(symbol);
    const byAccount = marks.get(key) ?? new Map<string, number>();
    const known = byAccount.get(account);
    marks.set(key, byAccount.set(account, known === undefined || known === mark ? mark : Number.NaN));
  });
  return marks;
}
