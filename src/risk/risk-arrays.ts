import { nulls } from "../basics/collections.js";
import { type Failure, failure } from "../basics/failure.js";
import type { ContractMaster } from "../contracts/contract-master.js";
import type { Market } from "../market/market.js";
import { underlyingRows } from "../market/underlyings.js";
import { contractVolatilities, type VolatilitySource } from "../valuation/contract-volatilities.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { OptionColumns } from "../valuation/option-columns.js";
import { type DividendModel, escrowedOptions } from "../valuation/escrowed.js";
import { optionTerms } from "../valuation/option-terms.js";
import type { PlacedOptions } from "../valuation/placed-options.js";
import type { Valuation } from "../valuation/valuation.js";
import type { GridSet } from "./grid-set.js";
import { fillProfits } from "./profits.js";

/**
 * One row a contract: what ONE long contract (or share) gains or loses at each scenario, in USD.
 *
 *     profit[row * scenarioCount + s] = (V(spot moved, volatility moved) - V(spot, volatility)) * multiplier * cover[s]
 *
 * Both values come from the same model, so the profit is exactly 0 at an unchanged point.
 */
export interface RiskArrays {
  readonly scenarioCount: number;
  readonly profit: Float64Array;
  /** USD per unit (share, contract unit) by the model; a share's is its price. NaN where unusable. */
  readonly value: Float64Array;
  /** USD per unit in the market; NaN where it quotes none. */
  readonly price: Float64Array;
  /** Per square-root year; NaN for shares. */
  readonly volatility: Float64Array;
  readonly volatilitySource: readonly (VolatilitySource | null)[];
  /** Per unit of the underlying: see `Greeks` of the valuation. */
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
  /** Each with `symbol` set: that contract has no usable row. */
  readonly failures: readonly Failure[];
}

export interface RiskArrayRequest {
  readonly contracts: ContractMaster;
  readonly market: Market;
  readonly grids: GridSet;
  /** By contract row: see {@link VolatilityRequest.marks}. */
  readonly marks: Float64Array;
  /** 1 = leave the row out: a failure names it already. */
  readonly unusable: Uint8Array;
  readonly dividendModel: DividendModel;
  readonly withGreeks: boolean;
}

type Filling = Omit<RiskArrays, "failures" | "volatilitySource"> & {
  failures: Failure[];
  volatilitySource: (VolatilitySource | null)[];
};

/** Contracts whose volatilities are known: what they gain or lose under one set of grids after another. */
export interface ContractValues {
  /** Under the grids asked for first. */
  readonly arrays: RiskArrays;
  /**
   * The same contracts under other grids, volatilities and Greeks as they are: nothing is implied again. `failures` are
   * those found here.
   */
  readonly arraysFor: (grids: GridSet) => RiskArrays;
}

/** Values every contract once; the kernel's calls are made by whoever drives the steps. */
export function* valueContracts(request: RiskArrayRequest, valuation: Valuation): Steps<ContractValues> {
  const { contracts, market } = request;
  const column = (): Float64Array => new Float64Array(contracts.count).fill(Number.NaN);
  const known: Filling = {
    ...emptyProfits(contracts.count, request.grids),
    price: column(),
    volatility: column(),
    volatilitySource: nulls(contracts.count),
    delta: column(),
    gamma: column(),
    vega: column(),
    theta: column(),
    failures: [],
  };
  const rows = rowsWhere(request, 1);
  const shareRows = rowsWhere(request, 0);
  const { terms, escrow } = modelledTerms(optionTerms(rows, contracts, market), request, valuation);
  if (rows.length > 0) yield* fillQuotesAndGreeks({ known, rows, terms, escrow, request }, valuation);
  fillShareColumns(known, shareRows, request);
  const fill = function* (arrays: Filling, grids: GridSet): Steps<RiskArrays> {
    yield* fillProfits(
      { contracts, market, grids, shareRows, optionRows: rows, terms, escrow, arrays },
      valuation,
    );
    arrays.failures.push(...notFinite(arrays, rows, request));
    return arrays;
  };
  return {
    arrays: yield* fill(known, request.grids),
    arraysFor: (grids) =>
      valuation.finish(fill({ ...known, ...emptyProfits(contracts.count, grids), failures: [] }, grids)),
  };
}

