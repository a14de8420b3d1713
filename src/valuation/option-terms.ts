import { yearsBetween } from "../basics/dates.js";
import type { ContractMaster } from "../contracts/contract-master.js";
import { dividendsBefore } from "../market/dividends.js";
import type { Market } from "../market/market.js";
import { type OptionColumns, optionColumns } from "./option-columns.js";

/**
 * The options among `rows` as pricing columns, in the order of `rows`: spot in USD, years ACT/365F to the instant
 * of expiry, the rate at that time, yield and borrow continuous, cash dividends that fall before expiry.
 */
export function optionTerms(rows: Int32Array, contracts: ContractMaster, market: Market): OptionColumns {
  const columns = optionColumns(rows.length);
  const { underlyings } = market;
  const dividends = columns.dividends;
  rows.forEach((row, i) => {
    const symbol = contracts.underlying[row] ?? "";
    const underlying = underlyings.rowOf.get(symbol) ?? -1;
    const years = yearsBetween(market.asOfMs, contracts.expiryMs[row] ?? Number.NaN);
    columns.isCall[i] = contracts.isCall[row] ?? 0;
    columns.isAmerican[i] = contracts.isAmerican[row] ?? 0;
    columns.spot[i] = underlyings.price[underlying] ?? Number.NaN;
    columns.strike[i] = contracts.strike[row] ?? Number.NaN;
    columns.years[i] = years;
    columns.rate[i] = market.rateAt(years);
    // A future costs nothing to hold: with a yield equal to the rate the formula is Black's of 1976.
    columns.dividendYield[i] =
      underlyings.kind[underlying] === "future"
        ? (columns.rate[i] ?? Number.NaN)
        : (underlyings.carryYield[underlying] ?? Number.NaN);
    dividends[i] = dividendsBefore(market.dividends.get(symbol), years);
  });
  return columns;
}
