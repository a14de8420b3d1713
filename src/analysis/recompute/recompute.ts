import { readAsOf } from "../../basics/dates.js";
import { type Failure, failure, MarginError } from "../../basics/failure.js";
import { prepareRisk, type PreparedRisk } from "../../risk/prepare.js";
import { loadRuleSet, type RuleSet } from "../../rules/load.js";
import { productTable } from "../../rules/products.js";
import { asTables } from "../../tables/input.js";
import type { TablesRead } from "../../tables/read-tables.js";
import type { DividendModel } from "../../valuation/escrowed.js";
import { optionTerms } from "../../valuation/option-terms.js";
import type { Valuation } from "../../valuation/valuation.js";
import { findingOf, shareFinding } from "./findings.js";
import type { RecomputeFinding, RecomputeResult, RecomputeTrial } from "./result.js";
import { shareProfits } from "./series-model.js";
import { gridGroups, type SeriesSetting } from "./series-grids.js";
import { type SeriesTables, seriesTables } from "./series-tables.js";
import {
  closeResidual,
  type OptionSeries,
  profitResidual,
  runSeries,
  type SeriesRun,
  selectSeries,
  switchedTrials,
} from "./trials.js";
import { fittedTrials } from "./fitted-trials.js";

export interface RecomputeOptions {
  /** Default: the tables' own, else `finra-4210g`; its scenarios are those of the file. */
  readonly rules?: string | object;
  /** Default `spot`. */
  readonly dividendModel?: DividendModel;
  /** USD per unit before the multiplier; profits and closes within it are explained. Default 0.01. */
  readonly toleranceUsd?: number;
  /** Days that pass before the scenarios' values, as SPAN has them. Default 0. */
  readonly lookAheadDays?: number;
}

/** What prices: a loaded engine. */
export interface ValuationSource {
  readonly valuation: Valuation;
}

/**
 * Theoretical values of a clearing house held against the model, series by series: priced anew from the file's close and
 * volatility, and where that does not give the file's profits, what would, found by switching one thing at a time. See
 * docs/clearing-files.md.
 *
 * @throws MarginError `TABLE_MISSING` without theoretical values; `AS_OF_MISSING`, `AS_OF_INVALID`; as `loadRuleSet`.
 */
export function recomputeTheoretical(
  engine: ValuationSource,
  input: object,
  options: RecomputeOptions = {},
): RecomputeResult {
  const read = asTables(input);
  if (read.tables.theoretical.count === 0)
    throw new MarginError([failure("TABLE_MISSING", { value: "theoretical" })]);
  const asOf = readAsOf(read.tables.asOf);
  if ("code" in asOf) throw new MarginError([asOf]);
  const rules = loadRuleSet(options.rules ?? read.tables.rules ?? "finra-4210g");
  const file = seriesTables(read.tables);
  const prepared = preparedSeries({ read, file, rules, asOfMs: asOf.epochMs }, engine, options);
  const { setting, scenarioCount } = settingOf({ read, file, rules, prepared }, engine, options);
  const failures = [...read.failures, ...prepared.failures];
  const tolerance = options.toleranceUsd ?? 0.01;
  const usable = usableRows(setting, { prepared, scenarioCount, failures });
  const asked = { setting, scenarioCount, tolerance };
  const findings = [...optionFindings(usable.options, asked), ...shareFindings(usable.shares, asked)];
  const computed = usable.options.length + usable.shares.length;
  return {
    asOf: asOf.text,
    rules: { name: rules.name, hash: rules.hash },
    inputHash: read.tables.inputHash,
    toleranceUsd: tolerance,
    lookAheadDays: options.lookAheadDays ?? 0,
    seriesCount: file.symbols.length,
    explainedCount: computed - findings.length,
    findings: findings.toSorted((a, b) => b.sizeUsd - a.sizeUsd || (a.symbol < b.symbol ? -1 : 1)),
    failures,
  };
}

interface Prepared {
  readonly read: TablesRead;
  readonly file: SeriesTables;
  readonly rules: RuleSet;
}

function preparedSeries(
  { read, file, rules, asOfMs }: Prepared & { readonly asOfMs: number },
  { valuation }: ValuationSource,
  { dividendModel = "spot" }: RecomputeOptions,
): PreparedRisk {
  const run = { tables: file.tables, readFailures: read.failures, asOfMs, rules, dividendModel };
  const products = productTable(rules);
  const steps = prepareRisk({ ...run, products, symbols: file.symbols, marks: new Map() }, valuation);
  return valuation.finish(steps);
}

/** ACT/365F. */
const daysPerYear = 365;

function settingOf(
  { read, file, rules, prepared }: Prepared & { readonly prepared: PreparedRisk },
  { valuation }: ValuationSource,
  { dividendModel = "spot", lookAheadDays = 0 }: RecomputeOptions,
): { setting: SeriesSetting; scenarioCount: number } {
  const { contracts, market } = prepared;
  const setting: SeriesSetting = {
    contracts,
    market,
    rules,
    dividendModel,
    lookAheadYears: lookAheadDays / daysPerYear,
    valuation,
    theoretical: read.tables.theoretical,
    fileRow: Int32Array.from(contracts.symbols, (symbol) => file.rowOf.get(symbol) ?? -1),
  };
  return { setting, scenarioCount: prepared.grids.scenarioCount };
}

