import type { RegTRules } from "../rules/reg-t.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import { type Micros, percentOf } from "./money.js";
import { longOption, premium } from "./options-alone.js";
import { paidInFull } from "./spreads.js";
import type { UnderlyingTerms } from "./terms.js";

/** Shares alone. FINRA 4210(c); Regulation T 220.12(a), (c). */
export function stockAlone(stock: GroupLeg, terms: UnderlyingTerms): GroupFigures {
  const shares = Math.abs(stock.quantity);
  if (stock.quantity > 0)
    return {
      strategy: "long stock",
      legs: [stock],
      initial: shares * terms.longInitial,
      maintenance: shares * terms.longMaintenance,
      haircut: 0,
      rule: "Regulation T 220.12(a); FINRA 4210(c)(1)",
    };
  return {
    strategy: "short stock",
    legs: [stock],
    initial: shares * (terms.price + terms.shortInitial),
    maintenance: shares * terms.shortMaintenance,
    haircut: 0,
    rule: "Regulation T 220.12(c)(1); FINRA 4210(c)(2), (c)(3)",
  };
}

/**
 * Shares with one option, or with one on either side, of exactly as many units: covered, protective, collar, conversion, and
 * their mirrors with short stock. FINRA 4210(f)(2)(F)(ii), (H)(v); `null` where they are no strategy together.
 */
export function withStock(
  stock: GroupLeg,
  options: readonly GroupLeg[],
  terms: UnderlyingTerms,
  rules: RegTRules,
): GroupFigures | null {
  const shares = Math.abs(stock.quantity);
  const isLong = stock.quantity > 0;
  const written = options.find((leg) => leg.quantity < 0);
  const bought = options.find((leg) => leg.quantity > 0);
  const isWhole = options.every((leg) => Math.abs(leg.quantity) * leg.units === shares);
  const fits =
    (written === undefined || written.kind === (isLong ? "call" : "put")) &&
    (bought === undefined || bought.kind === (isLong ? "put" : "call"));
  const count = (written === undefined ? 0 : 1) + (bought === undefined ? 0 : 1);
  if (!isWhole || !fits || count !== options.length || count === 0) return null;
  // A tracking fund protects a short index option, no more: FINRA 4210(f)(2)(H)(v)f.
  if (stock.sharesPerUnit !== 1 && bought !== undefined) return null;
  if (written && bought && bought.expiry < written.expiry) return null;
  const parts = { stock, shares, isLong, terms, rules };
  const figures =
    written && bought
      ? hedged(parts, written, bought)
      : written
        ? covered(parts, written)
        : bought
          ? protective(parts, bought)
          : null;
  return figures === null ? null : { ...figures, legs: [stock, ...options] };
}

interface Lot {
  readonly stock: GroupLeg;
  readonly shares: number;
  readonly isLong: boolean;
  readonly terms: UnderlyingTerms;
  readonly rules: RegTRules;
}

type Figures = Omit<GroupFigures, "legs">;

function initialOf({ shares, isLong, terms }: Lot): Micros {
  return shares * (isLong ? terms.longInitial : terms.price + terms.shortInitial);
}

/** How far the written option is in the money: stock behind a call is valued at no more than its strike. */
function deep({ isLong, terms }: Lot, written: GroupLeg): Micros {
  return Math.max(0, isLong ? terms.price - written.strike : written.strike - terms.price);
}

function covered(lot: Lot, written: GroupLeg): Figures {
  const { stock, shares, isLong, terms } = lot;
  const inTheMoney = deep(lot, written);
  if (isLong)
    return {
      strategy: stock.sharesPerUnit === 1 ? "covered call" : "index call against a tracking fund",
      initial: initialOf(lot),
      maintenance: shares * percentOf(terms.longPercent, Math.min(terms.price, written.strike)),
      haircut: shares * inTheMoney,
      rule: "FINRA 4210(f)(2)(F)(ii); Regulation T 220.4(b)(4)",
    };
  return {
    strategy: stock.sharesPerUnit === 1 ? "covered put" : "index put against a tracking fund",
    initial: initialOf(lot) + shares * inTheMoney,
    maintenance: shares * (terms.shortMaintenance + inTheMoney),
    haircut: 0,
    rule: "FINRA 4210(f)(2)(F)(ii); Regulation T 220.4(b)(4)",
  };
}

/** 10 % of the strike and what the option is out of the money, at most what the stock needs alone. (H)(v)a. */
function protectedShare({ isLong, terms, rules }: Lot, bought: GroupLeg): Micros {
  const outOfTheMoney = Math.max(0, isLong ? terms.price - bought.strike : bought.strike - terms.price);
  const hedge = percentOf(rules.protected.strikePercent, bought.strike) + outOfTheMoney;
  return Math.min(hedge, isLong ? terms.longMaintenance : terms.shortMaintenance);
}

function protective(lot: Lot, bought: GroupLeg): Figures {
  const { shares, isLong, rules } = lot;
  const alone = longOption(bought, rules);
  // Regulation T 220.12(c)(2) lets a firm leave the 50 % of a short sale out where a call at or below the sale price is held;
  // the sale price is not an input, so the 50 % stays.
  return {
    strategy: isLong ? "protective put" : "protective call",
    initial: initialOf(lot) + premium(bought),
    maintenance: shares * protectedShare(lot, bought) + alone.maintenance,
    haircut: 0,
    rule: "FINRA 4210(f)(2)(H)(v)a",
  };
}

function hedged(lot: Lot, written: GroupLeg, bought: GroupLeg): Figures | null {
  const { shares, isLong, terms, rules } = lot;
  const inTheMoney = deep(lot, written);
  const ofStrike = percentOf(rules.protected.strikePercent, bought.strike);
  // The long option may outlive the short one if it is paid in full: F-INT (H)(v)/01.
  const paid = paidInFull(bought, rules);
  if (!isLong) {
    if (written.strike !== bought.strike) return null;
    return {
      strategy: "reverse conversion",
      initial: initialOf(lot) + premium(bought) + shares * inTheMoney,
      maintenance: shares * (ofStrike + inTheMoney) + paid,
      haircut: 0,
      rule: "FINRA 4210(f)(2)(H)(v)c",
    };
  }
  if (bought.strike > written.strike) return null;
  const initial = initialOf(lot) + premium(bought);
  const haircut = shares * inTheMoney;
  if (bought.strike === written.strike)
    return {
      strategy: "conversion",
      initial,
      maintenance: shares * ofStrike + paid,
      haircut,
      rule: "FINRA 4210(f)(2)(H)(v)b",
    };
  const outOfTheMoney = Math.max(0, terms.price - bought.strike);
  const perShare = Math.min(ofStrike + outOfTheMoney, percentOf(terms.longPercent, written.strike));
  return {
    strategy: "collar",
    initial,
    maintenance: shares * perShare + paid,
    haircut,
    rule: "FINRA 4210(f)(2)(H)(v)d",
  };
}
