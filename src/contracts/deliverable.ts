import { type Failure, failure } from "../basics/failure.js";

/** What one option contract delivers: shares of one underlying, and cash. */
export interface Deliverable {
  readonly underlying: string;
  /** Shares per contract, > 0. */
  readonly shares: number;
  /** USD per contract, >= 0. */
  readonly cashUsd: number;
}

/** For the `expected` of a failure. */
const deliverableForm =
  "shares of one stock, and perhaps cash, per contract: SYMBOL:SHARES or SYMBOL:SHARES|USD:AMOUNT";

const cashSymbol = "USD";
const partPattern = /^([A-Z0-9][A-Z0-9./]{0,11}):(\d+(?:\.\d+)?)$/;

/**
 * Reads `BABA:150|USD:12.50`. Each part once, shares above 0. Several stocks are refused by name: they move each for
 * itself, and no single scenario of one class group says how.
 */
export function parseDeliverable(text: string): Deliverable | Failure {
  const refused = { value: text, column: "deliverable", expected: deliverableForm };
  const parts = text.split("|").map((part) => partPattern.exec(part.trim()));
  const amounts = new Map(parts.map((part) => [part?.[1] ?? "", Number(part?.[2] ?? Number.NaN)]));
  if (parts.includes(null) || amounts.size < parts.length) return failure("CELL_TYPE", refused);
  const stocks = [...amounts].filter(([symbol]) => symbol !== cashSymbol);
  const [underlying, shares] = stocks[0] ?? ["", 0];
  if (stocks.length !== 1 || shares === 0) return failure("DELIVERABLE_UNSUPPORTED", refused);
  return { underlying, shares, cashUsd: amounts.get(cashSymbol) ?? 0 };
}

/** How a contract is valued: on one share of its underlying, so many shares of it a contract. */
export interface PricingUnit {
  /** USD per share. */
  readonly strike: number;
  /** Shares per contract. */
  readonly multiplier: number;
  /** What a quote is multiplied by to give a contract's price, USD. */
  readonly quoteMultiplier: number;
}

/**
 * An option on `shares` S + cash against an aggregate exercise price of strike × quoteMultiplier pays, per contract,
 *
 *     max(shares S + cash - strike × quoteMultiplier, 0) = shares × max(S - (strike × quoteMultiplier - cash) / shares, 0),
 *
 * so it is worth `shares` options on one share at the strike in brackets, whenever it is exercised; exactly, since both
 * sides are the same payment. Source: the payment itself; The Options Clearing Corporation's adjustment memos state
 * deliverable, strike and multiplier so.
 */
export function adjustedUnit(
  { shares, cashUsd }: Deliverable,
  quoted: { readonly strike: number; readonly multiplier: number },
): PricingUnit | Failure {
  const strike = (quoted.strike * quoted.multiplier - cashUsd) / shares;
  if (strike > 0) return { strike, multiplier: shares, quoteMultiplier: quoted.multiplier };
  return failure("DELIVERABLE_UNSUPPORTED", {
    value: cashUsd,
    column: "deliverable",
    expected: `cash below the aggregate exercise price of ${quoted.strike * quoted.multiplier}`,
  });
}