interface OptionFilling {
  readonly known: Filling;
  readonly rows: Int32Array;
  /** Aligned with `rows`. */
  readonly terms: OptionColumns;
  readonly escrow: Float64Array;
  readonly request: RiskArrayRequest;
}

/** Market price, volatility and Greeks of the options. */
function* fillQuotesAndGreeks(
  { known, rows, terms, escrow, request: { contracts, market, marks, withGreeks } }: OptionFilling,
  valuation: Valuation,
): Steps<void> {
  let held: PlacedOptions | null = null;
  const placed = (): PlacedOptions => (held ??= valuation.place(terms));
  try {
    const found = yield* contractVolatilities({ rows, placed, contracts, market, marks }, valuation);
    known.failures.push(...found.failures);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? -1;
      known.price[row] = found.price[i] ?? Number.NaN;
      known.volatility[row] = found.volatility[i] ?? Number.NaN;
      known.volatilitySource[row] = found.source[i] ?? null;
    }
    if (!withGreeks) return;
    const greeks = valuation.greekQuestion(placed());
    found.volatility.forEach((volatility, i) => {
      greeks.setVolatility(i, volatility);
    });
    yield greeks.calls;
    rows.forEach((row, i) => {
      for (const name of ["delta", "gamma", "vega", "theta"] as const)
        known[name][row] = greeks.greek(i, name);
      const aside = (escrow[i] ?? Number.NaN) * (terms.rate[i] ?? Number.NaN);
      known.theta[row] = (known.theta[row] ?? Number.NaN) - (known.delta[row] ?? Number.NaN) * aside;
    });
  } finally {
    (held as PlacedOptions | null)?.release();
  }
}

/** Under the escrowed model the terms without dividends, and what lies aside, USD per share; 0 under the spot model. */
function modelledTerms(
  terms: OptionColumns,
  { dividendModel }: RiskArrayRequest,
  valuation: Valuation,
): { terms: OptionColumns; escrow: Float64Array } {
  if (dividendModel === "spot") return { terms, escrow: new Float64Array(terms.count) };
  const { options, presentValue } = escrowedOptions(terms, valuation);
  return { terms: options, escrow: presentValue };
}

function emptyProfits(
  count: number,
  { scenarioCount }: GridSet,
): Pick<RiskArrays, "scenarioCount" | "profit" | "value"> {
  return {
    scenarioCount,
    profit: new Float64Array(count * scenarioCount).fill(Number.NaN),
    value: new Float64Array(count).fill(Number.NaN),
  };
}

function rowsWhere({ contracts, unusable }: RiskArrayRequest, isOption: 0 | 1): Int32Array {
  const rows = new Int32Array(contracts.count);
  let count = 0;
  for (let row = 0; row < rows.length; row++)
    if (contracts.isOption[row] === isOption && unusable[row] !== 1) rows[count++] = row;
  return rows.subarray(0, count);
}

function fillShareColumns(
  arrays: Filling,
  rows: Int32Array,
  { contracts, market: { underlyings } }: RiskArrayRequest,
): void {
  const underlyingRow = underlyingRows(contracts, underlyings);
  for (const row of rows) {
    const at = underlyingRow[contracts.underlyingAt[row] ?? -1] ?? -1;
    arrays.price[row] = underlyings.price[at] ?? Number.NaN;
    arrays.delta[row] = 1;
    arrays.gamma[row] = 0;
    arrays.vega[row] = 0;
    arrays.theta[row] = 0;
  }
}

/** A row that is not finite though its volatility is: never netted, always named. */
function notFinite(arrays: Filling, rows: Int32Array, { contracts }: RiskArrayRequest): Failure[] {
  const found: Failure[] = [];
  for (const row of rows) {
    if (Number.isNaN(arrays.volatility[row] ?? Number.NaN) || isFiniteRow(arrays, row)) continue;
    const symbol = contracts.symbols[row] ?? "";
    const expected = "a finite value at every scenario";
    found.push(failure("VALUE_NOT_FINITE", { value: symbol, expected, symbol }));
  }
  return found;
}

function isFiniteRow({ profit, scenarioCount: n }: Filling, row: number): boolean {
  for (let at = row * n; at < row * n + n; at++) if (!Number.isFinite(profit[at])) return false;
  return true;
}
