import type { Failure } from "../basics/failure.js";

/** A class group's part of a profit. */
export interface StressContribution {
  readonly id: string;
  readonly profitUsd: number;
}

export interface StressAccount {
  readonly account: string;
  /** Incomplete: something it holds has no value or, at some scenario, no move. Its profits leave that out or are `null`. */
  readonly status: "complete" | "incomplete";
  /** Of the unmoved book; `null` where the requirement could not be told. */
  readonly equityUsd: number | null;
  readonly requirementUsd: number | null;
  /** By scenario; `null` where something it holds has no move. */
  readonly profitUsd: readonly (number | null)[];
  /** `null` for an account that holds nothing with a profit. */
  readonly worst: {
    readonly scenario: string;
    readonly profitUsd: number;
    readonly equityAfterUsd: number | null;
    readonly classGroups: readonly StressContribution[];
  } | null;
  /** Scenarios after which equity is below 0. */
  readonly equityBelowZero: readonly string[];
  /** Scenarios after which equity is below the requirement of the unmoved book. */
  readonly equityBelowRequirement: readonly string[];
  /**
   * Where it was asked for, by named scenario: the requirement of the moved book. `null` where it cannot be told, as of an option
   * that has expired within the days.
   */
  readonly movedRequirementUsd?: readonly (number | null)[];
  /** Named scenarios after which equity is below that. */
  readonly equityBelowMovedRequirement?: readonly string[];
}

/** All accounts together. At each scenario those that are not whole are left out of the sum. */
export interface StressFirm {
  readonly profitUsd: readonly number[];
  readonly accountsLeftOut: readonly number[];
  /** The worst scenarios, the greatest loss first. */
  readonly worst: readonly {
    readonly scenario: string;
    readonly profitUsd: number;
    readonly accountsLeftOut: number;
    readonly accountsBelowZero: number;
    readonly accountsBelowRequirement: number;
    readonly classGroups: readonly StressContribution[];
  }[];
}

/** The document that `plimsoll stress --json` prints. */
export interface StressResult {
  readonly asOf: string;
  readonly rules: { readonly name: string; readonly hash: string };
  readonly engine: { readonly version: string; readonly kernelHash: string };
  readonly inputHash: string;
  /** SHA-256 over the scenarios' names and all that moves what is held. */
  readonly scenarioHash: string;
  /** Names, the order of every `profitUsd`. */
  readonly scenarios: readonly string[];
  readonly notes: readonly string[];
  readonly firm: StressFirm;
  readonly accounts: readonly StressAccount[];
  readonly failures: readonly Failure[];
}
