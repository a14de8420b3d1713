import { describe, expect, test } from "vitest";
import type { GroupLeg } from "../../src/reg-t/group.js";
import { microsOf, usdOf } from "../../src/reg-t/money.js";
import { type Objective, pairUnderlying } from "../../src/reg-t/pair-underlying.js";
import { pairWithCover } from "../../src/reg-t/partial-cover.js";
import { priceGroup } from "../../src/reg-t/price-group.js";
import { underlyingTerms } from "../../src/reg-t/terms.js";
import { loadRegTRules, type RegTRules } from "../../src/rules/reg-t.js";
import { plainLeg, plainTerms } from "./legs.js";

const rules = loadRegTRules();

function leg(
  kind: "call" | "put",
  strike: number,
  quantity: number,
  price: number,
  more: Partial<GroupLeg> = {},
): GroupLeg {
  const terms = { strike: microsOf(strike), expiry: 100, units: 100, ...plainLeg };
  return { symbol: kind, kind, quantity, value: (more.units ?? 100) * microsOf(price), ...terms, ...more };
}

/** A quarter may be lent. */
function overNineMonths(price: number): Partial<GroupLeg> {
  return { hasLoanValue: true, loanValue: 100 * microsOf(price / 4) };
}

function maintenance(
  legs: GroupLeg[],
  readings: Partial<RegTRules["readings"]>,
  kind: keyof RegTRules["shortOptions"] = "equity",
): number {
  const read: RegTRules = { ...rules, readings: { ...rules.readings, ...readings } };
  const of = {
    symbol: "X",
    price: microsOf(100),
    kind,
    leverage: 1,
    isEligible: true,
    isEuropean: false,
    ...plainTerms,
  };
  return usdOf(priceGroup(legs, underlyingTerms(of, read), read)!.maintenance);
}

describe("readings of the rule, by hand at 100", () => {
  test("straddles: totals compared, or what is added to the premiums", () => {
    // Call 12 + 2 = 14.00; put max(8, 8.80) + 14 = 22.80. The put's total is the greater, the call's addition is.
    const legs = [leg("call", 108, -1, 2), leg("put", 88, -1, 14)];
    expect(maintenance(legs, { straddles: "totals" })).toBe(2480);
    expect(maintenance(legs, { straddles: "add_ons" })).toBe(2800);
  });

  test("funds on a broad index: 15 %, or 20 % as shares", () => {
    const legs = [leg("call", 100, -1, 2)];
    expect(maintenance(legs, {}, "broad_index_fund")).toBe(1700);
    expect(maintenance(legs, { broadIndexFunds: "equity" }, "broad_index_fund")).toBe(2200);
  });

  test("a least amount a contract", () => {
    const legs = [leg("put", 1, -3, 0.01)];
    expect(maintenance(legs, {})).toBe(33);
    expect(maintenance(legs, { leastPerContractUsd: 50 })).toBe(150);
  });

  test("loan value of a long option in a spread: lost, or kept", () => {
    const legs = [leg("call", 100, 1, 12, { expiry: 500, ...overNineMonths(12) }), leg("call", 100, -1, 3)];
    expect(maintenance(legs, {})).toBe(1200);
    expect(maintenance(legs, { pairedLoanValue: "kept" })).toBe(900);
  });
});

