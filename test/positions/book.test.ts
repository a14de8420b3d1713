import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { MarginResult } from "../../src/requirement/result.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

function margin(
  positions: [account: string, symbol: string, quantity: number, price?: number][],
): MarginResult {
  return engine.margin({
    asOf: "2007-02-23T16:00:00-05:00",
    rates: 0.05,
    underlyings: [
      { symbol: "IBM", price: 100 },
      { symbol: "MSFT", price: 28 },
    ],
    options: [{ symbol: "IBM   070421C00100000", price: 2.5 }],
    positions: positions.map(([account, symbol, quantity, price]) => ({ account, symbol, quantity, price })),
  });
}

function held(result: MarginResult): (readonly [string, string, number])[] {
  return result.accounts.flatMap(({ account, portfolioGroups }) =>
    portfolioGroups.flatMap(({ productGroups }) =>
      productGroups.flatMap(({ classGroups }) =>
        classGroups.flatMap(({ positions }) =>
          positions.map(({ symbol, quantity }) => [account, symbol, quantity] as const),
        ),
      ),
    ),
  );
}

describe("lots", () => {
  test("add up exactly, whatever their order: 0.1 + 0.2 shares are 0.3", () => {
    const lots: [string, string, number][] = [
      ["A", "IBM", 0.1],
      ["A", "IBM", 0.2],
      ["A", "IBM070421C00100000", 3],
      ["A", "IBM   070421C00100000", -1],
    ];
    const expected = [
      ["A", "IBM", 0.3],
      ["A", "IBM   070421C00100000", 2],
    ];
    expect(held(margin(lots))).toEqual(expected);
    expect(margin(lots.toReversed()).accounts).toEqual(margin(lots).accounts);
  });

  test("that cancel leave no position, and the account stays", () => {
    const result = margin([
      ["A", "IBM", 100],
      ["A", "IBM", -100],
    ]);
    expect(held(result)).toEqual([]);
    expect(result.accounts).toMatchObject([{ account: "A", status: "complete", requirementUsd: 0 }]);
  });

  test("six decimals of a share are kept, a seventh is refused", () => {
    expect(held(margin([["A", "IBM", 0.000001]]))).toEqual([["A", "IBM", 0.000001]]);
    const { failures } = margin([["A", "IBM", 0.0000001]]);
    expect(failures).toMatchObject([
      { code: "QUANTITY_FRACTIONAL", account: "A", expected: "at most six decimals" },
    ]);
  });
});

test("accounts and holdings stand in code-unit order, not in that of the input", () => {
  const result = margin([
    ["b", "MSFT", 1],
    ["B", "MSFT", 1],
    ["a", "MSFT", 1],
    ["a", "IBM", 1],
  ]);
  expect(held(result).map(([account, symbol]) => `${account} ${symbol}`)).toEqual([
    "B MSFT",
    "a IBM",
    "a MSFT",
    "b MSFT",
  ]);
});

test("a mark values the account's own position, not its risk and not another's", () => {
  const [own, other] = margin([
    ["A", "IBM   070421C00100000", 1, 3],
    ["B", "IBM   070421C00100000", 1],
  ]).accounts;
  expect([own?.marketValueUsd, other?.marketValueUsd]).toEqual([300, 250]);
  expect(own?.portfolioGroups[0]?.profitUsd).toEqual(other?.portfolioGroups[0]?.profitUsd);
});
