import type { AccountResult, PortfolioGroupResult } from "./result.js";

/** The portfolio group with the largest requirement; the first of equals. */
export function costliestGroup(groups: readonly PortfolioGroupResult[]): PortfolioGroupResult | undefined {
  return groups.toSorted((a, b) => b.requirementUsd - a.requirementUsd)[0];
}

/** What a group's requirement stands on: its worst scenario, or the minimum where that is larger. */
export function bindingReason(group: PortfolioGroupResult): string {
  return group.binding === "minimum" ? "minimum" : group.worst.label;
}

/** Of a complete account: the class group that loses most in its costliest portfolio group, and what binds there. */
export function costliestOf(account: AccountResult): { classGroup: string; scenario: string } {
  const group = account.status === "complete" ? costliestGroup(account.portfolioGroups) : undefined;
  if (group === undefined) return { classGroup: "", scenario: "" };
  return { classGroup: worstClassGroup(group), scenario: bindingReason(group) };
}

/** The class group that loses most at the portfolio group's worst scenario; the first of equals. */
function worstClassGroup(group: PortfolioGroupResult): string {
  const at = group.worst.index - 1;
  const profit = (member: { readonly profitUsd: readonly number[] }): number =>
    member.profitUsd[at] ?? Number.NaN;
  const members = group.productGroups.flatMap((part) => part.classGroups);
  return members.toSorted((a, b) => profit(a) - profit(b))[0]?.id ?? group.id;
}
