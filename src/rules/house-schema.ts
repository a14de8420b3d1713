import { z } from "zod";
import { citation } from "./citation.js";
import { volatilityMoves } from "./volatility-moves.js";
import {
  appliesTo,
  event,
  id,
  range,
  regime,
  series,
  symbol,
  tier,
  usd,
  volatilityMove,
  volatilityUnit,
} from "./house-parts.js";

/**
 * House rules as a rule file says them; docs/house-rules.md says what each means. Amounts are in USD, moves are fractions
 * of a price (down <= 0 <= up), days are calendar days of New York.
 */

/** How a test's figure enters the house figure; see `combine` in docs/house-rules.md. */
const combine = z.enum(["greater", "added", "excess_added"]).default("greater");

const common = {
  id,
  /** In force only while a regime is in a state. */
  when: z.strictObject({ regime: id, is: z.string().min(1) }).optional(),
  ...citation,
};

const rangeTest = z.strictObject({
  ...common,
  kind: z.literal("range"),
  combine,
  /** Among the rule set's own range and all that match; `replace`: the first that matches, whatever the rule says. */
  against: z.enum(["widest", "narrowest", "replace"]).default("widest"),
  ranges: z.array(range).default([]),
  events: z.array(event).default([]),
  /** Points a side in equal steps; default: the rule set's own points, stretched. */
  pointsPerSide: z.int().min(1).max(100).optional(),
  /** Default: the rule set's own. */
  volatilityMoves: volatilityMoves.optional(),
});

const expectedRangeTest = z.strictObject({
  ...common,
  kind: z.literal("expected_range"),
  combine,
  /** The first that matches is the class group's expected range. */
  ranges: z.array(range).min(1),
});

const concentrationTest = z.strictObject({
  ...common,
  kind: z.literal("concentration"),
  combine,
  appliesTo: appliesTo.optional(),
  /** How many class groups take the large range. */
  largest: z.int().min(1).max(1000),
  largestRanges: z.array(range).min(1),
  /** What the others take; none = they count nothing. */
  restRanges: z.array(range).default([]),
  /** Of the ranges that match a class group. */
  several: z.enum(["widest", "first"]).default("widest"),
  rebateUsd: usd.default(0),
  /** Of what is left after the rebate. */
  share: z.number().positive().max(10).default(1),
});

const positionSizeTest = z
  .strictObject({
    ...common,
    kind: z.literal("position_size"),
    combine,
    appliesTo: appliesTo.optional(),
    measure: z.enum(["shares_outstanding", "days_to_liquidate"]),
    /** Share of the average daily volume that may be traded without moving the price; for `days_to_liquidate`. */
    participation: z.number().positive().max(1).optional(),
    /** The highest tier that is reached counts. */
    tiers: z.array(tier).min(1),
  })
  .refine(
    (entry) => (entry.participation !== undefined) === (entry.measure === "days_to_liquidate"),
    "expected participation with days_to_liquidate, and only there",
  );

const shortOptionMinimumTest = z
  .strictObject({
    ...common,
    kind: z.literal("short_option_minimum"),
    combine,
    appliesTo: appliesTo.optional(),
    /** USD per unit of the multiplier, as the rule's own minimum. */
    perUnitUsd: z.number().min(0).max(1000).optional(),
    /** Of the value of what one contract delivers. */
    shareOfDeliverable: z.number().min(0).max(10).optional(),
    /** `uncovered`: short calls beyond long calls and long shares, short puts beyond long puts and short shares. */
    counts: z.enum(["all", "uncovered"]),
  })
  .refine(
    (entry) => entry.perUnitUsd !== undefined || entry.shareOfDeliverable !== undefined,
    "expected perUnitUsd, shareOfDeliverable, or both (the greater counts)",
  );

const stressLimitTest = z
  .strictObject({
    ...common,
    kind: z.literal("stress_limit"),
    appliesTo: appliesTo.optional(),
    /** `account`: the book's net loss at one scenario; `class_group`: each class group's own worst loss. */
    over: z.enum(["account", "class_group"]).default("account"),
    /** `beta_weighted`: moves of `index`, times each class group's beta; `uniform`: the same move for all. */
    moves: z.enum(["beta_weighted", "uniform"]),
    index: z.string().min(1).optional(),
    scenarios: z
      .array(z.strictObject({ move: z.number().gt(-1).max(10), volatilityMove: volatilityMove.default(0) }))
      .min(1)
      .max(200),
    volatilityUnit: volatilityUnit.default("relative"),
    betas: z.array(z.strictObject({ symbol, beta: z.number().min(-20).max(20), ...citation })).default([]),
    /** For symbols without a beta; without it a symbol that has none leaves the test uncomputed. */
    defaultBeta: z.number().min(-20).max(20).optional(),
    /** The loss may be `equityMultiple` times the equity plus `plusUsd`; of several limits the least. */
    limits: z
      .array(
        z.strictObject({
          equityMultiple: z.number().positive().max(100),
          plusUsd: usd.default(0),
          ...citation,
        }),
      )
      .min(1),
    /** `limit`: stated beside the requirement; `requirement`: the least equity that the limit allows is required. */
    countsAs: z.enum(["limit", "requirement"]).default("limit"),
  })
  .refine(
    (entry) => (entry.index !== undefined) === (entry.moves === "beta_weighted"),
    "expected index with beta_weighted moves, and only there",
  );

const multiplierTest = z.strictObject({
  ...common,
  kind: z.literal("multiplier"),
  factor: z.number().min(1).max(10),
  /** `initial`: what opening trades need, shown beside; `maintenance`: the requirement itself is multiplied. */
  appliesTo: z.enum(["initial", "maintenance"]),
});

const minimumEquityTest = z.strictObject({
  ...common,
  kind: z.literal("minimum_equity"),
  /** To begin with; shown, not tested: a book does not say when its account began. */
  startUsd: usd.optional(),
  maintainUsd: usd,
  /** Consequences below an amount; the lowest that is undercut counts. */
  tiers: z.array(
    z.strictObject({ belowUsd: usd, state: z.string().min(1), consequence: z.string().min(1), ...citation }),
  ),
});

const houseTest = z.discriminatedUnion("kind", [
  rangeTest,
  expectedRangeTest,
  concentrationTest,
  positionSizeTest,
  shortOptionMinimumTest,
  stressLimitTest,
  multiplierTest,
  minimumEquityTest,
]);

export const houseRules = z.strictObject({
  tags: z
    .array(z.strictObject({ tag: z.string().min(1), symbols: z.array(symbol).min(1), ...citation }))
    .default([]),
  series: z.array(series).default([]),
  regimes: z.array(regime).default([]),
  tests: z.array(houseTest).min(1),
});

export type HouseRules = z.infer<typeof houseRules>;
export type HouseTestRule = HouseRules["tests"][number];
export type HouseTestKind = HouseTestRule["kind"];
export type RuleOf<Kind extends HouseTestKind> = Extract<HouseTestRule, { kind: Kind }>;
export type HouseSelector = z.infer<typeof appliesTo>;
export type RangeRule = z.infer<typeof range>;
export type HouseCombine = z.infer<typeof combine>;
