import type { PortfolioType } from "../contracts/product-defaults.js";
import type { GridDocument, RuleSetDocument } from "./schema.js";

/** The entry of a rule set that says how a class group moves: its own, else that of its portfolio type. */
export function gridEntryOf(
  { classGrids, portfolioTypes }: Pick<RuleSetDocument, "classGrids" | "portfolioTypes">,
  { id, portfolioType }: { readonly id: string; readonly portfolioType: PortfolioType },
): GridDocument {
  return classGrids.find((entry) => entry.classGroups.includes(id)) ?? portfolioTypes[portfolioType];
}
