import type { Failure } from "../basics/failure.js";
import type { ProductDefaults } from "../contracts/product-defaults.js";
import type { InputTables, Table } from "../tables/table.js";
import { buildDividends, type CashDividends } from "./dividends.js";
import { type RateCurve, rateCurve } from "./rates.js";
import { buildUnderlyings, type Underlyings } from "./underlyings.js";

/** Prices, quotes, rates and dividends at one as-of time. */
export interface Market {
  readonly asOfMs: number;
  readonly underlyings: Underlyings;
  readonly rateAt: RateCurve;
  /** False where no rate was given, so that every rate is 0. */
  readonly hasRates: boolean;
  readonly dividends: ReadonlyMap<string, CashDividends>;
  /** The options table, for quotes by {@link ContractMaster.optionRow}. */
  readonly quotes: Table;
}

export function buildMarket(
  tables: InputTables,
  asOfMs: number,
  defaults: ProductDefaults,
): { market: Market; failures: Failure[] } {
  const { underlyings, failures } = buildUnderlyings(tables.underlyings, defaults);
  const market: Market = {
    asOfMs,
    underlyings,
    rateAt: rateCurve(tables.rates),
    hasRates: tables.rates.count > 0,
    dividends: buildDividends(tables.dividends, asOfMs),
    quotes: tables.options,
  };
  return { market, failures };
}
