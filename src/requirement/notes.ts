import type { PreparedRisk } from "../risk/prepare.js";
import { gridEntryOf } from "../rules/grid-entries.js";
import type { RuleSet } from "../rules/load.js";
import { futuresRootOf } from "../rules/products.js";
import type { Standing } from "../rules/schema.js";

/** What a reader must know beside the numbers: stated defaults, and figures of the rule set nobody has confirmed. */
export function notesOf(rules: RuleSet, prepared: PreparedRisk): string[] {
  const { contracts, market } = prepared;
  const hasOptions = contracts.isOption.includes(1);
  const notes = hasOptions && !market.hasRates ? ["No rates were given: every rate is taken as 0."] : [];
  return [
    ...(rules.notice === undefined ? [] : [rules.notice]),
    ...notes,
    ...unverifiedFigures(rules, prepared),
  ];
}

type Used = Pick<PreparedRisk, "contracts" | "classGroups" | "notEligible">;

function unverifiedFigures(rules: RuleSet, used: Used): string[] {
  const ids = new Set(used.classGroups.map(({ id }) => id));
  const underlyings = new Set(used.contracts.underlying);
  const roots = new Set(used.contracts.symbols.map((symbol) => symbol.slice(0, 6).trimEnd()));
  const hasDerivatives = used.contracts.isOption.includes(1) || used.contracts.isFuture.includes(1);
  const figures = [
    ...movesUsed(rules, used),
    ...(hasDerivatives ? [{ what: "minimum per contract", ...rules.minimum }] : []),
    ...(used.notEligible.includes(1) ? [{ what: "shares that are not eligible", ...rules.notEligible }] : []),
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

/** Price moves of the types and class groups held, extra scenarios, and volatility moves where options are held. */
function movesUsed(rules: RuleSet, { classGroups, contracts }: Used): { what: string; standing: Standing }[] {
  const own = new Map(
    rules.classGrids.flatMap((entry) => entry.classGroups.map((id) => [id, entry] as const)),
  );
  const named = classGroups.map((group) => {
    const who = own.has(group.id) ? `class group ${group.id}` : group.portfolioType;
    return [who, gridEntryOf(rules, group)] as const;
  });
  const grids = [...new Map(named)];
  const volatility = grids.flatMap(([who, { volatilityMoves }]) =>
    volatilityMoves === undefined ? [] : [{ what: `volatility moves of ${who}`, ...volatilityMoves }],
  );
  const common =
    volatility.length < grids.length ? [{ what: "volatility moves", ...rules.volatilityMoves }] : [];
  return [
    ...grids.map(([who, entry]) => ({ what: `moves of ${who}`, standing: entry.standing })),
    ...(contracts.isOption.includes(1) ? [...volatility, ...common] : []),
    ...rules.extraScenarios.map((entry, i) => ({ what: `extra scenario ${i + 1}`, ...entry })),
  ];
}

function productGroupsHeld(rules: RuleSet, portfolioGroup: string, ids: ReadonlySet<string>): number {
  const members = rules.productGroups.filter((g) => g.portfolioGroup === portfolioGroup);
  return members.filter((g) => g.classGroups.some((id) => ids.has(id))).length;
}
