import type { ClassGroup } from "../../risk/grid-set.js";
import type { RuleOf } from "../../rules/house-schema.js";
import {
  type Explanation,
  gridRun,
  type HouseContext,
  type NettedBook,
  ownGrids,
  type PointOfNoReturn,
  type PreparedTest,
  uncomputed,
} from "./context.js";
import { groupsRequirement, type TestedGroup, testedGroup, testedGroups } from "./group-requirement.js";
import { missingOf } from "./range-test.js";
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
export function expectedRangeTest(rule: RuleOf<"expected_range">, context: HouseContext): PreparedTest {
  const { rules } = context;
  const { classGroups } = context.prepared;
  const expected = classGroups.map(
    (group): ranges.ResolvedRange | undefined => ranges.matchingRanges(rule.ranges, group, context)[0],
  );
  const known = new Map(classGroups.map(({ id }, classRow) => [id, expected[classRow]]));
  const expectedEnds = ({ id }: ClassGroup): ranges.Ends => known.get(id)?.ends ?? { down: 0, up: 0 };
  const wideGrids = ranges.gridSet(classGroups, rules, (group) => {
    const ends = ranges.widest([ranges.ruleEnds(group, rules), expectedEnds(group)]);
    return { moves: ranges.stretched(ranges.ruleMoves(group, rules), ends) };
  });
  const searchGrids = ranges.listedGrids(classGroups, "relative", (group) =>
    allMoves(searchMoves(expectedEnds(group))).map((move) => ({ move, volatilityMove: 0 })),
  );
  const wide = gridRun(wideGrids, false, context);
  const search = gridRun(searchGrids, false, context);
  const own = ownGrids(context);
  const expectations = classGroups.map((group, classRow): Expectation | null => {
    const range = expected[classRow];
    if (range === undefined) return null;
    return { classGroup: group.id, own: ranges.ruleEnds(group, rules), moves: searchMoves(range.ends) };
  });
  return (book) => {
    const netted = own.net(book);
    const tested = { netted, widened: wide.net(book), searched: search.net(book) };
    return ({ rows, equityUsd, besideUsd }) => {
      const held = testedGroups(rows, book, netted);
      const missing = missingOf(held, expected);
      if (missing.length > 0) return uncomputed(missing);
      const parts = held.map((part, i): WidenedPart => {
        const expectation = expectations[part.classRow] ?? null;
        if (expectation === null) return { part, point: null, sides: notWidened };
        return widenedPart(part, { tested, row: rows[i] ?? -1, equityUsd, expectation });
      });
      const groups = parts.map(({ part }) => part);
      const { usd, worst } = groupsRequirement(groups, netted.scenarioCount, context);
      return {
        requirementUsd: usd + besideUsd,
        missing: [],
        explain: () => ({ worst: worst(), ...explained(parts) }),
      };
    };
  };
}

/** A class group of which a range is expected. */
interface Expectation {
  readonly classGroup: string;
  /** The rule set's. */
  readonly own: ranges.Ends;
  readonly moves: SearchMoves;
}

interface Widening {
  readonly expectation: Expectation;
  readonly row: number;
  readonly equityUsd: number;
  readonly tested: SearchedBook;
}

interface SearchedBook {
  readonly netted: NettedBook;
  /** Under the expected ranges. */
  readonly widened: NettedBook;
  /** At the moves of the search. */
  readonly searched: NettedBook;
}

// Members are copied one by one: spreading objects takes longer than the search.
function widenedPart(part: TestedGroup, asked: Widening): WidenedPart {
  const { expectation, row, equityUsd } = asked;
  const { netted, widened, searched } = asked.tested;
  const profits = searched.profit.subarray(2 * searchPoints * row, 2 * searchPoints * (row + 1));
  const point = pointOfNoReturn({ expectation, equityUsd, profits });
  const sides = widenedSides(point, expectation.own);
  // Where a profit of the search is not a number, no side can be told.
  if (hasNaN(profits)) return { part: withoutProfit(part, netted.scenarioCount), point, sides };
  if (!sides.down && !sides.up) return { part, point, sides };
  const wider = testedGroup(row, part.classRow, widened);
  return { part: mixed(part, { wider, sides, count: netted.scenarioCount }), point, sides };
}