describe("shares that are less than a contract's", () => {
  const terms = (read: RegTRules, price = 100) =>
    underlyingTerms(
      {
        symbol: "X",
        price: microsOf(price),
        kind: "equity",
        leverage: 1,
        isEligible: true,
        isEuropean: false,
        ...plainTerms,
      },
      read,
    );
  const shares = (quantity: number, price = 100): GroupLeg => ({
    ...leg("call", 0, quantity, price, { symbol: "X", units: 1, expiry: 0 }),
    kind: "stock",
  });
  const oneShare = (option: GroupLeg): GroupLeg => ({
    ...option,
    quantity: -1,
    units: 1,
    value: option.value / option.units,
  });
  const pair = (legs: GroupLeg[], readings: Partial<RegTRules["readings"]>, objective: Objective) => {
    const read: RegTRules = { ...rules, readings: { ...rules.readings, ...readings } };
    return pairWithCover(legs, { terms: terms(read), rules: read, objective }, {});
  };

  test("cover nothing by default, and a part of a contract in the other reading", () => {
    const legs = [leg("call", 95, -2, 7), shares(150)];
    // Covered: 25 % of 95 and 5 of haircut a share. Uncovered: 7 + 20 a share. Stock alone: 25 a share.
    expect(usdOf(pair(legs, {}, "maintenance").total)).toBe(100 * 28.75 + 2700 + 50 * 25);
    const partial = pair(legs, { cover: "partial" }, "maintenance");
    expect(usdOf(partial.total)).toBe(150 * 28.75 + 50 * 27);
    expect(partial.proven).toBe(true);
    expect(
      partial.groups.map(({ figures, times }) => figures.legs.map((part) => part.quantity * times)),
    ).toEqual([[50, -0.5], [-0.5], [100, -1]]);
    const initial = pair(legs, { cover: "partial" }, "initial");
    expect(usdOf(initial.total)).toBe(150 * 50 + 50 * 27);
  });

  test("a least amount a contract is divided like the contract", () => {
    const legs = [leg("call", 400, -1, 0.01), shares(40)];
    // 10 % of 100 and the premium are 10.01 a share, 1,001 a contract: less than 2,000.
    const found = pair(legs, { cover: "partial", leastPerContractUsd: 2000 }, "maintenance");
    expect(usdOf(found.total)).toBe(40 * 25 + 0.6 * 2000);
  });

  test("short shares beside short puts", () => {
    const legs = [leg("put", 105, -1, 8), shares(-30)];
    // 30 % and 5 in the money a share; uncovered 8 + 20.
    expect(usdOf(pair(legs, { cover: "partial" }, "maintenance").total)).toBe(30 * 35 + 70 * 28);
  });

  test("no other division into covered and uncovered shares costs less, contracts of several sizes", () => {
    const books: [GroupLeg[], number][] = [
      [[leg("call", 95, -1, 7), leg("call", 110, -3, 1, { units: 10 })], 125],
      [[leg("call", 90, -2, 11), leg("call", 105, -2, 2, { units: 10 })], 57],
      [[leg("call", 120, -1, 0.5, { units: 150 }), leg("call", 95, -1, 7)], 210],
    ];
    for (const [options, held] of books) {
      const found = pair([...options, shares(held)], { cover: "partial" }, "maintenance");
      expect(found.proven).toBe(true);
      // By hand: shares go to the contracts where one of them saves most, to the last share.
      const alone = options.map((option) =>
        usdOf(priceGroup([oneShare(option)], terms(rules), rules)!.maintenance),
      );
      const saved = options.map((option, i) => {
        const part = priceGroup([shares(1), oneShare(option)], terms(rules), rules)!;
        return alone[i]! + 25 - usdOf(part.maintenance + part.haircut);
      });
      let left = held;
      let total =
        held * 25 + options.reduce((sum, option, i) => sum - option.quantity * option.units * alone[i]!, 0);
      for (const i of options.map((_, at) => at).toSorted((a, b) => saved[b]! - saved[a]!)) {
        const used = Math.min(left, -options[i]!.quantity * options[i]!.units);
        left -= used;
        total -= used * Math.max(0, saved[i]!);
      }
      expect(usdOf(found.total)).toBe(Math.round(total * 100) / 100);
    }
  });

  test("whole contracts in full lots are paired as ever", () => {
    const legs = [leg("call", 95, -2, 7), leg("put", 90, 1, 2), shares(200)];
    const read: RegTRules = { ...rules, readings: { ...rules.readings, cover: "partial" } };
    const request = { terms: terms(read), rules: read, objective: "maintenance" as const };
    expect(pairWithCover(legs, request, {})).toEqual(pairUnderlying(legs, request, {}));
  });
});

describe("long options over nine months with stock", () => {
  const long = (kind: "call" | "put", strike: number, price: number): GroupLeg =>
    leg(kind, strike, 1, price, { expiry: 500, ...overNineMonths(price) });
  const stock = (quantity: number): GroupLeg => ({
    ...leg("call", 0, quantity, 100, { symbol: "X", units: 1, expiry: 0 }),
    kind: "stock",
  });

  test("are paid in full where they outlive the short option, and keep their loan value beside stock alone", () => {
    // Conversion: 10 % of 100 and the put's 9.
    const conversion = [stock(100), long("put", 100, 9), leg("call", 100, -1, 5)];
    expect(maintenance(conversion, {})).toBe(1900);
    expect(maintenance(conversion, { pairedLoanValue: "kept" })).toBe(1675);
    const reverse = [stock(-100), long("call", 100, 11), leg("put", 100, -1, 4)];
    expect(maintenance(reverse, {})).toBe(2100);
    // Collar: 10 % of 95 and 5 out of the money, and the put's 7.
    expect(maintenance([stock(100), long("put", 95, 7), leg("call", 105, -1, 3)], {})).toBe(2150);
    // Protective put: 10 % of 95 and 5, and three quarters of 7.
    expect(maintenance([stock(100), long("put", 95, 7)], {})).toBe(1975);
  });
});
