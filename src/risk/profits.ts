import type { ContractMaster } from "../contracts/contract-master.js";
import type { Market } from "../market/market.js";
import { underlyingRows } from "../market/underlyings.js";
import { priceFactors, type ScenarioGrid } from "../scenarios/grid.js";
import { movedVolatility } from "../scenarios/volatility-move.js";
import { escrowedFactor } from "../valuation/escrowed.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { OptionColumns } from "../valuation/option-columns.js";
import type { PlacedOptions } from "../valuation/placed-options.js";
import type { GridQuestion } from "../valuation/question.js";
import type { Valuation } from "../valuation/valuation.js";
import type { GridSet } from "./grid-set.js";

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
  /** Aligned with `optionRows`: dividends that lie aside, USD per share; 0 under the spot model. */
  readonly escrow: Float64Array;
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
export function* fillProfits(filling: ProfitFilling, valuation: Valuation): Steps<void> {
  const moves = movesOf(filling);
  fillShares(filling, moves);
  for (const batch of batchesOf(gridGroups(filling, moves), valuation)) {
    const placed: PlacedOptions[] = [];
    try {
      const asked = batch.map((group) => {
        const options = valuation.place(filling.terms, group.members);
        placed.push(options);
        return { group, question: askGroup(group, filling, valuation, options) };
      });
      yield asked.flatMap(({ question }) => question.calls);
      for (const { group, question } of asked) fillGroup(group, filling, question);
    } finally {
      for (const options of placed) options.release();
    }
  }
}

/** How the contracts of one underlying move: the grid of its class group, and its own multiple of that group's moves. */
interface Moves {
  /** Of the underlyings table; -1 without. */
  readonly row: number;
  readonly grid: ScenarioGrid;
  readonly leverage: number;
}

/** Asked by contract row; found once for each underlying. */
type MovesOf = (contract: number) => Moves;

function movesOf({ contracts, market: { underlyings }, grids }: ProfitFilling): MovesOf {
  const rows = underlyingRows(contracts, underlyings);
  const known: Moves[] = [];
  return (contract) => {
    const at = contracts.underlyingAt[contract] ?? -1;
    const row = rows[at] ?? -1;
    return (known[at] ??= {
      row,
      grid: grids.gridOf({
        id: underlyings.classGroup[row] ?? "",
        portfolioType: underlyings.portfolioType[row] ?? "equity",
      }),
      leverage: underlyings.leverage[row] ?? 1,
    });
  };
}

function fillShares(filling: ProfitFilling, moves: MovesOf): void {
  const { arrays, contracts } = filling;
  let last: Moves | null = null;
  let factors = new Float64Array(0);
  for (const contract of filling.shareRows) {
    const own = moves(contract);
    // Mostly they move alike.
    if (own.grid !== last?.grid || own.leverage !== last.leverage) factors = scenarioFactors(own);
    last = own;
    const { row, grid } = own;
    const moved = filling.market.underlyings.exposure[row] ?? Number.NaN;
    const multiplier = contracts.multiplier[contract] ?? Number.NaN;
    arrays.value[contract] = arrays.price[contract] ?? Number.NaN;
    const to = contract * arrays.scenarioCount;
    for (let s = 0; s < factors.length; s++) {
      const profit = (moved * (factors[s] ?? Number.NaN) - moved) * multiplier;
      arrays.profit[to + s] = profit * (grid.cover[s] ?? Number.NaN);
    }
  }
}

/** By scenario: multiple of the price. */
function scenarioFactors({ grid, leverage }: Moves): Float64Array<ArrayBuffer> {
  const factors = priceFactors(grid, leverage);
  return Float64Array.from(grid.cellOf, (cell) => factors[cell % factors.length] ?? Number.NaN);
}

/** Options that see the same scenarios: one grid, one leverage, one share of dividends set aside. */
interface GridGroup {
  readonly grid: ScenarioGrid;
  readonly leverage: number;
  /** Of the whole price: `escrowedFactor`. */
  readonly escrowedShare: number;
  /** Positions within `optionRows`. */
  readonly members: number[];
}

