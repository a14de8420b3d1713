import { type ContractMaster, pricePerShare } from "../contracts/contract-master.js";
import { holdingPrice } from "../risk/class-groups.js";
import type { GroupLeg, OpenedAt } from "./group.js";
import type { HoldingsRequest } from "./holdings.js";
import { loanValueOf } from "./options-alone.js";
import { type Micros, microsOf } from "./money.js";
import { overMonths } from "./nine-months.js";
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
  const price = microsOf(holdingPrice({ ...prepared, book }, holding));
  const account = book.accounts[book.account[holding] ?? -1] ?? "";
  const said = request.positionTerms?.(account, symbol, quantity < 0) ?? null;
  const isOption = contracts.isOption[row] === 1;
  const bare = isOption ? optionLeg(row, contracts) : shares;
  const leg = { ...bare, symbol, quantity, price };
  const paid = openedPrice(price, row, contracts, said);
  if (!isOption) {
    const opened = paid === null ? null : openedShares(paid, underlying, request);
    return { leg: { ...leg, opened }, escrowed: 0 };
  }
  const { overMonths: months, without } = request.rules.longOptions;
  const hasLoanValue =
    quantity > 0 &&
    overMonths(request.asOfDay, leg.expiry, months) &&
    !without.includes(underlying.terms.kind);
  const lend = (at: Micros): Micros =>
    hasLoanValue ? loanValueOf({ ...leg, price: at }, underlying.terms, request.rules) : 0;
  const opened = paid === null ? null : { price: paid, loanValue: lend(paid), share: null };
  const valued = { ...leg, hasLoanValue, loanValue: lend(price), opened };
  return { leg: valued, escrowed: Math.min(said?.escrowed ?? 0, Math.max(0, -quantity)) };
}

const shares: Omit<GroupLeg, "symbol" | "quantity" | "price"> = {
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
    strike: microsOf(contracts.strike[row] ?? Number.NaN),
    expiry: expiryDay(row, contracts),
    units: contracts.multiplier[row] ?? Number.NaN,
  };
}

/** Per share: what its lots were opened at, those that do not say at the market's price. */
function openedPrice(
  price: Micros,
  row: number,
  contracts: ContractMaster,
  said: PositionTerms | null,
): Micros | null {
  if (said === null || !(said.tradedPart > 0)) return null;
  const traded = microsOf(pricePerShare(said.tradePrice, row, contracts));
  return microsOf((said.tradedPart * traded + (1 - said.tradedPart) * price) / 1e6);
}

function openedShares(
  price: Micros,
  { of }: PricedUnderlying,
  { rules }: Pick<HoldingsRequest, "rules">,
): OpenedAt {
  return { price, loanValue: 0, share: shareTerms({ ...of, price }, rules) };
}

/** The day of expiry in UTC, which is New York's: options end between 09:30 and 16:00 there. */
function expiryDay(row: number, { expiryMs }: ContractMaster): number {
  return Math.floor((expiryMs[row] ?? Number.NaN) / msPerDay);
}

const msPerDay = 86_400_000;
