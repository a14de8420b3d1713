import type { ClassGroup } from "../../risk/grid-set.js";
import type { RuleOf } from "../../rules/house-schema.js";
import {
  type Evaluate,
  type HouseContext,
  type PointOfNoReturn,
  profitOf,
  totalsUnder,
  uncomputed,
} from "./context.js";
import { type ClassProfit, groupsRequirement } from "./group-requirement.js";
import { groupOf } from "./range-test.js";
import * as ranges from "./ranges.js";

/** Points a side at which the point of no return is looked for; half of them lie within the expected range. */
const searchPoints = 100;

/**
 * The whole requirement with the expected range of a class group, on each side where it reaches beyond the point of no
 * return: the smallest move of that class group alone at which the account's equity and the class group's profit add up
 * to nothing.
 *
 * The point is looked for at 100 equal steps a side out to twice the expected range, and then on a straight line within
 * the step: exact for shares, within a step (1/50 of the expected range) for options. A dip of the equity below 0 that
 * begins and ends within one step is not seen.
 */
export function expectedRangeTest(rule: RuleOf<"expected_range">, context: HouseContext): Evaluate {
  const { rules, inputs, prepared } = context;
  const expected = new Map(
    inputs.classGroups.flatMap((group) => {
      const [first] = ranges.matchingRanges(rule.ranges, group, context);
      return first === undefined ? [] : [[group.id, first] as const];
    }),
  );
  const widened = (group: ClassGroup): ranges.Ends =>
    ranges.widest([ranges.ruleEnds(group, rules), expected.get(group.id)?.ends ?? { down: 0, up: 0 }]);
  const wideGrids = ranges.gridSet(inputs.classGroups, rules, (group) => ({
    moves: ranges.stretched(ranges.ruleMoves(group, rules), widened(group)),
  }));
  const searchGrids = ranges.listedGrids(inputs.classGroups, "relative", (group) =>
    searchMoves(expected.get(group.id)?.ends ?? { down: 0, up: 0 }).map((move) => ({
      move,
      volatilityMove: 0,
    })),
  );
  const wide = totalsUnder(wideGrids, context);
  const search = totalsUnder(searchGrids, context);
  return ({ rows, equityUsd, besideUsd }) => {
    const held = rows.map((row) => ({ row, group: groupOf(row, context) }));
    const missing = held.flatMap(({ group }) => expected.get(group.id)?.missing ?? []);
    if (missing.length > 0) return uncomputed(missing);
    const details: string[] = [];
    const pointsOfNoReturn: PointOfNoReturn[] = [];
    const parts = held.map(({ row, group }): ClassProfit => {
      const own = prepared.grids.gridOf(group).scenarios;
      const id = group.id;
      const base = { id, profit: profitOf(row, inputs.totals), minimum: wide.minimum[row] ?? Number.NaN };
      const range = expected.get(id)?.ends;
      if (range === undefined) return { ...base, scenarios: own };
      const point = pointOfNoReturn(id, { range, equityUsd, profits: profitOf(row, search) });
      pointsOfNoReturn.push(point);
      const sides = {
        down:
          point.down !== null &&
          point.down > range.down &&
          widened(group).down < ranges.ruleEnds(group, rules).down,
        up: point.up !== null && point.up < range.up && widened(group).up > ranges.ruleEnds(group, rules).up,
      };
      details.push(...sideDetails(point, range, sides));
      const isWide = (move: number): boolean => (move < 0 ? sides.down : move > 0 && sides.up);
      const [wideProfit, wideScenarios] = [profitOf(row, wide), wideGrids.gridOf(group).scenarios];
      return {
        ...base,
        profit: base.profit.map((usd, s) =>
          isWide(own[s]?.move ?? 0) ? (wideProfit[s] ?? Number.NaN) : usd,
        ),
        scenarios: own.map((scenario, s) =>
          isWide(scenario.move) ? (wideScenarios[s] ?? scenario) : scenario,
        ),
      };
    });
    const { usd, worst } = groupsRequirement(parts, inputs);
    return { requirementUsd: usd + besideUsd, worst, details, missing: [], pointsOfNoReturn };
  };
}

/** From 0 outwards, down and then up: `searchPoints` each. Down not beyond -100 %. */
function searchMoves({ down, up }: ranges.Ends): number[] {
  const steps = Array.from({ length: searchPoints }, (_, i) => (i + 1) / searchPoints);
  return [Math.max(-1, 2 * down), 2 * up].flatMap((reach) => steps.map((step) => step * reach));
}

interface Search {
  readonly range: ranges.Ends;
  readonly equityUsd: number;
  /** At `searchMoves(range)`. */
  readonly profits: Float64Array;
}

function pointOfNoReturn(classGroup: string, { range, equityUsd, profits }: Search): PointOfNoReturn {
  const moves = searchMoves(range);
  const side = (start: number): number | null =>
    firstRuin(
      moves.slice(start, start + searchPoints),
      profits.subarray(start, start + searchPoints),
      equityUsd,
    );
  return {
    classGroup,
    down: side(0),
    up: side(searchPoints),
    expectedDown: range.down,
    expectedUp: range.up,
  };
}

/** The smallest move at which equity + profit <= 0; `null` where there is none among them. Profit is 0 at move 0. */
export function firstRuin(moves: readonly number[], profits: Float64Array, equityUsd: number): number | null {
  if (equityUsd <= 0) return 0;
  const at = profits.findIndex((profit) => equityUsd + profit <= 0);
  if (at < 0) return null;
  const before = { move: moves[at - 1] ?? 0, left: equityUsd + (profits[at - 1] ?? 0) };
  const after = { move: moves[at] ?? Number.NaN, left: equityUsd + (profits[at] ?? Number.NaN) };
  return before.move + ((after.move - before.move) * before.left) / (before.left - after.left);
}

function sideDetails(
  { classGroup, down, up }: PointOfNoReturn,
  range: ranges.Ends,
  sides: { readonly down: boolean; readonly up: boolean },
): string[] {
  const say = (side: string, point: number, end: number): string =>
    `${classGroup} ${side} to ${ranges.percent(end)} %: the account has no equity left at ${ranges.percent(point)} %`;
  return [
    ...(sides.down && down !== null ? [say("down", down, range.down)] : []),
    ...(sides.up && up !== null ? [say("up", up, range.up)] : []),
  ];
}
