import type { GroupCost, Holdings, Part } from "./holdings.js";

/** More states than that are not searched: the time grows with their square. */
const mostStates = 4096;

/**
 * The cheapest pairing by trying every one: best[held] = the least, over all groups that hold the first thing held, of
 * cost(group) + best[the rest]. Exact, and knows no rule but the price list; time (number of states)^2, where
 * a leg of n contracts gives n + 1 states and shares count in lots. Serves as the check of the faster methods.
 *
 * @param lotShares shares that move together; what is less than a lot is priced alone
 * @returns money units; NaN where there are more than 4,096 states
 */
export function cheapestBySubsets(holdings: Holdings, cost: GroupCost, lotShares: number): number {
  const parts = [
    ...holdings.options.map((option) => ({
      count: Math.abs(option.quantity),
      each: Math.sign(option.quantity),
    })),
    ...holdings.stocks.map(({ shares }) => ({
      count: Math.floor(Math.abs(shares) / lotShares),
      each: Math.sign(shares) * lotShares,
    })),
  ];
  const strides: number[] = [];
  const states = parts.reduce((size, { count }) => (strides.push(size), size * (count + 1)), 1);
  if (states > mostStates) return NaN;
  const countOf = (state: number, i: number): number =>
    Math.floor(state / strides[i]!) % (parts[i]!.count + 1);
  const price = Float64Array.from({ length: states }, (_, state) => {
    const group = parts.flatMap(({ each }, holding): Part[] => {
      const count = countOf(state, holding);
      return count === 0 ? [] : [{ holding, quantity: each * count }];
    });
    return state === 0 ? 0 : cost(group);
  });
  const best = new Float64Array(states).fill(Infinity);
  best[0] = 0;
  const isWithin = (part: number, whole: number): boolean =>
    parts.every((_, i) => countOf(part, i) <= countOf(whole, i));
  for (let held = 1; held < states; held++) {
    const first = parts.findIndex((_, i) => countOf(held, i) > 0);
    for (let group = 1; group <= held; group++) {
      if (Number.isNaN(price[group]) || countOf(group, first) === 0 || !isWithin(group, held)) continue;
      best[held] = Math.min(best[held]!, price[group]! + best[held - group]!);
    }
  }
  return holdings.stocks.reduce(
    (sum, { shares }, s) => {
      const odd = shares % lotShares;
      return odd === 0 ? sum : sum + cost([{ holding: holdings.options.length + s, quantity: odd }]);
    },
    best[states - 1]!,
  );
}
