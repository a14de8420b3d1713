import { roundToCents } from "../basics/money.js";
import type { AccountResult, RankedClassGroup } from "./result.js";

/** Class groups by what they cost the complete accounts, the dearest first, equals in code-unit order. */
export function rankedClassGroups(accounts: readonly AccountResult[]): RankedClassGroup[] {
  const costs = new Map<string, { accounts: number; costUsd: number }>();
  for (const account of accounts) {
    if (account.status === "incomplete") continue;
    for (const { id, costUsd } of classGroupsOf(account)) {
      const known = costs.get(id) ?? { accounts: 0, costUsd: 0 };
      costs.set(id, { accounts: known.accounts + 1, costUsd: known.costUsd + costUsd });
    }
  }
  return [...costs]
    .map(([classGroup, cost]) => ({ classGroup, ...cost, costUsd: roundToCents(cost.costUsd) }))
    .toSorted((a, b) => b.costUsd - a.costUsd || (a.classGroup < b.classGroup ? -1 : 1));
}

function classGroupsOf({ portfolioGroups }: AccountResult): { id: string; costUsd: number }[] {
  return portfolioGroups.flatMap((group) => group.productGroups.flatMap((part) => [...part.classGroups]));
}