interface WidenedPart {
  readonly part: TestedGroup;
  /** `null` where nothing is expected of the class group. */
  readonly point: PointOfNoReturn | null;
  readonly sides: Sides;
}

function explained(parts: readonly WidenedPart[]): Omit<Explanation, "worst"> {
  return {
    details: parts.flatMap(({ point, sides }) => (point === null ? [] : sideDetails(point, sides))),
    pointsOfNoReturn: parts.flatMap(({ point }) => point ?? []),
  };
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

const notWidened: Sides = { down: false, up: false };

interface Wider {
  readonly wider: TestedGroup;
  readonly sides: Sides;
  /** Of scenarios. */
  readonly count: number;
}

/** The points of the widened sides from the wider run, all others as they were. */
function mixed(part: TestedGroup, { wider, sides, count }: Wider): TestedGroup {
  const isWide = part.scenarios.map(({ move }) => (move < 0 ? sides.down : move > 0 && sides.up));
  const profit = part.profit.slice(part.from, part.from + count);
  for (let s = 0; s < count; s++)
    if (isWide[s] === true) profit[s] = wider.profit[wider.from + s] ?? Number.NaN;
  const scenarios = part.scenarios.map((own, s) => (isWide[s] === true ? (wider.scenarios[s] ?? own) : own));
  return { classRow: part.classRow, minimum: part.minimum, profit, from: 0, scenarios };
}

function withoutProfit(part: TestedGroup, count: number): TestedGroup {
  return { ...part, profit: new Float64Array(count).fill(Number.NaN), from: 0 };
}

/** The moves at which the equity of an account is looked at, from 0 outwards; down not beyond -100 %. */
interface SearchMoves {
  readonly range: ranges.Ends;
  readonly down: readonly number[];
  readonly up: readonly number[];
}

function searchMoves(range: ranges.Ends): SearchMoves {
  const steps = Array.from({ length: searchPoints }, (_, i) => (i + 1) / searchPoints);
  const out = (reach: number): number[] => steps.map((step) => step * reach);
  return { range, down: out(Math.max(-1, 2 * range.down)), up: out(2 * range.up) };
}

function allMoves({ down, up }: SearchMoves): number[] {
  return [...down, ...up];
}

interface Search {
  readonly expectation: Expectation;
  readonly equityUsd: number;
  /** At the moves down, then at those up. */
  readonly profits: Float64Array;
}

function pointOfNoReturn({ expectation, equityUsd, profits }: Search): PointOfNoReturn {
  const { classGroup, moves } = expectation;
  return {
    classGroup,
    down: firstRuin(moves.down, profits.subarray(0, searchPoints), equityUsd),
    up: firstRuin(moves.up, profits.subarray(searchPoints), equityUsd),
    expectedDown: moves.range.down,
    expectedUp: moves.range.up,
  };
}

/** The smallest move at which equity + profit <= 0; `null` where there is none among them. Profit is 0 at move 0. */
export function firstRuin(moves: readonly number[], profits: Float64Array, equityUsd: number): number | null {
  if (equityUsd <= 0) return 0;
  // A loop: `findIndex` with a function takes several times as long, and this is asked of every class group of a book.
  let at = 0;
  while (at < profits.length && !(equityUsd + (profits[at] ?? Number.NaN) <= 0)) at++;
  if (at === profits.length) return null;
  const before = { move: moves[at - 1] ?? 0, left: equityUsd + (profits[at - 1] ?? 0) };
  const after = { move: moves[at] ?? Number.NaN, left: equityUsd + (profits[at] ?? Number.NaN) };
  return before.move + ((after.move - before.move) * before.left) / (before.left - after.left);
}

function hasNaN(profits: Float64Array): boolean {
  for (let i = 0; i < profits.length; i++) if (Number.isNaN(profits[i])) return true;
  return false;
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
