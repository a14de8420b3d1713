import type { ClassGroup } from "../../risk/grid-set.js";
import type { RuleOf } from "../../rules/house-schema.js";
import { worstIndex } from "../offsets.js";
import {
  gridRun,
  type HouseContext,
  type Missing,
  namedGroups,
  type Outcome,
  type PreparedTest,
  uncomputed,
} from "./context.js";
import { lossOf } from "./concentration-test.js";
import { type TestedGroup, testedGroups } from "./group-requirement.js";
import { classGroupOf, missingOf } from "./range-test.js";
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
export function stressLimitTest(rule: Rule, context: HouseContext): PreparedTest {
  const { facts } = context;
  const { classGroups } = context.prepared;
  const betas = new Map(classGroups.map((group) => [group.id, betaOf(group, rule, context)]));
  const lacking = classGroups.map(({ id }): { readonly missing: readonly Missing[] } => ({
    missing: betas.get(id) === undefined ? [{ symbol: facts.symbolsOf(id)[0] ?? id, what: "beta" }] : [],
  }));
  const isNamed = namedGroups(rule.appliesTo, context);
  const grids = ranges.listedGrids(classGroups, rule.volatilityUnit, (group) =>
    rule.scenarios.map(({ move, volatilityMove }) => ({
      move: Math.max(-1, move * (betas.get(group.id) ?? 0)),
      volatilityMove,
    })),
  );
  const { net } = gridRun(grids, false, context);
  return (book) => {
    const netted = net(book);
    return ({ rows, equityUsd }) => {
      const parts = testedGroups(rows, book, netted).filter(({ classRow }) => isNamed[classRow] === 1);
      const missing = missingOf(parts, lacking);
      if (missing.length > 0) return uncomputed(missing);
      return outcome(rule.over === "account" ? netLoss(parts, rule) : largestLoss(parts, rule, context), {
        equityUsd,
        rule,
      });
    };
  };
}

interface StressLoss {
  readonly lossUsd: number;
  readonly worst: () => string | null;
}

function outcome(
  { lossUsd, worst }: StressLoss,
  { equityUsd, rule: { limits, countsAs } }: { readonly equityUsd: number; readonly rule: Rule },
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
    missing: [],
    explain: () => ({ worst: worst(), details: [] }),
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

/** All class groups together, at the scenario that is worst for the sum; sums run in the book's order. */
function netLoss(parts: readonly TestedGroup[], { scenarios, index }: Rule): StressLoss {
  const net = new Float64Array(scenarios.length);
  for (const { profit, from } of parts)
    for (let s = 0; s < net.length; s++) net[s]! += profit[from + s] ?? Number.NaN;
  const lossUsd = lossOf(net, 0, net.length);
  const worst = (): string | null => {
    const { move = 0, volatilityMove = 0 } = scenarios[worstIndex(net)] ?? {};
    const volatility = volatilityMove === 0 ? "" : `, volatility ${signed(volatilityMove)} %`;
    return lossUsd > 0 ? `${index ?? "all"} ${signed(move)} %${volatility}` : null;
  };
  return { lossUsd, worst };
}

function signed(fraction: number): string {
  return `${fraction > 0 ? "+" : ""}${ranges.percent(fraction)}`;
}

function largestLoss(
  parts: readonly TestedGroup[],
  { scenarios: { length: count } }: Rule,
  context: HouseContext,
): StressLoss {
  let largest: { readonly part: TestedGroup; readonly lossUsd: number } | null = null;
  for (const part of parts) {
    const lossUsd = lossOf(part.profit, part.from, count);
    // One that is not known may be the largest: it stands.
    const isLarger = largest === null || lossUsd > largest.lossUsd || Number.isNaN(lossUsd);
    if (isLarger) largest = { part, lossUsd };
  }
  if (largest === null || largest.lossUsd === 0) return { lossUsd: 0, worst: () => null };
  const { part, lossUsd } = largest;
  const worst = (): string => {
    const at = worstIndex(part.profit.subarray(part.from, part.from + count));
    return `${classGroupOf(part.classRow, context).id}: ${part.scenarios[at]?.label ?? ""}`;
  };
  return { lossUsd, worst };
}
