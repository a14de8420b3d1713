import type { Level, ReferenceFormat } from "./reference.js";

/** What may make two requirements differ, in the order in which they are switched. */
export const causes = [
  "missing_symbol",
  "quantity",
  "multiplier",
  "price",
  "group_mapping",
  "minimum",
  "offset",
  "house_extreme",
  "rounding",
  "unexplained",
] as const;
export type Cause = (typeof causes)[number];

/** One difference in what stands behind the figures, and what it does to the requirement. */
export interface ReconcileStep {
  readonly cause: Cause;
  readonly level: Level;
  readonly id: string;
  readonly ours: string | number | null;
  readonly theirs: string | number | null;
  /**
   * Change of the account's requirement when this alone is switched to theirs, after all steps above it; `null` where it
   * cannot be computed, and `note` says why. What is not sized stays in `unexplained`.
   */
  readonly amountUsd: number | null;
  readonly note: string | null;
}

/** One figure of theirs against ours. */
export interface ReconcileRow {
  readonly level: Level;
  readonly id: string;
  /** `null`: we hold no such thing. */
  readonly oursUsd: number | null;
  readonly theirsUsd: number;
  readonly differenceUsd: number | null;
  /** Ours with everything switched that could be. */
  readonly switchedUsd: number | null;
  /** Theirs less that: where something unexplained sits. */
  readonly residualUsd: number | null;
}

export interface ReconcileAccount {
  readonly account: string;
  /** `not_compared`: the account is incomplete or one of the two has no figure for it. */
  readonly status: "agrees" | "differs" | "not_compared";
  readonly note: string | null;
  /** Which of their figures `theirsUsd` is: the account's own, or a sum over the rows of a level. */
  readonly basis: Level | null;
  readonly oursUsd: number | null;
  readonly theirsUsd: number | null;
  /** Theirs less ours: exactly the sum of the sized steps and the remainder. */
  readonly differenceUsd: number | null;
  readonly steps: readonly ReconcileStep[];
  readonly unexplainedUsd: number | null;
  readonly rows: readonly ReconcileRow[];
}

/** The document that `plimsoll reconcile --json` prints. */
export interface ReconcileResult {
  readonly asOf: string;
  readonly rules: { readonly name: string; readonly hash: string };
  readonly engine: { readonly version: string; readonly kernelHash: string };
  readonly inputHash: string;
  readonly format: ReferenceFormat;
  readonly toleranceUsd: number;
  /** Whether every account agrees within the tolerance. */
  readonly agrees: boolean;
  readonly accounts: readonly ReconcileAccount[];
}
