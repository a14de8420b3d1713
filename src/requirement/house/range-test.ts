import type { ClassGroup } from "../../risk/grid-set.js";
import type { ClassGroupTotals } from "../../risk/class-groups.js";
import type { RuleOf } from "../../rules/house-schema.js";
import { parseDay } from "../../basics/dates.js";
import { type Evaluate, type HouseContext, profitOf, totalsUnder, uncomputed } from "./context.js";
import { type ClassProfit, groupsRequirement } from "./group-requirement.js";
import * as ranges from "./ranges.js";

/** The whole requirement under ranges, events and volatility moves of the house. */
export function rangeTest(rule: RuleOf<"range">, context: HouseContext): Evaluate {
  const { rules, inputs } = context;
  const resolved = new Map(inputs.classGroups.map((group) => [group.id, rangeOf(group, rule, context)]));
  const endsOf = (group: ClassGroup): ranges.Ends =>
    resolved.get(group.id)?.ends ?? ranges.ruleEnds(group, rules);
  const grids = ranges.gridSet(inputs.classGroups, rules, (group) => ({
    moves:
      rule.pointsPerSide === undefined
        ? ranges.stretched(ranges.ruleMoves(group, rules), endsOf(group))
        : ranges.equalSteps(endsOf(group), rule.pointsPerSide),
    volatilityMoves: rule.volatilityMoves,
  }));
  const totals = totalsUnder(grids, context);
  return ({ rows, besideUsd }) => {
    const held = rows.map((row) => groupOf(row, context));
    const missing = held.flatMap((group) => resolved.get(group.id)?.missing ?? []);
    if (missing.length > 0) return uncomputed(missing);
    const parts = rows.map((row, i) => {
      const group = held[i] ?? groupOf(row, context);
      return classProfit(row, totals, { id: group.id, scenarios: grids.gridOf(group).scenarios });
    });
    const { usd, worst } = groupsRequirement(parts, inputs);
    const details = held.flatMap((group) => rangeDetail(group, endsOf(group), context));
    return { requirementUsd: usd + besideUsd, worst, details, missing: [] };
  };
}

export function groupOf(row: number, { inputs }: HouseContext): ClassGroup {
  const group = inputs.classGroups[inputs.totals.classGroup[row] ?? -1];
  if (group === undefined) throw new RangeError(`no class group of row ${row}`);
  return group;
}

export function classProfit(
  row: number,
  totals: ClassGroupTotals,
  { id, scenarios }: Pick<ClassProfit, "id" | "scenarios">,
): ClassProfit {
  return {
    id,
    scenarios,
    profit: profitOf(row, totals),
    minimum: totals.minimum[row] ?? Number.NaN,
  };
}

/** One sentence where the range is not the rule set's own. */
export function rangeDetail(group: ClassGroup, ends: ranges.Ends, { rules }: HouseContext): string[] {
  const own = ranges.ruleEnds(group, rules);
  if (own.down === ends.down && own.up === ends.up) return [];
  return [`${group.id}: ${ranges.rangeText(ends)} instead of ${ranges.rangeText(own)}`];
}

function rangeOf(group: ClassGroup, rule: RuleOf<"range">, context: HouseContext): ranges.ResolvedRange {
  const own = ranges.ruleEnds(group, context.rules);
  const found = ranges.matchingRanges(rule.ranges, group, context);
  const ends = combined(
    found.map((range) => range.ends),
    own,
    rule.against,
  );
  return {
    ends: ranges.multiplied(ends, eventMultiplier(group, rule, context)),
    missing: found.flatMap((range) => range.missing),
  };
}

function combined(
  found: readonly ranges.Ends[],
  own: ranges.Ends,
  against: RuleOf<"range">["against"],
): ranges.Ends {
  if (against === "replace") return found[0] ?? own;
  return against === "widest" ? ranges.widest([own, ...found]) : ranges.narrowest([own, ...found]);
}

/** The greatest of the class group's events whose days include the as-of day; 1 without one. */
function eventMultiplier(
  { id }: ClassGroup,
  { events }: RuleOf<"range">,
  { facts, asOfDay }: HouseContext,
): number {
  const symbols = facts.symbolsOf(id);
  const multipliers = events
    .filter(({ symbol, date, daysBefore, daysAfter }) => {
      const day = parseDay(date) ?? Number.NaN;
      return symbols.includes(symbol) && asOfDay >= day - daysBefore && asOfDay <= day + daysAfter;
    })
    .map(({ multiplier }) => multiplier);
  return Math.max(1, ...multipliers);
}
