import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../../src/engine.js";
import { builtInRuleText, parseRuleSet } from "../../../src/rules/load.js";
import { type SmallBook, margin as marginUnder, only, testOf } from "./house-book.js";

// The example sets on small books; the sizes are those of the brokers' pages that the sets cite.

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

function margin(book: SmallBook, set: string): ReturnType<typeof only> {
  // As a user would: printed, saved, and passed back.
  const { hash: _, ...rules } = parseRuleSet(builtInRuleText(set), "mine.yaml");
  return only(marginUnder(engine, book, rules));
}

const far = "ABC   261218C01000000";
const abc: SmallBook = {
  underlyings: [
    { symbol: "ABC", price: 500 },
    { symbol: "SPX", price: 5000 },
    { symbol: "SPY", price: 500 },
    { symbol: "BIO", price: 10, tags: "small-cap-biotech" },
  ],
  options: [{ symbol: far, volatility: 0.1 }],
  held: [],
};
const withVix = (price: number): SmallBook => ({
  ...abc,
  underlyings: [...abc.underlyings, { symbol: "VIX", price }],
});

test("tastytrade: -15 % / +10 % for an index when calm, -20 % / +15 % when volatile, stocks 20 %", () => {
  const asks = (book: SmallBook, ...held: [string, number][]): (number | string | null | undefined)[] => {
    const account = margin({ ...book, held }, "house-example-tastytrade");
    return [account.requirementUsd, account.binding];
  };
  expect(asks(withVix(18), ["SPY", 100])).toEqual([7500, "calm-ranges"]);
  expect(asks(withVix(18), ["SPY", -100])).toEqual([5000, "calm-ranges"]);
  expect(asks(withVix(31), ["SPY", 100])).toEqual([10_000, "volatile-ranges"]);
  expect(asks(withVix(31), ["SPY", -100])).toEqual([7500, "volatile-ranges"]);
  expect(asks(withVix(18), ["ABC", 10])).toEqual([1000, "calm-ranges"]);
  expect(asks(withVix(18), ["BIO", -100])).toEqual([1000, "calm-ranges"]);
  expect(asks(withVix(18), [far, -1])).toEqual([250, "naked-option"]);
  const unknown = margin({ ...abc, held: [["SPY", 100]] }, "house-example-tastytrade");
  expect(unknown.requirementUsd).toBe(7500);
  expect(testOf(unknown, "calm-ranges").details[0]).toBe("market taken as calm: no recent value of VIX");
  expect(testOf(unknown, "minimum-equity").reason).toContain("below 100000");
});

test("Interactive Brokers: two riskiest at 30 %, the rest at 5 %; the single name; 110 % to open", () => {
  const held: [string, number][] = [["ABC", 10]];
  const one = margin({ ...abc, held }, "house-example-ibkr");
  expect(one).toMatchObject({ requirementUsd: 1500, initialRequirementUsd: 1650, binding: "concentration" });
  expect(testOf(one, "single-name").requirementUsd).toBe(1250);
  expect(testOf(margin({ ...abc, held: [["ABC", -10]] }, "house-example-ibkr"), "single-name")).toMatchObject(
    {
      requirementUsd: 1500,
    },
  );
  const company = { symbol: "TNY", price: 10, shares_outstanding: 1e8, tags: "small-cap" };
  const small = margin({ underlyings: [company], held: [["TNY", 100]] }, "house-example-ibkr");
  // A billion: 500 million are 50 % of 1,000.
  expect(small).toMatchObject({ requirementUsd: 500, binding: "single-name" });
  expect(small.unverified).toContain("house test minimum-equity of house-example-ibkr");
});

test("Schwab and TD Ameritrade: nothing below 15 %, and the portfolio test needs betas", () => {
  const spy = margin({ ...abc, held: [["SPY", 100]] }, "house-example-schwab");
  expect(spy).toMatchObject({ regulatoryRequirementUsd: 4000, requirementUsd: 7500, binding: "least-range" });
  expect(testOf(spy, "portfolio-test")).toMatchObject({ lossUsd: 10_000, limitUsd: 5_050_000 });
  const other = margin({ ...abc, held: [["ABC", 10]] }, "house-example-schwab");
  expect(other.status).toBe("complete");
  expect(testOf(other, "portfolio-test").reason).toBe("not computed: no beta of ABC");
});

test("Lightspeed: limits in terms of the equity, no requirement", () => {
  const book: SmallBook = { ...abc, held: [["SPY", 100]], cash: -45_000 };
  const account = margin(book, "house-example-lightspeed");
  expect(account).toMatchObject({ equityUsd: 5000, requirementUsd: 4000, binding: "regulatory" });
  expect(testOf(account, "broad-index")).toMatchObject({ lossUsd: 7500, limitUsd: 5000, excessUsd: 2500 });
  expect(testOf(account, "broad-index-far")).toMatchObject({ lossUsd: 12_500, limitUsd: 10_000 });
  expect(testOf(account, "single-stock")).toMatchObject({ lossUsd: 0, excessUsd: -5000 });
  expect(testOf(account, "whole-portfolio")).toMatchObject({ lossUsd: 12_500, limitUsd: 6250 });
});
