import { regTAccount } from "../reg-t/account.js";
import type { StrategyMargin } from "../requirement/run.js";
import { loadRegTRules, type RegTRules } from "../rules/reg-t.js";
import { regTRequest } from "./reg-t-request.js";

/**
 * Strategy-based margin for what portfolio margin leaves to it. Its requirement is the comparable figure: the account's
 * equity counts these options at their market value. One for each run: the figures are read for the first account that
 * needs them, and not again for the others.
 *
 * @param rulesFile a file with figures of one's own; the built-in ones where there is none
 */
export function strategyMargin(rulesFile?: string): StrategyMargin {
  let rules: RegTRules | null = null;
  return (holdings, run) => {
    rules ??= loadRegTRules(rulesFile);
    const { comparableUsd, groups } = regTAccount(holdings, regTRequest(run, rules, {}));
    return {
      requirementUsd: comparableUsd,
      strategies: groups.map(({ strategy, underlying, rule }) => `${underlying}: ${strategy} (${rule})`),
    };
  };
}
