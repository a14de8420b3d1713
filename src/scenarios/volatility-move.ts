/** `relative`: volatility × (1 + move); `points`: volatility + move, per square-root year. */
export type VolatilityUnit = "relative" | "points";

/**
 * How a volatility move fades with the time to expiry. Its factor is
 *
 *     (referenceYears / years) ^ exponent,  not below `least` and not above `most`
 *
 * so an option with `referenceYears` left takes the move as stated (where the limits allow 1), a longer one less.
 */
export interface VolatilityDecay {
  /** Years, ACT/365F, > 0. */
  readonly referenceYears: number;
  /** 0 (no decay) to 4. */
  readonly exponent: number;
  readonly least: number;
  readonly most: number;
}

/** What turns the figure of a move into a volatility. */
export interface VolatilityMoveTerms {
  readonly unit: VolatilityUnit;
  /** `null` = the same move for every expiry. */
  readonly decay: VolatilityDecay | null;
}

/** ACT/365F. */
const daysPerYear = 365;

/** A decay as files state it, in days. */
export function decayOf({
  referenceDays,
  ...rest
}: Omit<VolatilityDecay, "referenceYears"> & { readonly referenceDays: number }): VolatilityDecay {
  return { ...rest, referenceYears: referenceDays / daysPerYear };
}

/** The volatility of an option with `years` left after a move, never below 0. NaN stays NaN. A move of 0 changes no bit. */
export function movedVolatility(
  volatility: number,
  move: number,
  { unit, decay }: VolatilityMoveTerms,
  years: number,
): number {
  const size = decay === null || move === 0 ? move : move * decayFactor(decay, years);
  return Math.max(0, unit === "relative" ? volatility * (1 + size) : volatility + size);
}

/** See {@link VolatilityDecay}; `most` where no time is left, NaN where `years` is. */
export function decayFactor(
  { referenceYears, exponent, least, most }: VolatilityDecay,
  years: number,
): number {
  return Math.min(most, Math.max(least, power(referenceYears / Math.max(0, years), exponent)));
}

const fractionBits = 52;

/**
 * base ^ exponent for base >= 0 and 0 <= exponent <= 4: whole powers by multiplication, the binary digits of the rest
 * by repeated square roots, base^(1/2) base^(1/4) …  Square roots and products are rounded alike everywhere, which
 * `Math.pow` is not. |relative error| <= 60 × 2^-53 < 7e-15: at most 52 roots, whose errors halve at each further
 * root, and at most 55 products. The exponent itself is exact to 2^-53.
 */
function power(base: number, exponent: number): number {
  let result = 1;
  const whole = Math.floor(exponent);
  for (let i = 0; i < whole; i++) result *= base;
  let rest = exponent - whole;
  let root = base;
  for (let bit = 0; bit < fractionBits && rest > 0; bit++) {
    root = Math.sqrt(root);
    rest *= 2;
    if (rest < 1) continue;
    rest -= 1;
    result *= root;
  }
  return Number.isNaN(base) ? Number.NaN : result;
}
