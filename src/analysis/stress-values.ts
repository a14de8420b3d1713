import type { ContractMaster } from "../contracts/contract-master.js";
import type { CashDividends } from "../market/dividends.js";
import type { Market } from "../market/market.js";
import type { Book } from "../positions/book.js";
import type { ClassGroupTotals } from "../risk/class-groups.js";
import type { PreparedRisk } from "../risk/prepare.js";
import { movedVolatility } from "../scenarios/volatility-move.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { OptionColumns } from "../valuation/option-columns.js";
import { optionTerms } from "../valuation/option-terms.js";
import type { PlacedOptions } from "../valuation/placed-options.js";
import type { Valuation } from "../valuation/valuation.js";
import type { Conditions, StressMoves } from "./stress-moves.js";

export interface StressRequest {
  readonly prepared: PreparedRisk;
  readonly book: Book;
  /** Its rows (class group and account) are those of the result. */
  readonly totals: ClassGroupTotals;
  readonly moves: StressMoves;
}

/** Scenarios valued at a time: the distinct prices of one block fit one kernel call. */
const blockScenarios = 230;

/**
 * Profit of every row of the totals at every scenario, USD: `totals.count` rows of `moves.names.length`, summed in the book's
 * order. NaN where something the row holds has no move.
 *
 *     option   (V(S (1 + m), volatility moved, rate + r, years - d) - V(S, volatility, rate, years)) × multiplier
 *     share    S m × multiplier
 *
 * An option that expires within the days is worth what exercise is worth at the scenario's price; dividends that go ex within
 * them are past. One kernel call values the options of one underlying at all prices of a block that share volatility move,
 * rate move and days.
 */
export function* stressProfits(request: StressRequest, valuation: Valuation): Steps<Float64Array> {
  const { prepared, totals, moves } = request;
  const count = moves.names.length;
  const profit = new Float64Array(totals.count * count);
  const members = contractsByClass(prepared);
  const rows = rowsByClass(totals, prepared.classGroups.length);
  for (const [classGroup, contracts] of members.entries()) {
    if ((rows[classGroup] ?? []).length === 0) continue;
    const byUnderlying = groupsOf(contracts, prepared, moves);
    for (let first = 0; first < count; first += blockScenarios) {
      const block = { first, count: Math.min(blockScenarios, count - first) };
      const values = new Float64Array(contracts.length * block.count).fill(Number.NaN);
      for (const group of byUnderlying)
        yield* fillGroup(values, { group, block, prepared, moves }, valuation);
      const at = new Map(contracts.map((contract, i) => [contract, i * block.count]));
      for (const row of rows[classGroup] ?? []) addRow(profit, values, { ...request, row, block, at });
    }
  }
  return profit;
}

interface Block {
  readonly first: number;
  readonly count: number;
}

function contractsByClass({ contracts, classGroups, classOrder, unusable }: PreparedRisk): number[][] {
  const members = classGroups.map((): number[] => []);
  for (let row = 0; row < contracts.count; row++)
    if (unusable[row] !== 1) members[classOrder[row] ?? -1]?.push(row);
  return members;
}

function rowsByClass({ classGroup, count }: ClassGroupTotals, classCount: number): number[][] {
  const rows = Array.from({ length: classCount }, (): number[] => []);
  for (let row = 0; row < count; row++) rows[classGroup[row] ?? -1]?.push(row);
  return rows;
}

/** The contracts of one underlying within a class group; positions are those within the class group's list. */
interface UnderlyingGroup {
  readonly underlying: number;
  readonly shares: readonly (readonly [contract: number, position: number])[];
  readonly options: Int32Array;
  readonly positions: readonly number[];
  readonly price: Float64Array;
  readonly volatility: Float64Array;
}

function groupsOf(
  contracts: readonly number[],
  prepared: PreparedRisk,
  moves: StressMoves,
): UnderlyingGroup[] {
  const { contracts: master, market } = prepared;
  const byUnderlying = new Map<number, (readonly [number, number])[]>();
  contracts.forEach((contract, position) => {
    const underlying = market.underlyings.rowOf.get(master.underlying[contract] ?? "") ?? -1;
    const known = byUnderlying.get(underlying);
    if (known === undefined) byUnderlying.set(underlying, [[contract, position]]);
    else known.push([contract, position]);
  });
  return [...byUnderlying].map(([underlying, members]) => {
    const options = members.filter(([contract]) => master.isOption[contract] === 1);
    return {
      underlying,
      shares: members.filter(([contract]) => master.isOption[contract] !== 1),
      options: Int32Array.from(options, ([contract]) => contract),
      positions: options.map(([, position]) => position),
      price: moves.price(underlying),
      volatility: moves.volatility(underlying),
    };
  });
}

interface GroupFilling {
  readonly group: UnderlyingGroup;
  readonly block: Block;
  readonly prepared: PreparedRisk;
  readonly moves: StressMoves;
}

