import { z } from "zod";
import { citation } from "./citation.js";

/** A move that shrinks with the time to expiry: its factor is (referenceDays / days left) ^ exponent, within limits. */
const decay = z.strictObject({
  referenceDays: z.number().positive().max(3650),
  exponent: z.number().min(0).max(4),
  /** Least and greatest factor. */
  least: z.number().min(0).default(0),
  most: z.number().positive().max(1000),
});

// The greatest counts are what the kernel's axes hold: 231 prices, 61 volatilities.
export const volatilityMoves = z.strictObject({
  /** `relative`: volatility × (1 + move); `points`: volatility + move, per square-root year. */
  unit: z.enum(["relative", "points"]),
  moves: z
    .array(z.number().min(-1).max(10))
    .min(1)
    .max(30)
    .refine((moves) => new Set(moves).size === moves.length, "expected each volatility move once"),
  decay: decay.optional(),
  /** Positions in the price moves, from 1, at which volatility moves apply; elsewhere it stays. Left out: everywhere. */
  atPoints: z.array(z.number().int().min(1)).min(1).optional(),
  /** `volatility`: every price under the first volatility move, then under the second; `price`: the reverse. */
  order: z.enum(["volatility", "price"]).optional(),
  ...citation,
});

export type VolatilityMovesDocument = z.infer<typeof volatilityMoves>;
