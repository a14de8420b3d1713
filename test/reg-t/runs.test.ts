import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { regTText } from "../../src/rules/reg-t.js";

let engine: Engine;
const folder = mkdtempSync(join(tmpdir(), "reg-t-"));
beforeAll(async () => {
  engine = await loadEngine();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const xyz = { symbol: "XYZ", price: 100 };

function rulesFile(changed: (text: string) => string): string {
  const file = join(folder, "rules.yaml");
  writeFileSync(file, changed(regTText()));
  return file;
}

describe("the day of a run", () => {
  // Nine months after 15 June 2026 is 15 March 2027; the option expires a day later.
  const held = { account: "A", symbol: "XYZ   270316P00100000", quantity: 1 };
  const maintenanceAt = async (asOf: string): Promise<number | undefined> => {
    const options = [{ symbol: held.symbol, price: 8 }];
    const { accounts } = await engine.regT({ asOf, underlyings: [xyz], options, positions: [held] });
    return accounts[0]?.regT?.maintenanceUsd;
  };
  const strategySideAt = (asOf: string): number | undefined => {
    const options = [{ symbol: held.symbol, price: 8 }];
    const underlyings = [{ ...xyz, margin_eligible: false }];
    const { accounts } = engine.margin({ asOf, underlyings, options, positions: [held] });
    return accounts[0]?.strategySide?.requirementUsd;
  };

  test("is New York's, however the time is written", async () => {
    // Half past eight in the evening of the 15th there.
    for (const asOf of [
      "2026-06-15T20:30:00-04:00",
      "2026-06-16T00:30:00Z",
      "2026-06-16T02:30[Europe/Berlin]",
    ]) {
      expect(await maintenanceAt(asOf)).toBe(600);
      expect(strategySideAt(asOf)).toBe(600);
    }
    expect(await maintenanceAt("2026-06-16T09:30:00-04:00")).toBe(0);
    // Of nine months or less: paid in full, and the account's equity counts its value.
    expect(strategySideAt("2026-06-16T09:30:00-04:00")).toBe(800);
  });
});

describe("figures of one's own", () => {
  test("hold for what portfolio margin leaves to strategies, and for the figure beside it", async () => {
    const call = "XYZ   261218C00100000";
    const snapshot = {
      asOf: "2026-11-20T16:00:00-05:00",
      underlyings: [{ ...xyz, margin_eligible: false }],
      options: [{ symbol: call, price: 3 }],
      positions: [{ account: "A", symbol: call, quantity: -1 }],
    };
    const regTRules = rulesFile((text) => text.replace("equity: { percent: 20,", "equity: { percent: 40,"));
    const of = (options: { regTRules?: string }): number | undefined =>
      engine.margin(snapshot, options).accounts[0]?.strategySide?.requirementUsd;
    expect([of({}), of({ regTRules })]).toEqual([2000, 4000]);
    const { accounts } = await engine.compareRegT(snapshot, { regTRules });
    expect(accounts[0]?.regT?.maintenanceUsd).toBe(4300);
    expect(accounts[0]?.strategySide?.requirementUsd).toBe(4000);
  });
});

describe("a premium that no volatility gives", () => {
  const call = "XYZ   261218C00090000";
  const snapshot = {
    asOf: "2026-11-20T16:00:00-05:00",
    underlyings: [xyz],
    options: [{ symbol: call, price: 8 }],
    positions: [{ account: "A", symbol: call, quantity: -1 }],
  };

  test("is a premium all the same: strategies need no model", async () => {
    expect(engine.margin(snapshot).accounts[0]?.status).toBe("incomplete");
    const report = await engine.regT(snapshot);
    expect(report.failures).toEqual([]);
    expect(report.notes).toContain(`Prices that no volatility gives were used as they stand: ${call}.`);
    expect(report.accounts[0]).toMatchObject({ status: "complete", regT: { maintenanceUsd: 2800 } });
  });

  test("is missing where nobody gives one", async () => {
    const { accounts, failures } = await engine.regT({ ...snapshot, options: [] });
    expect(failures.map(({ code }) => code)).toEqual(["QUOTE_EMPTY"]);
    expect(accounts[0]).toMatchObject({ status: "incomplete", regT: null });
  });

  test("of an account's own, where accounts differ and the market quotes nothing", async () => {
    const positions = [
      { account: "A", symbol: call, quantity: -1, price: 11 },
      { account: "B", symbol: call, quantity: -1, price: 12 },
    ];
    const { accounts } = await engine.regT({ ...snapshot, options: [], positions });
    expect(accounts.map(({ regT }) => regT?.maintenanceUsd)).toEqual([3100, 3200]);
  });
});

describe("what cannot be computed for one account", () => {
  const positions = (symbol: string, quantity: number) => [
    { account: "A", symbol, quantity },
    { account: "B", symbol: "XYZ", quantity: 10 },
  ];

  test("amounts beyond exact sums, named; every other account has its figure", async () => {
    const asOf = "2026-11-20T16:00:00-05:00";
    const { accounts, failures } = await engine.regT({
      asOf,
      underlyings: [xyz],
      positions: positions("XYZ", 1e9),
    });
    expect(accounts.map(({ regT }) => regT?.maintenanceUsd)).toEqual([undefined, 250]);
    expect(failures).toMatchObject([{ code: "CELL_RANGE", account: "A", value: "100000000000" }]);
  });

  test("an option with theoretical values whose underlying has no price", async () => {
    const symbol = "ABC   261218P00095000";
    const profits = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`p${i + 1}`, i - 4]));
    const { accounts, failures } = await engine.regT({
      asOf: "2026-11-20T16:00:00-05:00",
      underlyings: [xyz],
      theoretical: [{ symbol, close: 2, ...profits }],
      positions: positions(symbol, -1),
    });
    expect(accounts.map(({ status }) => status)).toEqual(["incomplete", "complete"]);
    expect(failures).toMatchObject([{ code: "UNDERLYING_UNKNOWN", value: "ABC", account: "A" }]);
  });
});
