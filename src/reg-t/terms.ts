import type { RegTRules } from "../rules/reg-t.js";
import { type Micros, microsOf, percentOf } from "./money.js";

/** What the rules ask of an underlying, by its kind: percentages already multiplied by its leverage. */
export interface UnderlyingTerms {
  readonly symbol: string;
  /** Per share or index point. */
  readonly price: Micros;
  /** Percent of the price, and the least percent (of the price for calls, of the strike for puts), of a short option. */
  readonly shortPercent: number;
  readonly leastPercent: number;
  /** One share held or sold, alone. */
  readonly longInitial: Micros;
  readonly longMaintenance: Micros;
  /** Above the proceeds. */
  readonly shortInitial: Micros;
  readonly shortMaintenance: Micros;
  /** Percent of a lower strike, for stock that a call covers. */
  readonly longPercent: number;
  /** Least requirement of a short option's contract that nothing covers. */
  readonly leastPerContract: Micros;
  /** Options exercise only at expiry. */
  readonly isEuropean: boolean;
}

/** What decides the percentages of an underlying. */
export interface UnderlyingKindTerms {
  readonly symbol: string;
  readonly price: Micros;
  readonly kind: keyof RegTRules["shortOptions"];
  /** Absolute; 1 without. */
  readonly leverage: number;
  readonly isEligible: boolean;
  readonly isEuropean: boolean;
}

/** FINRA 4210(c), (f)(2)(E); Regulation T 220.12; leveraged funds: Regulatory Notice 09-53. */
export function underlyingTerms(of: UnderlyingKindTerms, rules: RegTRules): UnderlyingTerms {
  const { stock } = rules;
  const { price, leverage } = of;
  const kind =
    of.kind === "broad_index_fund" && rules.readings.broadIndexFunds === "equity" ? "equity" : of.kind;
  const scaled = (percent: number): number => Math.min(percent * leverage, stock.leverageCap.percent);
  const longPercent = of.isEligible ? scaled(stock.longMaintenance.percent) : stock.notEligible.percent;
  const longMaintenance = percentOf(longPercent, price);
  const initialPercent = of.isEligible ? stock.longInitial.percent : stock.notEligible.percent;
  const shortMaintenance = shortShare(price, scaled(stock.shortMaintenance.percent), stock);
  return {
    symbol: of.symbol,
    price,
    shortPercent: rules.shortOptions[kind].percent * leverage,
    leastPercent: rules.shortOptions[kind].leastPercent * leverage,
    longInitial: Math.max(percentOf(initialPercent, price), longMaintenance),
    longMaintenance,
    shortInitial: Math.max(percentOf(stock.shortInitial.percent, price), shortMaintenance),
    shortMaintenance,
    longPercent,
    leastPerContract: microsOf(rules.readings.leastPerContractUsd),
    isEuropean: of.isEuropean,
  };
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
