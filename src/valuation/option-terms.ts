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
  const { underlyings } = market;
  const underlyingRow = underlyingRows(contracts, underlyings);
  const cash = contracts.underlyings.map((symbol) => market.dividends.get(symbol));
  // Options of one underlying and expiry stand together: they share rate and dividends.
  let [lastAt, lastYears, rate] = [-1, Number.NaN, Number.NaN];
  let dividends: DividendSchedule | null = null;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? -1;
    const at = contracts.underlyingAt[row] ?? -1;
    const underlying = underlyingRow[at] ?? -1;
    const years = yearsBetween(market.asOfMs, contracts.expiryMs[row] ?? Number.NaN);
    if (years !== lastYears) rate = market.rateAt(years);
    if (years !== lastYears || at !== lastAt) dividends = dividendsBefore(cash[at], years);
    [lastAt, lastYears] = [at, years];
    columns.isCall[i] = contracts.isCall[row] ?? 0;
    columns.isAmerican[i] = contracts.isAmerican[row] ?? 0;
    columns.spot[i] = numberAt(underlyings.price, underlying);
    columns.strike[i] = contracts.strike[row] ?? Number.NaN;
    columns.years[i] = years;
    columns.rate[i] = rate;
    // A future costs nothing to hold: with a yield equal to the rate the formula is Black's of 1976.
    columns.dividendYield[i] =
      underlyings.kind[underlying] === "future" ? rate : numberAt(underlyings.carryYield, underlying);
    columns.dividends[i] = dividends;
  }
  return columns;
}

function numberAt(column: Float64Array, row: number): number {
  return row < 0 ? Number.NaN : (column[row] ?? Number.NaN);
}
