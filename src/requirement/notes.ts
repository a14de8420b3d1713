import type { PreparedRisk } from "../risk/prepare.js";
import type { RuleSet } from "../rules/load.js";
import { futuresRootOf } from "../rules/products.js";

/** What a reader must know beside the numbers: stated defaults, and figures of the rule set nobody has confirmed. */
export function notesOf(rules: RuleSet, { contracts, market, classGroups }: PreparedRisk): string[] {
  const hasOptions = contracts.isOption.includes(1);
  const notes = hasOptions && !market.hasRates ? ["No rates were given: every rate is taken as 0."] : [];
  return [...notes, ...unverifiedFigures(rules, { contracts, classGroups })];
}

function unverifiedFigures(rules: RuleSet, used: Pick<PreparedRisk, "contracts" | "classGroups">): string[] {
  const ids = new Set(used.classGroups.map(({ id }) => id));
  const types = new Set(used.classGroups.map(({ portfolioType }) => portfolioType));
  const underlyings = new Set(used.contracts.underlying);
  const roots = new Set(used.contracts.symbols.map((symbol) => symbol.slice(0, 6).trimEnd()));
  const figures = [
    ...[...types].map((type) => ({ what: `moves of ${type}`, ...rules.portfolioTypes[type] })),
    { what: "volatility moves", ...rules.volatilityMoves },
    { what: "minimum per contract", ...rules.minimum },
    ...rules.products
      .filter((p) => underlyings.has(p.symbol))
      .map((p) => ({ what: `product ${p.symbol}`, ...p })),
    ...rules.futuresRoots
      .filter((r) => [...underlyings].some((symbol) => futuresRootOf(symbol) === r.root))
      .map((r) => ({ what: `futures root ${r.root}`, ...r })),
    ...rules.optionRoots
      .filter((r) => roots.has(r.root))
      .map((r) => ({ what: `option root ${r.root}`, ...r })),
    ...rules.productGroups
      .filter((g) => g.classGroups.filter((id) => ids.has(id)).length > 1)
      .map((g) => ({ what: `offset of product group ${g.id}`, ...g })),
    ...rules.portfolioGroups
      .filter((g) => productGroupsHeld(rules, g.id, ids) > 1)
      .map((g) => ({ what: `offset of portfolio group ${g.id}`, ...g })),
  ];
  const unverified = figures.filter((figure) => figure.standing === "unverified").map(({ what }) => what);
  return unverified.length === 0
    ? []
    : [`Unverified entries of ${rules.name} were used: ${unverified.join(", ")}.`];
}

function productGroupsHeld(rules: RuleSet, portfolioGroup: string, ids: ReadonlySet<string>): number {
  const members = rules.productGroups.filter((g) => g.portfolioGroup === portfolioGroup);
  return members.filter((g) => g.classGroups.some((id) => ids.has(id))).length;
}
