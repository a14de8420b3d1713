import type { RegTRules } from "../rules/reg-t.js";
import { coveredByStandIn } from "./stand-ins.js";
import type { GroupFigures, GroupLeg, ShareTerms } from "./group.js";
import { type Micros, percentOf } from "./money.js";
import { longOption, premium } from "./options-alone.js";
import { paidInFull } from "./spreads.js";
import type { UnderlyingTerms } from "./terms.js";

/** Shares alone. FINRA 4210(c); Regulation T 220.12(a), (c). */
export function stockAlone(stock: GroupLeg, terms: UnderlyingTerms): GroupFigures {
  const shares = Math.abs(stock.quantity);
  const of = stock.share ?? terms;
  const name = stock.standIn === null || stock.standIn.kind === "fund" ? "stock" : stock.standIn.kind;
  if (stock.quantity > 0)
    return {
      strategy: `long ${name}`,
      legs: [stock],
      initial: shares * of.longInitial,
      maintenance: shares * of.longMaintenance,
      haircut: 0,
      rule: "Regulation T 220.12(a); FINRA 4210(c)(1)",
    };
  return {
    strategy: `short ${name}`,
    legs: [stock],
    initial: shares * (of.price + of.shortInitial),
    maintenance: shares * of.shortMaintenance,
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
  // A tracking fund protects a short index option, (H)(v)f; a convertible or warrant covers a short call: no more.
  if (stock.standIn !== null && bought !== undefined) return null;
  if (written && bought && bought.expiry < written.expiry) return null;
  const parts = { stock, shares, isLong, of: stock.share ?? terms, terms, rules };
  const figures =
    written && bought
      ? hedged(parts, written, bought)
      : written
        ? stock.standIn === null || stock.standIn.kind === "fund"
          ? covered(parts, written)
          : coveredByStandIn(stock, written, parts.of, rules)
        : bought
          ? protective(parts, bought)
          : null;
  return figures === null ? null : { ...figures, legs: [stock, ...options] };
}

interface Lot {
  readonly stock: GroupLeg;
  readonly shares: number;
  readonly isLong: boolean;
  /** What the shares cost by themselves. */
  readonly of: ShareTerms;
  readonly terms: UnderlyingTerms;
  readonly rules: RegTRules;
}

type Figures = Omit<GroupFigures, "legs">;

function initialOf({ shares, isLong, of }: Lot): Micros {
  return shares * (isLong ? of.longInitial : of.price + of.shortInitial);
}

/** How far the written option is in the money: stock behind a call is valued at no more than its strike. */
function deep({ isLong, terms }: Lot, written: GroupLeg): Micros {
  return Math.max(0, isLong ? terms.price - written.strike : written.strike - terms.price);
}

function covered(lot: Lot, written: GroupLeg): Figures {
  const { stock, shares, isLong, of, terms } = lot;
  const inTheMoney = deep(lot, written);
  if (isLong)
    return {
      strategy: stock.standIn === null ? "covered call" : "index call against a tracking fund",
      initial: initialOf(lot),
      maintenance: shares * percentOf(of.longPercent, Math.min(terms.price, written.strike)),
      haircut: shares * inTheMoney,
      rule: "FINRA 4210(f)(2)(F)(ii); Regulation T 220.4(b)(4)",
    };
  return {
    strategy: stock.standIn === null ? "covered put" : "index put against a tracking fund",
    initial: initialOf(lot) + shares * inTheMoney,
    maintenance: shares * (of.shortMaintenance + inTheMoney),
    haircut: 0,
    rule: "FINRA 4210(f)(2)(F)(ii); Regulation T 220.4(b)(4)",
  };
}

/** 10 % of the strike and what the option is out of the money, at most what the stock needs alone. (H)(v)a. */
function protectedShare({ isLong, of, terms, rules }: Lot, bought: GroupLeg): Micros {
  const outOfTheMoney = Math.max(0, isLong ? terms.price - bought.strike : bought.strike - terms.price);
  const hedge = percentOf(rules.protected.strikePercent, bought.strike) + outOfTheMoney;
  return Math.min(hedge, isLong ? of.longMaintenance : of.shortMaintenance);
}

function protective(lot: Lot, bought: GroupLeg): Figures {
  const { shares, isLong, of, terms } = lot;
  const perShare = protectedShare(lot, bought);
  return {
    strategy: isLong ? "protective put" : "protective call",
    initial: (isExempt(lot, bought) ? shares * (of.price + perShare) : initialOf(lot)) + premium(bought),
    maintenance: shares * perShare + longOption(bought).maintenance,
    haircut: 0,
    // Cboe's manual asks for American exercise, the rule does not.
    rule: `FINRA 4210(f)(2)(H)(v)a${terms.isEuropean ? "; some firms ask for American exercise" : ""}`,
  };
}

/**
 * Regulation T 220.12(c)(2) lets a firm leave the 50 % of a short sale out where a listed American call at or below the price
 * sold at is held; the maintenance amount stays, 4210(b).
 */
function isExempt({ isLong, of, terms, rules }: Lot, bought: GroupLeg): boolean {
  return (
    rules.readings.shortSaleWithCall === "exempt" &&
    !isLong &&
    !terms.isEuropean &&
    !terms.isOtc &&
    bought.strike <= of.price
  );
}

function hedged(lot: Lot, written: GroupLeg, bought: GroupLeg): Figures | null {
  const { shares, isLong, of, terms, rules } = lot;
  const inTheMoney = deep(lot, written);
  const ofStrike = percentOf(rules.protected.strikePercent, bought.strike);
  // The long option may outlive the short one if it is paid in full: F-INT (H)(v)/01.
  const paid = paidInFull(bought, rules);
  if (!isLong) {
    if (written.strike !== bought.strike) return null;
    // Cboe: 10 % of the strike above the proceeds where it is below the price sold at, else 50 %.
    const isTenth = rules.readings.reverseConversions === "tenth" && bought.strike < of.price;
    const above = isTenth ? ofStrike : Math.max(of.shortInitial, ofStrike);
    return {
      strategy: "reverse conversion",
      initial: shares * (of.price + above + inTheMoney) + premium(bought),
      maintenance: shares * (ofStrike + inTheMoney) + paid,
      haircut: 0,
      rule: "FINRA 4210(f)(2)(H)(v)c",
    };
  }
  if (bought.strike > written.strike) return null;
  const haircut = shares * inTheMoney;
  if (bought.strike === written.strike)
    return {
      strategy: "conversion",
      initial: shares * Math.max(of.longInitial, ofStrike) + premium(bought),
      maintenance: shares * ofStrike + paid,
      haircut,
      rule: "FINRA 4210(f)(2)(H)(v)b",
    };
  const outOfTheMoney = Math.max(0, terms.price - bought.strike);
  const perShare = Math.min(ofStrike + outOfTheMoney, percentOf(of.longPercent, written.strike));
  return {
    strategy: "collar",
    initial: initialOf(lot) + premium(bought),
    maintenance: shares * perShare + paid,
    haircut,
    rule: "FINRA 4210(f)(2)(H)(v)d",
  };
}
