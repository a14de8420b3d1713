import type { OptionColumns } from "../../valuation/option-columns.js";
import { optionValues } from "./series-model.js";
import { type SeriesSetting } from "./series-grids.js";
import {
  profitResidual,
  type SeriesRun,
  statedDividends,
  type Trial,
  type Trials,
  valuesUnder,
  wholeResidual,
} from "./trials.js";

/** What takes a number to be found: a volatility, cash dividends, a dividend yield. */
export function fittedTrials(run: SeriesRun, setting: SeriesSetting): Trials[] {
  return [fittedVolatility, fittedCash, fittedYield].map((trial) => trial(run, setting));
}

/** Volatility is searched from a fifth to four times the one in use; accuracy some 2e-8 of it. */
const fittedVolatility: Trial = (run, setting) => {
  const { series, groups, volatility } = run;
  const { rows, terms } = series;
  const range = { least: volatility.map((v) => v / 5), most: volatility.map((v) => v * 4) };
  const found = fitted(range, (tried) => {
    const values = optionValues({ rows, terms, volatility: tried }, groups, setting);
    return rows.map((_, i) => profitResidual(values.profit, series, i));
  });
  return rows.map((_, i) => {
    const stated = volatility[i] ?? Number.NaN;
    return Number.isNaN(stated) ? null : { cause: "volatility", kind: "fitted", stated, ...at(found, i) };
  });
};

/** A continuous yield from -25 % to 50 % a year in place of the stated one, cash dividends as they are; to some 1e-9. */
const fittedYield: Trial = (run, setting) => {
  const { terms } = run.series;
  const range = { least: terms.dividendYield.map(() => -0.25), most: terms.dividendYield.map(() => 0.5) };
  return dividendTrials(run, setting, { range, termsOf: (dividendYield) => ({ ...terms, dividendYield }) });
};

/** Five times the stated cash dividends at most; of one that is not stated, a quarter of the price. */
const mostTimes = 5;
const mostOfPrice = 0.25;

/** The stated cash dividends times a factor; where none is stated, one in the middle of the option's life. */
const fittedCash: Trial = (run, setting) => {
  const { terms } = run.series;
  const most = terms.spot.map((spot, i) =>
    (terms.dividends[i] ?? null) === null ? mostOfPrice * spot : mostTimes,
  );
  const termsOf = (size: Float64Array): OptionColumns => ({
    ...terms,
    dividends: terms.dividends.map((stated, i) => ({
      years: stated?.years ?? Float64Array.of((terms.years[i] ?? Number.NaN) / 2),
      amounts: (stated?.amounts ?? Float64Array.of(1)).map((amount) => amount * (size[i] ?? Number.NaN)),
    })),
  });
  return dividendTrials(run, setting, { range: { least: most.map(() => 0), most }, termsOf });
};

interface DividendSearch {
  readonly range: Range;
  readonly termsOf: (tried: Float64Array) => OptionColumns;
}

function dividendTrials(run: SeriesRun, setting: SeriesSetting, { range, termsOf }: DividendSearch): Trials {
  const { series } = run;
  const found = fitted(range, (tried) => {
    const values = valuesUnder(run, termsOf(tried), setting);
    return series.rows.map((_, i) => wholeResidual(values, series, i));
  });
  const best = termsOf(found.tried);
  return series.rows.map((_, i) => {
    if (series.onFuture[i] === 1) return null;
    const residualUsd = found.residual[i] ?? Number.NaN;
    const [stated, tried] = [statedDividends(series.terms, i), statedDividends(best, i)];
    return { cause: "dividend", kind: "fitted", stated, tried, residualUsd };
  });
}

interface Range {
  readonly least: Float64Array;
  readonly most: Float64Array;
}

interface Fitted {
  readonly tried: Float64Array;
  readonly residual: Float64Array;
}

function at({ tried, residual }: Fitted, i: number): { tried: number; residualUsd: number } {
  return { tried: tried[i] ?? Number.NaN, residualUsd: residual[i] ?? Number.NaN };
}

const firstPoints = 17;
const points = 9;
const rounds = 12;

/**
 * The number with the least residual of every series at once: the best of 17 even points over the range, then twelve times
 * the best of 9 around it, each time over two steps of the last: the step shrinks by 4 a round.
 */
function fitted({ least, most }: Range, residuals: (tried: Float64Array) => readonly number[]): Fitted {
  const best: Fitted = {
    tried: new Float64Array(least.length).fill(Number.NaN),
    residual: new Float64Array(least.length).fill(Infinity),
  };
  let [low, high] = [least, most];
  for (let round = 0; round <= rounds; round++) {
    const count = round === 0 ? firstPoints : points;
    for (let k = 0; k < count; k++) {
      const tried = low.map((from, i) => from + ((high[i] ?? Number.NaN) - from) * (k / (count - 1)));
      residuals(tried).forEach((residual, i) => {
        if (!(residual < (best.residual[i] ?? Infinity))) return;
        best.residual[i] = residual;
        best.tried[i] = tried[i] ?? Number.NaN;
      });
    }
    const step = low.map((from, i) => ((high[i] ?? Number.NaN) - from) / (count - 1));
    const [from, to] = [least, most];
    low = best.tried.map((x, i) => Math.max(from[i] ?? Number.NaN, x - (step[i] ?? Number.NaN)));
    high = best.tried.map((x, i) => Math.min(to[i] ?? Number.NaN, x + (step[i] ?? Number.NaN)));
  }
  return best;
}
