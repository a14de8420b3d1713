import type { PortfolioType } from "../contracts/product-defaults.js";
import { gridEntryOf } from "../rules/grid-entries.js";
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
  readonly gridOf: (group: ClassGroup) => ScenarioGrid;
}

/** The grids of a rule set's own requirement: by portfolio type, but for class groups that have one of their own. */
export function ruleGrids(rules: RuleSet): GridSet {
  const entries = [...Object.values(rules.portfolioTypes), ...rules.classGrids];
  const grids = new Map<GridDocument, ScenarioGrid>(entries.map((entry) => [entry, ruleGrid(entry, rules)]));
  const gridOf = (group: ClassGroup): ScenarioGrid => {
    const grid = grids.get(gridEntryOf(rules, group));
    if (grid === undefined) throw new RangeError(`no grid for ${group.id}`);
    return grid;
  };
  return { scenarioCount: gridOf({ id: "", portfolioType: "equity" }).scenarios.length, gridOf };
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
