import { netMinimums, netProfits } from "../../risk/class-groups.js";
import type { GridSet } from "../../risk/grid-set.js";
import type { HouseSelector } from "../../rules/house-schema.js";
import type { RuleSet } from "../../rules/load.js";
import type { Scenario } from "../../scenarios/grid.js";
import type { GroupNetting } from "../group-netting.js";
import type { PortfolioMarginInputs } from "../inputs.js";
import type { Run } from "../run.js";
import type { ClassGroupFacts } from "./facts.js";

/** What every house test computes from. */
export interface HouseContext {
  readonly rules: RuleSet;
  readonly prepared: Run["prepared"];
  readonly netting: GroupNetting;
  readonly facts: ClassGroupFacts;
  /** Days since 1970-01-01 in New York. */
  readonly asOfDay: number;
}

/** One complete account as a house test sees it. */
export interface HouseAccount {
  /** Rows of the totals that hold something usable, ascending. */
  readonly rows: readonly number[];
  readonly equityUsd: number;
  /** What is charged beside the groups (shares that are not eligible, conversion losses); in every whole requirement. */
  readonly besideUsd: number;
}

/** An account with its regulatory figure, USD. */
export interface AccountFigures extends HouseAccount {
  readonly account: string;
  readonly regulatoryUsd: number;
  /** Options held with theoretical values, which have none under a grid of a test's own. */
  readonly withoutModel: () => readonly string[];
}

/** A figure that a test needs and the inputs do not give. */
export interface Missing {
  readonly symbol: string;
  /** Column of the underlyings table, or what else was looked for. */
  readonly what: string;
}

/** The moves of an underlying that would leave an account without equity, the others unchanged. */
export interface PointOfNoReturn {
  readonly classGroup: string;
  /** Fraction of the price, < 0; `null` where it lies beyond twice the expected range. */
  readonly down: number | null;
  readonly up: number | null;
  /** The expected range that the points are held against. */
  readonly expectedDown: number;
  readonly expectedUp: number;
}

/** How much of a company an account holds, and where the next tier of a test begins. */
export interface PositionSize {
  readonly classGroup: string;
  /** Share of the shares outstanding, or days to liquidate. */
  readonly size: number;
  /** `null` above the highest tier. */
  readonly nextTier: number | null;
}

/** What a test says of one account. */
export interface Outcome {
  /** USD; `null` for a test that asks for none. */
  readonly requirementUsd: number | null;
  readonly limit?: { readonly lossUsd: number; readonly limitUsd: number };
  readonly missing: readonly Missing[];
  /** A sentence of its own, where the comparison of figures does not say it all. */
  readonly reason?: string;
  /** Made where somebody reads it; as long as the account's figures are there. */
  readonly explain: () => Explanation;
}

/** What a test says of an account beside its figures. */
export interface Explanation {
  /** The scenario behind the figure. */
  readonly worst: string | null;
  /** What the test did to single class groups, one sentence each. */
  readonly details: readonly string[];
  readonly pointsOfNoReturn?: readonly PointOfNoReturn[];
  readonly sizes?: readonly PositionSize[];
}

/** What a test says of an account of a book. */
export type Evaluate = (account: HouseAccount) => Outcome;

/** A test made ready for a run, its contracts valued under its grids; it is asked once for each book, or part of one. */
export type PreparedTest = (book: PortfolioMarginInputs) => Evaluate;

export function uncomputed(missing: readonly Missing[]): Outcome {
  return { requirementUsd: null, missing, explain: nothingToExplain };
}

export function nothingToExplain(): Explanation {
  return { worst: null, details: [] };
}

/** The rows of a book netted under the grids of a test; they are those of the regulatory totals. */
export interface NettedBook {
  /** By class group of the run. */
  readonly scenarios: readonly (readonly Scenario[])[];
  readonly scenarioCount: number;
  readonly profit: Float64Array;
  /** By row; null where the test asks for none. */
  readonly minimum: Float64Array | null;
}

/** The contracts of a run under the grids of a test. */
export interface GridRun {
  readonly net: (book: PortfolioMarginInputs) => NettedBook;
}

/**
 * Values the contracts under other grids.
 *
 * @param hasMinimums whether the test holds losses against per-contract minimums
 */
export function gridRun(
  grids: GridSet,
  hasMinimums: boolean,
  { prepared, rules: { minimum } }: HouseContext,
): GridRun {
  const arrays = prepared.arraysFor(grids);
  const scenarios = prepared.classGroups.map((group) => grids.gridOf(group).scenarios);
  return {
    net: (book) => {
      const request = { ...prepared, ...book, arrays, minimum };
      return {
        scenarios,
        scenarioCount: arrays.scenarioCount,
        profit: netProfits(book.totals, request),
        minimum: hasMinimums ? netMinimums(book.totals, request).minimum : null,
      };
    },
  };
}

/** The book under the rule set's own grids. */
export function ownGrids({ prepared }: HouseContext): GridRun {
  const scenarios = prepared.classGroups.map((group) => prepared.grids.gridOf(group).scenarios);
  return { net: ({ totals }) => ({ ...totals, scenarios }) };
}

/** By class group of the run: 1 where a selector names it. */
export function namedGroups(
  selector: HouseSelector | undefined,
  { facts, prepared }: Pick<HouseContext, "facts" | "prepared">,
): Uint8Array {
  return Uint8Array.from(prepared.classGroups, (group) => (facts.selects(selector, group) ? 1 : 0));
}
