import type { ExpiryReading, HeldOption, Holdings, Part } from "./holdings.js";
import { leastCommonMultiple } from "./model.js";
import { mayMeet } from "./pools.js";

/** A vertical or calendar pair, and what it changes. */
export interface Candidate {
  readonly short: number;
  readonly long: number;
  readonly change: number;
}

/** A spread of four contracts, and the best that two pairs of the same contracts reach. */
export interface FourShape {
  readonly parts: readonly Part[];
  readonly best: number;
}

/** Adds up equal holdings: one short of 2 instead of two of 1. */
function merged(shorts: readonly number[], longs: readonly number[]): Part[] {
  const counts = new Map<number, number>();
  for (const long of longs) counts.set(long, (counts.get(long) ?? 0) + 1);
  for (const short of shorts) counts.set(short, (counts.get(short) ?? 0) - 1);
  return [...counts].map(([holding, quantity]) => ({ holding, quantity }));
}

/** Unordered pairs (a <= b) of the given holdings; a pair of one holding needs two contracts of it. */
function pairsOf(options: readonly HeldOption[], holdings: readonly number[]): [number, number][] {
  return holdings.flatMap((a, i) =>
    holdings
      .slice(i)
      .filter((b) => a !== b || Math.abs(options[a]!.quantity) > 1)
      .map((b): [number, number] => [a, b]),
  );
}

/** Every spread of two short and two long contracts of equal size that condition (d) and (e) allow. */
export function* spreadsOfFour(
  { options }: Holdings,
  verticals: readonly Candidate[],
  reading: ExpiryReading,
): Generator<FourShape> {
  const change = new Map(verticals.map((pair) => [pair.short * options.length + pair.long, pair.change]));
  const together = (s1: number, l1: number, s2: number, l2: number): number =>
    (change.get(s1 * options.length + l1) ?? 0) + (change.get(s2 * options.length + l2) ?? 0);
  const all = options.map((_, i) => i);
  const shortPairs = pairsOf(
    options,
    all.filter((i) => options[i]!.quantity < 0),
  );
  const longPairs = pairsOf(
    options,
    all.filter((i) => options[i]!.quantity > 0),
  );
  for (const [s1, s2] of shortPairs) {
    const [a, b] = [options[s1]!, options[s2]!];
    if (a.units !== b.units || (reading !== "literal" && a.expiry !== b.expiry)) continue;
    const lastShort = Math.max(a.expiry, b.expiry);
    for (const [l1, l2] of longPairs) {
      const [c, d] = [options[l1]!, options[l2]!];
      if (c.units !== a.units || d.units !== a.units) continue;
      if (Number(c.isCall) + Number(d.isCall) !== Number(a.isCall) + Number(b.isCall)) continue;
      if (!mayMeet(lastShort, c.expiry, reading) || !mayMeet(lastShort, d.expiry, reading)) continue;
      const best = Math.min(together(s1, l1, s2, l2), together(s1, l2, s2, l1));
      yield { parts: merged([s1, s2], [l1, l2]), best };
    }
  }
}

/** Long boxes: bought K1 call and K2 put, written K2 call and K1 put, K1 < K2, one expiry, as many units of each. */
export function* boxes({ options }: Holdings): Generator<Part[]> {
  const find = (like: HeldOption, isCall: boolean, isLong: boolean, strike: number): number[] =>
    options.flatMap((option, i) =>
      option.isCall === isCall &&
      option.quantity > 0 === isLong &&
      option.strike === strike &&
      option.expiry === like.expiry
        ? [i]
        : [],
    );
  for (const [lowCall, low] of options.entries()) {
    if (!low.isCall || low.quantity < 0) continue;
    for (const [highCall, high] of options.entries()) {
      if (!high.isCall || high.quantity > 0 || high.strike <= low.strike) continue;
      if (high.expiry !== low.expiry) continue;
      for (const lowPut of find(low, false, false, low.strike)) {
        for (const highPut of find(low, false, true, high.strike)) {
          const four = [lowCall, highCall, highPut, lowPut];
          const units = four.reduce((common, i) => leastCommonMultiple(common, options[i]!.units), 1);
          yield four.map((holding) => ({
            holding,
            quantity: (Math.sign(options[holding]!.quantity) * units) / options[holding]!.units,
          }));
        }
      }
    }
  }
}
