import { sum } from "../basics/collections.js";
import type { RegTRules } from "../rules/reg-t.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import { type Micros, percentOf } from "./money.js";
import { lent, premium } from "./options-alone.js";

/**
 * A spread of any number of legs: the greatest loss of the netted intrinsic values at the exercise prices; longs paid in
 * full, without loan value. FINRA 4210(f)(2)(H)(i), definition (A)(xxxii): as many units long as short of each type, and
 * no long option expires before a short one. `null` where it is none. All options of an underlying are of one style
 * here, and all listed or all over the counter; others are paired apart.
 */
export function spread(legs: readonly GroupLeg[], rules: RegTRules): GroupFigures | null {
  const [longs, shorts] = [legs.filter((leg) => leg.quantity > 0), legs.filter((leg) => leg.quantity < 0)];
  const isBalanced = (["call", "put"] as const).every(
    (kind) => sum(legs.map((leg) => (leg.kind === kind ? leg.quantity * leg.units : 0))) === 0,
  );
  const lastShort = Math.max(...shorts.map((leg) => leg.expiry));
  if (longs.length === 0 || shorts.length === 0 || !isBalanced) return null;
  if (longs.some((leg) => leg.expiry < lastShort)) return null;
  const loss = greatestLoss(legs);
  const paid = sum(longs.map(premium));
  return {
    strategy: spreadName(legs),
    legs,
    initial: loss + paid - sum(longs.map((leg) => kept(leg, rules))),
    maintenance: loss + sum(longs.map((leg) => paidInFull(leg, rules))),
    haircut: 0,
    rule: "FINRA 4210(f)(2)(H)(i)",
  };
}

/** Loan value that a long option keeps in a spread. */
function kept(leg: GroupLeg, { readings }: RegTRules): Micros {
  return leg.hasLoanValue && readings.pairedLoanValue === "kept" ? lent(leg) : 0;
}

/** What a long option beside a short one needs of equity, which counts it over nine months only: its value, less what it keeps. */
export function paidInFull(leg: GroupLeg, rules: RegTRules): Micros {
  return leg.hasLoanValue ? premium(leg) - kept(leg, rules) : 0;
}

/** Between exercise prices the loss is linear, and flat outside them, since each type is balanced. */
export function greatestLoss(legs: readonly GroupLeg[]): Micros {
  const lossAt = (price: Micros): Micros =>
    0 -
    sum(
      legs.map((leg) => {
        const inTheMoney = leg.kind === "call" ? price - leg.strike : leg.strike - price;
        return leg.quantity * leg.units * Math.max(0, inTheMoney);
      }),
    );
  return Math.max(0, ...legs.map((leg) => lossAt(leg.strike)));
}

/**
 * A long box of European options that expire together: half of the difference of the exercise prices instead of the debit,
 * and the box may be valued at its market value, at most that difference. FINRA 4210(f)(2)(H)(v)e.
 */
export function europeanLongBox(legs: readonly GroupLeg[], rules: RegTRules): GroupFigures | null {
  const find = (kind: "call" | "put", sign: 1 | -1): GroupLeg | undefined =>
    legs.find((leg) => leg.kind === kind && Math.sign(leg.quantity) === sign);
  const [boughtCall, soldCall] = [find("call", 1), find("call", -1)];
  const [boughtPut, soldPut] = [find("put", 1), find("put", -1)];
  if (legs.length !== 4 || !boughtCall || !soldCall || !boughtPut || !soldPut) return null;
  const size = boughtCall.quantity * boughtCall.units;
  const isEven = legs.every(
    (leg) => leg.expiry === boughtCall.expiry && Math.abs(leg.quantity) * leg.units === size,
  );
  const [low, high] = [boughtCall.strike, soldCall.strike];
  if (!isEven || soldPut.strike !== low || boughtPut.strike !== high || low >= high) return null;
  const width = size * (high - low);
  const value = premium(boughtCall) + premium(boughtPut) - premium(soldCall) - premium(soldPut);
  const requirement = percentOf(rules.europeanBox.percent, width);
  // Equity counts long options over nine months by themselves; the box is valued instead of them.
  const counted = sum(legs.map((leg) => (leg.hasLoanValue ? premium(leg) : 0)));
  return {
    strategy: "long box, European",
    legs,
    initial: requirement,
    maintenance: requirement + counted,
    haircut: 0 - Math.min(Math.max(0, value), width),
    rule: "FINRA 4210(f)(2)(H)(v)e",
  };
}

/** What the shape is called; a spread that has no name of its own says how many legs it has. */
function spreadName(legs: readonly GroupLeg[]): string {
  const kinds = new Set(legs.map((leg) => leg.kind));
  const expiries = new Set(legs.map((leg) => leg.expiry));
  const strikes = new Set(legs.map((leg) => leg.strike)).size;
  const of = kinds.size === 1 ? `${legs[0]?.kind ?? ""} ` : "";
  if (expiries.size > 1) return `${of}${strikes === 1 ? "calendar" : "diagonal"} spread`;
  if (legs.length === 2) return `${of}vertical spread`;
  if (kinds.size === 1)
    return legs.length === 3
      ? `${of}butterfly`
      : legs.length === 4
        ? `${of}condor`
        : `${of}spread of ${legs.length} legs`;
  if (legs.length !== 4) return `spread of ${legs.length} legs`;
  return { 2: "box", 3: "iron butterfly", 4: "iron condor" }[strikes] ?? "spread of 4 legs";
}
