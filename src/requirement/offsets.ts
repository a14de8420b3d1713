/**
 * Nets several profit vectors at the same scenario: losses count whole, gains at the offset share.
 *
 *     out[k] = sum over parts of min(part[k], 0) + share * sum over parts of max(part[k], 0)
 *
 * A positive result is a gain, already reduced, for the next level. A single part with share 1 comes out as it is.
 * Sums run in the order of the parts. FINRA 4210(g)(2)(C), (g)(8)(C).
 */
export function offsetProfits(parts: readonly Float64Array[], share: number): Float64Array {
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
    return losses + share * gains;
  });
}

/** Index of the smallest profit; the first of equals. */
export function worstIndex(profits: Float64Array): number {
  let worst = 0;
  for (let k = 1; k < profits.length; k++)
    if ((profits[k] ?? Number.NaN) < (profits[worst] ?? Number.NaN)) worst = k;
  return worst;
}
