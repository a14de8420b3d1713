import type { PortfolioType } from "../contracts/product-defaults.js";
import type { RuleSet } from "../rules/load.js";
import type { GridDocument } from "../rules/schema.js";
import { type ScenarioGrid, scenarioGrid } from "../scenarios/grid.js";

/** Class group as the rules see it. */
export interface ClassGroup {
  readonly id: string;
  readonly portfolioType: PortfolioType;
}

/** The grids of one run over a book. Class groups may move differently; scenario s of all belong together. */
export interface GridSet {
  /** The same for every grid of the set. */
  readonly scenarioCount: number;
  /** Equal class groups give the same object. */
  gridOf(group: ClassGroup): ScenarioGrid;
}

/** The grids of a rule set's own requirement: by portfolio type, but for class groups that have one of their own. */
export function ruleGrids(rules: RuleSet): GridSet {
  const grids: Record<PortfolioType, ScenarioGrid> = {
    high_cap_broad_index: ruleGrid(rules.portfolioTypes.high_cap_broad_index, rules),
    broad_index: ruleGrid(rules.portfolioTypes.broad_index, rules),
    narrow_index: ruleGrid(rules.portfolioTypes.narrow_index, rules),
    equity: ruleGrid(rules.portfolioTypes.equity, rules),
  };
  const ownGrids = new Map(
    rules.classGrids.flatMap((entry) => {
      const grid = ruleGrid(entry, rules);
      return entry.classGroups.map((id) => [id, grid] as const);
    }),
  );
  return {
    scenarioCount: grids.equity.scenarios.length,
    gridOf: ({ id, portfolioType }) => ownGrids.get(id) ?? grids[portfolioType],
  };
}

/** One grid from price moves and the rule set's volatility moves and extra scenarios. */
export function ruleGrid(
  { moves, volatilityMoves }: Pick<GridDocument, "moves" | "volatilityMoves">,
  rules: Pick<RuleSet, "volatilityMoves" | "extraScenarios">,
): ScenarioGrid {
  const { unit, moves: levels, decay, atPoints, order } = volatilityMoves ?? rules.volatilityMoves;
  return scenarioGrid({
    moves,
    volatilityMoves: levels,
    volatilityUnit: unit,
    decay: decay === undefined ? null : { ...decay, referenceYears: decay.referenceDays / daysPerYear },
    atPoints: atPoints ?? "all",
    order: order ?? "volatility",
    extra: rules.extraScenarios.map(({ move, side, multiple, volatilityMove, cover }) => {
      const farthest = side === "down" ? Math.min(...moves) : Math.max(...moves);
      return { move: move ?? farthest * (multiple ?? 1), volatilityMove, cover };
    }),
  });
}

/** ACT/365F. */
const daysPerYear = 365;
