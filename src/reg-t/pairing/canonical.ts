import type { GroupCost, HeldOption, Holdings } from "./holdings.js";
import type { Pairing } from "./solve.js";

/** Holdings in an order of their own, and the way back. */
export interface Ordered {
  readonly holdings: Holdings;
  /** Number in the caller's holdings of each in the ordered ones. */
  readonly original: readonly number[];
}

/** Calls before puts, near before far, low before high, small before large contracts, long before short. */
function compare(a: HeldOption, b: HeldOption): number {
  return (
    Number(b.isCall) - Number(a.isCall) ||
    a.expiry - b.expiry ||
    a.strike - b.strike ||
    a.units - b.units ||
    b.quantity - a.quantity ||
    a.pairedCost - b.pairedCost
  );
}

/** The optimiser's order, which does not depend on the caller's: of several optima the same one is found. */
export function canonicalOrder({ options, stocks }: Holdings): Ordered {
  const optionOrder = options.map((_, i) => i).sort((a, b) => compare(options[a]!, options[b]!));
  const stockOrder = stocks.map((_, i) => i).sort((a, b) => stocks[b]!.shares - stocks[a]!.shares);
  return {
    holdings: {
      options: optionOrder.map((i) => options[i]!),
      stocks: stockOrder.map((i) => stocks[i]!),
    },
    original: [...optionOrder, ...stockOrder.map((i) => i + options.length)],
  };
}

/** The price list in the ordered numbers. */
export function orderedCost(cost: GroupCost, original: readonly number[]): GroupCost {
  return (parts) => cost(parts.map(({ holding, quantity }) => ({ holding: original[holding]!, quantity })));
}

/** A pairing in the caller's numbers. */
export function inOriginalNumbers(pairing: Pairing, original: readonly number[]): Pairing {
  return {
    ...pairing,
    groups: pairing.groups.map(({ parts, times }) => ({
      times,
      parts: parts.map(({ holding, quantity }) => ({ holding: original[holding]!, quantity })),
    })),
  };
}
