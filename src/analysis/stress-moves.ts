import type { Market } from "../market/market.js";
import { decayOf, type VolatilityMoveTerms } from "../scenarios/volatility-move.js";
import type { Table } from "../tables/table.js";
import type { History } from "./history.js";
import type { StressScenario } from "./stress-scenario.js";

/** What changes for every contract alike under a scenario. */
export interface Conditions {
  readonly volatility: VolatilityMoveTerms;
  /** Added to every rate, per year. */
  readonly rateMove: number;
  /** Calendar days that pass. */
  readonly days: number;
}

/** Scenarios as moves of each underlying: the named ones in their order, then the days of the history. */
export interface StressMoves {
  readonly names: readonly string[];
  /** By scenario; equal conditions are the same object. */
  readonly conditions: readonly Conditions[];
  /** By scenario: the move of an underlying's price as a fraction, -1 or more; NaN where nobody says. */
  readonly price: (underlying: number) => Float64Array;
  /** By scenario: the move of its options' volatilities. */
  readonly volatility: (underlying: number) => Float64Array;
}

/** What a scenario chooses underlyings by. */
interface Facts {
  readonly symbol: string;
  readonly classGroup: string;
  readonly leverage: number;
  readonly tags: ReadonlySet<string>;
  readonly beta: number;
}

const unchanged: Conditions = { volatility: { unit: "relative", decay: null }, rateMove: 0, days: 0 };

export function stressMoves(
  scenarios: readonly StressScenario[],
  history: History | null,
  { underlyings }: Market,
  table: Table,
): StressMoves {
  const factsOf = factsFrom(underlyings, table);
  const days = history?.dates ?? [];
  return {
    names: [...scenarios.map(({ name }) => name), ...days],
    conditions: [...scenarios.map(conditionsOf), ...days.map(() => unchanged)],
    price: (at) => {
      const facts = factsOf(at);
      const named = scenarios.map((scenario) => priceMove(scenario, facts, underlyings));
      return Float64Array.from([...named, ...(history?.returnsOf(at) ?? [])]);
    },
    volatility: (at) => {
      const facts = factsOf(at);
      const moves = new Float64Array(scenarios.length + days.length);
      scenarios.forEach(({ volatility }, s) => {
        if (volatility !== undefined) moves[s] = particular(volatility, facts) ?? volatility.default;
      });
      return moves;
    },
  };
}

function conditionsOf({ volatility, rateMove, days }: StressScenario): Conditions {
  if (volatility === undefined && rateMove === 0 && days === 0) return unchanged;
  const { unit, decay } = volatility ?? { unit: "relative" as const, decay: undefined };
  return { volatility: { unit, decay: decay === undefined ? null : decayOf(decay) }, rateMove, days };
}

/**
 * The move of an underlying, by the most particular entry that names it: its symbol; a tag (the first of the scenario's list);
 * its class group, × leverage; beta × the move of the index (beta of the underlyings table; of the index's own class group
 * the leverage; else the default beta); the default, × leverage. NaN where none does. Never below -1.
 */
function priceMove(scenario: StressScenario, facts: Facts, underlyings: Market["underlyings"]): number {
  const { symbols, tags, classGroups, beta } = scenario;
  const own = symbols[facts.symbol] ?? tagged(tags, facts);
  if (own !== undefined) return own;
  const group = classGroups[facts.classGroup];
  if (group !== undefined) return Math.max(-1, facts.leverage * group);
  if (beta !== undefined) {
    const indexGroup = underlyings.classGroup[underlyings.rowOf.get(beta.index) ?? -1] ?? beta.index;
    const ofGroup = facts.classGroup === indexGroup ? facts.leverage : Number.NaN;
    const factor = [ofGroup, facts.beta, beta.default ?? Number.NaN].find((value) => !Number.isNaN(value));
    if (factor !== undefined) return Math.max(-1, factor * beta.move);
  }
  return scenario.default === undefined ? Number.NaN : Math.max(-1, facts.leverage * scenario.default);
}

type Lists = Pick<StressScenario, "symbols" | "classGroups" | "tags">;

function particular({ symbols, classGroups, tags }: Lists, facts: Facts): number | undefined {
  return symbols[facts.symbol] ?? tagged(tags, facts) ?? classGroups[facts.classGroup];
}

function tagged(moves: Readonly<Record<string, number>>, { tags }: Facts): number | undefined {
  return Object.entries(moves).find(([tag]) => tags.has(tag))?.[1];
}

function factsFrom(underlyings: Market["underlyings"], table: Table): (at: number) => Facts {
  const rows = new Map<string, number>();
  table.text("symbol").forEach((symbol, row) => {
    if (symbol !== null && !rows.has(symbol)) rows.set(symbol, row);
  });
  const tags = table.text("tags");
  const beta = table.number("beta");
  return (at) => {
    const symbol = underlyings.symbols[at] ?? "";
    const row = rows.get(symbol) ?? -1;
    return {
      symbol,
      classGroup: underlyings.classGroup[at] ?? symbol,
      leverage: underlyings.leverage[at] ?? 1,
      tags: new Set((tags[row] ?? "").split("|").map((tag) => tag.trim())),
      beta: beta[row] ?? Number.NaN,
    };
  };
}
