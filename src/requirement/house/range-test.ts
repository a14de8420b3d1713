import type { ClassGroup } from "../../risk/grid-set.js";
import type { RuleOf } from "../../rules/house-schema.js";
import { parseDay } from "../../basics/dates.js";
import { gridRun, type HouseContext, type Missing, type PreparedTest, uncomputed } from "./context.js";
import type { ClassProfit } from "../group-netting.js";
import { groupsRequirement, testedGroups } from "./group-requirement.js";
import * as ranges from "./ranges.js";

/** The whole requirement under ranges, events and volatility moves of the house. */
export function rangeTest(rule: RuleOf<"range">, context: HouseContext): PreparedTest {
  const { rules } = context;
  const { classGroups } = context.prepared;
  const resolved = classGroups.map((group) => rangeOf(group, rule, context));
  const known = new Map(classGroups.map(({ id }, classRow) => [id, resolved[classRow]]));
  const endsOf = (group: ClassGroup): ranges.Ends =>
    known.get(group.id)?.ends ?? ranges.ruleEnds(group, rules);
  const grids = ranges.gridSet(classGroups, rules, (group) => ({
    moves:
      rule.pointsPerSide === undefined
        ? ranges.stretched(ranges.ruleMoves(group, rules), endsOf(group))
        : ranges.equalSteps(endsOf(group), rule.pointsPerSide),
    volatilityMoves: rule.volatilityMoves,
  }));
  const { net } = gridRun(grids, true, context);
  return (book) => {
    const netted = net(book);
    return ({ rows, besideUsd }) => {
      const parts = testedGroups(rows, book, netted);
      const missing = missingOf(parts, resolved);
      if (missing.length > 0) return uncomputed(missing);
      const { usd, worst } = groupsRequirement(parts, netted.scenarioCount, context);
      const details = (): string[] =>
        parts.flatMap(({ classRow }) => {
          const group = classGroupOf(classRow, context);
          return rangeDetail(group, endsOf(group), context);
        });
      return {
        requirementUsd: usd + besideUsd,
        missing: [],
        explain: () => ({ worst: worst(), details: details() }),
      };
    };
  };
}

export function classGroupOf(classRow: number, { prepared }: Pick<HouseContext, "prepared">): ClassGroup {
  const group = prepared.classGroups[classRow];
  if (group === undefined) throw new RangeError(`no class group ${classRow}`);
  return group;
}

/** What is missing for the class groups held, in their order. */
export function missingOf(
  held: readonly Pick<ClassProfit, "classRow">[],
  resolved: readonly (Pick<ranges.ResolvedRange, "missing"> | undefined)[],
): readonly Missing[] {
  const missing: Missing[] = [];
  for (const { classRow } of held) {
    const own = resolved[classRow]?.missing ?? [];
    if (own.length > 0) missing.push(...own);
  }
  return missing;
}

/** One sentence where the range is not the rule set's own. */
function rangeDetail(group: ClassGroup, ends: ranges.Ends, { rules }: HouseContext): string[] {
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
