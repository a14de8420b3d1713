import { type Failure, failure } from "../basics/failure.js";
import type { ContractMaster } from "../contracts/contract-master.js";
import type { PortfolioType } from "../contracts/product-defaults.js";
import type { Market } from "../market/market.js";
import { movedVolatility, priceFactors, type ScenarioGrid } from "../scenarios/grid.js";
import { contractVolatilities, type VolatilitySource } from "../valuation/contract-volatilities.js";
import { type OptionColumns, selectOptions } from "../valuation/option-columns.js";
import { optionTerms } from "../valuation/option-terms.js";
import type { Greeks, Valuation } from "../valuation/valuation.js";

/**
 * One row a contract: what ONE long contract (or share) gains or loses at each scenario, in USD.
 *
 *     profit[row * scenarioCount + s] = (V(spot moved, volatility moved) - V(spot, volatility)) * multiplier
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
  /** Per unit of the underlying: see {@link Greeks}. */
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
  readonly gridOf: (type: PortfolioType) => ScenarioGrid;
  readonly scenarioCount: number;
  /** By contract row: see {@link VolatilityRequest.marks}. */
  readonly marks: Float64Array;
  /** 1 = leave the row out: a failure names it already. */
  readonly unusable: Uint8Array;
}

type Filling = Omit<RiskArrays, "failures" | "volatilitySource"> & {
  failures: Failure[];
  volatilitySource: (VolatilitySource | null)[];
};

/** Values every contract once. */
export function computeRiskArrays(request: RiskArrayRequest, valuation: Valuation): RiskArrays {
  const { contracts, scenarioCount } = request;
  const column = (): Float64Array => new Float64Array(contracts.count).fill(Number.NaN);
  const arrays: Filling = {
    scenarioCount,
    profit: new Float64Array(contracts.count * scenarioCount).fill(Number.NaN),
    value: column(),
    price: column(),
    volatility: column(),
    volatilitySource: Array.from({ length: contracts.count }, () => null),
    delta: column(),
    gamma: column(),
    vega: column(),
    theta: column(),
    failures: [],
  };
  fillShares(arrays, request);
  fillOptions(arrays, request, valuation);
  return arrays;
}

function rowsWhere(request: RiskArrayRequest, isOption: 0 | 1): Int32Array {
  const { contracts, unusable } = request;
  const all = Int32Array.from({ length: contracts.count }, (_, row) => row);
  return all.filter((row) => contracts.isOption[row] === isOption && unusable[row] !== 1);
}

function underlyingRow({ contracts, market }: RiskArrayRequest, row: number): number {
  return market.underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1;
}

function fillShares(arrays: Filling, request: RiskArrayRequest): void {
  const { underlyings } = request.market;
  for (const row of rowsWhere(request, 0)) {
    const at = underlyingRow(request, row);
    const price = underlyings.price[at] ?? Number.NaN;
    const grid = request.gridOf(underlyings.portfolioType[at] ?? "equity");
    const factors = priceFactors(grid, underlyings.leverage[at] ?? 1);
    const multiplier = request.contracts.multiplier[row] ?? Number.NaN;
    grid.cellOf.forEach((cell, s) => {
      const factor = factors[cell % factors.length] ?? Number.NaN;
      arrays.profit[row * arrays.scenarioCount + s] = (price * factor - price) * multiplier;
    });
    arrays.value[row] = price;
    arrays.price[row] = price;
    arrays.delta[row] = 1;
    arrays.gamma[row] = 0;
    arrays.vega[row] = 0;
    arrays.theta[row] = 0;
  }
}

