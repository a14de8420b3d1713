import type { ClassGroup } from "../../risk/grid-set.js";
import type { HouseRules, RuleOf } from "../../rules/house-schema.js";
import type { PortfolioMarginInputs } from "../inputs.js";
import {
  type GridRun,
  gridRun,
  type HouseContext,
  type Missing,
  namedGroups,
  ownGrids,
  type PositionSize,
  type PreparedTest,
  uncomputed,
} from "./context.js";
import { groupsRequirement, testedGroup, testedGroups } from "./group-requirement.js";
import { classGroupOf } from "./range-test.js";
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
export function positionSizeTest(rule: Rule, context: HouseContext): PreparedTest {
  const own = ownGrids(context);
  const isNamed = namedGroups(rule.appliesTo, context);
  const runOf = remembered((tier: Tier) => tierRun(tier, context));
  return (book) => {
    const ownNetted = own.net(book);
    const nettedOf = remembered((tier: Tier) => runOf(tier).net(book));
    return ({ rows, besideUsd }) => {
      const missing: Missing[] = [];
      const reached: Reached[] = [];
      const parts = testedGroups(rows, book, ownNetted).map((part, i) => {
        if (isNamed[part.classRow] !== 1) return part;
        const row = rows[i] ?? -1;
        const { size, missing: lacking } = positionSize(row, rule, { facts: context.facts, book });
        missing.push(...lacking);
        const tier = highestTier(rule.tiers, size);
        reached.push({ classRow: part.classRow, size, tier });
        return tier === undefined ? part : testedGroup(row, part.classRow, nettedOf(tier));
      });
      if (missing.length > 0) return uncomputed(missing);
      const { usd, worst } = groupsRequirement(parts, ownNetted.scenarioCount, context);
      return {
        requirementUsd: usd + besideUsd,
        missing: [],
        explain: () => ({
          worst: worst(),
          details: reached.flatMap((one) => tierDetail(one, rule, context)),
          sizes: reached.map(({ classRow, size }): PositionSize => {
            const classGroup = classGroupOf(classRow, context).id;
            return { classGroup, size, nextTier: nextTier(rule.tiers, size) };
          }),
        }),
      };
    };
  };
}

/** Whether a test tells sizes, which rest on deltas: nothing else of the requirement does. */
export function asksForGreeks({ tests }: HouseRules): boolean {
  return tests.some(({ kind }) => kind === "position_size");
}

/** What an account holds of a class group. */
interface Reached {
  readonly classRow: number;
  readonly size: number;
  readonly tier: Tier | undefined;
}

/** A tier nobody reaches is never computed. */
function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

function tierRun(tier: Tier, context: HouseContext): GridRun {
  const { rules } = context;
  const grids = ranges.gridSet(context.prepared.classGroups, rules, (group) => ({
    moves: ranges.stretched(ranges.ruleMoves(group, rules), tierEnds(tier, group, context)),
  }));
  return gridRun(grids, true, context);
}

function tierDetail({ classRow, size, tier }: Reached, rule: Rule, context: HouseContext): string[] {
  if (tier === undefined) return [];
  const group = classGroupOf(classRow, context);
  return [`${group.id}: ${sizeText(size, rule)}, so ${ranges.rangeText(tierEnds(tier, group, context))}`];
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

type Sized = Pick<HouseContext, "facts"> & { readonly book: PortfolioMarginInputs };

/** The largest size among the underlyings of a row, with what is missing to tell it. */
function positionSize(
  row: number,
  { measure, participation = 1 }: Rule,
  context: Sized,
): { size: number; missing: Missing[] } {
  const column = measure === "shares_outstanding" ? "shares_outstanding" : "average_daily_volume";
  let size = 0;
  const missing: Missing[] = [];
  for (const [symbol, shares] of netShares(row, context.book)) {
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
function netShares(
  row: number,
  { book, contracts, arrays, totals, market, unusable }: PortfolioMarginInputs,
): Map<string, number> {
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
