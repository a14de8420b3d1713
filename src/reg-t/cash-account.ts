import { sum } from "../basics/collections.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import type { Micros } from "./money.js";
import { aggregateExercise, premium } from "./options-alone.js";
import { greatestLoss } from "./spreads.js";
import type { UnderlyingTerms } from "./terms.js";

/** What a cash account may not hold: the shares, or a receipt for them, are not there. Groups of these names mean so. */
export const refusedInCash: ReadonlySet<string> = new Set(["short stock", "short call without its shares"]);

const rule = "Regulation T 220.8(a); FINRA 4210(f)(2)(M)";

/**
 * What one group of positions needs in a cash account: no security has loan value, so that equity less requirement is the
 * cash that is free.
 *
 *     long shares     their value              short put       its exercise price, of which the premium is part
 *     long option     its cost                 covered call    the shares, counted at no more than the strike
 *     spread          its greatest loss: European options that settle in cash and expire together
 *
 * `null` for what is no strategy there. Regulation T 220.8(a)(3); FINRA 4210(f)(2)(M).
 */
export function priceCashGroup(legs: readonly GroupLeg[], terms: UnderlyingTerms): GroupFigures | null {
  const stock = legs.find((leg) => leg.kind === "stock");
  const options = legs.filter((leg) => leg.kind !== "stock");
  const [first, second] = options;
  if (stock !== undefined) {
    if (options.length === 0) return sharesInFull(stock, terms);
    return first !== undefined && second === undefined && legs.length === 2
      ? coveredInFull(stock, first, terms)
      : null;
  }
  if (first !== undefined && second === undefined) return optionInFull(first, terms);
  return cashSettledSpread(options, terms);
}

function sharesInFull(stock: GroupLeg, terms: UnderlyingTerms): GroupFigures {
  const value = Math.abs(stock.quantity) * (stock.share ?? terms).price;
  const isLong = stock.quantity > 0;
  // Short shares are refused; twice their value keeps the pairing from choosing them over anything.
  const amount = isLong ? value : 2 * value;
  const strategy = isLong ? `long ${stock.standIn?.kind ?? "stock"}, paid in full` : "short stock";
  return { strategy, legs: [stock], initial: amount, maintenance: amount, haircut: 0, rule };
}

function coveredInFull(stock: GroupLeg, option: GroupLeg, terms: UnderlyingTerms): GroupFigures | null {
  const shares = stock.quantity;
  const isCover = option.kind === "call" && option.quantity < 0 && shares === -option.quantity * option.units;
  const kind = stock.standIn?.kind ?? null;
  const mayCover = kind === null || (kind === "convertible" && option.expiry <= (stock.standIn?.until ?? 0));
  if (!isCover || !mayCover) return null;
  const market = kind === null ? terms.price : (stock.share ?? terms).price;
  const valued = Math.min(market, option.strike);
  return {
    strategy: "covered call, paid in full",
    legs: [stock, option],
    initial: shares * (stock.share ?? terms).price,
    maintenance: shares * valued,
    haircut: shares * (market - valued),
    rule,
  };
}

function optionInFull(leg: GroupLeg, terms: UnderlyingTerms): GroupFigures {
  const units = Math.abs(leg.quantity) * leg.units;
  const figures = (strategy: string, initial: Micros, maintenance: Micros): GroupFigures => ({
    strategy,
    legs: [leg],
    initial,
    maintenance,
    haircut: 0,
    rule,
  });
  if (leg.quantity > 0)
    return figures(
      `long ${leg.kind}, paid in full`,
      premium(leg),
      // Equity counts options over nine months.
      leg.hasLoanValue ? premium(leg) : 0,
    );
  const exercise = Math.abs(leg.quantity) * aggregateExercise(leg);
  if (leg.kind === "put") return figures("cash-secured put", exercise, exercise);
  // Refused; more than any cover of it costs, so that the pairing covers what it can.
  const deterrent = 4 * (units * terms.price + exercise);
  return figures("short call without its shares", deterrent, deterrent);
}

function cashSettledSpread(legs: readonly GroupLeg[], terms: UnderlyingTerms): GroupFigures | null {
  const [longs, shorts] = [legs.filter((leg) => leg.quantity > 0), legs.filter((leg) => leg.quantity < 0)];
  const isBalanced = (["call", "put"] as const).every(
    (kind) => sum(legs.map((leg) => (leg.kind === kind ? leg.quantity * leg.units : 0))) === 0,
  );
  const isTogether = legs.every(({ expiry }) => expiry === legs[0]?.expiry);
  if (!terms.isEuropean || !terms.isCashSettled || !isBalanced || !isTogether) return null;
  if (longs.length === 0 || shorts.length === 0) return null;
  const loss = greatestLoss(legs);
  return {
    strategy: "spread of cash-settled options",
    legs,
    initial: loss + sum(longs.map(premium)),
    maintenance: loss + sum(longs.map((leg) => (leg.hasLoanValue ? premium(leg) : 0))),
    haircut: 0,
    rule,
  };
}
