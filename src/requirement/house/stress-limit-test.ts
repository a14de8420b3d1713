import type { ClassGroup } from "../../risk/grid-set.js";
import type { RuleOf } from "../../rules/house-schema.js";
import type { Scenario } from "../../scenarios/grid.js";
import { worstIndex } from "../offsets.js";
import {
  type Evaluate,
  type HouseContext,
  type Missing,
  type Outcome,
  profitOf,
  totalsUnder,
  uncomputed,
} from "./context.js";
import { lossOf } from "./concentration-test.js";
import { groupOf } from "./range-test.js";
import * as ranges from "./ranges.js";

type Rule = RuleOf<"stress_limit">;

/**
 * A loss under stress against a limit that depends on the equity E:
 *
 *     loss <= least over the limits of (k E + c),   so the least equity that it allows is the greatest (loss - c) / k
 *
 * A beta-weighted stress moves each class group by beta × the move of the index and nets the whole book at each scenario;
 * a uniform one moves all alike. Volatility moves are those of the scenario.
 */
export function stressLimitTest(rule: Rule, context: HouseContext): Evaluate {
  const { inputs, facts } = context;
  const betas = new Map(inputs.classGroups.map((group) => [group.id, betaOf(group, rule, context)]));
  const grids = ranges.listedGrids(inputs.classGroups, rule.volatilityUnit, (group) =>
    rule.scenarios.map(({ move, volatilityMove }) => ({
      move: Math.max(-1, move * (betas.get(group.id) ?? 0)),
      volatilityMove,
    })),
  );
  const totals = totalsUnder(grids, context);
  return ({ rows, equityUsd }) => {
    const held = rows
      .map((row) => ({ row, group: groupOf(row, context) }))
      .filter(({ group }) => facts.selects(rule.appliesTo, group));
    const missing = held
      .filter(({ group }) => betas.get(group.id) === undefined)
      .map(({ group }): Missing => ({ symbol: facts.symbolsOf(group.id)[0] ?? group.id, what: "beta" }));
    if (missing.length > 0) return uncomputed(missing);
    const parts = held.map(({ row, group }) => ({
      id: group.id,
      profit: profitOf(row, totals),
      scenarios: grids.gridOf(group).scenarios,
    }));
    const { lossUsd, worst } = rule.over === "account" ? netLoss(parts, rule) : largestLoss(parts);
    return outcome({ lossUsd, worst, equityUsd }, rule);
  };
}

function outcome(
  { lossUsd, worst, equityUsd }: { lossUsd: number; worst: string | null; equityUsd: number },
  { limits, countsAs }: Rule,
): Outcome {
  const limitUsd = Math.min(
    ...limits.map(({ equityMultiple, plusUsd }) => equityMultiple * equityUsd + plusUsd),
  );
  const leastEquity = Math.max(
    0,
    ...limits.map(({ equityMultiple, plusUsd }) => (lossUsd - plusUsd) / equityMultiple),
  );
  return {
    requirementUsd: countsAs === "requirement" ? leastEquity : null,
    limit: { lossUsd, limitUsd },
    worst,
    details: [],
    missing: [],
  };
}

/**
 * The index's own class group has beta 1. Another takes it from the first of its symbols that has one (in the underlyings
 * table, else in the rule file), divided by that symbol's leverage, which multiplies the move again.
 */
function betaOf({ id }: ClassGroup, rule: Rule, { facts }: HouseContext): number | undefined {
  if (rule.moves === "uniform" || id === rule.index) return 1;
  const listed = new Map(rule.betas.map(({ symbol, beta }) => [symbol, beta]));
  for (const symbol of facts.symbolsOf(id)) {
    const column = facts.figure(symbol, "beta");
    const beta = Number.isNaN(column) ? listed.get(symbol) : column;
    const leverage = facts.leverage(symbol);
    // A fund with leverage 0 does not move, so its beta says nothing of the class group's move.
    if (beta !== undefined && leverage !== 0) return beta / leverage;
  }
  return rule.defaultBeta;
}

interface Part {
  readonly id: string;
  readonly profit: Float64Array;
  readonly scenarios: readonly Scenario[];
}

/** All class groups together, at the scenario that is worst for the sum; sums run in the book's order. */
function netLoss(
  parts: readonly Part[],
  { scenarios, index }: Rule,
): { lossUsd: number; worst: string | null } {
  const net = new Float64Array(scenarios.length);
  for (const { profit } of parts)
    for (let s = 0; s < net.length; s++) net[s] = (net[s] ?? 0) + (profit[s] ?? Number.NaN);
  const at = worstIndex(net);
  const { move = 0, volatilityMove = 0 } = scenarios[at] ?? {};
  const volatility = volatilityMove === 0 ? "" : `, volatility ${signed(volatilityMove)} %`;
  const lossUsd = lossOf(net);
  return { lossUsd, worst: lossUsd > 0 ? `${index ?? "all"} ${signed(move)} %${volatility}` : null };
}

function signed(fraction: number): string {
  return `${fraction > 0 ? "+" : ""}${ranges.percent(fraction)}`;
}

function largestLoss(parts: readonly Part[]): { lossUsd: number; worst: string | null } {
  const losses = parts.map((part) => ({ part, lossUsd: lossOf(part.profit) }));
  const bad = losses.find(({ lossUsd }) => Number.isNaN(lossUsd));
  const largest = bad ?? losses.toSorted((a, b) => b.lossUsd - a.lossUsd)[0];
  if (largest === undefined || largest.lossUsd === 0) return { lossUsd: 0, worst: null };
  const { id, profit, scenarios } = largest.part;
  return { lossUsd: largest.lossUsd, worst: `${id}: ${scenarios[worstIndex(profit)]?.label ?? ""}` };
}
