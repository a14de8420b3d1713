import { failure, MarginError } from "../basics/failure.js";

/** A trade that was not made: bought (+) or sold (-), at a price per share or contract unit, or at the market. */
export interface Trade {
  readonly symbol: string;
  readonly quantity: number;
  /** USD per share, index point or unit as quoted; left out: the price at which the position is marked. */
  readonly price?: number;
}

const tradePattern = /^(\S.*?)\s+([+-]?\d+(?:\.\d+)?)(?:@(\d+(?:\.\d+)?))?$/;

/**
 * Reads `SYMBOL QUANTITY[@PRICE]`, as `IBM   070421C00100000 -10@1.65`. An option symbol may hold blanks, so the quantity
 * is the last word.
 *
 * @throws MarginError `USAGE`.
 */
export function parseTrade(text: string): Trade {
  const parts = tradePattern.exec(text.trim());
  const quantity = Number(parts?.[2] ?? Number.NaN);
  if (parts === null || !Number.isFinite(quantity) || quantity === 0) {
    const expected = 'SYMBOL QUANTITY[@PRICE], as "IBM -200" or "IBM   070421C00100000 10@1.65"';
    throw new MarginError([failure("USAGE", { value: `${text} is no trade`, expected })]);
  }
  const price = parts[3] === undefined ? {} : { price: Number(parts[3]) };
  return { symbol: parts[1] ?? "", quantity, ...price };
}
