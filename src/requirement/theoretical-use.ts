import type { PreparedRisk } from "../risk/prepare.js";
import type { RuleSet } from "../rules/load.js";
import type { TheoreticalUse } from "./result.js";

export function theoreticalUse({ contracts, theoretical, unusable }: PreparedRisk): TheoreticalUse {
  const { isTheoretical } = theoretical;
  return {
    used: contracts.symbols.filter((_, row) => isTheoretical[row] === 1 && unusable[row] !== 1).length,
    missing: contracts.symbols.filter((_, row) => isTheoretical[row] !== 1),
  };
}

/** What a reader must know of a book whose profits were given in whole or in part. */
export function theoreticalNotes(rules: RuleSet, prepared: PreparedRisk): string[] {
  if (!prepared.theoretical.isGiven) return [];
  const { used, missing } = theoreticalUse(prepared);
  const shown = missing.slice(0, mostShown).join(", ");
  const rest = missing.length > mostShown ? `, … (${missing.length})` : "";
  const known = new Set(rules.productGroups.map(({ id }) => id));
  const unknown = [...new Set(prepared.theoretical.productGroupOf.values())].filter((id) => !known.has(id));
  return [
    missing.length === 0
      ? `Profits of all ${used} contracts are theoretical values that were given, not the model's.`
      : `Mixed book: profits of ${used} contracts are theoretical values that were given; these have none and were left to the model: ${shown}${rest}.`,
    ...unknown
      .toSorted()
      .map((id) => `${rules.name} has no product group ${id}: its class groups offset nothing.`),
  ];
}

const mostShown = 8;
