import type { ClassGroup } from "../../risk/grid-set.js";
import type { RangeRule, RuleOf } from "../../rules/house-schema.js";
import {
  type GridRun,
  gridRun,
  type HouseContext,
  namedGroups,
  type NettedBook,
  type PreparedTest,
  uncomputed,
} from "./context.js";
import { classRowOf } from "./group-requirement.js";
import { classGroupOf, missingOf } from "./range-test.js";
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
export function concentrationTest(rule: RuleOf<"concentration">, context: HouseContext): PreparedTest {
  const large = runUnder(rule.largestRanges, rule, context);
  const rest = runUnder(rule.restRanges, rule, context);
  const isNamed = namedGroups(rule.appliesTo, context);
  const lacking = large.resolved.map(({ missing }, classRow) => ({
    missing: [...missing, ...(rest.resolved[classRow]?.missing ?? [])],
  }));
  return (book) => {
    const [largeRows, restRows] = [large.net(book), rest.net(book)];
    return ({ rows }) => {
      const losses: GroupLoss[] = [];
      for (const row of rows) {
        const classRow = classRowOf(row, book);
        if (isNamed[classRow] === 1)
          losses.push({ classRow, large: lossOfRow(row, largeRows), rest: lossOfRow(row, restRows) });
      }
      const missing = missingOf(losses, lacking);
      if (missing.length > 0) return uncomputed(missing);
      const chosen = riskiest(losses, rule.largest);
      const gross = losses.reduce((sum, loss) => sum + (chosen.has(loss) ? loss.large : loss.rest), 0);
      return {
        requirementUsd: rule.share * Math.max(0, gross - rule.rebateUsd),
        missing: [],
        explain: () => {
          const named = losses
            .filter((loss) => chosen.has(loss) && loss.large > 0)
            .map(({ classRow }) => ({
              id: classGroupOf(classRow, context).id,
              ends: large.resolved[classRow]?.ends ?? none.ends,
            }));
          return {
            worst: named.length === 0 ? null : named.map(({ id }) => id).join(", "),
            details: named.map(({ id, ends }) => `${id}: ${ranges.rangeText(ends)}`),
          };
        },
      };
    };
  };
}

/** USD >= 0. */
interface GroupLoss {
  readonly classRow: number;
  readonly large: number;
  readonly rest: number;
}

/** Those whose large range adds most; of equals the first, which is the first in code-unit order. */
function riskiest(losses: readonly GroupLoss[], count: number): ReadonlySet<GroupLoss> {
  const inOrder = losses.toSorted((a, b) => b.large - b.rest - (a.large - a.rest) || a.classRow - b.classRow);
  return new Set(inOrder.slice(0, count));
}

interface RangesRun extends GridRun {
  /** By class group of the run. */
  readonly resolved: readonly ranges.ResolvedRange[];
}

const none: ranges.ResolvedRange = { ends: { down: 0, up: 0 }, missing: [] };

function runUnder(
  entries: readonly RangeRule[],
  { several }: RuleOf<"concentration">,
  context: HouseContext,
): RangesRun {
  const { rules } = context;
  const { classGroups } = context.prepared;
  const resolved = classGroups.map((group): ranges.ResolvedRange => {
    const found = ranges.matchingRanges(entries, group, context);
    const counted = several === "first" ? found.slice(0, 1) : found;
    if (counted.length === 0) return none;
    const missing = counted.flatMap((range) => range.missing);
    return { ends: ranges.widest(counted.map((range) => range.ends)), missing };
  });
  const known = new Map(classGroups.map(({ id }, classRow) => [id, resolved[classRow]]));
  const endsOf = ({ id }: ClassGroup): ranges.Ends => (known.get(id) ?? none).ends;
  const grids = ranges.gridSet(classGroups, rules, (group) => ({
    moves: ranges.stretched(ranges.ruleMoves(group, rules), endsOf(group)),
  }));
  return { ...gridRun(grids, false, context), resolved };
}

function lossOfRow(row: number, { profit, scenarioCount }: NettedBook): number {
  return lossOf(profit, row * scenarioCount, scenarioCount);
}

/** The loss at the worst of the scenarios from index `from` on, at least 0; NaN where a profit is NaN. */
export function lossOf(profit: Float64Array, from: number, scenarioCount: number): number {
  let worst = 0;
  // `Math.min` keeps a NaN.
  for (let k = from; k < from + scenarioCount; k++) worst = Math.min(worst, profit[k] ?? Number.NaN);
  return 0 - worst;
}
