import type { ClassGroup, GridSet } from "../../risk/grid-set.js";
import { ruleGrid } from "../../risk/grid-set.js";
import { gridEntryOf } from "../../rules/grid-entries.js";
import type { RangeRule } from "../../rules/house-schema.js";
import type { RuleSet } from "../../rules/load.js";
import type { VolatilityMovesDocument } from "../../rules/schema.js";
import { type ScenarioGrid, scenarioGrid } from "../../scenarios/grid.js";
import type { HouseContext, Missing } from "./context.js";

/** The ends of a class group's price moves, fractions of the price: down <= 0 <= up. */
export interface Ends {
  readonly down: number;
  readonly up: number;
}

/** Ends that a test gives a class group, or what is missing to tell them. */
export interface ResolvedRange {
  readonly ends: Ends;
  readonly missing: readonly Missing[];
}

/** The rule set's own price moves of a class group. */
export function ruleMoves(group: ClassGroup, rules: RuleSet): readonly number[] {
  return gridEntryOf(rules, group).moves;
}

export function ruleEnds(group: ClassGroup, rules: RuleSet): Ends {
  const moves = ruleMoves(group, rules);
  return { down: Math.min(0, ...moves), up: Math.max(0, ...moves) };
}

/** The wider of each side. */
export function widest(all: readonly Ends[]): Ends {
  return { down: Math.min(...all.map(({ down }) => down)), up: Math.max(...all.map(({ up }) => up)) };
}

export function narrowest(all: readonly Ends[]): Ends {
  return { down: Math.max(...all.map(({ down }) => down)), up: Math.min(...all.map(({ up }) => up)) };
}

export function multiplied({ down, up }: Ends, factor: number): Ends {
  return { down: Math.max(-1, twelveDigits(down * factor)), up: twelveDigits(up * factor) };
}

/** -0.2 × 1.5 is to be -0.3, as a person says it, and not the product's last bit beside it. */
function twelveDigits(move: number): number {
  return Number(move.toPrecision(12));
}

/** The entries that name the class group, as ends; a side that an entry leaves open is the rule set's own. */
export function matchingRanges(
  entries: readonly RangeRule[],
  group: ClassGroup,
  context: HouseContext,
): ResolvedRange[] {
  const own = ruleEnds(group, context.rules);
  return entries
    .filter((entry) => context.facts.selects(entry, group))
    .map((entry) =>
      entry.marketCapUsd === undefined
        ? { ends: { down: entry.down ?? own.down, up: entry.up ?? own.up }, missing: [] }
        : marketCapEnds(entry.marketCapUsd, group, context),
    );
}

/**
 * The move that changes the market value of the company by `usd`: usd / (price × shares outstanding), down not beyond
 * -100 %. The company is the first symbol of the class group that has shares outstanding.
 */
function marketCapEnds(usd: number, { id }: ClassGroup, { facts }: HouseContext): ResolvedRange {
  const symbols = facts.symbolsOf(id);
  const shares = (symbol: string): number => facts.figure(symbol, "shares_outstanding");
  const company = symbols.find((symbol) => !Number.isNaN(shares(symbol)));
  if (company === undefined) {
    const missing = [{ symbol: symbols[0] ?? id, what: "shares_outstanding" }];
    return { ends: { down: 0, up: 0 }, missing };
  }
  const move = usd / (facts.price(company) * shares(company));
  return { ends: { down: Math.max(-1, -move), up: move }, missing: [] };
}

/**
 * The rule set's points stretched to other ends, each side by itself: equal steps stay equal steps, and every grid of a
 * test keeps the count and the order of the points, so that offsets still meet point by point. Twelve digits are kept.
 */
export function stretched(moves: readonly number[], { down, up }: Ends): number[] {
  const least = Math.min(0, ...moves);
  const most = Math.max(0, ...moves);
  return moves.map((move) => {
    if (move === 0) return 0;
    const [from, to] = move < 0 ? [least, down] : [most, up];
    return move === from ? to : twelveDigits((move / from) * to);
  });
}

/** So many points a side in equal steps, from the far end down to the far end up. */
export function equalSteps({ down, up }: Ends, pointsPerSide: number): number[] {
  const steps = Array.from({ length: pointsPerSide }, (_, i) => (i + 1) / pointsPerSide);
  const side = (end: number): number[] => steps.map((step) => (step === 1 ? end : twelveDigits(step * end)));
  return [...side(down).toReversed(), ...side(up)];
}

/** Grids of one run: class groups with the same moves share one grid, so that they are valued together. */
export function gridSet(
  groups: readonly ClassGroup[],
  rules: RuleSet,
  gridFor: (group: ClassGroup) => {
    readonly moves: readonly number[];
    readonly volatilityMoves?: VolatilityMovesDocument | undefined;
  },
): GridSet {
  return sharedGrids(groups, (group) => {
    const { moves, volatilityMoves = gridEntryOf(rules, group).volatilityMoves } = gridFor(group);
    return {
      key: JSON.stringify([moves, volatilityMoves ?? null]),
      grid: () => ruleGrid({ moves: [...moves], volatilityMoves }, rules),
    };
  });
}

/** Grids that are plain lists of price and volatility moves; all lists are equally long. */
export function listedGrids(
  groups: readonly ClassGroup[],
  unit: "relative" | "points",
  listOf: (group: ClassGroup) => readonly { readonly move: number; readonly volatilityMove: number }[],
): GridSet {
  return sharedGrids(groups, (group) => {
    const list = listOf(group);
    const extra = list.map((entry) => ({ ...entry, cover: 1 }));
    return {
      key: JSON.stringify(list),
      grid: () => scenarioGrid({ moves: [], volatilityMoves: [0], volatilityUnit: unit, extra }),
    };
  });
}

function sharedGrids(
  groups: readonly ClassGroup[],
  describe: (group: ClassGroup) => { readonly key: string; readonly grid: () => ScenarioGrid },
): GridSet {
  const byKey = new Map<string, ScenarioGrid>();
  const byGroup = new Map<string, ScenarioGrid>();
  for (const group of groups) {
    const { key, grid } = describe(group);
    const shared = byKey.get(key) ?? grid();
    byKey.set(key, shared);
    byGroup.set(group.id, shared);
  }
  return {
    scenarioCount: [...byKey.values()][0]?.scenarios.length ?? 0,
    gridOf: (group) => byGroup.get(group.id) ?? describe(group).grid(),
  };
}

/** -0.2, 0.3 → "-20 % / +30 %". */
export function rangeText({ down, up }: Ends): string {
  return `${percent(down)} % / +${percent(up)} %`;
}

/** A fraction as a percentage with at most four significant decimals, never "-0". */
export function percent(fraction: number): number {
  const value = Number((fraction * 100).toPrecision(6));
  return value === 0 ? 0 : value;
}