function fillOptions(arrays: Filling, request: RiskArrayRequest, valuation: Valuation): void {
  const rows = rowsWhere(request, 1);
  if (rows.length === 0) return;
  const { contracts, market, marks } = request;
  const terms = optionTerms(rows, contracts, market);
  const found = contractVolatilities({ rows, terms, contracts, market, marks }, valuation);
  arrays.failures.push(...found.failures);
  const greeks = valuation.greeks(terms, found.volatility);
  rows.forEach((row, i) => {
    arrays.price[row] = found.price[i] ?? Number.NaN;
    arrays.volatility[row] = found.volatility[i] ?? Number.NaN;
    arrays.volatilitySource[row] = found.source[i] ?? null;
    fillGreeks(arrays, row, greeks, i);
  });
  for (const group of gridGroups(rows, request))
    fillGroup(arrays, { ...group, rows, terms, request }, valuation);
  arrays.failures.push(...notFinite(arrays, rows, request));
}

function fillGreeks(arrays: Filling, row: number, greeks: Greeks, i: number): void {
  arrays.delta[row] = greeks.delta[i] ?? Number.NaN;
  arrays.gamma[row] = greeks.gamma[i] ?? Number.NaN;
  arrays.vega[row] = greeks.vega[i] ?? Number.NaN;
  arrays.theta[row] = greeks.theta[i] ?? Number.NaN;
}

interface GridGroup {
  readonly grid: ScenarioGrid;
  readonly leverage: number;
  /** Positions within the rows of options. */
  readonly members: number[];
}

/** Options that see the same scenarios: one portfolio type, one leverage. */
function gridGroups(rows: Int32Array, request: RiskArrayRequest): GridGroup[] {
  const { underlyings } = request.market;
  const groups = new Map<string, GridGroup>();
  rows.forEach((row, i) => {
    const at = underlyingRow(request, row);
    const type = underlyings.portfolioType[at] ?? "equity";
    const leverage = underlyings.leverage[at] ?? 1;
    const key = `${type} ${leverage}`;
    const group = groups.get(key) ?? { grid: request.gridOf(type), leverage, members: [] };
    group.members.push(i);
    groups.set(key, group);
  });
  return [...groups.values()];
}

interface GroupFilling extends GridGroup {
  readonly rows: Int32Array;
  readonly terms: OptionColumns;
  readonly request: RiskArrayRequest;
}

function fillGroup(arrays: Filling, group: GroupFilling, valuation: Valuation): void {
  const { grid, members, rows } = group;
  const options = selectOptions(group.terms, members);
  const volatilities = new Float64Array(grid.volatilityMoves.length * members.length);
  grid.volatilityMoves.forEach((move, j) =>
    members.forEach((i, k) => {
      const base = arrays.volatility[rows[i] ?? -1] ?? Number.NaN;
      volatilities[j * members.length + k] = movedVolatility(base, move, grid.volatilityUnit);
    }),
  );
  const axes = {
    priceFactors: priceFactors(grid, group.leverage),
    volatilities,
    volCount: grid.volatilityMoves.length,
  };
  const values = valuation.values(options, axes);
  const cellCount = axes.priceFactors.length * axes.volCount;
  members.forEach((i, k) => {
    const row = rows[i] ?? -1;
    const base = values[k * cellCount + grid.baseCell] ?? Number.NaN;
    const multiplier = group.request.contracts.multiplier[row] ?? Number.NaN;
    arrays.value[row] = base;
    grid.cellOf.forEach((cell, s) => {
      const value = values[k * cellCount + cell] ?? Number.NaN;
      arrays.profit[row * arrays.scenarioCount + s] = (value - base) * multiplier;
    });
  });
}

/** A row that is not finite though its volatility is: never netted, always named. */
function notFinite(arrays: Filling, rows: Int32Array, { contracts }: RiskArrayRequest): Failure[] {
  const n = arrays.scenarioCount;
  return [...rows]
    .filter((row) => !Number.isNaN(arrays.volatility[row] ?? Number.NaN))
    .filter((row) => !arrays.profit.subarray(row * n, row * n + n).every((profit) => Number.isFinite(profit)))
    .map((row) => {
      const symbol = contracts.symbols[row] ?? "";
      return failure("VALUE_NOT_FINITE", {
        value: symbol,
        expected: "a finite value at every scenario",
        symbol,
      });
    });
}
