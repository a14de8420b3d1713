// The pairing beside every partition, by price lists that the pairing's own tests do not know: cash accounts, and stock
// that stands for shares.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { priceCashGroup } from "../../src/reg-t/cash-account.js";
import type { GroupLeg } from "../../src/reg-t/group.js";
import { microsOf } from "../../src/reg-t/money.js";
import { pairUnderlying, type PairingRequest } from "../../src/reg-t/pair-underlying.js";
import { cheapestBySubsets } from "../../src/reg-t/pairing/index.js";
import { priceGroup } from "../../src/reg-t/price-group.js";
import { shareTerms, underlyingTerms } from "../../src/reg-t/terms.js";
import { loadRegTRules } from "../../src/rules/reg-t.js";
import { plainLeg } from "./legs.js";

const rules = loadRegTRules();
const of = { symbol: "X", price: microsOf(100), leverage: 1, isEligible: true } as const;

function termsOf(isIndex: boolean) {
  const kind = isIndex ? "broad_index" : "equity";
  return underlyingTerms({ ...of, kind, isEuropean: isIndex, isOtc: false, isCashSettled: isIndex }, rules);
}

/** Every partition tried, by the price list alone; shares in lots of 100. */
function bySubsets(legs: readonly GroupLeg[], { terms, objective, isCash }: PairingRequest): number {
  const options = legs.filter((leg) => leg.kind !== "stock");
  const holdings = {
    options: options.map(({ kind, strike, expiry, units, quantity }) => ({
      isCall: kind === "call",
      pairedCost: 0,
      strike,
      expiry,
      units,
      quantity,
    })),
    stocks: legs.flatMap((leg) => (leg.kind === "stock" ? [{ shares: leg.quantity }] : [])),
  };
  return cheapestBySubsets(
    holdings,
    (parts) => {
      const group = parts.map(({ holding, quantity }) => ({ ...legs[holding]!, quantity }));
      const figures = isCash ? priceCashGroup(group, terms) : priceGroup(group, terms, rules);
      if (figures === null) return Number.NaN;
      return objective === "initial" ? figures.initial : figures.maintenance + figures.haircut;
    },
    100,
  );
}

const option = fc
  .record({
    kind: fc.constantFrom("call" as const, "put" as const),
    strike: fc.constantFrom(90, 95, 100, 105, 110),
    expiry: fc.constantFrom(30, 60),
    quantity: fc.constantFrom(-2, -1, 1, 2),
    cents: fc.integer({ min: 5, max: 600 }),
  })
  .map(({ kind, strike, expiry, quantity, cents }): GroupLeg => {
    const inTheMoney = Math.max(0, kind === "call" ? 100 - strike : strike - 100);
    const value = 100 * microsOf(inTheMoney + cents / 100);
    const symbol = `${kind} ${strike} ${expiry}`;
    return { ...plainLeg, symbol, kind, strike: microsOf(strike), expiry, units: 100, quantity, value };
  });

const options = fc.uniqueArray(option, { minLength: 1, maxLength: 5, selector: ({ symbol }) => symbol });
const objective = fc.constantFrom("maintenance" as const, "initial" as const);

function stock(quantity: number, more: Partial<GroupLeg> = {}): GroupLeg[] {
  const plain = { ...plainLeg, symbol: "X", kind: "stock" as const, strike: 0, expiry: 0, units: 1 };
  return quantity === 0 ? [] : [{ ...plain, quantity, value: microsOf(100), ...more }];
}

describe("no partition costs less", () => {
  test("in a cash account, of shares and of European index options, 300 books", () => {
    const books = fc.record({
      options,
      lots: fc.integer({ min: 0, max: 2 }),
      isIndex: fc.boolean(),
      objective,
    });
    fc.assert(
      fc.property(books, ({ options: held, lots, isIndex, objective: goal }) => {
        const legs = [...held, ...stock(isIndex ? 0 : 100 * lots)];
        const request = { terms: termsOf(isIndex), rules, objective: goal, isCash: true };
        const found = pairUnderlying(legs, request, {});
        expect([found.total, found.proven]).toEqual([bySubsets(legs, request), true]);
      }),
      { numRuns: 300 },
    );
  });

  test("with shares, a convertible and a warrant that cover the same calls, 300 books", () => {
    const books = fc.record({
      options,
      lots: fc.integer({ min: 0, max: 1 }),
      price: fc.integer({ min: 5, max: 130 }),
      until: fc.constantFrom(20, 45, 90),
      objective,
    });
    fc.assert(
      fc.property(books, ({ options: held, lots, price, until, objective: goal }) => {
        const standIn = (kind: "convertible" | "warrant", exercise: number): Partial<GroupLeg> => ({
          symbol: kind,
          value: microsOf(price),
          share: shareTerms({ ...of, price: microsOf(price) }, rules),
          standIn: { kind, perShare: 1, until, exercise: microsOf(exercise) },
        });
        const legs = [
          ...held,
          ...stock(100 * lots),
          ...stock(100, standIn("convertible", 0)),
          ...stock(100, standIn("warrant", 97)),
        ];
        const request = { terms: termsOf(false), rules, objective: goal };
        const found = pairUnderlying(legs, request, {});
        expect([found.total, found.proven]).toEqual([bySubsets(legs, request), true]);
      }),
      { numRuns: 300 },
    );
  });
});
