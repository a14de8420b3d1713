import type { Failure } from "../../basics/failure.js";
import type { WorstScenario } from "../../requirement/result.js";

/** What is switched from A's to B's, in this order. docs/diff.md says what belongs to each. */
export const diffSteps = [
  "positions",
  "terms",
  "prices",
  "volatilities",
  "time",
  "dividends_and_rates",
  "theoretical_values",
  "rules",
] as const;
export type DiffStepName = (typeof diffSteps)[number];

/** One of the two runs that are compared. */
export interface DiffSide {
  readonly asOf: string;
  readonly rules: { readonly name: string; readonly hash: string };
  readonly inputHash: string;
}

/** One thing that is another in B than in A, among what touches a contract held. */
export interface DiffChange {
  /** Column, or table: `price`, `volatility`, `dividend_yield`, `dividend 2026-12-18`, `rate at 0.25`, `rules`. */
  readonly what: string;
  /** The symbol it is of; empty where it is of none. */
  readonly id: string;
  readonly before: string | number | null;
  readonly after: string | number | null;
}

/** What stands otherwise in B, step by step. */
export interface DiffInput {
  readonly step: DiffStepName;
  readonly changes: readonly DiffChange[];
}

/** A holding that is another in B. */
export interface PositionChange {
  readonly symbol: string;
  /** `expired`: gone, and its expiry is not after B's as-of time. */
  readonly state: "opened" | "closed" | "expired" | "changed";
  readonly before: number;
  readonly after: number;
}

/** What a portfolio group stands on. */
export interface GroupBasis {
  readonly requirementUsd: number;
  readonly worst: WorstScenario;
  readonly binding: "scan_loss" | "minimum" | "none";
}

/** A portfolio group whose worst scenario, or what binds, moved. `null`: the account has no such group. */
export interface MovedGroup {
  readonly id: string;
  readonly before: GroupBasis | null;
  readonly after: GroupBasis | null;
}

/** One part of a step's amount. Parts add up to the step exactly, positions to their class group. */
export interface DiffPart {
  /** `house`: what house rules ask above the rule itself. */
  readonly kind: "classGroup" | "notEligible" | "conversionLoss" | "strategySide" | "house";
  readonly id: string;
  readonly amountUsd: number;
  readonly positions: readonly { readonly symbol: string; readonly amountUsd: number }[];
}

export interface DiffStep {
  readonly step: DiffStepName;
  /** Whether anything of its input differs for the run. Where nothing does the amount is 0. */
  readonly isChanged: boolean;
  /**
   * Change of the requirement, to the cent; `null` where the account cannot be computed with this much switched and no
   * more. `note` says why then, and the next step that has an amount holds this one's too.
   */
  readonly amountUsd: number | null;
  /** The requirement with this step and all before it switched. */
  readonly requirementUsd: number | null;
  readonly note: string | null;
  /** What sets the requirement under house rules, where that changed: `regulatory`, or the id of a test. */
  readonly setBy: { readonly before: string; readonly after: string } | null;
  readonly moved: readonly MovedGroup[];
  readonly parts: readonly DiffPart[];
}

export interface DiffAccount {
  readonly account: string;
  /** `incomplete`: one of the two runs has no figure for it; `note` says which, and there are no steps. */
  readonly status: "compared" | "incomplete";
  readonly note: string | null;
  /** Where only one of the two runs has the account; the other's requirement counts as 0. */
  readonly onlyIn: "a" | "b" | null;
  readonly aUsd: number | null;
  readonly bUsd: number | null;
  /** B less A: the sum of the steps' amounts, to the cent. */
  readonly differenceUsd: number | null;
  readonly positions: readonly PositionChange[];
  readonly groups: readonly {
    readonly id: string;
    readonly a: GroupBasis | null;
    readonly b: GroupBasis | null;
  }[];
  readonly steps: readonly DiffStep[];
  readonly failures: { readonly a: readonly Failure[]; readonly b: readonly Failure[] };
}

/** Sums over the accounts compared. */
export interface DiffTotals {
  readonly compared: number;
  readonly incomplete: number;
  readonly aUsd: number;
  readonly bUsd: number;
  readonly differenceUsd: number;
  /** A step that some account could not be computed at counts there as 0, and the next as both. */
  readonly steps: readonly { readonly step: DiffStepName; readonly amountUsd: number }[];
}

/** The document that `plimsoll diff --json` prints. Amounts USD, to the cent. */
export interface DiffResult {
  readonly engine: { readonly version: string; readonly kernelHash: string };
  readonly a: DiffSide;
  readonly b: DiffSide;
  readonly inputs: readonly DiffInput[];
  /** Contracts and underlyings of B that A's market cannot value: everything of theirs is B's from the first step. */
  readonly arrivals: readonly string[];
  readonly accounts: readonly DiffAccount[];
  readonly totals: DiffTotals;
  readonly failures: { readonly a: readonly Failure[]; readonly b: readonly Failure[] };
}