/** Contracts that the model prices and whose row has one value for each scenario. */
function usableRows(
  { theoretical, fileRow, contracts }: SeriesSetting,
  of: { readonly prepared: PreparedRisk; readonly scenarioCount: number; readonly failures: Failure[] },
): { options: number[]; shares: number[] } {
  const given = theoretical.columns.filter((name) => /^p\d+$/.test(name));
  const rows = contracts.symbols.map((_, row) => row).filter((row) => of.prepared.unusable[row] !== 1);
  const whole = rows.filter((row) => {
    const at = fileRow[row] ?? -1;
    const isFilled = (name: string): boolean => !Number.isNaN(theoretical.number(name)[at] ?? Number.NaN);
    const filled = given.filter(isFilled);
    const isWhole =
      filled.length === of.scenarioCount && filled.every((name) => Number(name.slice(1)) <= of.scenarioCount);
    const symbol = contracts.symbols[row] ?? "";
    const expected = `p1 to p${of.scenarioCount}, and no more; ${filled.length} values are given`;
    if (!isWhole)
      of.failures.push(
        failure("THEORETICAL_SCENARIOS", { ...theoretical.place(at), value: symbol, expected, symbol }),
      );
    return isWhole;
  });
  return {
    options: whole.filter((row) => contracts.isOption[row] === 1),
    shares: whole.filter((row) => contracts.isOption[row] !== 1),
  };
}

interface Asked {
  readonly setting: SeriesSetting;
  readonly scenarioCount: number;
  readonly tolerance: number;
}

function theirProfits(rows: readonly number[], { setting, scenarioCount }: Asked): Float64Array {
  const columns = Array.from({ length: scenarioCount }, (_, s) => setting.theoretical.number(`p${s + 1}`));
  return Float64Array.from(
    rows.flatMap((row) => columns.map((column) => column[setting.fileRow[row] ?? -1] ?? Number.NaN)),
  );
}

function optionFindings(rows: readonly number[], asked: Asked): RecomputeFinding[] {
  if (rows.length === 0) return [];
  const { setting, tolerance } = asked;
  const run = runSeries(seriesOf(rows, asked), setting);
  const suspects = rows.map((_, i) => i).filter((i) => !(sizeOf(run, i) <= tolerance));
  if (suspects.length === 0) return [];
  const doubted = runSeries(selectSeries(run.series, suspects), setting);
  const switched = switchedTrials(doubted, setting);
  const explains = (i: number): boolean =>
    switched.some((trials) => trials[i]?.kind === "switched" && trials[i].residualUsd <= tolerance);
  const open = suspects.map((_, i) => i).filter((i) => !explains(i));
  const fitted =
    open.length === 0 ? [] : fittedTrials(runSeries(selectSeries(doubted.series, open), setting), setting);
  return suspects.map((_, i) => {
    const place = open.indexOf(i);
    const trials = [...switched.map((list) => list[i]), ...fitted.map((list) => list[place])];
    return findingOf(doubted, i, {
      trials: trials.filter(isUsable),
      setting,
      tolerance,
    });
  });
}

/** A trial that the model can price. */
function isUsable(trial: RecomputeTrial | null | undefined): trial is RecomputeTrial {
  return trial !== null && trial !== undefined && Number.isFinite(trial.residualUsd);
}

function sizeOf({ series, values }: SeriesRun, i: number): number {
  return Math.max(profitResidual(values.profit, series, i), closeResidual(values, series, i));
}

function seriesOf(rows: readonly number[], asked: Asked): OptionSeries {
  const { setting, scenarioCount } = asked;
  const { contracts, market, theoretical, fileRow } = setting;
  const stated = (column: string): Float64Array =>
    Float64Array.from(rows, (row) => theoretical.number(column)[fileRow[row] ?? -1] ?? Number.NaN);
  const kindOf = (row: number): string | undefined =>
    market.underlyings.kind[market.underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1];
  return {
    rows,
    terms: optionTerms(Int32Array.from(rows), contracts, market),
    onFuture: Uint8Array.from(rows, (row) => (kindOf(row) === "future" ? 1 : 0)),
    statedVolatility: stated("volatility"),
    close: stated("close"),
    theirs: theirProfits(rows, asked),
    scenarioCount,
  };
}

function shareFindings(rows: readonly number[], asked: Asked): RecomputeFinding[] {
  if (rows.length === 0) return [];
  const { setting, scenarioCount, tolerance } = asked;
  const ours = shareProfits(rows, gridGroups(rows, setting), setting);
  const theirs = theirProfits(rows, asked);
  return rows.flatMap((row, i) => {
    const symbol = setting.contracts.symbols[row] ?? "";
    const found = shareFinding({ symbol, ours, theirs, scenarioCount }, i, tolerance);
    return found === null ? [] : [found];
  });
}
