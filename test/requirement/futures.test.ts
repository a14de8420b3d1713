import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";

const asOf = "2026-11-20T16:00:00-05:00";

/** One account, USD; the futures' point values come from the rule set unless the row says otherwise. */
function book(
  underlyings: object[],
  positions: [symbol: string, quantity: number][],
  options: object[] = [],
): object {
  const held = positions.map(([symbol, quantity]) => ({ account: "A", symbol, quantity }));
  return { asOf, rates: 0.04, underlyings, options, positions: held };
}

describe("futures and leveraged funds", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });
  const only = (input: object) => {
    const [account] = engine.margin(input).accounts;
    return account!;
  };

  test("one ES at 5,000 loses 8 % of 5,000 points at $50, and has no market value", () => {
    const account = only(book([{ symbol: "ESZ26", price: 5000 }], [["ESZ26", 1]]));
    expect(account.requirementUsd).toBe(20_000);
    expect(account.marketValueUsd).toBe(0);
    const [group] = account.portfolioGroups;
    expect(group?.minimumUsd).toBe(18.75); // $.375 x 50
    expect(group?.worst.label).toBe("-8 %");
  });

  test("ES against SPY nets whole: 5,000 x $50 is 500 SPY at 500", () => {
    const underlyings = [
      { symbol: "ESZ26", price: 5000 },
      { symbol: "SPY", price: 500 },
    ];
    const account = only(
      book(underlyings, [
        ["ESZ26", 1],
        ["SPY", -500],
      ]),
    );
    expect(account.requirementUsd).toBe(18.75);
  });

  test("a put on a future: bought, it turns the loss of the future into its premium and the way to its strike", () => {
    const options = [
      {
        symbol: "ES5000P",
        underlying: "ESZ26",
        type: "put",
        strike: 5000,
        expiry: "2026-12-18",
        exercise: "european",
        volatility: 1e-9,
      },
    ];
    const account = only(
      book(
        [{ symbol: "ESZ26", price: 5000 }],
        [
          ["ESZ26", 1],
          ["ES5000P", 1],
        ],
        options,
      ),
    );
    const [group] = account.portfolioGroups;
    const years = (28 * 24) / (365 * 24); // 20 November 16:00 to 18 December 16:00, both New York winter time
    // With no volatility to speak of the put is worth its discounted exercise value: 400 points down at -8 %.
    expect(group?.profitUsd[0]).toBeCloseTo(50 * (-400 + 400 * Math.exp(-0.04 * years)), 3);
  });

  test("a future whose point value nobody gives is refused; a share with one too", () => {
    const unknown = engine.margin(book([{ symbol: "ABC", price: 10, kind: "future" }], [["ABC", 1]]));
    expect(unknown.failures).toMatchObject([{ code: "CELL_MISSING", column: "multiplier", symbol: "ABC" }]);
    expect(unknown.accounts[0]?.requirementUsd).toBeNull();
    const share = engine.margin(book([{ symbol: "ABC", price: 10, multiplier: 100 }], [["ABC", 1]]));
    expect(share.failures).toMatchObject([{ code: "CELL_RANGE", value: "100", symbol: "ABC" }]);
    const given = only(book([{ symbol: "ABC", price: 10, kind: "future", multiplier: 100 }], [["ABC", 1]]));
    expect(given.requirementUsd).toBe(150); // 15 % of 1,000
  });

  test.each([
    ["UPRO", 100, 24], // 3 x -8 %
    ["UPRO", -100, 18], // 3 x +6 %
    ["SDS", 100, 12], // -2 x +6 %
    ["SDS", -100, 16], // -2 x -8 %
    ["TQQQ", 100, 30], // 3 x -10 %
    ["FAS", 100, 45], // 3 x -15 %
  ])("%s x %d at 1.00: %d", (symbol, quantity, requirement) => {
    expect(only(book([{ symbol, price: 1 }], [[symbol, quantity]])).requirementUsd).toBe(requirement);
  });

  test("a fund with leverage 10 cannot fall below nothing", () => {
    const input = book([{ symbol: "XYZ", price: 2, leverage: 10 }], [["XYZ", 100]]);
    expect(only(input).requirementUsd).toBe(200);
  });
});
