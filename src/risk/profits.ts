import type { ContractMaster } from "../contracts/contract-master.js";
import type { Market } from "../market/market.js";
import { priceFactors, type ScenarioGrid } from "../scenarios/grid.js";
import { movedVolatility } from "../scenarios/volatility-move.js";
import { type OptionColumns, selectOptions } from "../valuation/option-columns.js";
import type { Valuation } from "../valuation/valuation.js";
import type { ClassGroup, GridSet } from "./grid-set.js";

/** Contracts whose prices and volatilities are known, and the profits to be filled in. */
export interface ProfitFilling {
  readonly contracts: ContractMaster;
  readonly market: Market;
  readonly grids: GridSet;
  /** Contract rows of the shares and futures to fill. */
  readonly shareRows: Int32Array;
  /** Contract rows of the options to fill. */
  readonly optionRows: Int32Array;
  /** Aligned with `optionRows`. */
  readonly terms: OptionColumns;
  /** `price` (of shares) and `volatility` are read, `profit` and `value` written; see `RiskArrays`. */
  readonly arrays: {
    readonly scenarioCount: number;
    readonly profit: Float64Array;
    readonly value: Float64Array;
    readonly price: Float64Array;
    readonly volatility: Float64Array;
  };
}

/** Fills profit and value of every row asked for: each contract is valued once at every cell of its grid. */
export function fillProfits(filling: ProfitFilling, valuation: Valuation): void {
  fillShares(filling);
  for (const group of gridGroups(filling)) fillGroup({ ...filling, ...group }, valuation);
}

function underlyingRow({ contracts, market }: ProfitFilling, row: number): number {
  return market.underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1;
}

/** The grid of an underlying's class group, and the underlying's own multiple of its moves. */
function gridAt(at: number, { market, grids }: ProfitFilling): { grid: ScenarioGrid; leverage: number } {
  const { underlyings } = market;
  const group: ClassGroup = {
    id: underlyings.classGroup[at] ?? "",
    portfolioType: underlyings.portfolioType[at] ?? "equity",
  };
  return { grid: grids.gridOf(group), leverage: underlyings.leverage[at] ?? 1 };
}

function fillShares(filling: ProfitFilling): void {
  const { arrays, contracts } = filling;
  for (const row of filling.shareRows) {
    const at = underlyingRow(filling, row);
    const { grid, leverage } = gridAt(at, filling);
    const moved = filling.market.underlyings.exposure[at] ?? Number.NaN;
    const factors = priceFactors(grid, leverage);
    const multiplier = contracts.multiplier[row] ?? Number.NaN;
    arrays.value[row] = arrays.price[row] ?? Number.NaN;
    grid.cellOf.forEach((cell, s) => {
      const factor = factors[cell % factors.length] ?? Number.NaN;
      const profit = (moved * factor - moved) * multiplier;
      arrays.profit[row * arrays.scenarioCount + s] = profit * (grid.cover[s] ?? Number.NaN);
    });
  }
}

/** Options that see the same scenarios: one grid, one leverage. */
interface GridGroup {
  readonly grid: ScenarioGrid;
  readonly leverage: number;
  /** Positions within `optionRows`. */
  readonly members: number[];
}

function gridGroups(filling: ProfitFilling): GridGroup[] {
  const byGrid = new Map<ScenarioGrid, Map<number, GridGroup>>();
  filling.optionRows.forEach((row, i) => {
    const { grid, leverage } = gridAt(underlyingRow(filling, row), filling);
    const byLeverage = byGrid.get(grid) ?? new Map<number, GridGroup>();
    byGrid.set(grid, byLeverage);
    const group = byLeverage.get(leverage) ?? { grid, leverage, members: [] };
    byLeverage.set(leverage, group);
    group.members.push(i);
  });
  return [...byGrid.values()].flatMap((byLeverage) => [...byLeverage.values()]);
}

function fillGroup(group: ProfitFilling & GridGroup, valuation: Valuation): void {
  const { arrays, grid, members, optionRows: rows, terms, contracts } = group;
  const options = selectOptions(terms, members);
  const volatilities = new Float64Array(grid.volatilityMoves.length * members.length);
  grid.volatilityMoves.forEach((move, j) =>
    members.forEach((i, k) => {
      const base = arrays.volatility[rows[i] ?? -1] ?? Number.NaN;
      const years = terms.years[i] ?? Number.NaN;
      volatilities[j * members.length + k] = movedVolatility(base, move, grid, years);
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
    const multiplier = contracts.multiplier[row] ?? Number.NaN;
    arrays.value[row] = base;
    grid.cellOf.forEach((cell, s) => {
      const value = values[k * cellCount + cell] ?? Number.NaN;
      const profit = (value - base) * multiplier;
      arrays.profit[row * arrays.scenarioCount + s] = profit * (grid.cover[s] ?? Number.NaN);
    });
  });
}
