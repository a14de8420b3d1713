import type { ClassGroup } from "../../risk/grid-set.js";
import type { RangeRule, RuleOf } from "../../rules/house-schema.js";
import { worstIndex } from "../offsets.js";
import {
  type Evaluate,
  type HouseContext,
  type Missing,
  profitOf,
  totalsUnder,
  uncomputed,
} from "./context.js";
import { groupOf } from "./range-test.js";
import * as ranges from "./ranges.js";

/**
 * The losses of the N riskiest class groups in a large range and of all others in a small one, each class group at its own
 * worst scenario, less a rebate, times a share:
 *
 *     share × max(0, max over sets R of N class groups (sum in R of large loss + sum outside R of small loss) - rebate)
 *
 * The riskiest are those whose large range adds most, so no other choice costs more. Per-contract minimums and offsets
 * do not enter.
 */
export function concentrationTest(rule: RuleOf<"concentration">, context: HouseContext): Evaluate {
  const large = lossesUnder(rule.largestRanges, rule, context);
  const rest = lossesUnder(rule.restRanges, rule, context);
  return ({ rows }) => {
    const held = rows
      .map((row) => ({ row, group: groupOf(row, context) }))
      .filter(({ group }) => context.facts.selects(rule.appliesTo, group));
    const missing = held.flatMap(({ group }) => [...large.missing(group), ...rest.missing(group)]);
    if (missing.length > 0) return uncomputed(missing);
    const losses = held.map(({ row, group }) => ({
      id: group.id,
      group,
      large: large.loss(row),
      rest: rest.loss(row),
    }));
    const chosen = new Set(
      losses
        .toSorted((a, b) => b.large - b.rest - (a.large - a.rest) || (a.id < b.id ? -1 : 1))
        .slice(0, rule.largest),
    );
    const gross = losses.reduce((sum, loss) => sum + (chosen.has(loss) ? loss.large : loss.rest), 0);
    const riskiest = losses.filter((loss) => chosen.has(loss) && loss.large > 0);
    return {
      requirementUsd: rule.share * Math.max(0, gross - rule.rebateUsd),
      worst: riskiest.length === 0 ? null : riskiest.map(({ id }) => id).join(", "),
      details: riskiest.map(({ id, group }) => `${id}: ${ranges.rangeText(large.ends(group))}`),
      missing: [],
    };
  };
}

interface Losses {
  ends(group: ClassGroup): ranges.Ends;
  missing(group: ClassGroup): readonly Missing[];
  /** USD >= 0, by row of the totals. */
  loss(row: number): number;
}

function lossesUnder(
  entries: readonly RangeRule[],
  { several }: RuleOf<"concentration">,
  context: HouseContext,
): Losses {
  const { rules, inputs } = context;
  const none = { ends: { down: 0, up: 0 }, missing: [] };
  const resolved = new Map(
    inputs.classGroups.map((group): [string, ranges.ResolvedRange] => {
      const found = ranges.matchingRanges(entries, group, context);
      const counted = several === "first" ? found.slice(0, 1) : found;
      if (counted.length === 0) return [group.id, none];
      const missing = counted.flatMap((range) => range.missing);
      return [group.id, { ends: ranges.widest(counted.map((range) => range.ends)), missing }];
    }),
  );
  const rangeOf = ({ id }: ClassGroup): ranges.ResolvedRange => resolved.get(id) ?? none;
  const grids = ranges.gridSet(inputs.classGroups, rules, (group) => ({
    moves: ranges.stretched(ranges.ruleMoves(group, rules), rangeOf(group).ends),
  }));
  const totals = totalsUnder(grids, context);
  return {
    ends: (group) => rangeOf(group).ends,
    missing: (group) => rangeOf(group).missing,
    loss: (row) => lossOf(profitOf(row, totals)),
  };
}

/** The loss at the worst scenario, at least 0; NaN where a profit is NaN. */
export function lossOf(profit: Float64Array): number {
  if (profit.some((value) => Number.isNaN(value))) return Number.NaN;
  return Math.max(0, -(profit[worstIndex(profit)] ?? 0));
}
