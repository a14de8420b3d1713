/** A way of rounding that turns one set of figures into another. */
export interface RoundingFound {
  readonly name: string;
}

const ways = [
  { name: "to the nearest", round: (value: number): number => Math.round(value) },
  { name: "up to the next", round: (value: number): number => Math.ceil(value - 1e-9) },
  { name: "down to the last", round: (value: number): number => Math.floor(value + 1e-9) },
] as const;

/**
 * The rounding that explains what is left: every portfolio group's requirement, or the account's, rounded to whole cents or
 * whole dollars, gives their figure to the cent. `null` where none does: a remainder is never called rounding for being small.
 */
export function roundingOf(
  parts: readonly number[],
  besideUsd: number,
  theirsUsd: number,
): RoundingFound | null {
  const total = parts.reduce((sum, part) => sum + part, 0) + besideUsd;
  for (const { unit, what } of [
    { unit: 0.01, what: "cent" },
    { unit: 1, what: "dollar" },
  ])
    for (const { name, round } of ways) {
      const rounded = (value: number): number => round(value / unit) * unit;
      const candidates = [
        { of: "account", usd: rounded(total) },
        { of: "each portfolio group", usd: parts.reduce((sum, part) => sum + rounded(part), 0) + besideUsd },
      ];
      const found = candidates.find(({ usd }) => Math.abs(usd - theirsUsd) < 0.0005);
      if (found !== undefined) return { name: `${found.of}, ${name} ${what}` };
    }
  return null;
}
