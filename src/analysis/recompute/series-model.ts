import { fillProfits } from "../../risk/profits.js";
import { escrowedOptions } from "../../valuation/escrowed.js";
import {
  type DividendSchedule,
  type OptionColumns,
  optionColumns,
  selectOptions,
} from "../../valuation/option-columns.js";
import { classGroupAt, type GridGroup, type SeriesSetting } from "./series-grids.js";

/** Values of some series, aligned with the rows asked for. USD per unit before the multiplier. */
export interface SeriesValues {
  /** Row i, scenario s: at i × scenarioCount + s. */
  readonly profit: Float64Array;
  /** At the unchanged point. */
  readonly value: Float64Array;
  /** As `profit`: the share of the profit that counts. */
  readonly cover: Float64Array;
}

/** The terms as the dividend model prices them, and what lies aside. */
export function modelled(
  terms: OptionColumns,
  { dividendModel, valuation }: SeriesSetting,
): { options: OptionColumns; escrow: Float64Array } {
  if (dividendModel === "spot") return { options: terms, escrow: new Float64Array(terms.count) };
  const { options, presentValue } = escrowedOptions(terms, valuation);
  return { options, escrow: presentValue };
}

/**
 * Profits of options under terms and volatilities of one's own:
 *
 *     profit(s) = cover(s) × (V(spot moved, volatility moved, T - look-ahead) - V(spot, volatility, T))
 */
export function optionValues(
  asked: {
    readonly rows: readonly number[];
    readonly terms: OptionColumns;
    readonly volatility: Float64Array;
  },
  groups: readonly GridGroup[],
  setting: SeriesSetting,
): SeriesValues {
  const { rows, terms, volatility } = asked;
  const { valuation, lookAheadYears } = setting;
  const now = modelled(terms, setting);
  const axes = { priceFactors: Float64Array.of(1), volCount: 1, volatilities: volatility };
  const value = valuation.values(now.options, axes);
  const { options, escrow } = lookAheadYears === 0 ? now : modelled(later(terms, lookAheadYears), setting);
  const scenarioCount = groups[0]?.grids.scenarioCount ?? 0;
  const profit = new Float64Array(rows.length * scenarioCount).fill(Number.NaN);
  const cover = new Float64Array(profit.length);
  for (const { grids, members } of groups) {
    const picked = {
      rows: members.map((i) => rows[i] ?? -1),
      terms: selectOptions(options, members),
      escrow: Float64Array.from(members, (i) => escrow[i] ?? Number.NaN),
      volatility: members.map((i) => volatility[i] ?? Number.NaN),
    };
    fillGroup(picked, { grids, members, profit, cover, value }, setting);
  }
  return { profit, cover, value: perQuote(value, rows, setting) };
}

interface Picked {
  readonly rows: readonly number[];
  readonly terms: OptionColumns;
  readonly escrow: Float64Array;
  readonly volatility: readonly number[];
}

function fillGroup(
  { rows, terms, escrow, volatility }: Picked,
  into: GridGroup & SeriesValues,
  { contracts, market, valuation }: SeriesSetting,
): void {
  const { grids, members, profit, cover, value } = into;
  const { scenarioCount } = grids;
  const column = (): Float64Array => new Float64Array(contracts.count).fill(Number.NaN);
  const arrays = {
    scenarioCount,
    profit: new Float64Array(contracts.count * scenarioCount),
    value: column(),
    price: column(),
    volatility: column(),
  };
  rows.forEach((row, k) => {
    arrays.volatility[row] = volatility[k] ?? Number.NaN;
  });
  const optionRows = Int32Array.from(rows);
  const filling = {
    contracts,
    market,
    grids,
    shareRows: new Int32Array(0),
    optionRows,
    terms,
    escrow,
    arrays,
  };
  valuation.finish(fillProfits(filling, valuation));
  rows.forEach((row, k) => {
    const i = members[k] ?? -1;
    const counts = grids.gridOf(classGroupAt(row, { contracts, market })).cover;
    const units = contracts.multiplier[row] ?? Number.NaN;
    const quotes = contracts.quoteMultiplier[row] ?? Number.NaN;
    const passed = ((arrays.value[row] ?? Number.NaN) - (value[i] ?? Number.NaN)) * units;
    for (let s = 0; s < scenarioCount; s++) {
      const at = i * scenarioCount + s;
      cover[at] = counts[s] ?? Number.NaN;
      const moved = arrays.profit[row * scenarioCount + s] ?? Number.NaN;
      profit[at] = (moved + passed * (cover[at] ?? Number.NaN)) / quotes;
    }
  });
}

/** The same options so much closer to expiry; dividends until then are left out. */
function later(terms: OptionColumns, years: number): OptionColumns {
  return {
    ...terms,
    years: terms.years.map((left) => Math.max(0, left - years)),
    dividends: terms.dividends.map((dividends) => dividends && laterDividends(dividends, years)),
  };
}

function laterDividends({ years, amounts }: DividendSchedule, passed: number): DividendSchedule | null {
  const first = years.findIndex((time) => time > passed);
  if (first < 0) return null;
  return { years: years.slice(first).map((time) => time - passed), amounts: amounts.slice(first) };
}

/** Shares and futures: `cover(s) × (moved price - price)`, whatever the look-ahead. */
export function shareProfits(
  rows: readonly number[],
  groups: readonly GridGroup[],
  { contracts, market, valuation }: SeriesSetting,
): Float64Array {
  const scenarioCount = groups[0]?.grids.scenarioCount ?? 0;
  const out = new Float64Array(rows.length * scenarioCount);
  for (const { grids, members } of groups) {
    const price = Float64Array.from(contracts.underlying, (symbol) => {
      const at = market.underlyings.rowOf.get(symbol) ?? -1;
      return market.underlyings.price[at] ?? Number.NaN;
    });
    const profit = new Float64Array(contracts.count * scenarioCount);
    const arrays = {
      scenarioCount,
      profit,
      value: new Float64Array(contracts.count),
      price,
      volatility: price,
    };
    const shareRows = Int32Array.from(members, (i) => rows[i] ?? -1);
    const none = { optionRows: new Int32Array(0), terms: optionColumns(0), escrow: new Float64Array(0) };
    valuation.finish(fillProfits({ contracts, market, grids, shareRows, ...none, arrays }, valuation));
    for (const i of members) {
      const row = rows[i] ?? -1;
      const quotes = contracts.quoteMultiplier[row] ?? Number.NaN;
      for (let s = 0; s < scenarioCount; s++)
        out[i * scenarioCount + s] = (profit[row * scenarioCount + s] ?? Number.NaN) / quotes;
    }
  }
  return out;
}

/** Values per share as prices are quoted. */
function perQuote(values: Float64Array, rows: readonly number[], { contracts }: SeriesSetting): Float64Array {
  return values.map((value, i) => {
    const row = rows[i] ?? -1;
    const [units, quotes] = [contracts.multiplier[row], contracts.quoteMultiplier[row]];
    return units === quotes ? value : (value * (units ?? Number.NaN)) / (quotes ?? Number.NaN);
  });
}
