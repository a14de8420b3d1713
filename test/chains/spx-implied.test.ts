import { beforeAll, describe, expect, test } from "vitest";
import { readSpxChain } from "../../examples/readers/spx-chain.js";
import { treasuryRates } from "../../examples/readers/tables.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { ImpliedVolatilityRow } from "../../src/valuation/option-list.js";
import { TableBuilder } from "../../src/tables/table-builder.js";
import type { Table } from "../../src/tables/table.js";
import { hasMarketFiles, marketFile } from "./files.js";

const chainFile = "spx-2019-cboe/SPX_20190513.csv.gz";
const ratesFile = "us-treasury/data-ust_ust.csv.gz";

interface Quote {
  readonly id: string;
  readonly type: "call" | "put";
  readonly spot: number;
  readonly strike: number;
  readonly years: number;
  readonly price: number;
}

const common = { exercise: "european", rate: 0.0241, dividend_yield: 0.021 } as const;

/** Every quote of the day, its mid as it is: nothing is left out, however stale or one-sided. */
function quotes(): Quote[] {
  const rates = treasuryRates(marketFile(ratesFile), { day: "2019-05-13", unit: 0.01 });
  const { options, underlyings } = readSpxChain(marketFile(chainFile), rates);
  const spot = underlyings[0]!.price;
  return options.map(({ symbol, bid, ask }) => {
    const expiry = Date.parse(`20${symbol.slice(6, 8)}-${symbol.slice(8, 10)}-${symbol.slice(10, 12)}`);
    return {
      id: symbol,
      type: symbol[12] === "C" ? "call" : "put",
      spot,
      strike: Number(symbol.slice(13)) / 1000,
      years: (expiry - Date.parse("2019-05-13")) / (365 * 86_400_000),
      price: (bid! + ask!) / 2,
    };
  });
}

function tableOf(name: "contracts" | "quotes", rows: readonly object[]): Table {
  const builder = new TableBuilder(name);
  for (const row of rows) builder.addJsonRow({ ...common, ...row });
  return builder.build();
}

describe.skipIf(!hasMarketFiles(chainFile, ratesFile))(
  "implied volatilities of every SPX quote of 13 May 2019 (skipped where absent)",
  () => {
    let engine: Engine;
    const given: Quote[] = [];
    const found: ImpliedVolatilityRow[] = [];
    let failures = Number.NaN;
    beforeAll(async () => {
      engine = await loadEngine();
      given.push(...quotes());
      const result = engine.impliedVolatilities({ table: tableOf("quotes", given) });
      failures = result.failures.length;
      found.push(...result.rows);
    });

    test("each row has its status, in its place", () => {
      expect(failures).toBe(0);
      expect(given.length).toBeGreaterThan(13_000);
      expect(found.map(({ id }) => id)).toEqual(given.map(({ id }) => id));
      const counts = new Map<string, number>();
      for (const { status } of found) counts.set(status, (counts.get(status) ?? 0) + 1);
      expect(
        [...counts.keys()].filter((status) => !["ok", "below_intrinsic", "no_time"].includes(status)),
      ).toEqual([]);
      // Deep in the money the mid of a wide quote is below intrinsic at one flat rate and yield; elsewhere all are solved.
      expect(counts.get("ok")! / given.length).toBeGreaterThan(0.8);
      found.forEach(({ status, volatility }) => expect(volatility === null).toBe(status !== "ok"));
    });

    test("a quote without a volatility says why, and truly has none", () => {
      found.forEach(({ status }, i) => {
        const { type, spot, strike, years, price } = given[i]!;
        if (status === "no_time") expect(years).toBe(0);
        if (status !== "below_intrinsic") return;
        const [forward, discounted] = [spot * Math.exp(-0.021 * years), strike * Math.exp(-0.0241 * years)];
        const intrinsic = Math.max(0, type === "call" ? forward - discounted : discounted - forward);
        expect(price).toBeLessThanOrEqual(intrinsic * (1 + 1e-12));
      });
    });

    test("the volatility found gives the quote back", () => {
      const solved = found.flatMap(({ status, volatility }, i) =>
        status === "ok" ? [{ ...given[i]!, volatility: volatility! }] : [],
      );
      const { rows } = engine.price({ table: tableOf("contracts", solved) });
      const worst = Math.max(
        ...rows.map(
          ({ value }, i) =>
            Math.abs(value! - solved[i]!.price) / Math.max(solved[i]!.spot, solved[i]!.strike),
        ),
      );
      // The closed form's own 2e-15, and the last bit of a volatility through vega.
      expect(worst).toBeLessThan(4e-15);
    });
  },
);
