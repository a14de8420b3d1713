import type { PortfolioType } from "../contracts/product-defaults.js";
import type { RuleSet } from "../rules/load.js";
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

/** The grids of a rule set's own requirement. */
export function ruleGrids({ portfolioTypes, volatilityMoves }: RuleSet): GridSet {
  const grid = (type: PortfolioType): ScenarioGrid =>
    scenarioGrid({
      moves: portfolioTypes[type].moves,
      volatilityMoves: volatilityMoves.moves,
      volatilityUnit: volatilityMoves.unit,
    });
  const grids = {
    high_cap_broad_index: grid("high_cap_broad_index"),
    broad_index: grid("broad_index"),
    narrow_index: grid("narrow_index"),
    equity: grid("equity"),
  };
  return {
    scenarioCount: grids.equity.scenarios.length,
    gridOf: ({ portfolioType }) => grids[portfolioType],
  };
}
