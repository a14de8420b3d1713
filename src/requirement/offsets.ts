import type { OffsetReadings } from "../rules/schema.js";

/**
 * Nets several profit vectors at the same scenario: losses count whole, gains at the offset share.
 *
 *     L = sum over parts of max(-part[k], 0)      G = sum over parts of max(part[k], 0)
 *
 *     reduced     out[k] = share * G - L
 *     remainder   out[k] = share * G - L  where that is negative, else G - L / share
 *
 * Under both readings the same gain covers the same loss; they differ in what of a gain is left for the next level.
 * `reduced` is never the larger, and keeps the requirement convex in the positions. A single part with share 1 comes
 * out as it is. Sums run in the order of the parts. FINRA 4210(g)(2)(C), (g)(8)(C); SEC Rule 15c3-1a(b)(1)(v).
 */
export function offsetProfits(
  parts: readonly Float64Array[],
  share: number,
  carriedGain: OffsetReadings["carriedGain"] = "reduced",
): Float64Array {
  const first = parts[0];
  if (first === undefined) return new Float64Array(0);
  return first.map((_, k) => {
    let losses = 0;
    let gains = 0;
    for (const part of parts) {
      const profit = part[k] ?? Number.NaN;
      losses += Math.min(profit, 0);
      gains += Math.max(profit, 0);
    }
    return offsetNet({ losses, gains }, share, carriedGain);
  });
}

/** {@link offsetProfits} at one scenario. */
export function offsetProfit(
  profits: readonly number[],
  share: number,
  carriedGain: OffsetReadings["carriedGain"],
): number {
  let losses = 0;
  let gains = 0;
  for (const profit of profits) {
    losses += Math.min(profit, 0);
    gains += Math.max(profit, 0);
  }
  return offsetNet({ losses, gains }, share, carriedGain);
}

/** What is left of the sums of losses (<= 0) and gains (>= 0). */
export function offsetNet(
  { losses, gains }: { readonly losses: number; readonly gains: number },
  share: number,
  carriedGain: OffsetReadings["carriedGain"],
): number {
  const net = losses + share * gains;
  return carriedGain === "remainder" && net > 0 ? gains + losses / share : net;
}

/** Index of the smallest profit; the first of equals. */
export function worstIndex(profits: Float64Array): number {
  let worst = 0;
  for (let k = 1; k < profits.length; k++)
    if ((profits[k] ?? Number.NaN) < (profits[worst] ?? Number.NaN)) worst = k;
  return worst;
}
