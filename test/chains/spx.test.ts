import { beforeAll, describe, expect, test } from "vitest";
import { readSpxChain } from "../../examples/readers/spx-chain.js";
import { treasuryRates } from "../../examples/readers/tables.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult } from "../../src/requirement/result.js";
import type { RiskArrays } from "../../src/risk/risk-arrays.js";
import { type Contract, makeContract } from "../reference/contract.js";
import { referenceMargin, theoreticalProfits } from "../reference/margin.js";
import { finra4210g } from "../reference/rules.js";
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

const chainFile = "spx-2019-cboe/SPX_20190426.csv.gz";
const ratesFile = "us-treasury/data-ust_ust.csv.gz";

/** European options by the closed form in both engines: what is left is the root of the implied volatility. */
const perUnit = (): number => 1e-6;
const lots = 10;

function readChain(): Chain {
  const rates = treasuryRates(marketFile(ratesFile), { day: "2019-04-26", unit: 0.01 });
  const tables = readSpxChain(marketFile(chainFile), rates);
  const spot = tables.underlyings[0]!.price;
  // The fund at a tenth of the index stands in for the shares that an index has not; ten of it to a point.
  const underlyings = [...tables.underlyings, { symbol: "SPY", price: spot / 10 }];
  return {
    tables: { ...tables, underlyings },
    root: "SPXW",
    near: "190531",
    far: "190719",
    spot,
    stock: "SPY",
    sharesPerContract: 1000,
    lots,
  };
}

describe.skipIf(!hasMarketFiles(chainFile, ratesFile))(
  "SPX chain of 26 April 2019 (skipped where absent)",
  () => {
    let engine: Engine;
    let chain: Chain;
    const accounts = new Map<string, AccountResult>();
    const snapshot = (): Parameters<typeof referenceMargin>[0] => {
      const pick = pickOption(chain);
      const wings = {
        "wing-put-short": [[pick("P", 0.5), -1]],
        "wing-put-long": [[pick("P", 0.5), 1]],
        // No short call wing: the mid of a quote of 0 / 0.05 implies so high a volatility that +6 % costs more.
        "wing-call-long": [["SPXW  190503C03500000", 1]],
      } as const;
      return { ...chain.tables, ...strategyBook(chain, { ...strategies(chain), ...wings }) };
    };

    beforeAll(async () => {
      engine = await loadEngine();
      chain = readChain();
      for (const account of engine.margin(snapshot()).accounts) accounts.set(account.account, account);
    });

    test("every account of the usual strategies is the reference engine's", () => {
      const reference = referenceMargin(snapshot());
      expect(reference).toHaveLength(accounts.size);
      expect(accounts.size).toBeGreaterThanOrEqual(40);
      for (const expected of reference) compareAccounts(accounts.get(expected.account)!, expected, perUnit);
    });

    test("the index and its fund are one class group, moved by -8 to +6 %", () => {
      const moves = movesOfStock(accounts.get("stock-long")!);
      const expected = [-0.08, -0.064, -0.048, -0.032, -0.016, 0.012, 0.024, 0.036, 0.048, 0.06];
      expect(largestDifference(moves, expected)).toBeLessThanOrEqual(1e-12);
      for (const account of accounts.values()) {
        const groups = account.portfolioGroups.flatMap((p) => p.productGroups).flatMap((g) => g.classGroups);
        expect(groups.map((g) => [g.id, g.portfolioType])).toEqual([["SPX", "high_cap_broad_index"]]);
      }
      expect(accounts.get("stock-long")!.requirementUsd).toBeCloseTo(0.08 * chain.spot * 100 * lots, 2);
      expect(accounts.get("stock-short")!.requirementUsd).toBeCloseTo(0.06 * chain.spot * 100 * lots, 2);
    });

    test("long options lose at most their value, debit spreads at most theirs", () => {
      expect(longOptionsAboveTheirValue(accounts)).toEqual([]);
      expect(debitsAboveTheirValue(accounts, 0.01)).toEqual([]);
    });

    test("a synthetic costs what its stock costs within carry", () => {
      expect(
        syntheticsUnlikeStock(accounts, {
          ...chain,
          dividendYield: chain.tables.underlyings[0]!.dividend_yield!,
        }),
      ).toEqual([]);
    });

    test("far wings cost the per-contract minimum", () => {
      expect(wingsOffTheMinimum(accounts, lots)).toEqual([]);
    });

    test("every row of the chain: the reference's risk array, or a failure where no volatility gives the quote", () => {
      const { tables } = chain;
      const market = { ...tables, positions: [] };
      const { contracts, arrays, problems } = engine.prepare(market);
      const differing: string[] = [];
      let used = 0;
      for (const { symbol } of tables.options) {
        const row = contracts.rowOf.get(symbol) ?? -1;
        const isUsed = row >= 0 && !problems.has(symbol);
        const contract = makeContract(symbol, market, finra4210g);
        if (isUsed) used++;
        if (!agrees(contract, isUsed ? arrays : null, row)) differing.push(symbol);
      }
      expect(differing).toEqual([]);
      expect(tables.options.length).toBeGreaterThan(13_000);
      expect(used).toBeGreaterThan(0.8 * tables.options.length);
    });
  },
);

/**
 * Whether the engine's row, or its refusal (`null`), is what the reference says. The reference looks for
 * volatilities from 1 % up; the engine may find a smaller one.
 */
function agrees(contract: Contract, arrays: RiskArrays | null, row: number): boolean {
  if (Number.isNaN(contract.volatility)) return arrays === null || arrays.volatility[row]! < 0.0101;
  if (arrays === null) return false;
  const found = [...arrays.profit.subarray(row * 10, row * 10 + 10)];
  return largestDifference(found, theoreticalProfits(contract, finra4210g)) <= 1e-4 * 100;
}
