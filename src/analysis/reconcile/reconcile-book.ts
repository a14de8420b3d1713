import type { MarginResult } from "../../requirement/result.js";
import type { MarginOptions } from "../../requirement/run.js";
import { loadRuleSet } from "../../rules/load.js";
import { asTables } from "../../tables/input.js";
import { readReference } from "./read-reference.js";
import { reconcile } from "./reconcile.js";
import type { ReconcileResult } from "./result.js";

export interface ReconcileOptions extends Omit<MarginOptions, "account"> {
  /** Path of their file: see docs/reconcile.md. */
  readonly against: string;
  /** USD; accounts that differ by at most this agree. Default 0.01. */
  readonly toleranceUsd?: number;
}

/** What computes margin: a loaded engine. */
export interface MarginSource {
  margin(input: object, options?: MarginOptions): MarginResult;
}

/**
 * The requirements of a book against a broker's or a clearing house's: the difference of every account as steps that add up,
 * one for each cause. See docs/reconcile.md.
 *
 * @throws MarginError as `Engine.margin`; `FILE_FORMAT_UNKNOWN` for a form that cannot be read, by its name.
 */
export function reconcileBook(
  engine: MarginSource,
  input: object,
  options: ReconcileOptions,
): ReconcileResult {
  const read = asTables(input);
  const { against, toleranceUsd = 0.01, ...given } = options;
  const asked = given.rules ?? read.tables.rules ?? "finra-4210g";
  const rules = loadRuleSet(asked);
  const margin = (tables: object, account?: string): MarginResult =>
    engine.margin(tables, { ...given, rules: asked, ...(account === undefined ? {} : { account }) });
  return reconcile({ read, reference: readReference(against), toleranceUsd, rules, margin });
}
