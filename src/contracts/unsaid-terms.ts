import { type Failure, failure } from "../basics/failure.js";
import type { ContractSources } from "./contract-sources.js";
import type { OptionRowTerms } from "./option-row.js";
import type { OptionSymbol } from "./option-symbol.js";
import type { Exercise, OptionRootDefault, UnderlyingKind } from "./product-defaults.js";

export function exerciseOf(root: OptionRootDefault | undefined, kind: UnderlyingKind): Exercise {
  return root?.exercise ?? (kind === "index" ? "european" : "american");
}

export function standardUnits(underlying: string, kind: UnderlyingKind, sources: ContractSources): number {
  return kind === "future" ? sources.underlyingMultiplier(underlying) : standardMultiplier;
}

/** Shares per contract. */
const standardMultiplier = 100;

/** The table's word first; then the rule set's root table; then the root itself, never one with its digit cut. */
export function underlyingOf(
  parsed: OptionSymbol | null,
  said: Pick<OptionRowTerms, "underlying" | "multiplier"> & { readonly delivered: string | null },
  sources: ContractSources,
): string | Failure {
  if (said.delivered !== null && said.underlying !== null && said.delivered !== said.underlying)
    return failure("CONTRACT_TERMS_CONFLICT", {
      column: "underlying",
      value: said.underlying,
      expected: `${said.delivered}, as in the deliverable`,
    });
  const unknown = (expected: string): Failure =>
    failure("DELIVERABLE_UNKNOWN", { value: parsed?.symbol, expected });
  const named = said.delivered ?? said.underlying;
  if (named !== null) {
    const isTold = said.delivered !== null || said.multiplier !== null || parsed?.adjusted !== true;
    return isTold ? named : unknown("deliverable, or multiplier, in the options table");
  }
  if (parsed === null) return failure("CELL_MISSING", { column: "underlying", expected: "a symbol" });
  const ofRoot = sources.optionRoot(parsed.root)?.underlying;
  if (ofRoot !== undefined) return ofRoot;
  if (parsed.adjusted && sources.underlyingKind(parsed.root, parsed.symbol) === undefined)
    return unknown(
      `deliverable (or underlying and multiplier) in the options table, or ${parsed.root} in the underlyings table`,
    );
  return parsed.root;
}
