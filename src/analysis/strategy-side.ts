import { formatDay } from "../basics/dates.js";
import { regTAccount } from "../reg-t/account.js";
import type { StrategyMargin } from "../requirement/run.js";
import { loadRegTRules } from "../rules/reg-t.js";

const msPerDay = 86_400_000;

/**
 * Strategy-based margin by the built-in figures, for what portfolio margin leaves to it. Its requirement is the comparable
 * figure: the account's equity counts these options at their market value.
 */
export const strategyMargin: StrategyMargin = (holdings, { prepared, book }) => {
  const asOfDay = Math.floor(prepared.market.asOfMs / msPerDay);
  const asOfDate = formatDay(asOfDay);
  const rules = loadRegTRules();
  const { comparableUsd, groups } = regTAccount(holdings, {
    prepared,
    book,
    asOfDay,
    asOfDate,
    rules,
    pairing: {},
  });
  return {
    requirementUsd: comparableUsd,
    strategies: groups.map(({ strategy, underlying, rule }) => `${underlying}: ${strategy} (${rule})`),
  };
};
