// Random books and their two forms: for the reference, and for the optimiser.
import fc from "fast-check";
import type { GroupCost, Holdings, PairingSwitches } from "../../src/reg-t/pairing/holdings.js";
import { groupCost, type ReferenceBook, type ReferenceLeg } from "./pairing-reference.js";

export const universal: PairingSwitches = { spreads: "universal", expiry: "literal", longBoxes: true };

/** Options in the optimiser's order; equal series are not merged here. */
export function holdingsOf(book: ReferenceBook): Holdings {
  const options = book.legs.filter((leg) => leg.kind !== "stock");
  const stocks = book.legs.filter((leg) => leg.kind === "stock");
  return {
    options: options.map((leg) => ({
      isCall: leg.kind === "call",
      strike: leg.strike,
      expiry: leg.expiry,
      units: leg.units,
      quantity: leg.quantity,
      pairedCost: 0,
    })),
    stocks: stocks.map((leg) => ({ shares: leg.quantity })),
  };
}

/** The reference's single-strategy prices as the optimiser asks for them. */
export function costOf(book: ReferenceBook, maxSpread = Infinity): GroupCost {
  const ordered = [
    ...book.legs.filter((leg) => leg.kind !== "stock"),
    ...book.legs.filter((leg) => leg.kind === "stock"),
  ];
  return (parts) =>
    groupCost(
      book,
      parts.map(({ holding, quantity }): [ReferenceLeg, number] => [ordered[holding]!, quantity]),
      maxSpread,
    );
}

/**
 * Books of at most `items` contracts and lots around a price of 100: strikes 80 to 120, two expiries, quantities 1 to 3,
 * premiums in cents above intrinsic value, each series once.
 */
export function bookArbitrary(items: number, withStock = true): fc.Arbitrary<ReferenceBook> {
  const spot = 1_000_000;
  const option = fc.record({
    isCall: fc.boolean(),
    step: fc.integer({ min: 0, max: 8 }),
    expiry: fc.constantFrom(30, 60),
    quantity: fc.constantFrom(-3, -2, -1, -1, 1, 1, 2, 3),
    cents: fc.integer({ min: 5, max: 600 }),
  });
  return fc
    .record({
      options: fc.uniqueArray(option, {
        minLength: 1,
        maxLength: items,
        selector: ({ isCall, step, expiry }) => `${isCall} ${step} ${expiry}`,
      }),
      lots: withStock ? fc.constantFrom(-2, -1, 0, 0, 1, 2) : fc.constant(0),
      european: fc.boolean(),
    })
    .map(({ options, lots, european }) => {
      const legs: ReferenceLeg[] = [];
      let left = items - Math.abs(lots);
      for (const { isCall, step, expiry, quantity, cents } of options) {
        const count = Math.min(left, Math.abs(quantity));
        if (count === 0) break;
        left -= count;
        const strike = (80 + 5 * step) * 10_000;
        const intrinsic = Math.max(0, isCall ? spot - strike : strike - spot);
        legs.push({
          kind: isCall ? "call" : "put",
          strike,
          expiry,
          units: 100,
          quantity: count * Math.sign(quantity),
          price: intrinsic + cents * 100,
        });
      }
      if (lots !== 0) {
        legs.push({ kind: "stock", strike: 0, expiry: 0, units: 1, quantity: lots * 100, price: spot });
      }
      return { spot, a: 20, b: 10, stockPercent: 25, shortStockPercent: 30, european, legs };
    });
}
