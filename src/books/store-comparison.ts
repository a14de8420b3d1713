import type { StoredRun } from "./store-list.js";

/** What two runs of a store differ in. */
export type RunCause = "as_of" | "inputs" | "rules" | "engine" | "dividend_model" | "account";

/** An account as one run has it. */
export interface StoredAccount {
  readonly status: "complete" | "incomplete";
  /** `null` where the account is incomplete. */
  readonly requirementUsd: number | null;
  readonly excessUsd: number | null;
  readonly worstClassGroup: string | null;
  readonly worstScenario: string | null;
}

/** An account in two runs; `null` in the run that does not have it. */
export interface AccountOfRuns {
  readonly account: string;
  readonly a: StoredAccount | null;
  readonly b: StoredAccount | null;
  /** `b` less `a`, USD; `null` where one of them has no requirement. */
  readonly differenceUsd: number | null;
}

/** So many, and the first of them. */
export interface AccountsOfRuns {
  readonly count: number;
  readonly first: readonly AccountOfRuns[];
}

/** A class group over the complete accounts of each run; `null` where none holds it. */
export interface ClassGroupOfRuns {
  readonly classGroup: string;
  readonly a: StoredClassGroup | null;
  readonly b: StoredClassGroup | null;
  /** Of the costs, USD; a class group that a run does not have costs it nothing. */
  readonly differenceUsd: number;
}

/** USD, rounded to cents; the store keeps them unrounded. */
export interface StoredClassGroup {
  readonly accounts: number;
  readonly costUsd: number;
  /** The firm's least profit over the scenarios: its accounts together, not offset by other class groups. */
  readonly worstProfitUsd: number;
}

/** Two runs of a store: what `b` has that `a` did not. Lists hold the first so many; counts are whole. */
export interface RunComparison {
  readonly a: StoredRun;
  readonly b: StoredRun;
  readonly differIn: readonly RunCause[];
  /** Accounts complete in both runs. */
  readonly comparable: { readonly count: number; readonly aUsd: number; readonly bUsd: number };
  /** Of those, the ones whose requirement is another; the greatest difference first. */
  readonly changed: AccountsOfRuns;
  /** In `b` alone; the greatest requirement first. */
  readonly added: AccountsOfRuns;
  /** In `a` alone; likewise. */
  readonly gone: AccountsOfRuns;
  /** Complete in one run and incomplete in the other. */
  readonly statusChanged: AccountsOfRuns;
  /** Equity below the requirement in `b`, and not in `a`; the greatest shortfall first. */
  readonly newShortfalls: AccountsOfRuns;
  /** With their equity below the requirement, by run. */
  readonly shortfallCount: { readonly a: number; readonly b: number };
  /** Class groups whose cost is another by at least a cent; the greatest difference first. */
  readonly classGroups: { readonly count: number; readonly first: readonly ClassGroupOfRuns[] };
}
