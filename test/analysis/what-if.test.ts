import { beforeAll, describe, expect, test } from "vitest";
import { parseTrade } from "../../src/analysis/trade.js";
import { MarginError } from "../../src/basics/failure.js";
import { type Engine, loadEngine } from "../../src/engine.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const call = "XYZ   261218C00100000";
const snapshot = {
  asOf: "2026-11-20T16:00:00-05:00",
  rates: 0.04,
  underlyings: [
    { symbol: "XYZ", price: 100 },
    { symbol: "ABC", price: 50 },
    { symbol: "ESZ26", price: 5000 },
  ],
  options: [{ symbol: call, bid: 2.9, ask: 3.1 }],
  accounts: [{ account: "A", cash: 20_000 }],
  positions: [{ account: "A", symbol: "XYZ", quantity: 100 }],
};

describe("a trade", () => {
  test("is symbol, quantity and perhaps a price", () => {
    expect(parseTrade("XYZ -200")).toEqual({ symbol: "XYZ", quantity: -200 });
    expect(parseTrade(`${call} 10@1.65`)).toEqual({ symbol: call, quantity: 10, price: 1.65 });
    expect(parseTrade("XYZ261218C00100000 +1")).toEqual({ symbol: "XYZ261218C00100000", quantity: 1 });
  });

  test.each(["", "XYZ", "100", "XYZ 0", "XYZ ten", "XYZ 10@", "XYZ 10@-1", "XYZ 1e3"])(
    "%j is none",
    (text) => {
      expect(() => parseTrade(text)).toThrow(MarginError);
    },
  );
});

describe("what if", () => {
  test("selling a call against the shares: premium received, the loss at -15 % less what the call loses", () => {
    const result = engine.whatIf(snapshot, { trades: [{ symbol: call, quantity: -1, price: 2.95 }] });
    expect(result.status).toBe("complete");
    expect(result.trades).toEqual([{ symbol: call, quantity: -1, priceUsd: 2.95, cashUsd: 295 }]);
    expect(result.before).toEqual({ equityUsd: 30_000, requirementUsd: 1500, excessUsd: 28_500 });
    // The call is marked at 3.00: sold at 2.95 it costs 5.
    expect(result.after.equityUsd).toBe(29_995);
    const held = {
      ...snapshot,
      positions: [...snapshot.positions, { account: "A", symbol: call, quantity: -1 }],
    };
    expect(result.after.requirementUsd).toBe(engine.margin(held).accounts[0]?.requirementUsd);
    expect(result.difference.requirementUsd).toBeLessThan(0);
    expect(result.classGroups.map(({ id }) => id)).toEqual(["XYZ"]);
    expect(result.classGroups[0]?.differenceUsd).toBe(result.difference.requirementUsd);
  });

  test("at the mark equity stays as it is, opening or closing", () => {
    for (const trades of [[{ symbol: call, quantity: 5 }], [{ symbol: "XYZ", quantity: -100 }]]) {
      const { difference } = engine.whatIf(snapshot, { trades });
      expect(difference.equityUsd).toBe(0);
    }
    const closed = engine.whatIf(snapshot, { trades: [{ symbol: "XYZ", quantity: -100 }] });
    expect(closed.after).toEqual({ equityUsd: 30_000, requirementUsd: 0, excessUsd: 30_000 });
    expect(closed.trades[0]?.cashUsd).toBe(10_000);
  });

  test("several trades at once; a name that hedges nothing adds its own loss", () => {
    const trades = [
      { symbol: "XYZ", quantity: 100 },
      { symbol: "ABC", quantity: -100 },
    ];
    const result = engine.whatIf(snapshot, { trades });
    expect(result.after.requirementUsd).toBe(3000 + 750);
    expect(result.classGroups).toEqual([
      { id: "XYZ", beforeUsd: 1500, afterUsd: 3000, differenceUsd: 1500 },
      { id: "ABC", beforeUsd: 0, afterUsd: 750, differenceUsd: 750 },
    ]);
  });

  test("a future costs no premium, only its way from the price to the mark", () => {
    const [trade] = engine.whatIf(snapshot, {
      trades: [{ symbol: "ESZ26", quantity: 2, price: 5001 }],
    }).trades;
    expect(trade?.cashUsd).toBe(-100);
  });

  test("a trade in what nobody knows leaves the account incomplete, with the reason", () => {
    const result = engine.whatIf(snapshot, { trades: [{ symbol: "NONE", quantity: 1 }] });
    expect(result.status).toBe("incomplete");
    expect(result.after).toEqual({ equityUsd: null, requirementUsd: null, excessUsd: null });
    expect(result.before.requirementUsd).toBe(1500);
    expect(result.failures).toMatchObject([{ code: "UNDERLYING_UNKNOWN", file: "trade", line: 1 }]);
  });

  test("names its account where there are several, and its trade at all", () => {
    const two = {
      ...snapshot,
      positions: [...snapshot.positions, { account: "B", symbol: "ABC", quantity: 1 }],
    };
    expect(() => engine.whatIf(two, { trades: [{ symbol: "ABC", quantity: 1 }] })).toThrow(
      /several accounts/,
    );
    expect(() => engine.whatIf(snapshot, { trades: [] })).toThrow(/no trade/);
    const only = { ...two, accounts: [] };
    const result = engine.whatIf(only, { account: "B", trades: [{ symbol: "ABC", quantity: 1 }] });
    expect(result.after.requirementUsd).toBe(15);
  });
});
