import type { RegTRules } from "../rules/reg-t.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import { type Micros, percentOf } from "./money.js";
import type { UnderlyingTerms } from "./terms.js";

/** Premium of the leg's contracts, unsigned. */
export function premium(leg: GroupLeg): Micros {
  return Math.abs(leg.quantity) * leg.value;
}

/**
 * A short option that nothing covers, all its contracts. Listed, FINRA 4210(f)(2)(E)(i):
 *
 *     units × (p + max(a S - out of the money, b X))     X = S for calls, K for puts; a put at most K
 *
 * Over the counter, (E)(iii), without the premium: units × max(a S + in the money - out of the money, b X). Cap of a put at its
 * exercise price: F-INT (E)(i)/01.
 */
export function naked(leg: GroupLeg, terms: UnderlyingTerms): Micros {
  const isCall = leg.kind === "call";
  const shares = leg.units * terms.price;
  const exercise = aggregateExercise(leg);
  const inTheMoney = isCall ? shares - exercise : exercise - shares;
  const first = percentOf(terms.shortPercent, shares) + Math.min(0, inTheMoney);
  const least = percentOf(terms.leastPercent, isCall ? shares : exercise);
  const contract = terms.isOtc
    ? Math.max(first + Math.max(0, inTheMoney), least)
    : leg.value + Math.max(first, least);
  const capped = isCall ? contract : Math.min(contract, exercise);
  return Math.abs(leg.quantity) * Math.max(capped, terms.leastPerContract);
}

const microsPerThousandth = 1000;

/**
 * What one contract's exercise costs. Strikes are whole thousandths of a dollar, so this is too, also where an adjusted
 * contract's strike for one share is not: rounding takes away what that strike's millionths add up to.
 */
export function aggregateExercise({ units, strike }: GroupLeg): Micros {
  return Math.round((units * strike) / microsPerThousandth) * microsPerThousandth;
}

/** A long option: its cost; over nine months less its loan value. FINRA 4210(f)(2)(D). */
export function longOption(leg: GroupLeg): { initial: Micros; maintenance: Micros } {
  if (!leg.hasLoanValue) return { initial: premium(leg), maintenance: 0 };
  const paid = premium(leg) - lent(leg);
  return { initial: paid, maintenance: paid };
}

/** Loan value of the leg's contracts. */
export function lent(leg: GroupLeg): Micros {
  return Math.abs(leg.quantity) * leg.loanValue;
}

/**
 * Of one contract of a long option over nine months: what its value is above 75 % of it; over the counter 25 % of what it is in the
 * money, at most its value, and nothing for European exercise. FINRA 4210(f)(2)(D).
 */
export function loanValueOf(
  leg: Pick<GroupLeg, "kind" | "strike" | "units" | "value">,
  terms: UnderlyingTerms,
  { longOptions }: RegTRules,
): Micros {
  if (!terms.isOtc) return leg.value - percentOf(longOptions.percent, leg.value);
  if (terms.isEuropean) return 0;
  const inTheMoney = leg.kind === "call" ? terms.price - leg.strike : leg.strike - terms.price;
  const counted = Math.min(leg.value, leg.units * Math.max(0, inTheMoney));
  return counted - percentOf(longOptions.otcInTheMoneyPercent, counted);
}

export function singleOption(leg: GroupLeg, terms: UnderlyingTerms): GroupFigures {
  if (leg.quantity < 0) {
    const requirement = naked(leg, terms);
    return {
      strategy: `short ${leg.kind}`,
      legs: [leg],
      initial: requirement,
      maintenance: requirement,
      haircut: 0,
      rule: terms.isOtc ? "FINRA 4210(f)(2)(E)(iii)" : "FINRA 4210(f)(2)(E)(i)",
    };
  }
  const strategy = leg.hasLoanValue ? `long ${leg.kind} over nine months` : `long ${leg.kind}`;
  return { strategy, legs: [leg], ...longOption(leg), haircut: 0, rule: "FINRA 4210(f)(2)(D)" };
}

/**
 * A short call and a short put: the greater of the two requirements, premium included (reading `add_ons`: without), and the
 * premium of the other option; of equals the call's. FINRA 4210(f)(2)(G)(i).
 */
export function shortStraddle(
  call: GroupLeg,
  put: GroupLeg,
  terms: UnderlyingTerms,
  rules: RegTRules,
): GroupFigures {
  const [ofCall, ofPut] = [naked(call, terms), naked(put, terms)];
  const isCallGreater =
    rules.readings.straddles === "totals" ? ofCall >= ofPut : ofCall - premium(call) >= ofPut - premium(put);
  const requirement = isCallGreater ? ofCall + premium(put) : ofPut + premium(call);
  return {
    strategy: call.strike === put.strike ? "short straddle" : "short strangle",
    legs: [call, put],
    initial: requirement,
    maintenance: requirement,
    haircut: 0,
    rule: terms.isOtc ? "FINRA 4210(f)(2)(G)" : "FINRA 4210(f)(2)(G)(i)",
  };
}
