import { beforeAll, expect, test } from "vitest";
import { verifyReceipt } from "../../src/analysis/receipt/verify.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import { explainText } from "../../src/report/explain-text.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const put = "OTC   261218P00010000";
const snapshot = {
  asOf: "2026-11-20T16:00:00-05:00",
  rates: 0.04,
  underlyings: [
    { symbol: "OTC", price: 12, margin_eligible: false },
    { symbol: "XYZ", price: 100 },
  ],
  options: [{ symbol: put, price: 0.5 }],
  accounts: [{ account: "A", cash: 10_000 }],
  positions: [
    { account: "A", symbol: put, quantity: -2 },
    { account: "A", symbol: "OTC", quantity: 100 },
    { account: "A", symbol: "XYZ", quantity: 100 },
  ],
};

test("options on ineligible shares are charged by their strategies, beside the shares' own charge", () => {
  const result = engine.margin(snapshot);
  expect(result.failures).toEqual([]);
  const [account] = result.accounts;
  // 0.50 + max(20 % of 12 less 2 out of the money, 10 % of the strike): 1.50 a share, less the 0.50 that equity deducts.
  expect(account?.strategySide).toEqual({
    positions: [{ symbol: put, quantity: -2, marketValueUsd: -100 }],
    requirementUsd: 200,
    strategies: ["OTC: short put (FINRA 4210(f)(2)(E)(i))"],
  });
  expect(account?.requirementUsd).toBe(1500 + 1200 + 200);
  expect(account?.marketValueUsd).toBe(10_000 + 1200 - 100);
  expect(account?.portfolioGroups.map(({ id }) => id)).toEqual(["XYZ"]);
  const text = explainText(result);
  expect(text).toContain("at strategy-based margin");
  expect(text).toContain("Sum: 1,500.00 + 1,200.00 + 200.00 = 2,900.00");
});

test("its receipt holds, and a house figure covers it", () => {
  expect(verifyReceipt(engine.receipt(snapshot))).toBeNull();
  const [account] = engine.margin(snapshot, { rules: "house-example-ibkr" }).accounts;
  expect(account?.regulatoryRequirementUsd).toBe(2900);
  expect(account?.requirementUsd).toBeGreaterThanOrEqual(2900);
});

test("an account without any has none", () => {
  const positions = snapshot.positions.slice(1);
  expect(engine.margin({ ...snapshot, positions }).accounts[0]?.strategySide).toBeNull();
});
