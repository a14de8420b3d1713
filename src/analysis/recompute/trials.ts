import { type OptionColumns, selectOptions } from "../../valuation/option-columns.js";
import type { RecomputeTrial } from "./result.js";
import { modelled, optionValues, type SeriesValues } from "./series-model.js";
import { type GridGroup, gridGroups, type SeriesSetting } from "./series-grids.js";

/** Options with what the file says of them, aligned. Prices and profits in USD per unit as quoted. */
export interface OptionSeries {
  readonly rows: readonly number[];
  readonly terms: OptionColumns;
  /** 1 = an option on a future, which no dividend touches. */
  readonly onFuture: Uint8Array;
  /** NaN where the file states none. */
  readonly statedVolatility: Float64Array;
  /** NaN where the file states none. */
  readonly close: Float64Array;
  /** Row i, scenario s: at i × scenarioCount + s. */
  readonly theirs: Float64Array;
  readonly scenarioCount: number;
}

/** The series with what the model gives for them as stated. */
export interface SeriesRun {
  readonly series: OptionSeries;
  readonly groups: readonly GridGroup[];
  readonly volatility: Float64Array;
  readonly values: SeriesValues;
}

/** The volatility that the file states, else that of its close under these terms. */
export function volatilities(
  series: OptionSeries,
  terms: OptionColumns,
  setting: SeriesSetting,
): Float64Array {
  const { statedVolatility } = series;
  if (statedVolatility.every((volatility) => !Number.isNaN(volatility))) return statedVolatility;
  const implied = impliedByClose(series, terms, setting);
  return statedVolatility.map((stated, i) => (Number.isNaN(stated) ? (implied[i] ?? Number.NaN) : stated));
}

function impliedByClose(
  { close, rows }: OptionSeries,
  terms: OptionColumns,
  setting: SeriesSetting,
): Float64Array {
  const { contracts } = setting;
  const perShare = close.map((price, i) => {
    const row = rows[i] ?? -1;
    const [quotes, units] = [contracts.quoteMultiplier[row], contracts.multiplier[row]];
    return quotes === units ? price : (price * (quotes ?? Number.NaN)) / (units ?? Number.NaN);
  });
  return setting.valuation.impliedVolatilities(modelled(terms, setting).options, perShare).volatility;
}

export function runSeries(series: OptionSeries, setting: SeriesSetting): SeriesRun {
  const { rows, terms } = series;
  const groups = gridGroups(rows, setting);
  const volatility = volatilities(series, terms, setting);
  return { series, groups, volatility, values: optionValues({ rows, terms, volatility }, groups, setting) };
}

/** The largest difference of a profit; NaN where one is none. */
export function profitResidual(
  ours: ArrayLike<number>,
  { theirs, scenarioCount }: OptionSeries,
  i: number,
): number {
  let largest = 0;
  for (let s = i * scenarioCount; s < (i + 1) * scenarioCount; s++)
    largest = Math.max(largest, Math.abs((theirs[s] ?? Number.NaN) - (ours[s] ?? Number.NaN)));
  return largest;
}

/** The file's close less the model's value; 0 where the file does not state both close and volatility. */
export function closeResidual({ value }: SeriesValues, series: OptionSeries, i: number): number {
  const close = series.close[i] ?? Number.NaN;
  const isBoth = !Number.isNaN(close) && !Number.isNaN(series.statedVolatility[i] ?? Number.NaN);
  return isBoth ? Math.abs(close - (value[i] ?? Number.NaN)) : 0;
}

export function wholeResidual(values: SeriesValues, series: OptionSeries, i: number): number {
  return Math.max(profitResidual(values.profit, series, i), closeResidual(values, series, i));
}

export type Trials = (RecomputeTrial | null)[];

export function valuesUnder(run: SeriesRun, terms: OptionColumns, setting: SeriesSetting): SeriesValues {
  const { series, groups } = run;
  const volatility = volatilities(series, terms, setting);
  return optionValues({ rows: series.rows, terms, volatility }, groups, setting);
}

/** What can be switched without a number to find: exercise, dividends, the close's volatility, the close as the base. */
export function switchedTrials(run: SeriesRun, setting: SeriesSetting): Trials[] {
  return [exercise, noDividend, closeVolatility, closeBase, multiplier].map((trial) => trial(run, setting));
}

export type Trial = (run: SeriesRun, setting: SeriesSetting) => Trials;

