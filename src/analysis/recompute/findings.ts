import type { RecomputeFinding, RecomputeTrial } from "./result.js";
import type { SeriesSetting } from "./series-grids.js";
import { closeResidual, type OptionSeries, profitResidual, scaleTrial, type SeriesRun } from "./trials.js";

/** One option that the model does not give as the file has it, with the likely cause. */
export function findingOf(
  { series, values, volatility }: SeriesRun,
  i: number,
  of: {
    readonly trials: readonly RecomputeTrial[];
    readonly setting: SeriesSetting;
    readonly tolerance: number;
  },
): RecomputeFinding {
  const { trials, setting, tolerance } = of;
  const [close, ours] = [series.close[i] ?? Number.NaN, values.value[i] ?? Number.NaN];
  const isBoth = !Number.isNaN(close) && !Number.isNaN(series.statedVolatility[i] ?? Number.NaN);
  const size = Math.max(profitResidual(values.profit, series, i), closeResidual(values, series, i));
  return {
    symbol: setting.contracts.symbols[series.rows[i] ?? -1] ?? "",
    sizeUsd: size,
    ...largest(values.profit, series, i),
    closeUsd: isBoth ? { theirs: close, ours } : null,
    volatility: volatility[i] ?? Number.NaN,
    ...likely(trials, tolerance),
    trials,
  };
}

/** A share or a future: only its size can be wrong. */
export function shareFinding(
  share: { readonly symbol: string; readonly ours: Float64Array } & Pick<
    OptionSeries,
    "theirs" | "scenarioCount"
  >,
  i: number,
  tolerance: number,
): RecomputeFinding | null {
  const { symbol, ours, ...theirs } = share;
  const place = largest(ours, theirs, i);
  const size = Math.abs(place.theirsUsd - place.oursUsd);
  if (size <= tolerance) return null;
  const scale = scaleTrial(ours, theirs, i);
  const trials = scale === null ? [] : [scale];
  return {
    symbol,
    sizeUsd: size,
    ...place,
    closeUsd: null,
    volatility: null,
    ...likely(trials, tolerance),
    trials,
  };
}

/** The scenario with the largest difference of a profit; the first of equals. */
function largest(
  ours: Float64Array,
  { theirs, scenarioCount }: Pick<OptionSeries, "theirs" | "scenarioCount">,
  i: number,
): Pick<RecomputeFinding, "scenario" | "theirsUsd" | "oursUsd"> {
  const first = i * scenarioCount;
  const difference = (s: number): number =>
    Math.abs((theirs[first + s] ?? Number.NaN) - (ours[first + s] ?? Number.NaN));
  let worst = 0;
  for (let s = 1; s < scenarioCount; s++) if (difference(s) > difference(worst)) worst = s;
  return {
    scenario: worst + 1,
    theirsUsd: theirs[first + worst] ?? Number.NaN,
    oursUsd: ours[first + worst] ?? Number.NaN,
  };
}

/**
 * What explains all of a difference: another reading of what is stated before a number that had to be found, for a number
 * fits more easily than it is right; among several the one that leaves least, the first of equals.
 */
function likely(
  trials: readonly RecomputeTrial[],
  tolerance: number,
): Pick<RecomputeFinding, "cause" | "best"> {
  const whole = trials.filter(({ residualUsd }) => residualUsd <= tolerance);
  const switched = whole.filter(({ kind }) => kind === "switched");
  const best = least(switched) ?? least(whole);
  return best === null ? { cause: "unexplained", best: least(trials) } : { cause: best.cause, best };
}

function least(among: readonly RecomputeTrial[]): RecomputeTrial | null {
  return among.reduce<RecomputeTrial | null>(
    (best, trial) => (best === null || trial.residualUsd < best.residualUsd ? trial : best),
    null,
  );
}
