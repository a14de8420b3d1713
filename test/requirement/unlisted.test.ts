import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { loadRuleSet } from "../../src/rules/load.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const symbol = "XYZ   261218P00040000";

function snapshot(listed: boolean, cash: number) {
  return {
    asOf: "2026-11-20T16:00:00-05:00",
    rates: 0.04,
    underlyings: [{ symbol: "XYZ", price: 40 }],
    options: [{ symbol, price: 2, listed }],
    accounts: [{ account: "A", cash }],
    positions: [{ account: "A", symbol, quantity: 10 }],
  };
}

test("unlisted derivatives need five million of equity: FINRA 4210(g)(4)(C)", () => {
  // Ten puts at 2 are worth 2,000.
  const enough = engine.margin(snapshot(false, 4_998_000));
  expect(enough.failures).toEqual([]);
  expect(enough.accounts[0]?.status).toBe("complete");
  const short = engine.margin(snapshot(false, 4_997_999.99));
  expect(short.failures).toMatchObject([
    {
      code: "UNLISTED_REFUSED",
      value: symbol,
      symbol,
      account: "A",
      expected: "equity of at least 5000000 USD; it is 4999999.99",
    },
  ]);
  expect(short.accounts[0]).toMatchObject({ status: "incomplete", requirementUsd: null });
  expect(short.accounts[0]?.failures).toEqual(short.failures);
});

test("listed ones do not, nor does a rule set that asks for nothing", () => {
  expect(engine.margin(snapshot(true, 0)).accounts[0]?.status).toBe("complete");
  const { hash: _, unlistedDerivatives: __, ...rules } = loadRuleSet("finra-4210g");
  expect(engine.margin(snapshot(false, 0), { rules }).accounts[0]?.status).toBe("complete");
});
