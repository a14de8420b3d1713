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
import { classProfit, groupOf } from "./range-test.js";
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
  const { rules, inputs } = context;
  const expected = new Map(
    inputs.classGroups.flatMap((group) => {
      const [first] = ranges.matchingRanges(rule.ranges, group, context);
      return first === undefined ? [] : [[group.id, first] as const];
    }),
  );
  const expectedEnds = ({ id }: ClassGroup): ranges.Ends => expected.get(id)?.ends ?? { down: 0, up: 0 };
  const wideGrids = ranges.gridSet(inputs.classGroups, rules, (group) => {
    const ends = ranges.widest([ranges.ruleEnds(group, rules), expectedEnds(group)]);
    return { moves: ranges.stretched(ranges.ruleMoves(group, rules), ends) };
  });
  const searchGrids = ranges.listedGrids(inputs.classGroups, "relative", (group) =>
    searchMoves(expectedEnds(group)).map((move) => ({ move, volatilityMove: 0 })),
  );
  const wide = totalsUnder(wideGrids, context);
  const search = totalsUnder(searchGrids, context);
  return ({ rows, equityUsd, besideUsd }) => {
    const held = rows.map((row) => ({ row, group: groupOf(row, context) }));
    const missing = held.flatMap(({ group }) => expected.get(group.id)?.missing ?? []);
    if (missing.length > 0) return uncomputed(missing);
    const parts = held.map(({ row, group }): WidenedPart => {
      const own = { id: group.id, scenarios: inputs.scenariosOf(group) };
      const part = classProfit(row, inputs.totals, own);
      const range = expected.get(group.id)?.ends;
      if (range === undefined) return { part, point: null, details: [] };
      const profits = profitOf(row, search);
      const point = pointOfNoReturn(group.id, { range, equityUsd, profits });
      const sides = widenedSides(point, ranges.ruleEnds(group, rules));
      const wider = { profit: profitOf(row, wide), scenarios: wideGrids.gridOf(group).scenarios };
      return {
        // Where a profit of the search is not a number, no side can be told.
        part: profits.some((usd) => Number.isNaN(usd)) ? withoutProfit(part) : mixed(part, wider, sides),
        point,
        details: sideDetails(point, sides),
      };
    });
    const { usd, worst } = groupsRequirement(
      parts.map(({ part }) => part),
      inputs,
    );
    return {
      requirementUsd: usd + besideUsd,
      worst,
      details: parts.flatMap(({ details }) => details),
      missing: [],
      pointsOfNoReturn: parts.flatMap(({ point }) => point ?? []),
    };
  };
}

interface WidenedPart {
  readonly part: ClassProfit;
  readonly point: PointOfNoReturn | null;
  readonly details: readonly string[];
}

interface Sides {
  readonly down: boolean;
  readonly up: boolean;
}

/** The sides on which the point of no return lies inside an expected range that is wider than the rule set's. */
function widenedSides({ down, up, expectedDown, expectedUp }: PointOfNoReturn, own: ranges.Ends): Sides {
  return {
    down: down !== null && down > expectedDown && expectedDown < own.down,
    up: up !== null && up < expectedUp && expectedUp > own.up,
  };
}

/** The points of the widened sides from the wider run, all others as they were. */
function mixed(
  part: ClassProfit,
  wider: Pick<ClassProfit, "profit" | "scenarios">,
  sides: Sides,
): ClassProfit {
  const isWide = part.scenarios.map(({ move }) => (move < 0 ? sides.down : move > 0 && sides.up));
  return {
    ...part,
    profit: part.profit.map((usd, s) => (isWide[s] === true ? (wider.profit[s] ?? Number.NaN) : usd)),
    scenarios: part.scenarios.map((own, s) => (isWide[s] === true ? (wider.scenarios[s] ?? own) : own)),
  };
}

function withoutProfit(part: ClassProfit): ClassProfit {
  return { ...part, profit: part.profit.map(() => Number.NaN) };
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
  { classGroup, down, up, expectedDown, expectedUp }: PointOfNoReturn,
  sides: Sides,
): string[] {
  const say = (side: string, point: number, end: number): string =>
    `${classGroup} ${side} to ${ranges.percent(end)} %: the account has no equity left at ${ranges.percent(point)} %`;
  return [
    ...(sides.down && down !== null ? [say("down", down, expectedDown)] : []),
    ...(sides.up && up !== null ? [say("up", up, expectedUp)] : []),
  ];
}
