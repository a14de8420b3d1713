import type { Failure } from "../../basics/failure.js";

/** What may make a series differ from the model, in the order in which it is tried. */
export const recomputeCauses = [
  "exercise",
  "dividend",
  "volatility",
  "close",
  "multiplier",
  "unexplained",
] as const;
export type RecomputeCause = (typeof recomputeCauses)[number];

/** One thing switched alone, all else as stated. */
export interface RecomputeTrial {
  readonly cause: Exclude<RecomputeCause, "unexplained">;
  /** `switched`: another reading of what is stated; `fitted`: the number that leaves least. */
  readonly kind: "switched" | "fitted";
  readonly stated: string | number | null;
  readonly tried: string | number;
  /** What is left then: the largest difference of a profit, and of the close where the trial speaks of it; USD per unit. */
  readonly residualUsd: number;
}

/** A series that the model does not give as the file has it. Amounts in USD per unit, before the multiplier. */
export interface RecomputeFinding {
  readonly symbol: string;
  /** The largest difference: of a profit, or of the close. */
  readonly sizeUsd: number;
  /** Scenario of the largest difference of a profit, from 1. */
  readonly scenario: number;
  readonly theirsUsd: number;
  readonly oursUsd: number;
  /** The file's close and the model's value at the file's volatility; `null` where the file lacks one of the two. */
  readonly closeUsd: { readonly theirs: number; readonly ours: number } | null;
  /** Per square-root year: stated, else implied from the close; `null` for shares. */
  readonly volatility: number | null;
  /** The likely one: what explains all of the difference. */
  readonly cause: RecomputeCause;
  /** The trial that explains it; of an unexplained series the one that leaves least. */
  readonly best: RecomputeTrial | null;
  readonly trials: readonly RecomputeTrial[];
}

/** The document that `plimsoll recompute --json` prints. */
export interface RecomputeResult {
  readonly asOf: string;
  readonly rules: { readonly name: string; readonly hash: string };
  readonly inputHash: string;
  readonly toleranceUsd: number;
  readonly lookAheadDays: number;
  /** Series of the file. */
  readonly seriesCount: number;
  readonly explainedCount: number;
  /** Largest differences first. */
  readonly findings: readonly RecomputeFinding[];
  /** Series that could not be computed, and bad rows. */
  readonly failures: readonly Failure[];
}
