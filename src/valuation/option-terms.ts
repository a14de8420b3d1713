import { yearsBetween } from "../basics/dates.js";
import type { ContractMaster } from "../contracts/contract-master.js";
import { dividendsBefore } from "../market/dividends.js";
import type { Market } from "../market/market.js";
import { underlyingRows } from "../market/underlyings.js";
import { type DividendSchedule, type OptionColumns, optionColumns } from "./option-columns.js";

/**
 * The options among `rows` as pricing columns, in the order of `rows`: spot in USD, years ACT/365F to the instant
 * of expiry, the rate at that time, yield and borrow continuous, cash dividends that fall before expiry.
 */
export function optionTerms(rows: Int32Array, contracts: ContractMaster, market: Market): OptionColumns {
  const columns = optionColumns(rows.length);
  const seriesOf = seriesTerms(contracts, market);
  // Options of one underlying and expiry stand together.
  let [lastAt, lastMs] = [-1, Number.NaN];
  let series: SeriesTerms | null = null;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? -1;
    const at = contracts.underlyingAt[row] ?? -1;
    const expiryMs = contracts.expiryMs[row] ?? Number.NaN;
    if (series === null || at !== lastAt || expiryMs !== lastMs) series = seriesOf(at, expiryMs);
    [lastAt, lastMs] = [at, expiryMs];
    columns.isCall[i] = contracts.isCall[row] ?? 0;
    columns.isAmerican[i] = contracts.isAmerican[row] ?? 0;
    columns.spot[i] = series.spot;
    columns.strike[i] = contracts.strike[row] ?? Number.NaN;
    columns.years[i] = series.years;
    columns.rate[i] = series.rate;
    columns.dividendYield[i] = series.dividendYield;
    columns.dividends[i] = series.dividends;
  }
  return columns;
}

/** What options of one underlying and expiry have in common. */
interface SeriesTerms {
  readonly spot: number;
  readonly years: number;
  readonly rate: number;
  readonly dividendYield: number;
  readonly dividends: DividendSchedule | null;
}

/** By place of the underlying among those of the contracts, and instant of expiry. */
function seriesTerms(
  contracts: ContractMaster,
  market: Market,
): (at: number, expiryMs: number) => SeriesTerms {
  const { underlyings } = market;
  const underlyingRow = underlyingRows(contracts, underlyings);
  const cash = contracts.underlyings.map((symbol) => market.dividends.get(symbol));
  const rates = new Map<number, number>();
  return (at, expiryMs) => {
    const row = underlyingRow[at] ?? -1;
    const years = yearsBetween(market.asOfMs, expiryMs);
    const rate = rates.get(expiryMs) ?? market.rateAt(years);
    rates.set(expiryMs, rate);
    return {
      spot: numberAt(underlyings.price, row),
      years,
      rate,
      // A future costs nothing to hold: with a yield equal to the rate the formula is Black's of 1976.
      dividendYield: underlyings.kind[row] === "future" ? rate : numberAt(underlyings.carryYield, row),
      dividends: dividendsBefore(cash[at], years),
    };
  };
}

function numberAt(column: Float64Array, row: number): number {
  return row < 0 ? Number.NaN : (column[row] ?? Number.NaN);
}
