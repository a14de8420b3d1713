import { parseDay } from "../../basics/dates.js";
import type { HouseRules } from "../../rules/house-schema.js";

type Regime = HouseRules["regimes"][number];
type Series = HouseRules["series"][number];

export interface RegimeState {
  readonly regime: string;
  readonly series: string;
  /** `null` where it is not known and none is assumed. */
  readonly state: string | null;
  readonly isAssumed: boolean;
}

/** The state of every regime on a day. `priceOf` gives the price of an underlying, NaN where there is none. */
export function regimeStates(
  { regimes, series }: Pick<HouseRules, "regimes" | "series">,
  asOfDay: number,
  priceOf: (symbol: string) => number,
): RegimeState[] {
  return regimes.map((regime) => {
    const source = series.find(({ id }) => id === regime.series);
    const state = source === undefined ? null : regimeState(regime, source, { asOfDay, priceOf });
    const isAssumed = state === null && regime.assumed !== undefined;
    return { regime: regime.id, series: regime.series, state: state ?? regime.assumed ?? null, isAssumed };
  });
}

/**
 * The state of a regime on a day: its start, then every change that the values up to and with that day made, one after
 * another. A change needs so many values in a row beyond its bound; of several that apply on one day the first listed.
 *
 * @returns `null` where the series has no value, or none that is young enough, so that the state is not known.
 */
function regimeState(
  regime: Regime,
  { values: listed, underlying, maxAgeDays }: Series,
  { asOfDay, priceOf }: { readonly asOfDay: number; readonly priceOf: (symbol: string) => number },
): string | null {
  const dated = listed.map(({ date, value }) => ({ day: parseDay(date) ?? Number.NaN, value }));
  const known = dated.filter(({ day }) => day <= asOfDay);
  const today = underlying === undefined ? Number.NaN : priceOf(underlying);
  if (known.at(-1)?.day !== asOfDay && !Number.isNaN(today)) known.push({ day: asOfDay, value: today });
  const last = known.at(-1);
  if (last === undefined || asOfDay - last.day > maxAgeDays) return null;
  const values = known.map(({ value }) => value);
  return values.reduce((state, _, i) => stateAfter(values, i, { ...regime, start: state }), regime.start);
}

/** The state after value `i`, from the one before it. */
function stateAfter(values: readonly number[], i: number, { start: before, changes }: Regime): string {
  const change = changes.find((entry) => {
    if (entry.to === before || i + 1 < entry.values) return false;
    const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = entry;
    return values.slice(i + 1 - entry.values, i + 1).every((value) => value > above && value < below);
  });
  return change?.to ?? before;
}
