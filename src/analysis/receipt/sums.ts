import type { Receipt } from "./document.js";

/** Losses whole, gains at the offset share; docs/receipt.md, sums 3 and 4. */
export function netted(
  parts: readonly (readonly number[])[],
  share: number,
  carriedGain: Receipt["figures"]["carriedGain"],
): number[] {
  return (parts[0] ?? []).map((_, k) => {
    const profits = parts.map((part) => part[k] ?? Number.NaN);
    const gains = sum(profits.filter((profit) => profit > 0));
    const losses = sum(profits.filter((profit) => profit < 0));
    const net = share * gains + losses;
    return carriedGain === "remainder" && net > 0 ? gains + losses / share : net;
  });
}

const tolerance = 1e-9;

export function near(a: number, b: number, size = 0): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(1, size, Math.abs(a), Math.abs(b));
}

export function nearAll(a: readonly number[], b: readonly number[]): boolean {
  const size = Math.max(sizeOf(a), sizeOf(b));
  return a.length === b.length && a.every((each, k) => near(each, b[k] ?? Number.NaN, size));
}

export function sizeOf(profits: readonly number[]): number {
  return Math.max(0, ...profits.map(Math.abs));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Cents, half away from zero. */
export function cents(usd: number): number {
  const whole = Math.floor(Math.abs(usd) * 100 + 0.5);
  return whole === 0 ? 0 : (Math.sign(usd) * whole) / 100;
}

/** The amount rounded to cents, wherever the sum's own last bit puts a half. */
export function sameCents(rounded: number, usd: number): boolean {
  return (
    rounded === cents(usd) || rounded === cents(usd * (1 + 1e-12)) || rounded === cents(usd * (1 - 1e-12))
  );
}
