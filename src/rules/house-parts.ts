import { z } from "zod";
import { portfolioTypes } from "../contracts/product-defaults.js";
import { citation } from "./citation.js";

/** What the tests of house rules are made of: see house-schema.ts. */

export const id = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens");
export const symbol = z.string().regex(/^[A-Z0-9][A-Z0-9./]{0,11}$/, "a symbol in capitals");
export const usd = z.number().min(0).max(1e15);
const down = z.number().gt(-1).max(0);
const up = z.number().min(0).max(10);

/** Class groups that one of the lists names; every class group where there is no list. */
const selector = {
  classGroups: z.array(z.string().min(1)).min(1).optional(),
  portfolioTypes: z.array(z.enum(portfolioTypes)).min(1).optional(),
  /** A class group that holds one of these underlyings. */
  symbols: z.array(symbol).min(1).optional(),
  tags: z.array(z.string().min(1)).min(1).optional(),
};
export const appliesTo = z.strictObject(selector);

/** The ends of a range, each side by itself; or the move that changes the market value of the company by so much. */
export const range = z
  .strictObject({
    ...selector,
    down: down.optional(),
    up: up.optional(),
    marketCapUsd: z.number().positive().max(1e15).optional(),
    ...citation,
  })
  .refine(
    (entry) => (entry.marketCapUsd === undefined) !== (entry.down === undefined && entry.up === undefined),
    "expected down and up (or one of them), or marketCapUsd",
  );

export const volatilityUnit = z.enum(["relative", "points"]);
export const volatilityMove = z.number().min(-1).max(10);

export const event = z.strictObject({
  symbol,
  date: z.iso.date(),
  daysBefore: z.int().min(0).max(366),
  daysAfter: z.int().min(0).max(366),
  /** Of both ends of the range. */
  multiplier: z.number().min(1).max(10),
  ...citation,
});

export const tier = z
  .strictObject({
    atLeast: z.number().positive(),
    down: down.optional(),
    up: up.optional(),
    /** Of both ends of the rule set's range. */
    rangeMultiplier: z.number().min(1).max(10).optional(),
    ...citation,
  })
  .refine(
    (entry) => (entry.rangeMultiplier === undefined) !== (entry.down === undefined && entry.up === undefined),
    "expected down and up (or one of them), or rangeMultiplier",
  );

export const series = z.strictObject({
  id: z.string().min(1),
  /** Closing values; a day may be missing. */
  values: z.array(z.strictObject({ date: z.iso.date(), value: z.number() })).default([]),
  /** Symbol whose price in the underlyings table is the value of the as-of day where `values` has none. */
  underlying: symbol.optional(),
  /** Older than that many days, the last value says nothing. */
  maxAgeDays: z.int().min(0).max(366),
  ...citation,
});

/** A state that a series puts a firm in, and that lasts until another change of it. */
export const regime = z.strictObject({
  id,
  series: z.string().min(1),
  start: z.string().min(1),
  /** State that is taken, and said to be taken, where the series has no recent value; without it tests are not computed. */
  assumed: z.string().min(1).optional(),
  changes: z
    .array(
      z
        .strictObject({
          to: z.string().min(1),
          above: z.number().optional(),
          below: z.number().optional(),
          /** Values in a row that must be beyond the bound. */
          values: z.int().min(1).max(1000).default(1),
          ...citation,
        })
        .refine(
          (entry) => (entry.above === undefined) !== (entry.below === undefined),
          "expected above or below",
        ),
    )
    .min(1),
});
