import { z } from "zod";

const move = z.number().min(-1).max(100);
const bySymbol = z.record(z.string().min(1), move).default({});

const volatility = z.strictObject({
  /** `relative`: volatility × (1 + move); `points`: volatility + move, per square-root year. */
  unit: z.enum(["relative", "points"]),
  /** Of whatever is not named. */
  default: move.default(0),
  symbols: bySymbol,
  classGroups: bySymbol,
  tags: bySymbol,
  /** Fades with the time to expiry: factor (referenceDays / days left) ^ exponent, within limits. */
  decay: z
    .strictObject({
      referenceDays: z.number().positive().max(3650),
      exponent: z.number().min(0).max(4),
      least: z.number().min(0).default(0),
      most: z.number().positive().max(1000),
    })
    .optional(),
});

const stressScenario = z.strictObject({
  name: z.string().min(1).max(200),
  /** Price moves as fractions: -0.2 = down 20 %. The most particular that names an underlying counts: see `priceMove`. */
  symbols: bySymbol,
  classGroups: bySymbol,
  tags: bySymbol,
  beta: z
    .strictObject({ index: z.string().min(1), move, default: z.number().min(-20).max(20).optional() })
    .optional(),
  default: move.optional(),
  volatility: volatility.optional(),
  /** Added to every rate, per year. */
  rateMove: z.number().min(-1).max(1).default(0),
  /** Calendar days that pass. */
  days: z.number().min(0).max(36_500).default(0),
});

export const scenarioDocument = z.strictObject({
  scenarios: z
    .array(stressScenario)
    .min(1)
    .max(100_000)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "expected each name once"),
});

/** A scenario of one's own, as a file or a caller states it. */
export type StressScenarioInput = z.input<typeof stressScenario>;
/** The same with every key filled in. */
export type StressScenario = z.output<typeof stressScenario>;
