import { canonicalSymbol } from "../contracts/contract-master.js";
import type { Table } from "../tables/table.js";

/** What an account says of a position beyond quantity and price. */
export interface PositionTerms {
  /** What it was opened at, as quoted; the mean of its lots by quantity. */
  readonly tradePrice: number;
  /** Part of its lots that name one, by quantity. */
  readonly tradedPart: number;
  /** Contracts that an escrow receipt stands behind, unsigned. */
  readonly escrowed: number;
}

interface Lots {
  /** By sign of the lots: closing lots say nothing of what was opened. */
  readonly long: Side;
  readonly short: Side;
  escrowed: number;
}

interface Side {
  quantity: number;
  priced: number;
  cost: number;
}

/** Terms by account and canonical symbol, for the positions that say any; empty for most books. */
export type PositionTermsOf = (account: string, symbol: string, isShort: boolean) => PositionTerms | null;

/** Reads `trade_price` and `escrow` of the positions table. */
export function positionTerms(positions: Table): PositionTermsOf {
  const prices = positions.number("trade_price");
  const escrows = positions.flag("escrow");
  const [accounts, symbols] = [positions.text("account"), positions.text("symbol")];
  const quantities = positions.number("quantity");
  if (!prices.some((price) => !Number.isNaN(price)) && !escrows.includes(true)) return () => null;
  const found = new Map<string, Lots>();
  for (let row = 0; row < positions.count; row++) {
    const [account, symbol, quantity = Number.NaN] = [accounts[row], symbols[row], quantities[row]];
    if (positions.rejected[row] === 1 || !account || !symbol || !Number.isFinite(quantity)) continue;
    const key = keyOf(account, canonicalSymbol(symbol));
    const lots = found.get(key) ?? { long: emptySide(), short: emptySide(), escrowed: 0 };
    found.set(key, lots);
    const side = quantity < 0 ? lots.short : lots.long;
    const [price, size] = [prices[row] ?? Number.NaN, Math.abs(quantity)];
    side.quantity += size;
    if (!Number.isNaN(price)) {
      side.priced += size;
      // Whole ten-thousandths, so that lots add up to the same in any order.
      side.cost += Math.round(size * price * 10_000);
    }
    if (escrows[row] === true && quantity < 0) lots.escrowed += size;
  }
  return (account, symbol, isShort) => {
    const lots = found.get(keyOf(account, symbol));
    if (lots === undefined) return null;
    const side = isShort ? lots.short : lots.long;
    return {
      tradePrice: side.cost / 10_000 / side.priced,
      tradedPart: side.priced / side.quantity,
      escrowed: isShort ? lots.escrowed : 0,
    };
  };
}

function emptySide(): Side {
  return { quantity: 0, priced: 0, cost: 0 };
}

function keyOf(account: string, symbol: string): string {
  return `${account}\u0000${symbol}`;
}
