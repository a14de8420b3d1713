import { nulls } from "../basics/collections.js";

/** Cash dividends of one option's underlying that fall within its life; times ACT/365F from now, ascending. */
export interface DividendSchedule {
  readonly years: Float64Array;
  /** USD per share. */
  readonly amounts: Float64Array;
}

/** Terms of `count` options as columns. Prices in USD per share, times ACT/365F, rates continuous per year. */
export interface OptionColumns {
  readonly count: number;
  /** 1 = call, 0 = put. */
  readonly isCall: Uint8Array;
  /** 1 = American, 0 = European exercise. */
  readonly isAmerican: Uint8Array;
  readonly spot: Float64Array;
  readonly strike: Float64Array;
  readonly years: Float64Array;
  readonly rate: Float64Array;
  /** Dividend yield plus borrow rate. */
  readonly dividendYield: Float64Array;
  /** `null` = no cash dividend before expiry. */
  readonly dividends: (DividendSchedule | null)[];
}

/** Where options are valued: every price factor under every volatility. */
export interface ScenarioAxes {
  /** Multiples of the spot, >= 0. */
  readonly priceFactors: Float64Array;
  readonly volCount: number;
  /** `volCount` columns of `count`: the volatility of option i under volatility move j is at j * count + i. */
  readonly volatilities: Float64Array;
}

/** Columns for `count` options, all zero, to be filled by the caller. */
export function optionColumns(count: number): OptionColumns {
  return {
    count,
    isCall: new Uint8Array(count),
    isAmerican: new Uint8Array(count),
    spot: new Float64Array(count),
    strike: new Float64Array(count),
    years: new Float64Array(count),
    rate: new Float64Array(count),
    dividendYield: new Float64Array(count),
    dividends: nulls(count),
  };
}

/** The rows `rows` of `options`, in that order. */
export function selectOptions(options: OptionColumns, rows: ArrayLike<number>): OptionColumns {
  const selected = optionColumns(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? -1;
    selected.isCall[i] = options.isCall[row] ?? 0;
    selected.isAmerican[i] = options.isAmerican[row] ?? 0;
    selected.spot[i] = options.spot[row] ?? Number.NaN;
    selected.strike[i] = options.strike[row] ?? Number.NaN;
    selected.years[i] = options.years[row] ?? Number.NaN;
    selected.rate[i] = options.rate[row] ?? Number.NaN;
    selected.dividendYield[i] = options.dividendYield[row] ?? Number.NaN;
    selected.dividends[i] = options.dividends[row] ?? null;
  }
  return selected;
}
