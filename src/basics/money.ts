/**
 * Rounds to cents, half away from zero: the one rounding of a result, done at the end. NaN stays NaN, and the
 * result is never -0.
 */
export function roundToCents(usd: number): number {
  const cents = Math.floor(Math.abs(usd) * 100 + 0.5);
  return cents === 0 ? 0 : (Math.sign(usd) * cents) / 100;
}
