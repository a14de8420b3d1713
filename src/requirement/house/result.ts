import type { HouseTestKind } from "../../rules/house-schema.js";
import type { RuleReference } from "../result.js";
import type { PointOfNoReturn, PositionSize } from "./context.js";

/** What one house test says of an account. */
export interface HouseTestResult {
  readonly id: string;
  readonly kind: HouseTestKind;
  /** `not_computed`: a figure it needs is missing; `not_in_force`: its regime is in another state. */
  readonly status: "computed" | "not_computed" | "not_in_force";
  /** What the test asks for, USD; `null` where it asks for no amount or has none. */
  readonly requirementUsd: number | null;
  /** What it adds to the others' greatest figure, USD; 0 for a test that is compared. */
  readonly addedUsd: number;
  /**
   * Of a stress limit: the loss, what it may be, and what it is above that (negative: room left). Of a minimum equity: no loss,
   * the minimum, and what the equity lacks.
   */
  readonly lossUsd: number | null;
  readonly limitUsd: number | null;
  readonly excessUsd: number | null;
  /** The scenario, or the class groups, behind the figure. */
  readonly worst: string | null;
  /** Whether the requirement would be lower without it. */
  readonly binding: boolean;
  /** One sentence. */
  readonly reason: string;
  /** What it did to single class groups, one sentence each. */
  readonly details: readonly string[];
  readonly pointsOfNoReturn: readonly PointOfNoReturn[];
  readonly sizes: readonly PositionSize[];
  readonly rule: RuleReference;
}

/** What house rules make of an account; all of it is absent where the rule set has none. */
export interface HouseFigures {
  /** What the rule set asks for without house rules. */
  readonly regulatoryRequirementUsd: number | null;
  /** Never below the regulatory one; it is `requirementUsd`. `null` where a test that counts could not be computed. */
  readonly houseRequirementUsd: number | null;
  /** What opening trades need; equal to the house figure without a test that says more. */
  readonly initialRequirementUsd: number | null;
  /** What sets the requirement: `regulatory`, or the id of a test. */
  readonly binding: string | null;
  readonly houseTests: readonly HouseTestResult[];
}