function* fillGroup(values: Float64Array, filling: GroupFilling, valuation: Valuation): Steps<void> {
  const { group, block, prepared, moves } = filling;
  const { contracts, market } = prepared;
  const exposure = market.underlyings.exposure[group.underlying] ?? Number.NaN;
  for (const [contract, position] of group.shares)
    for (let s = 0; s < block.count; s++) {
      const factor = Math.max(0, 1 + (group.price[block.first + s] ?? Number.NaN));
      const profit = (exposure * factor - exposure) * (contracts.multiplier[contract] ?? Number.NaN);
      values[position * block.count + s] = profit;
    }
  if (group.options.length === 0) return;
  for (const [conditions, byVolatility] of together(group, block, moves)) {
    const terms = termsUnder(conditions, group.options, prepared);
    const placed = valuation.place(terms);
    try {
      for (const [volatilityMove, scenarios] of byVolatility)
        yield* fillOptions(
          values,
          { ...filling, conditions, terms, placed, volatilityMove, scenarios },
          valuation,
        );
    } finally {
      placed.release();
    }
  }
}

/** Scenarios of the block by what they share: conditions, then volatility move. One without a price move is left out. */
function together(
  { price, volatility }: UnderlyingGroup,
  { first, count }: Block,
  { conditions }: StressMoves,
): Map<Conditions, Map<number, number[]>> {
  const found = new Map<Conditions, Map<number, number[]>>();
  for (let s = first; s < first + count; s++) {
    const [move, shared, under] = [price[s] ?? Number.NaN, volatility[s] ?? 0, conditions[s]];
    if (Number.isNaN(move) || under === undefined) continue;
    const byVolatility = found.get(under) ?? new Map<number, number[]>();
    found.set(under, byVolatility);
    const alike = byVolatility.get(shared);
    if (alike === undefined) byVolatility.set(shared, [s]);
    else alike.push(s);
  }
  return found;
}

interface OptionsFilling extends GroupFilling {
  readonly conditions: Conditions;
  readonly terms: OptionColumns;
  readonly placed: PlacedOptions;
  readonly volatilityMove: number;
  readonly scenarios: readonly number[];
}

function* fillOptions(values: Float64Array, filling: OptionsFilling, valuation: Valuation): Steps<void> {
  const { group, block, prepared, conditions, terms, placed, volatilityMove, scenarios } = filling;
  const factorOf = (s: number): number => Math.max(0, 1 + (group.price[s] ?? Number.NaN));
  const factors = [...new Set(scenarios.map(factorOf))];
  const columnOf = new Map(factors.map((factor, i) => [factor, i]));
  const question = valuation.grid(placed, { volCount: 1, priceFactors: Float64Array.from(factors) });
  const { arrays, contracts } = prepared;
  group.options.forEach((contract, i) => {
    const volatility = arrays.volatility[contract] ?? Number.NaN;
    const years = terms.years[i] ?? Number.NaN;
    question.setVolatility(i, 0, movedVolatility(volatility, volatilityMove, conditions.volatility, years));
  });
  yield question.calls;
  group.options.forEach((contract, i) => {
    const base = arrays.value[contract] ?? Number.NaN;
    const multiplier = contracts.multiplier[contract] ?? Number.NaN;
    const into = (group.positions[i] ?? -1) * block.count - block.first;
    for (const s of scenarios) {
      const value = question.values[question.at(i) + (columnOf.get(factorOf(s)) ?? -1)] ?? Number.NaN;
      values[into + s] = (value - base) * multiplier;
    }
  });
}

/** Terms after the days and under the rates of a scenario. */
function termsUnder(
  { rateMove, days }: Conditions,
  rows: Int32Array,
  { contracts, market }: { readonly contracts: ContractMaster; readonly market: Market },
): OptionColumns {
  const passed = days / daysPerYear;
  const later: Market = {
    ...market,
    asOfMs: market.asOfMs + days * msPerDay,
    rateAt: (years) => market.rateAt(Math.max(0, years)) + rateMove,
    dividends:
      passed === 0
        ? market.dividends
        : new Map([...market.dividends].map(([s, all]) => [s, after(all, passed)])),
  };
  const terms = optionTerms(rows, contracts, later);
  terms.years.forEach((years, i) => {
    terms.years[i] = Math.max(0, years);
  });
  return terms;
}

/** Dividends still to come after some years. */
function after({ years, amounts }: CashDividends, passed: number): CashDividends {
  const first = years.findIndex((time) => time > passed);
  const from = first < 0 ? years.length : first;
  return { years: years.slice(from).map((time) => time - passed), amounts: amounts.slice(from) };
}

const daysPerYear = 365;
const msPerDay = 86_400_000;

interface RowFilling extends StressRequest {
  readonly row: number;
  readonly block: Block;
  /** Where a contract's values begin. */
  readonly at: ReadonlyMap<number, number>;
}

function addRow(profit: Float64Array, values: Float64Array, filling: RowFilling): void {
  const { row, block, at, totals, book, prepared, moves } = filling;
  const into = row * moves.names.length + block.first;
  for (let h = totals.holdingStart[row] ?? 0; h < (totals.holdingStart[row + 1] ?? 0); h++) {
    const contract = book.contract[h] ?? -1;
    if (prepared.unusable[contract] === 1) continue;
    const quantity = book.quantity[h] ?? Number.NaN;
    const from = at.get(contract) ?? -1;
    for (let s = 0; s < block.count; s++)
      profit[into + s] = (profit[into + s] ?? 0) + quantity * (values[from + s] ?? Number.NaN);
  }
}
