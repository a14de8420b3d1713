import { type ClassGroupTotals, netClassGroups } from "../../risk/class-groups.js";
import type { GridSet } from "../../risk/grid-set.js";
import type { RuleSet } from "../../rules/load.js";
import type { PortfolioMarginInputs } from "../inputs.js";
import type { Run } from "../run.js";
import type { ClassGroupFacts } from "./facts.js";

/** What every house test computes from. */
export interface HouseContext {
  readonly rules: RuleSet;
  readonly prepared: Run["prepared"];
  /** Of the regulatory requirement. */
  readonly inputs: PortfolioMarginInputs;
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
  readonly withoutModel: readonly string[];
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
  /** The scenario behind the figure. */
  readonly worst: string | null;
  /** What the test did to single class groups, one sentence each. */
  readonly details: readonly string[];
  readonly missing: readonly Missing[];
  readonly pointsOfNoReturn?: readonly PointOfNoReturn[];
  readonly sizes?: readonly PositionSize[];
  /** A sentence of its own, where the comparison of figures does not say it all. */
  readonly reason?: string;
}

/** A test made ready for a run: contracts are valued under its grids once, for all accounts. */
export type Evaluate = (account: HouseAccount) => Outcome;

export function uncomputed(missing: readonly Missing[]): Outcome {
  return { requirementUsd: null, worst: null, details: [], missing };
}

/** The book netted under other grids: rows as in the regulatory totals. */
export function totalsUnder(grids: GridSet, { prepared, inputs, rules }: HouseContext): ClassGroupTotals {
  return netClassGroups({
    ...prepared,
    ...inputs,
    arrays: prepared.arraysFor(grids),
    minimum: rules.minimum,
  });
}

export function profitOf(row: number, { profit, scenarioCount }: ClassGroupTotals): Float64Array {
  return profit.subarray(row * scenarioCount, (row + 1) * scenarioCount);
}
