import type { RegTRules } from "../rules/reg-t.js";
import type { RegTRequest } from "./account.js";
import type { GroupLeg } from "./group.js";
import type { UnderlyingHoldings } from "./holdings.js";
import type { RegTGroup } from "./result.js";
import { otcKind } from "./terms.js";

/**
 * Entries of the rule file that an account's figures stand on and nobody has verified, by their place in the file, in
 * code-unit order.
 */
export function unverifiedEntries(
  held: readonly UnderlyingHoldings[],
  groups: readonly Pick<RegTGroup, "strategy">[],
  { rules, asOfDate }: Pick<RegTRequest, "rules" | "asOfDate">,
): string[] {
  const used = [
    ...held.flatMap((each) => ofUnderlying(each, rules)),
    ...groups.flatMap(({ strategy }) => ofStrategy(strategy)),
    "account",
    ...rules.dayTrading.flatMap(({ from, until }, i) =>
      (from ?? "") <= asOfDate && asOfDate <= (until ?? "9999-12-31") ? [`dayTrading.${i}`] : [],
    ),
  ];
  return [...new Set(used)].filter((path) => standingAt(path, rules) === "unverified").toSorted();
}

function ofUnderlying(
  { underlying, kind, leverage, terms, legs }: UnderlyingHoldings,
  rules: RegTRules,
): string[] {
  const has = (what: (leg: GroupLeg) => boolean): boolean => legs.some(what);
  const written = has((leg) => isOption(leg) && leg.quantity < 0);
  const named = rules.kinds.findIndex((each) => each.symbol === underlying);
  const percents = terms.isOtc ? `otcOptions.${otcKind(terms.kind)}` : `shortOptions.${terms.kind}`;
  return [
    ...(written ? [percents] : []),
    ...(named >= 0 && has(isOption) ? [`kinds.${named}`] : []),
    ...(has((leg) => isOption(leg) && leg.quantity > 0) ? ["longOptions"] : []),
    ...(has((leg) => !isOption(leg) && leg.quantity > 0)
      ? ["stock.longInitial", "stock.longMaintenance"]
      : []),
    ...(has((leg) => !isOption(leg) && leg.quantity < 0)
      ? ["stock.shortInitial", "stock.shortMaintenance", "stock.shortLowPriced"]
      : []),
    ...(kind === "etf" && Math.abs(leverage) !== 1 ? ["stock.leverageCap"] : []),
  ];
}

function isOption(leg: GroupLeg): boolean {
  return leg.kind !== "stock";
}

/** Entries that a strategy has of its own. */
function ofStrategy(strategy: string): string[] {
  if (/^(protective|conversion|reverse conversion|collar)/.test(strategy)) return ["protected"];
  if (strategy === "long box, European") return ["europeanBox"];
  if (strategy.endsWith(" hedge")) return ["convertibleHedge"];
  if (strategy.endsWith("by a convertible")) return ["convertibleCover"];
  if (strategy.endsWith("by a warrant")) return ["warrantCover"];
  return strategy.endsWith("escrow receipt") ? ["escrow"] : [];
}

function standingAt(path: string, rules: RegTRules): unknown {
  const entry = path
    .split(".")
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], rules);
  return (entry as { readonly standing?: unknown } | undefined)?.standing;
}
