import { beforeAll, describe, expect, test } from "vitest";
import { readAaplUniverse } from "../../examples/readers/aapl-universe.js";
import { treasuryRates } from "../../examples/readers/tables.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { ContractMaster } from "../../src/contracts/contract-master.js";
import type { AccountResult } from "../../src/requirement/result.js";
import { referenceMargin } from "../reference/margin.js";
import { compareAccounts, largestDifference } from "./compare.js";
import { hasMarketFiles, marketFile } from "./files.js";
import {
  debitsAboveTheirValue,
  wingsOffTheMinimum,
  longOptionsAboveTheirValue,
  syntheticsUnlikeStock,
  movesOfStock,
} from "./laws.js";
import { type Chain, pickOption, strategies, strategyBook } from "./strategies.js";

const common = [
  "lean/equity-daily/aapl.zip",
  "lean/factor-files/aapl.csv",
  "us-treasury/zipline_treasury_curves.csv.gz",
] as const;

/** American options, some across the dividend of 7 August: what lattice and kernel may differ by, per 100 of strike. */
const perHundred = 3e-3;
const lots = 10;

function readChain(day: string, universe: string): Chain {
  const rates = treasuryRates(marketFile(common[2]), { day, unit: 1 });
  const files = {
    universe: marketFile(universe),
    dailyPrices: marketFile(common[0]),
    factors: marketFile(common[1]),
  };
  const tables = readAaplUniverse(files, { symbol: "AAPL", day, rates });
  const spot = tables.underlyings[0]!.price;
  return {
    tables,
    root: "AAPL",
    near: "140719",
    far: "141018",
    spot,
    stock: "AAPL",
    sharesPerContract: 100,
    lots,
  };
}

describe.each([
  { day: "2014-06-05", universe: "lean/option-universes/aapl_20140605.csv.gz", close: 647.35 },
  { day: "2014-06-09", universe: "lean/option-universes/aapl_20140609.csv.gz", close: 93.7 },
])("AAPL universe", ({ day, universe, close }) => {
  describe.skipIf(!hasMarketFiles(universe, ...common))(`of ${day} (skipped where absent)`, () => {
    let engine: Engine;
    let chain: Chain;
    const accounts = new Map<string, AccountResult>();
    const snapshot = (): Parameters<typeof referenceMargin>[0] => {
      const pick = pickOption(chain);
      const wings = {
        "wing-put-short": [[pick("P", 0.38), -1]],
        "wing-put-long": [[pick("P", 0.38), 1]],
      } as const;
      return { ...chain.tables, ...strategyBook(chain, { ...strategies(chain), ...wings }) };
    };

    beforeAll(async () => {
      engine = await loadEngine();
      chain = readChain(day, universe);
      for (const account of engine.margin(snapshot()).accounts) accounts.set(account.account, account);
    });

    test("the stock stands at its close, split or not", () => {
      expect(chain.spot).toBe(close);
      const [first] = chain.tables.dividends;
      expect(first!.ex_date).toBe("2014-08-07");
      expect(first!.amount).toBeCloseTo(day < "2014-06-09" ? 3.29 : 0.47, 3);
    });

    test("every account of the usual strategies is the reference engine's", () => {
      const reference = referenceMargin(snapshot());
      expect(reference).toHaveLength(accounts.size);
      expect(accounts.size).toBeGreaterThanOrEqual(40);
      for (const expected of reference)
        compareAccounts(accounts.get(expected.account)!, expected, () => (perHundred * chain.spot) / 100);
    });

    test("moves are -15 to +15 %", () => {
      const moves = movesOfStock(accounts.get("stock-long")!);
      const expected = [-0.15, -0.12, -0.09, -0.06, -0.03, 0.03, 0.06, 0.09, 0.12, 0.15];
      expect(largestDifference(moves, expected)).toBeLessThanOrEqual(1e-12);
      expect(accounts.get("stock-long")!.requirementUsd).toBeCloseTo(0.15 * chain.spot * 100 * lots, 2);
      expect(accounts.get("stock-short")!.requirementUsd).toBeCloseTo(0.15 * chain.spot * 100 * lots, 2);
    });

    test("long options lose at most their value, debit spreads at most theirs", () => {
      expect(longOptionsAboveTheirValue(accounts)).toEqual([]);
      // Early exercise of a short leg may cost a spread more than it is worth, but no more than carry.
      expect(debitsAboveTheirValue(accounts, 0.001 * chain.spot * 100 * lots)).toEqual([]);
    });

    test("a synthetic costs what its stock costs within carry", () => {
      expect(syntheticsUnlikeStock(accounts, { ...chain, dividendYield: 0 })).toEqual([]);
    });

    test("far wings cost the per-contract minimum", () => {
      expect(wingsOffTheMinimum(accounts, lots)).toEqual([]);
    });

    test("the whole universe is valued, or each contract named with what is wrong with its quote", () => {
      const { arrays, contracts, problems } = engine.prepare({ ...chain.tables, positions: [] });
      const rows = Array.from({ length: contracts.count }, (_, row) => row);
      const used = rows.filter((row) => !problems.has(contracts.symbols[row]!));
      expect(contracts.count).toBeGreaterThan(0.95 * chain.tables.options.length);
      // After the split the file still lists strikes of before, at stale prices: those cannot be used.
      expect(used.length).toBeGreaterThan(0.55 * contracts.count);
      const isUsed = new Set(used);
      const wrong = rows.filter((row) => {
        const bounds = quoteBounds(contracts, row, chain);
        return isUsed.has(row) ? bounds === "impossible" : bounds === "sound";
      });
      expect(wrong.map((row) => contracts.symbols[row])).toEqual([]);
      const broken = used.filter((row) => {
        const profits = [...arrays.profit.subarray(row * 10, row * 10 + 10)];
        // Calls gain and puts lose with the price.
        const sign = contracts.isCall[row] === 1 ? 1 : -1;
        const falls = profits.some((p, k) => k > 0 && sign * (p - profits[k - 1]!) < -1e-4 * chain.spot);
        return falls || !profits.every(Number.isFinite);
      });
      expect(broken.map((row) => contracts.symbols[row])).toEqual([]);
    });
  });
});

/**
 * What a closing price is worth before any model: below the intrinsic value, or above the stock (call) or strike
 * (put), no volatility gives it; 2 % of the strike inside those bounds, one does, dividends and interest included.
 */
function quoteBounds(contracts: ContractMaster, row: number, chain: Chain): "impossible" | "sound" | "near" {
  const strike = contracts.strike[row]!;
  const isCall = contracts.isCall[row] === 1;
  const price = chain.tables.options.find(({ symbol }) => symbol === contracts.symbols[row])!.price!;
  const intrinsic = Math.max(0, isCall ? chain.spot - strike : strike - chain.spot);
  const most = isCall ? chain.spot : strike;
  if (price < intrinsic - 1e-9 || price > most) return "impossible";
  const inside = 0.02 * strike;
  return price > intrinsic + inside && price < most - inside ? "sound" : "near";
}
