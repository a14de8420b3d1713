import { parseDay } from "../../basics/dates.js";
import type { HouseRules } from "../../rules/house-schema.js";

type Regime = HouseRules["regimes"][number];
type Series = HouseRules["series"][number];

/**
 * The state of a regime on a day: its start, then every change that the values up to and with that day made, one after
 * another. A change needs so many values in a row beyond its bound; of several that apply on one day the first listed.
 *
 * @returns `null` where the series has no value, or none that is young enough, so that the state is not known.
 */
export function regimeState(regime: Regime, series: readonly Series[], asOfDay: number): string | null {
  const source = series.find(({ id }) => id === regime.series);
  const known = (source?.values ?? []).filter(({ date }) => (parseDay(date) ?? Number.NaN) <= asOfDay);
  const last = known.at(-1);
  if (source === undefined || last === undefined) return null;
  if (asOfDay - (parseDay(last.date) ?? Number.NaN) > source.maxAgeDays) return null;
  const values = known.map(({ value }) => value);
  return values.reduce((state, _, i) => stateAfter(values.slice(0, i + 1), state, regime), regime.start);
}

function stateAfter(values: readonly number[], state: string, { changes }: Regime): string {
  const change = changes.find((entry) => {
    const last = values.slice(-entry.values);
    if (entry.to === state || last.length < entry.values) return false;
    const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = entry;
    return last.every((value) => value > above && value < below);
  });
  return change?.to ?? state;
}
