import type { ContractMaster } from "../../contracts/contract-master.js";
import type { Market } from "../../market/market.js";
import { type ClassGroup, type GridSet, ruleGrid, ruleGrids } from "../../risk/grid-set.js";
import { gridEntryOf } from "../../rules/grid-entries.js";
import type { RuleSet } from "../../rules/load.js";
import type { Table } from "../../tables/table.js";
import type { DividendModel } from "../../valuation/escrowed.js";
import type { Valuation } from "../../valuation/valuation.js";

/** What a run of the model rests on, whatever is switched. */
export interface SeriesSetting {
  readonly contracts: ContractMaster;
  readonly market: Market;
  readonly rules: RuleSet;
  readonly dividendModel: DividendModel;
  readonly lookAheadYears: number;
  readonly valuation: Valuation;
  /** The file, and its row by contract row. */
  readonly theoretical: Table;
  readonly fileRow: Int32Array;
}

/** Contract rows with the scenarios that they see. */
export interface GridGroup {
  readonly grids: GridSet;
  /** Positions within the rows asked for. */
  readonly members: readonly number[];
}

/**
 * The grids of the series: the rule set's, but where the file states a price scan range the moves are stretched so that the
 * farthest is that range over the price of the underlying, and with a volatility scan range the volatility moves likewise.
 */
export function gridGroups(rows: readonly number[], setting: SeriesSetting): GridGroup[] {
  const { theoretical, fileRow, contracts, market, rules } = setting;
  const common = ruleGrids(rules);
  const groups = new Map<string, { grids: GridSet; members: number[] }>();
  rows.forEach((row, i) => {
    const at = market.underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1;
    const stated = (column: string): number => theoretical.number(column)[fileRow[row] ?? -1] ?? Number.NaN;
    const price = stated("price_scan") / (market.underlyings.price[at] ?? Number.NaN);
    const volatility = stated("volatility_scan");
    const own = classGroupAt(row, setting);
    const isStated = price > 0 || volatility > 0;
    const key = isStated ? `${price} ${volatility} ${own.id} ${own.portfolioType}` : "";
    const group = groups.get(key) ?? {
      grids: isStated ? stretched(rules, own, { price, volatility }) : common,
      members: [],
    };
    groups.set(key, group);
    group.members.push(i);
  });
  return [...groups.values()];
}

function stretched(
  rules: RuleSet,
  group: ClassGroup,
  scan: { readonly price: number; readonly volatility: number },
): GridSet {
  const entry = gridEntryOf(rules, group);
  const levels = entry.volatilityMoves ?? rules.volatilityMoves;
  const moves = scaledTo(entry.moves, scan.price);
  const volatilityMoves = { ...levels, moves: scaledTo(levels.moves, scan.volatility) };
  const grid = ruleGrid({ moves, volatilityMoves }, rules);
  return { scenarioCount: grid.scenarios.length, gridOf: () => grid };
}

function scaledTo(moves: readonly number[], farthest: number): number[] {
  const widest = Math.max(...moves.map((move) => Math.abs(move)));
  return farthest > 0 && widest > 0 ? moves.map((move) => (move * farthest) / widest) : [...moves];
}

/** The class group of the underlying, which says how a contract moves. */
export function classGroupAt(
  row: number,
  { contracts, market: { underlyings } }: Pick<SeriesSetting, "contracts" | "market">,
): ClassGroup {
  const at = underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1;
  return { id: underlyings.classGroup[at] ?? "", portfolioType: underlyings.portfolioType[at] ?? "equity" };
}
