import { describe, expect, test } from "vitest";
import type { GroupLeg } from "../../src/reg-t/group.js";
import { microsOf, usdOf } from "../../src/reg-t/money.js";
import { priceGroup } from "../../src/reg-t/price-group.js";
import { underlyingTerms } from "../../src/reg-t/terms.js";
import { loadRegTRules, type RegTRules } from "../../src/rules/reg-t.js";

const rules = loadRegTRules();

function leg(
  kind: "call" | "put",
  strike: number,
  quantity: number,
  price: number,
  more: Partial<GroupLeg> = {},
): GroupLeg {
  const terms = { strike: microsOf(strike), expiry: 100, units: 100, sharesPerUnit: 1 };
  return { symbol: kind, kind, quantity, price: microsOf(price), hasLoanValue: false, ...terms, ...more };
}

function maintenance(
  legs: GroupLeg[],
  readings: Partial<RegTRules["readings"]>,
  kind: keyof RegTRules["shortOptions"] = "equity",
): number {
  const read: RegTRules = { ...rules, readings: { ...rules.readings, ...readings } };
  const of = { symbol: "X", price: microsOf(100), kind, leverage: 1, isEligible: true, isEuropean: false };
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
    const legs = [leg("call", 100, 1, 12, { expiry: 500, hasLoanValue: true }), leg("call", 100, -1, 3)];
    expect(maintenance(legs, {})).toBe(1200);
    expect(maintenance(legs, { pairedLoanValue: "kept" })).toBe(900);
  });
});
