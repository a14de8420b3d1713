import { z } from "zod";
import { portfolioTypes, underlyingKinds } from "../contracts/product-defaults.js";
import { citation } from "./citation.js";
import { houseRules } from "./house-schema.js";
import { volatilityMoves } from "./volatility-moves.js";

export { type Standing, standings } from "./citation.js";
export type { VolatilityMovesDocument } from "./volatility-moves.js";

const symbol = z.string().regex(/^[A-Z0-9][A-Z0-9./]{0,11}$/, "a symbol in capitals");
const share = z.number().min(0).max(1);
const priceMove = z.number().gt(-1).max(10);

/** Price moves and, where they are not the rule set's, volatility moves. */
const grid = {
  moves: z.array(priceMove).min(1).max(200),
  volatilityMoves: volatilityMoves.optional(),
  ...citation,
};

const typeGrid = z.strictObject(grid);

/** Class groups that do not move as their portfolio type. */
const classGrid = z.strictObject({ classGroups: z.array(z.string().min(1)).min(1), ...grid });

/** A scenario beside price moves × volatility moves: `move`, or `multiple` of the farthest move on `side`. */
const extraScenario = z.strictObject({
  move: priceMove.optional(),
  side: z.enum(["down", "up"]).optional(),
  multiple: z.number().positive().max(100).optional(),
  /** In the unit of the volatility moves. */
  volatilityMove: z.number().min(-1).max(10).default(0),
  /** Share of the profit or loss that counts. */
  cover: z.number().positive().max(1).default(1),
  ...citation,
});

const minimum = z.strictObject({
  /** USD per unit of the multiplier: 0.375 × 100 = $37.50 a standard option. */
  perUnitUsd: z.number().min(0).max(1000),
  cappedAtLongMarketValue: z.boolean(),
  /** `all`: long and short options, futures; `short_options`: short options alone. */
  appliesTo: z.enum(["all", "short_options"]).default("all"),
  ...citation,
});

const notEligible = z.strictObject({
  /** Requirement as a share of market value, for shares that are no margin equity securities. */
  longShare: z.number().min(0).max(10),
  shortShare: z.number().min(0).max(10),
  ...citation,
});

const unlistedDerivatives = z.strictObject({
  /** Account equity below which unlisted derivatives are refused. */
  minimumEquityUsd: z.number().min(0),
  ...citation,
});

/** Points where the sources can be read in two ways: see docs/methodology.md, section 4. */
const readings = z.strictObject({
  /** `reduced`: a gain is carried up at the offset share; `remainder`: only the gain that offset a loss is used up. */
  carriedGain: z.enum(["reduced", "remainder"]).default("reduced"),
  /** `portfolio_group`: the sum of minimums against the group's loss; `class_group`: each class group's own first. */
  minimumPer: z.enum(["portfolio_group", "class_group"]).default("portfolio_group"),
});

const productGroup = z.strictObject({
  id: z.string().min(1),
  portfolioGroup: z.string().min(1),
  classGroups: z.array(z.string().min(1)).min(1),
  /** Share of a class group's gain that may offset the others' losses at the same point. */
  offset: share,
  ...citation,
});

const portfolioGroup = z.strictObject({ id: z.string().min(1), offset: share, ...citation });

const product = z.strictObject({
  symbol,
  kind: z.enum(underlyingKinds),
  classGroup: z.string().min(1),
  portfolioType: z.enum(portfolioTypes),
  leverage: z.number().min(-10).max(10).default(1),
  /** Its options are options on the forward of their expiry, which is not the price of today carried forward. */
  optionsOnForward: z.boolean().optional(),
  ...citation,
});

/** Futures by root: `ES` names ESH7, ESZ26, … (root, month letter, one or two digits of the year). */
const futuresRoot = z.strictObject({
  root: z.string().regex(/^[A-Z0-9]{1,4}$/, "1 to 4 capitals or digits"),
  classGroup: z.string().min(1),
  portfolioType: z.enum(portfolioTypes),
  /** USD per point. */
  multiplier: z.number().positive(),
  ...citation,
});

const optionRoot = z.strictObject({
  root: symbol,
  underlying: symbol,
  exercise: z.enum(["american", "european"]),
  settlement: z.enum(["am", "pm"]),
  ...citation,
});

/** A rule set entry by entry, with what it takes from its base; `ruleSetSchema` holds the entries against each other. */
export const ruleSetShape = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens"),
  title: z.string().min(1),
  effective: z.iso.date("a day as YYYY-MM-DD"),
  /** Printed with every result: that a set is an example, what it leaves out. */
  notice: z.string().min(1).optional(),
  sources: z.record(z.string(), z.string().min(1)),
  portfolioTypes: z.strictObject({
    high_cap_broad_index: typeGrid,
    broad_index: typeGrid,
    narrow_index: typeGrid,
    equity: typeGrid,
  }),
  volatilityMoves,
  classGrids: z.array(classGrid).default([]),
  extraScenarios: z.array(extraScenario).max(30).default([]),
  minimum,
  notEligible,
  unlistedDerivatives: unlistedDerivatives.optional(),
  readings: readings.prefault({}),
  productGroups: z.array(productGroup),
  portfolioGroups: z.array(portfolioGroup),
  products: z.array(product),
  futuresRoots: z.array(futuresRoot).default([]),
  optionRoots: z.array(optionRoot),
  /** What a firm asks for beyond the rule: see docs/house-rules.md. */
  houseRules: houseRules.optional(),
});

export type RuleSetDocument = z.infer<typeof ruleSetShape>;
/** Price moves of a type or of class groups. */
export type GridDocument = z.infer<typeof typeGrid>;
export type OffsetReadings = RuleSetDocument["readings"];
