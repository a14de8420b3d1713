import { type Failure, failure } from "../basics/failure.js";
import type { Table } from "../tables/table.js";
import { type DividendModel, escrowedOptions } from "./escrowed.js";
import { type DividendSchedule, type OptionColumns, optionColumns } from "./option-columns.js";
import type { Accuracy, ImpliedVolatilityStatus, Valuation } from "./valuation.js";

/** One row of the `price` command: value in USD per share, delta and gamma per share, vega and rho per 1.00,
 * theta per year; `null` where there is none. */
export interface PricedOption {
  readonly id: string;
  readonly value: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  readonly rho: number | null;
  readonly status: "ok" | "bad_input";
}

/** One row of the `implied-volatility` command; the volatility is `null` unless the status is `ok`. */
export interface ImpliedVolatilityRow {
  readonly id: string;
  readonly volatility: number | null;
  readonly status: ImpliedVolatilityStatus;
}

export interface OptionListRequest {
  readonly table: Table;
  readonly accuracy?: Accuracy;
  /** Default `spot`. */
  readonly dividendModel?: DividendModel;
}

/** Values and Greeks of a `contracts` table, one row each in the table's order; a bad row keeps its place. */
export function priceOptions(
  { table, accuracy = "default", dividendModel = "spot" }: OptionListRequest,
  valuation: Valuation,
): { rows: PricedOption[]; failures: Failure[] } {
  const { options, failures, presentValue, duration } = modelled(optionsOf(table), dividendModel, valuation);
  const axes = { priceFactors: Float64Array.of(1), volCount: 1, volatilities: table.number("volatility") };
  const values = valuation.values(options, axes, accuracy);
  const greeks = valuation.greeks(options, table.number("volatility"), accuracy);
  const rows = table.text("id").map((id, i): PricedOption => {
    const value = finiteOrNull(values[i]);
    const aside = (greeks.delta[i] ?? Number.NaN) * (presentValue[i] ?? 0);
    const byRate = (greeks.delta[i] ?? Number.NaN) * (duration[i] ?? 0);
    return {
      id: id ?? "",
      value,
      delta: finiteOrNull(greeks.delta[i]),
      gamma: finiteOrNull(greeks.gamma[i]),
      vega: finiteOrNull(greeks.vega[i]),
      theta: finiteOrNull((greeks.theta[i] ?? Number.NaN) - (options.rate[i] ?? Number.NaN) * aside),
      rho: finiteOrNull((greeks.rho[i] ?? Number.NaN) + byRate),
      status: value === null ? "bad_input" : "ok",
    };
  });
  const unvalued = rows.flatMap((row, i) =>
    row.status === "bad_input" && table.rejected[i] !== 1 && !Number.isNaN(options.spot[i])
      ? [notValued(table, i)]
      : [],
  );
  return { rows, failures: [...failures, ...unvalued] };
}

/** Volatilities of a `quotes` table, one row each in the table's order. A status other than `ok` is an answer. */
export function impliedVolatilityRows(
  { table, accuracy = "default", dividendModel = "spot" }: OptionListRequest,
  valuation: Valuation,
): { rows: ImpliedVolatilityRow[]; failures: Failure[] } {
  const { options, failures } = modelled(optionsOf(table), dividendModel, valuation);
  const { volatility, status } = valuation.impliedVolatilities(options, table.number("price"), accuracy);
  const rows = table.text("id").map((id, i) => ({
    id: id ?? "",
    volatility: finiteOrNull(volatility[i]),
    status: status[i] ?? "bad_input",
  }));
  return { rows, failures };
}

interface ListedOptions {
  readonly options: OptionColumns;
  readonly failures: Failure[];
}

/** The options as the dividend model values them; under `spot` nothing lies aside. */
function modelled(
  { options, failures }: ListedOptions,
  model: DividendModel,
  valuation: Valuation,
): ListedOptions & { readonly presentValue: Float64Array; readonly duration: Float64Array } {
  const none = { options, presentValue: new Float64Array(0), duration: new Float64Array(0) };
  return { failures, ...(model === "escrowed" ? escrowedOptions(options, valuation) : none) };
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function notValued(table: Table, row: number): Failure {
  const value = table.text("id")[row];
  return failure("VALUE_NOT_FINITE", {
    ...table.place(row),
    value,
    expected: "terms that an option can have",
  });
}

/** The table's columns as pricing columns; a rejected row, or one with bad dividends, is NaN throughout. */
function optionsOf(table: Table): { options: OptionColumns; failures: Failure[] } {
  const options = optionColumns(table.count);
  options.spot.set(table.number("spot"));
  options.strike.set(table.number("strike"));
  options.years.set(table.number("years"));
  options.rate.set(table.number("rate"));
  options.dividendYield.set(table.number("dividend_yield"));
  options.isCall.set(table.text("type").map((type) => (type === "call" ? 1 : 0)));
  options.isAmerican.set(table.text("exercise").map((exercise) => (exercise === "american" ? 1 : 0)));
  const failures: Failure[] = [];
  table.text("dividends").forEach((text, row) => {
    const dividends = text === null ? [] : parseDividends(text);
    if (dividends === null) {
      const expected = "years:amount, joined by |, later ones after earlier ones";
      failures.push(failure("CELL_TYPE", { ...table.place(row, "dividends"), value: text, expected }));
    }
    if (dividends === null || table.rejected[row] === 1) options.spot[row] = Number.NaN;
    else options.dividends[row] = scheduleWithin(dividends, options.years[row] ?? Number.NaN);
  });
  return { options, failures };
}

type Dividend = readonly [years: number, amount: number];

function parseDividends(text: string): Dividend[] | null {
  const parts = text
    .split("|")
    .map((part) => part.split(":").map((word) => (word.trim() === "" ? Number.NaN : Number(word))));
  const dividends = parts.map(([years = Number.NaN, amount = Number.NaN]): Dividend => [years, amount]);
  const wellFormed =
    parts.every((part) => part.length === 2) &&
    dividends.every(
      ([years, amount], i) =>
        years > 0 &&
        years < Infinity &&
        amount >= 0 &&
        amount < Infinity &&
        years > (dividends[i - 1]?.[0] ?? 0),
    );
  return wellFormed ? dividends : null;
}

/** Those that go ex before or at expiry: a later one is no matter of this option. */
function scheduleWithin(dividends: readonly Dividend[], years: number): DividendSchedule | null {
  const within = dividends.filter(([time]) => time <= years);
  if (within.length === 0) return null;
  return {
    years: Float64Array.from(within, ([time]) => time),
    amounts: Float64Array.from(within, ([, amount]) => amount),
  };
}
