import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

test("shares gain and lose their price's move; an option at its expiry what exercise is worth", () => {
  const { rows, failures } = engine.riskArrays({
    asOf: "2007-02-23T16:00:00-05:00",
    rates: 0.05,
    underlyings: [{ symbol: "IBM", price: 100 }],
    options: [{ symbol: "IBM   070223C00095000", volatility: 0.2 }],
    positions: [{ account: "A", symbol: "IBM", quantity: 1 }],
  });
  expect(failures).toEqual([]);
  const [share, option] = rows;
  const moves = [-15, -12, -9, -6, -3, 3, 6, 9, 12, 15];
  moves.forEach((move, s) => {
    expect(share?.profits[s]).toBeCloseTo(move, 10);
    // Strike 95, spot 100: worth 5 now, max(0, 5 + move) at the point.
    expect(option?.profits[s]).toBeCloseTo(Math.max(0, 5 + move) - 5, 10);
  });
  expect([share?.minimum, option?.minimum]).toEqual([0, 37.5]);
  expect(option?.close).toBeCloseTo(5, 12);
  expect([share?.volatility, option?.volatility]).toEqual([null, 0.2]);
});

test("the volatility is given, else implied from the price, else from the mid", () => {
  const symbol = "IBM   070421C00100000";
  const volatility = (quote: object): number | null | undefined =>
    engine.riskArrays({
      asOf: "2007-02-23T16:00:00-05:00",
      underlyings: [{ symbol: "IBM", price: 100 }],
      options: [{ symbol, ...quote }],
      positions: [],
    }).rows[0]?.volatility;
  const byPrice = volatility({ price: 2.5, bid: 1, ask: 2 });
  expect(volatility({ volatility: 0.33, price: 2.5 })).toBe(0.33);
  expect(byPrice).toBe(volatility({ bid: 2.4, ask: 2.6 }));
  // At the money without rates: price = 0.4 S sigma sqrt(T) to the third order; T = 56 days less an hour.
  expect(byPrice).toBeCloseTo(2.5 / (100 * 0.398942 * Math.sqrt(56 / 365)), 2);
  expect(volatility({ bid: 0, ask: 5 })).toBe(byPrice);
});
