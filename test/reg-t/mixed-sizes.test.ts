import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GroupLeg } from "../../src/reg-t/group.js";
import { microsOf, usdOf } from "../../src/reg-t/money.js";
import { type Objective, pairUnderlying } from "../../src/reg-t/pair-underlying.js";
import { cheapestBySubsets } from "../../src/reg-t/pairing/index.js";
import { priceGroup } from "../../src/reg-t/price-group.js";
import { underlyingTerms } from "../../src/reg-t/terms.js";
import { loadRegTRules } from "../../src/rules/reg-t.js";
import { plainLeg, plainTerms } from "./legs.js";

const rules = loadRegTRules();

function termsOf(isEuropean: boolean) {
  const of = { symbol: "X", price: microsOf(100), kind: "equity", leverage: 1, isEligible: true } as const;
  return underlyingTerms({ ...plainTerms, ...of, isEuropean }, rules);
}

type Series = readonly [kind: "call" | "put", strike: number, units: number, quantity: number, price: number];

function option([kind, strike, units, quantity, price]: Series): GroupLeg {
  return {
    symbol: `${kind} ${strike} ${units}`,
    kind,
    strike: microsOf(strike),
    expiry: 30,
    units,
    quantity,
    value: units * microsOf(price),
    ...plainLeg,
  };
}

function shares(quantity: number): GroupLeg {
  return { ...option(["call", 0, 1, quantity, 100]), symbol: "X", kind: "stock", expiry: 0 };
}

function paired(legs: GroupLeg[], objective: Objective = "maintenance", isEuropean = false) {
  return pairUnderlying(legs, { terms: termsOf(isEuropean), rules, objective }, {});
}

/** Every partition tried, by the price list alone; shares in lots of 50. */
function bySubsets(legs: GroupLeg[], objective: Objective, isEuropean: boolean): number {
  const options = legs.filter((leg) => leg.kind !== "stock");
  const holdings = {
    options: options.map((leg) => ({
      isCall: leg.kind === "call",
      strike: leg.strike,
      expiry: leg.expiry,
      units: leg.units,
      quantity: leg.quantity,
      pairedCost: 0,
    })),
    stocks: legs.flatMap((leg) => (leg.kind === "stock" ? [{ shares: leg.quantity }] : [])),
  };
  return cheapestBySubsets(
    holdings,
    (parts) => {
      const group = parts.map(({ holding, quantity }) => ({ ...legs[holding]!, quantity }));
      const figures = priceGroup(group, termsOf(isEuropean), rules);
      if (figures === null) return Number.NaN;
      return objective === "initial" ? figures.initial : figures.maintenance + figures.haircut;
    },
    50,
  );
}

describe("contracts of several sizes on one underlying", () => {
  test("a short call of 100 shares and ten short mini puts are one strangle", () => {
    const found = paired([option(["call", 105, 100, -1, 2]), option(["put", 95, 10, -10, 1])]);
    // Call 2 + 15, put 1 + 15 a share: the call's 1,700 and the puts' premium.
    expect(usdOf(found.total)).toBe(1800);
    expect(found.groups.map(({ figures }) => figures.strategy)).toEqual(["short strangle"]);
  });

  test("a put of 100 shares and ten mini calls make a conversion", () => {
    const legs = [option(["put", 100, 100, 1, 3]), option(["call", 100, 10, -10, 3]), shares(100)];
    expect(usdOf(paired(legs).total)).toBe(1000);
    expect(paired(legs).groups.map(({ figures }) => figures.strategy)).toEqual(["conversion"]);
  });

  test("a European long box of two sizes may be valued", () => {
    const legs = [
      option(["call", 90, 100, 1, 12]),
      option(["call", 110, 10, -10, 2]),
      option(["put", 110, 10, 10, 11]),
      option(["put", 90, 100, -1, 1.5]),
    ];
    // Half of 2,000, valued at 1,950.
    expect(usdOf(paired(legs, "maintenance", true).total)).toBe(1000 - 1950);
  });

  test("no partition costs less, 600 books", () => {
    const series = fc.record({
      kind: fc.constantFrom("call" as const, "put" as const),
      strike: fc.constantFrom(90, 95, 100, 105, 110),
      units: fc.constantFrom(50, 100, 150),
      quantity: fc.constantFrom(-3, -2, -1, 1, 2, 3),
      cents: fc.integer({ min: 5, max: 600 }),
    });
    const books = fc.record({
      all: fc.uniqueArray(series, {
        minLength: 1,
        maxLength: 4,
        selector: ({ kind, strike, units }) => `${kind} ${strike} ${units}`,
      }),
      lots: fc.integer({ min: -4, max: 4 }),
      isEuropean: fc.boolean(),
      objective: fc.constantFrom<Objective>("maintenance", "initial"),
    });
    fc.assert(
      fc.property(books, ({ all, lots, isEuropean, objective }) => {
        const options = all.map(({ kind, strike, units, quantity, cents }) => {
          const inTheMoney = Math.max(0, kind === "call" ? 100 - strike : strike - 100);
          return option([kind, strike, units, quantity, inTheMoney + cents / 100]);
        });
        const legs = lots === 0 ? options : [...options, shares(50 * lots)];
        const found = paired(legs, objective, isEuropean);
        expect(found.total).toBe(bySubsets(legs, objective, isEuropean));
        expect(found.proven).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});
