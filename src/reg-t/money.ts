/**
 * Money of strategy-based margin: whole millionths of a dollar, so that percentages of prices with four decimals stay
 * whole and sums are exact. A position of 9 billion dollars is the largest that a double holds so.
 */
export type Micros = number;

const microsPerUsd = 1_000_000;
const microsPerStep = 100;

/** A price in USD to the nearest 1/10,000 dollar: quotes have no more decimals. */
export function microsOf(usd: number): Micros {
  return Math.round((usd * microsPerUsd) / microsPerStep) * microsPerStep;
}

/** A percentage of an amount, to the nearest millionth. */
export function percentOf(percent: number, amount: Micros): Micros {
  return Math.round((percent * amount) / 100);
}

/** USD, rounded to cents, half away from zero. */
export function usdOf(micros: Micros): number {
  const cents = Math.floor(Math.abs(micros) / 10_000 + 0.5);
  return cents === 0 ? 0 : (Math.sign(micros) * cents) / 100;
}
