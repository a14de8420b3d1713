import type { ClassGroup, GridSet } from "../../risk/grid-set.js";
import type { ClassGroupTotals } from "../../risk/class-groups.js";
import type { RuleOf } from "../../rules/house-schema.js";
import {
  type Evaluate,
  type HouseContext,
  type Missing,
  type PositionSize,
  totalsUnder,
  uncomputed,
} from "./context.js";
import { type ClassProfit, groupsRequirement } from "./group-requirement.js";
import { classProfit, groupOf } from "./range-test.js";
import * as ranges from "./ranges.js";

type Rule = RuleOf<"position_size">;
type Tier = Rule["tiers"][number];

/**
 * The whole requirement with a wider range for class groups in which the account holds much of the company, or more than
 * the market takes in a while. A position's size is its net delta in shares of one stock or fund:
 *
 *     shares_outstanding   |shares| / shares outstanding
 *     days_to_liquidate    |shares| / (participation × average daily volume)
 *
 * The highest tier that is reached counts; of several underlyings in a class group the largest.
 */
export function positionSizeTest(rule: Rule, context: HouseContext): Evaluate {
  const { inputs, prepared } = context;
  const runs = new Map<Tier, { grids: GridSet; totals: ClassGroupTotals }>();
  const runOf = (tier: Tier): { grids: GridSet; totals: ClassGroupTotals } => {
    const known = runs.get(tier) ?? tierRun(tier, context);
    runs.set(tier, known);
    return known;
  };
  return ({ rows, besideUsd }) => {
    const missing: Missing[] = [];
    const details: string[] = [];
    const sizes: PositionSize[] = [];
    const parts = rows.map((row): ClassProfit => {
      const group = groupOf(row, context);
      const own = { id: group.id, scenarios: prepared.grids.gridOf(group).scenarios };
      if (!context.facts.selects(rule.appliesTo, group)) return classProfit(row, inputs.totals, own);
      const size = positionSize(row, rule, context);
      missing.push(...size.missing);
      sizes.push({ classGroup: group.id, size: size.size, nextTier: nextTier(rule.tiers, size.size) });
      const tier = highestTier(rule.tiers, size.size);
      if (tier === undefined) return classProfit(row, inputs.totals, own);
      const { grids, totals } = runOf(tier);
      details.push(
        `${group.id}: ${sizeText(size.size, rule)}, so ${ranges.rangeText(tierEnds(tier, group, context))}`,
      );
      return classProfit(row, totals, { id: group.id, scenarios: grids.gridOf(group).scenarios });
    });
    if (missing.length > 0) return uncomputed(missing);
    const { usd, worst } = groupsRequirement(parts, inputs);
    return { requirementUsd: usd + besideUsd, worst, details, missing: [], sizes };
  };
}

function tierRun(tier: Tier, context: HouseContext): { grids: GridSet; totals: ClassGroupTotals } {
  const { rules, inputs } = context;
  const grids = ranges.gridSet(inputs.classGroups, rules, (group) => ({
    moves: ranges.stretched(ranges.ruleMoves(group, rules), tierEnds(tier, group, context)),
  }));
  return { grids, totals: totalsUnder(grids, context) };
}

function tierEnds(tier: Tier, group: ClassGroup, { rules }: HouseContext): ranges.Ends {
  const own = ranges.ruleEnds(group, rules);
  if (tier.rangeMultiplier !== undefined) return ranges.multiplied(own, tier.rangeMultiplier);
  return ranges.widest([own, { down: tier.down ?? 0, up: tier.up ?? 0 }]);
}

function highestTier(tiers: readonly Tier[], size: number): Tier | undefined {
  return tiers.filter(({ atLeast }) => size >= atLeast).toSorted((a, b) => b.atLeast - a.atLeast)[0];
}

function nextTier(tiers: readonly Tier[], size: number): number | null {
  const above = tiers.map(({ atLeast }) => atLeast).filter((atLeast) => atLeast > size);
  return above.length === 0 ? null : Math.min(...above);
}

/** The largest size among the underlyings of a row, with what is missing to tell it. */
function positionSize(
  row: number,
  { measure, participation = 1 }: Rule,
  context: HouseContext,
): { size: number; missing: Missing[] } {
  const column = measure === "shares_outstanding" ? "shares_outstanding" : "average_daily_volume";
  let size = 0;
  const missing: Missing[] = [];
  for (const [symbol, shares] of netShares(row, context)) {
    const figure = context.facts.figure(symbol, column);
    if (Number.isNaN(shares)) missing.push({ symbol, what: "delta" });
    else if (Number.isNaN(figure)) missing.push({ symbol, what: column });
    else
      size = Math.max(
        size,
        Math.abs(shares) / (measure === "days_to_liquidate" ? figure * participation : figure),
      );
  }
  return { size, missing };
}

/** Net delta in shares, by underlying; an index and a future have no shares. */
function netShares(row: number, { inputs }: HouseContext): Map<string, number> {
  const { book, contracts, arrays, totals, market, unusable } = inputs;
  const net = new Map<string, number>();
  for (let h = totals.holdingStart[row] ?? 0; h < (totals.holdingStart[row + 1] ?? 0); h++) {
    const contract = book.contract[h] ?? -1;
    const symbol = contracts.underlying[contract] ?? "";
    const kind = market.underlyings.kind[market.underlyings.rowOf.get(symbol) ?? -1];
    if (unusable[contract] === 1 || (kind !== "stock" && kind !== "etf")) continue;
    const units = (book.quantity[h] ?? Number.NaN) * (contracts.multiplier[contract] ?? Number.NaN);
    net.set(symbol, (net.get(symbol) ?? 0) + units * (arrays.delta[contract] ?? Number.NaN));
  }
  return net;
}

function sizeText(size: number, { measure, participation = 1 }: Rule): string {
  return measure === "shares_outstanding"
    ? `${ranges.percent(size)} % of the shares outstanding`
    : `${Number(size.toPrecision(4))} days to liquidate at ${ranges.percent(participation)} % of the volume`;
}
