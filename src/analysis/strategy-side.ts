import { formatDay } from "../basics/dates.js";
import { regTAccount } from "../reg-t/account.js";
import type { StrategyMargin } from "../requirement/run.js";
import { loadRegTRules, type RegTRules } from "../rules/reg-t.js";

const msPerDay = 86_400_000;

/**
 * Strategy-based margin by the built-in figures, for what portfolio margin leaves to it. Its requirement is the comparable
 * figure: the account's equity counts these options at their market value. One for each run: the figures are read for the
 * first account that needs them, and not again for the others.
 */
export function strategyMargin(): StrategyMargin {
  let rules: RegTRules | null = null;
  return (holdings, { prepared, book }) => {
    rules ??= loadRegTRules();
    const asOfDay = Math.floor(prepared.market.asOfMs / msPerDay);
    const asOfDate = formatDay(asOfDay);
    const asked = { prepared, book, asOfDay, asOfDate, rules, pairing: {} };
    const { comparableUsd, groups } = regTAccount(holdings, asked);
    return {
      requirementUsd: comparableUsd,
      strategies: groups.map(({ strategy, underlying, rule }) => `${underlying}: ${strategy} (${rule})`),
    };
  };
}
