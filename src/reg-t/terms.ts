import type { OptionKind } from "../rules/reg-t-schema.js";
import type { RegTRules } from "../rules/reg-t.js";
import type { ShareTerms } from "./group.js";
import { type Micros, microsOf, percentOf } from "./money.js";

/** What the rules ask of an underlying, by its kind: percentages already multiplied by its leverage. */
export interface UnderlyingTerms extends ShareTerms {
  readonly symbol: string;
  readonly kind: OptionKind;
  /** Percent of the price, and the least percent (of the price for calls, of the strike for puts), of a short option. */
  readonly shortPercent: number;
  readonly leastPercent: number;
  /** Least requirement of a short option's contract that nothing covers. */
  readonly leastPerContract: Micros;
  /** Options exercise only at expiry. */
  readonly isEuropean: boolean;
  /** Options over the counter, guaranteed by the carrying broker. */
  readonly isOtc: boolean;
  /** Options settle in cash: those on an index. */
  readonly isCashSettled: boolean;
}

/** What decides the percentages of an underlying. */
export interface UnderlyingKindTerms {
  readonly symbol: string;
  readonly price: Micros;
  readonly kind: OptionKind;
  /** Absolute; 1 without. */
  readonly leverage: number;
  readonly isEligible: boolean;
  readonly isEuropean: boolean;
  readonly isOtc: boolean;
  readonly isCashSettled: boolean;
}

/** FINRA 4210(c), (f)(2)(E); Regulation T 220.12; leveraged funds: Regulatory Notice 09-53. */
export function underlyingTerms(of: UnderlyingKindTerms, rules: RegTRules): UnderlyingTerms {
  const { percent, leastPercent } = optionPercents(of, rules);
  return {
    ...shareTerms(of, rules),
    symbol: of.symbol,
    kind: of.kind,
    shortPercent: percent * of.leverage,
    leastPercent: leastPercent * of.leverage,
    leastPerContract: microsOf(rules.readings.leastPerContractUsd),
    isEuropean: of.isEuropean,
    isOtc: of.isOtc,
    isCashSettled: of.isCashSettled,
  };
}

/** Shares and what counts as shares, at a price. FINRA 4210(c); Regulation T 220.12. */
export function shareTerms(
  { price, leverage, isEligible }: Pick<UnderlyingKindTerms, "price" | "leverage" | "isEligible">,
  { stock }: RegTRules,
): ShareTerms {
  const scaled = (percent: number): number => Math.min(percent * leverage, stock.leverageCap.percent);
  const longPercent = isEligible ? scaled(stock.longMaintenance.percent) : stock.notEligible.percent;
  const longMaintenance = percentOf(longPercent, price);
  const initialPercent = isEligible ? stock.longInitial.percent : stock.notEligible.percent;
  const shortMaintenance = shortShare(price, scaled(stock.shortMaintenance.percent), stock);
  return {
    price,
    longInitial: Math.max(percentOf(initialPercent, price), longMaintenance),
    longMaintenance,
    shortInitial: Math.max(percentOf(stock.shortInitial.percent, price), shortMaintenance),
    shortMaintenance,
    longPercent,
  };
}

function optionPercents(
  { kind, isOtc }: UnderlyingKindTerms,
  rules: RegTRules,
): { readonly percent: number; readonly leastPercent: number } {
  const read = kind === "broad_index_fund" && rules.readings.broadIndexFunds === "equity" ? "equity" : kind;
  if (!isOtc) return rules.shortOptions[read];
  return rules.otcOptions[otcKind(read)];
}

/** The chart of options over the counter knows stocks and two kinds of index. */
export function otcKind(kind: OptionKind): keyof RegTRules["otcOptions"] {
  return kind === "narrow_index" || kind === "broad_index" ? kind : "equity";
}

function shortShare(
  price: Micros,
  percent: number,
  { shortMaintenance, shortLowPriced }: RegTRules["stock"],
): Micros {
  return price < microsOf(shortLowPriced.belowUsd)
    ? Math.max(microsOf(shortLowPriced.leastUsdPerShare), percentOf(shortLowPriced.percent, price))
    : Math.max(microsOf(shortMaintenance.leastUsdPerShare), percentOf(percent, price));
}