const exercise: Trial = (run, setting) => {
  const { series } = run;
  const isAmerican = series.terms.isAmerican.map((flag) => 1 - flag);
  const values = valuesUnder(run, { ...series.terms, isAmerican }, setting);
  return series.rows.map((_, i) => {
    const [stated, tried] = isAmerican[i] === 1 ? ["european", "american"] : ["american", "european"];
    return {
      cause: "exercise",
      kind: "switched",
      stated: stated ?? "",
      tried: tried ?? "",
      residualUsd: wholeResidual(values, series, i),
    };
  });
};

const noDividend: Trial = (run, setting) => {
  const { series } = run;
  const { terms, onFuture } = series;
  const dividendYield = terms.dividendYield.map((rate, i) => (onFuture[i] === 1 ? rate : 0));
  const values = valuesUnder(
    run,
    { ...terms, dividendYield, dividends: terms.dividends.map(() => null) },
    setting,
  );
  return series.rows.map((_, i) => {
    const isNone = (terms.dividends[i] ?? null) === null && (terms.dividendYield[i] ?? 0) === 0;
    if (isNone || onFuture[i] === 1) return null;
    const residualUsd = wholeResidual(values, series, i);
    return {
      cause: "dividend",
      kind: "switched",
      stated: statedDividends(terms, i),
      tried: "none",
      residualUsd,
    };
  });
};

export function statedDividends({ dividends, dividendYield }: OptionColumns, i: number): string {
  const amounts = [...(dividends[i]?.amounts ?? [])].map(shortened);
  return `cash ${amounts.length === 0 ? "none" : amounts.join(" + ")}, yield ${shortened(dividendYield[i] ?? 0)}`;
}

/** Seven digits: a fitted number is not known further. */
function shortened(value: number): number {
  return Number(value.toPrecision(7));
}

const closeVolatility: Trial = ({ series, groups }, setting) => {
  const implied = impliedByClose(series, series.terms, setting);
  const values = optionValues(
    { rows: series.rows, terms: series.terms, volatility: implied },
    groups,
    setting,
  );
  return series.rows.map((_, i) => {
    const [stated, tried] = [series.statedVolatility[i] ?? Number.NaN, implied[i] ?? Number.NaN];
    if (Number.isNaN(stated) || Number.isNaN(tried)) return null;
    const residualUsd = profitResidual(values.profit, series, i);
    return { cause: "volatility", kind: "switched", stated, tried, residualUsd };
  });
};

const closeBase: Trial = ({ series, values }) =>
  series.rows.map((_, i) => {
    const close = series.close[i] ?? Number.NaN;
    const value = values.value[i] ?? Number.NaN;
    if (Number.isNaN(close) || Number.isNaN(series.statedVolatility[i] ?? Number.NaN)) return null;
    const fromClose = values.profit.map(
      (profit, k) => profit + (value - close) * (values.cover[k] ?? Number.NaN),
    );
    const residualUsd = profitResidual(fromClose, series, i);
    return { cause: "close", kind: "switched", stated: close, tried: value, residualUsd };
  });

const multiplier: Trial = ({ series, values }) =>
  series.rows.map((_, i) => scaleTrial(values.profit, series, i));

/** The factor that fits best by least squares: theirs · ours / ours · ours. */
export function scaleTrial(
  ours: Float64Array,
  series: Pick<OptionSeries, "theirs" | "scenarioCount">,
  i: number,
): RecomputeTrial | null {
  const { theirs, scenarioCount } = series;
  let [both, own] = [0, 0];
  for (let s = i * scenarioCount; s < (i + 1) * scenarioCount; s++) {
    const value = ours[s] ?? Number.NaN;
    both += (theirs[s] ?? Number.NaN) * value;
    own += value * value;
  }
  const tried = both / own;
  if (!Number.isFinite(tried)) return null;
  let residualUsd = 0;
  for (let s = i * scenarioCount; s < (i + 1) * scenarioCount; s++)
    residualUsd = Math.max(
      residualUsd,
      Math.abs((theirs[s] ?? Number.NaN) - tried * (ours[s] ?? Number.NaN)),
    );
  return { cause: "multiplier", kind: "fitted", stated: 1, tried, residualUsd };
}

/** The series at some places of a list. */
export function selectSeries(series: OptionSeries, places: readonly number[]): OptionSeries {
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(places, (i) => values[i] ?? Number.NaN);
  const { scenarioCount, theirs } = series;
  return {
    rows: places.map((i) => series.rows[i] ?? -1),
    terms: selectOptions(series.terms, places),
    onFuture: Uint8Array.from(places, (i) => series.onFuture[i] ?? 0),
    statedVolatility: pick(series.statedVolatility),
    close: pick(series.close),
    theirs: Float64Array.from(
      places.flatMap((i) => [...theirs.subarray(i * scenarioCount, (i + 1) * scenarioCount)]),
    ),
    scenarioCount,
  };
}
