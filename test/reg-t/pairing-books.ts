// Random books and their two forms: for the reference, and for the optimiser.
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
