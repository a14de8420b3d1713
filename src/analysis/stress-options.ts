import type { MarginOptions } from "../requirement/run.js";
import type { StressScenarioInput } from "./stress-scenario.js";

/** Scenarios of one's own; see docs/scenarios.md. */
export interface StressOptions extends Pick<MarginOptions, "rules" | "account"> {
  /** A file (YAML, JSON or CSV), or the scenarios themselves. */
  readonly scenarios?: string | readonly StressScenarioInput[];
  /** Files of a history: `symbol`, `date`, and `close` or `return`. Each of its days is a scenario. */
  readonly history?: readonly string[];
  /** How many of the firm's worst scenarios are broken down; default 10. */
  readonly worst?: number;
  /** Computes the requirement of the moved book too, at every named scenario: a margin run each. */
  readonly recompute?: boolean;
}