function gridGroups(filling: ProfitFilling, moves: MovesOf): GridGroup[] {
  const { optionRows } = filling;
  const byGrid = new Map<ScenarioGrid, Map<string, GridGroup>>();
  let last: GridGroup | null = null;
  for (let i = 0; i < optionRows.length; i++) {
    const { grid, leverage } = moves(optionRows[i] ?? -1);
    const escrowedShare = escrowedShareOf(i, filling);
    // Options of one underlying stand together, and mostly see the same scenarios.
    if (last?.grid !== grid || last.leverage !== leverage || last.escrowedShare !== escrowedShare)
      last = groupIn(byGrid, { grid, leverage, escrowedShare });
    last.members.push(i);
  }
  return [...byGrid.values()].flatMap((ofGrid) => [...ofGrid.values()]);
}

function groupIn(
  byGrid: Map<ScenarioGrid, Map<string, GridGroup>>,
  seen: Omit<GridGroup, "members">,
): GridGroup {
  const ofGrid = byGrid.get(seen.grid) ?? new Map<string, GridGroup>();
  byGrid.set(seen.grid, ofGrid);
  const key = `${seen.leverage} ${seen.escrowedShare}`;
  const group = ofGrid.get(key) ?? { ...seen, members: [] };
  ofGrid.set(key, group);
  return group;
}

function escrowedShareOf(i: number, { escrow, terms }: ProfitFilling): number {
  const aside = escrow[i] ?? Number.NaN;
  return aside === 0 ? 0 : aside / (aside + (terms.spot[i] ?? Number.NaN));
}

function factorsOf({ grid, leverage, escrowedShare }: GridGroup): Float64Array {
  return priceFactors(grid, leverage).map((factor) => escrowedFactor(factor, escrowedShare));
}

/** Groups cut and put together so that the results of one batch stay within the kernel's limit. */
function batchesOf(groups: readonly GridGroup[], valuation: Valuation): GridGroup[][] {
  const batches: GridGroup[][] = [];
  let room = 0;
  for (const group of groups) {
    const most = valuation.gridRows(group.grid.volatilityMoves.length * priceFactors(group.grid, 1).length);
    for (let first = 0; first < group.members.length; first += most) {
      const members = group.members.slice(first, first + most);
      const share = members.length / most;
      if (share > room) {
        batches.push([]);
        room = 1;
      }
      room -= share;
      batches.at(-1)?.push({ ...group, members });
    }
  }
  return batches;
}

function askGroup(
  group: GridGroup,
  { arrays, optionRows, terms }: ProfitFilling,
  valuation: Valuation,
  placed: PlacedOptions,
): GridQuestion {
  const { grid, members } = group;
  const axes = { priceFactors: factorsOf(group), volCount: grid.volatilityMoves.length };
  const question = valuation.grid(placed, axes);
  grid.volatilityMoves.forEach((move, j) => {
    for (let k = 0; k < members.length; k++) {
      const i = members[k] ?? -1;
      const base = arrays.volatility[optionRows[i] ?? -1] ?? Number.NaN;
      question.setVolatility(k, j, movedVolatility(base, move, grid, terms.years[i] ?? Number.NaN));
    }
  });
  return question;
}

function fillGroup(
  { grid, members }: GridGroup,
  { arrays, optionRows, contracts }: ProfitFilling,
  question: GridQuestion,
): void {
  const { values } = question;
  const { cellOf, cover, baseCell } = grid;
  for (let k = 0; k < members.length; k++) {
    const row = optionRows[members[k] ?? -1] ?? -1;
    const first = question.at(k);
    const base = values[first + baseCell] ?? Number.NaN;
    const multiplier = contracts.multiplier[row] ?? Number.NaN;
    const to = row * arrays.scenarioCount;
    arrays.value[row] = base;
    for (let s = 0; s < cellOf.length; s++) {
      const value = values[first + (cellOf[s] ?? -1)] ?? Number.NaN;
      const profit = (value - base) * multiplier;
      arrays.profit[to + s] = profit * (cover[s] ?? Number.NaN);
    }
  }
}
