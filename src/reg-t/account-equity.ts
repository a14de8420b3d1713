import { roundToCents } from "../basics/money.js";
import type { RegTRules } from "../rules/reg-t.js";
import type { GroupLeg } from "./group.js";
import { type Micros, usdOf } from "./money.js";
import { premium } from "./options-alone.js";
import type { DayTradingRegime, RegTFigures, RegTResult } from "./result.js";

/** What is known of an account beside its positions. */
export interface AccountTerms {
  readonly isCash: boolean;
  /** Its ledger: signed, a debit balance is negative; `null` where nobody gives it. */
  readonly cashUsd: number | null;
}

export const marginAccount: AccountTerms = { isCash: false, cashUsd: null };

interface EquityRequest {
  readonly account: AccountTerms;
  readonly rules: RegTRules;
  readonly asOfDate: string;
}

type AccountFigures = Pick<
  RegTResult,
  "accountType" | "equityUsd" | "excessUsd" | "minimumEquityUsd" | "minimumEquity" | "dayTrading"
>;

/**
 * Margin equity: cash and shares, and long options over nine months; others have no value, FINRA 4210(f)(1), (f)(2)(B). What is
 * above maintenance and haircut is the excess, or below 0 what is missing.
 */
export function equityOf(
  legs: readonly GroupLeg[],
  { maintenanceUsd, haircutUsd }: RegTFigures,
  { account, rules, asOfDate }: EquityRequest,
): AccountFigures {
  const { isCash, cashUsd } = account;
  const counted = usdOf(legs.reduce((sum, leg) => sum + countedValue(leg), 0));
  const equityUsd = cashUsd === null ? null : roundToCents(cashUsd + counted);
  const excessUsd = equityUsd === null ? null : roundToCents(equityUsd - maintenanceUsd - haircutUsd);
  const { minimumEquityUsd } = rules.account;
  return {
    accountType: isCash ? "cash" : "margin",
    equityUsd,
    excessUsd,
    minimumEquityUsd,
    minimumEquity: minimumEquity(legs, equityUsd, { account, least: minimumEquityUsd }),
    dayTrading: isCash ? [] : dayTradingOn(asOfDate, rules, { equityUsd, excessUsd }),
  };
}

function countedValue(leg: GroupLeg): Micros {
  if (leg.kind === "stock") return Math.round(leg.quantity * leg.value);
  return leg.quantity > 0 && leg.hasLoanValue ? premium(leg) : 0;
}

/**
 * A margin account that has borrowed, sold short or written options needs so much equity for a new commitment; one whose
 * securities are paid for does not, and a fall in value below it needs no deposit. FINRA 4210(b)(4), F-INT (b)(4)/022-024.
 */
function minimumEquity(
  legs: readonly GroupLeg[],
  equityUsd: number | null,
  { account, least }: { readonly account: AccountTerms; readonly least: number },
): RegTResult["minimumEquity"] {
  const isCommitted = (account.cashUsd ?? 0) < 0 || legs.some(({ quantity }) => quantity < 0);
  const applies = !account.isCash && isCommitted;
  const missing = equityUsd === null ? null : Math.max(0, roundToCents(least - equityUsd));
  return { leastUsd: least, applies, shortfallUsd: applies ? missing : 0 };
}

/** Buying power is that of the next day, the as-of time being the close: FINRA 4210(f)(8)(B)(iii). */
function dayTradingOn(
  date: string,
  { dayTrading }: RegTRules,
  { equityUsd, excessUsd }: Pick<AccountFigures, "equityUsd" | "excessUsd">,
): DayTradingRegime[] {
  const times = (factor: number | undefined): number | null =>
    factor === undefined || excessUsd === null ? null : roundToCents(factor * Math.max(0, excessUsd));
  return dayTrading
    .filter(({ from, until }) => (from ?? "") <= date && date <= (until ?? "9999-12-31"))
    .map((regime) => {
      const { minimumEquityUsd: least, smallDeficitUsd, smallDeficitPercent } = regime;
      const shortfallUsd =
        least === null || equityUsd === null ? null : Math.max(0, roundToCents(least - equityUsd));
      const isIntraday = regime.regime === "intraday_margin_standard";
      const part = ((smallDeficitPercent ?? 0) * Math.max(0, equityUsd ?? 0)) / 100;
      return {
        regime: regime.regime,
        minimumEquityUsd: least,
        shortfallUsd,
        // Below the minimum a pattern day trader may not trade on.
        buyingPowerUsd:
          shortfallUsd === 0 ? times(regime.buyingPowerMultiple) : shortfallUsd === null ? null : 0,
        restrictedBuyingPowerUsd:
          shortfallUsd === 0 ? times(regime.restrictedMultiple) : shortfallUsd === null ? null : 0,
        marginLevelUsd: isIntraday ? excessUsd : null,
        smallDeficitUsd:
          smallDeficitUsd === undefined || equityUsd === null
            ? null
            : roundToCents(Math.min(smallDeficitUsd, part)),
      };
    });
}
