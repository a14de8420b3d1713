import { type ContractMaster, quotedPrice } from "../contracts/contract-master.js";
import { holdingPrice } from "../risk/class-groups.js";
import type { GroupLeg, OpenedAt } from "./group.js";
import type { HoldingsRequest } from "./holdings.js";
import { loanValueOf } from "./options-alone.js";
import { type Micros, microsOf } from "./money.js";
import type { PositionTerms } from "./position-terms.js";
import { shareTerms, type UnderlyingKindTerms, type UnderlyingTerms } from "./terms.js";

/** What decides the terms of an underlying, and those terms. */
export interface PricedUnderlying {
  readonly of: UnderlyingKindTerms;
  readonly terms: UnderlyingTerms;
}

/** A holding of the book as a leg, with the contracts of it that an escrow receipt stands behind. */
export function legOf(
  holding: number,
  underlying: PricedUnderlying,
  request: HoldingsRequest,
): { readonly leg: GroupLeg; readonly escrowed: number } {
  const { prepared, book } = request;
  const { contracts } = prepared;
  const row = book.contract[holding] ?? -1;
  const quantity = book.quantity[holding] ?? Number.NaN;
  const symbol = contracts.symbols[row] ?? "";
  const value = valueOf(
    quotedPrice(holdingPrice({ ...prepared, book }, holding), row, contracts),
    row,
    contracts,
  );
  const account = book.accounts[book.account[holding] ?? -1] ?? "";
  const said = request.positionTerms?.(account, symbol, quantity < 0) ?? null;
  const isOption = contracts.isOption[row] === 1;
  const bare = isOption ? optionLeg(row, contracts) : shares;
  const leg = { ...bare, symbol, quantity, value };
  const paid = openedValue(value, row, contracts, said);
  if (!isOption) {
    const opened = paid === null ? null : openedShares(paid, underlying, request);
    return { leg: { ...leg, opened }, escrowed: 0 };
  }
  const { without } = request.rules.longOptions;
  const hasLoanValue =
    quantity > 0 && leg.expiry > request.lastShortDay && !without.includes(underlying.terms.kind);
  const lend = (at: Micros): Micros =>
    hasLoanValue ? loanValueOf({ ...leg, value: at }, underlying.terms, request.rules) : 0;
  const opened = paid === null ? null : { value: paid, loanValue: lend(paid), share: null };
  const valued = { ...leg, hasLoanValue, loanValue: lend(value), opened };
  return { leg: valued, escrowed: Math.min(said?.escrowed ?? 0, Math.max(0, -quantity)) };
}

const shares: Omit<GroupLeg, "symbol" | "quantity" | "value"> = {
  kind: "stock",
  strike: 0,
  expiry: 0,
  units: 1,
  hasLoanValue: false,
  loanValue: 0,
  share: null,
  standIn: null,
  opened: null,
};

function optionLeg(row: number, contracts: ContractMaster): typeof shares {
  return {
    ...shares,
    kind: contracts.isCall[row] === 1 ? "call" : "put",
    strike: strikeOf(contracts.strike[row] ?? Number.NaN),
    expiry: expiryDay(row, contracts),
    units: contracts.multiplier[row] ?? Number.NaN,
  };
}

/** Of one contract or share, from its price as it is quoted: exact, also where an adjusted contract has other shares. */
function valueOf(quoted: number, row: number, { quoteMultiplier }: ContractMaster): Micros {
  return microsOf(quoted) * (quoteMultiplier[row] ?? Number.NaN);
}

/** What its lots were opened at, those that do not say at the market's value. */
function openedValue(
  value: Micros,
  row: number,
  contracts: ContractMaster,
  said: PositionTerms | null,
): Micros | null {
  if (said === null || !(said.tradedPart > 0)) return null;
  const traded = valueOf(said.tradePrice, row, contracts);
  return Math.round(said.tradedPart * traded + (1 - said.tradedPart) * value);
}

/** To a millionth: an adjusted contract's strike for one share may have no end of decimals. */
function strikeOf(usd: number): Micros {
  return Math.round(usd * 1e6);
}

function openedShares(
  price: Micros,
  { of }: PricedUnderlying,
  { rules }: Pick<HoldingsRequest, "rules">,
): OpenedAt {
  return { value: price, loanValue: 0, share: shareTerms({ ...of, price }, rules) };
}

/** The day of expiry in UTC, which is New York's: options end between 09:30 and 16:00 there. */
function expiryDay(row: number, { expiryMs }: ContractMaster): number {
  return Math.floor((expiryMs[row] ?? Number.NaN) / msPerDay);
}

const msPerDay = 86_400_000;
