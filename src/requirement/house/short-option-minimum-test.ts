import type { RuleOf } from "../../rules/house-schema.js";
import type { PortfolioMarginInputs } from "../inputs.js";
import { type HouseContext, namedGroups, ownGrids, type PreparedTest } from "./context.js";
import type { ClassGroupFacts } from "./facts.js";
import { groupsRequirement, testedGroups } from "./group-requirement.js";
import { classGroupOf } from "./range-test.js";

type Rule = RuleOf<"short_option_minimum">;

/**
 * The whole requirement with a minimum of the house for short options, where it is above the rule set's own:
 *
 *     per contract = max(perUnitUsd × multiplier, shareOfDeliverable × value of what one contract delivers)
 *
 * `uncovered` counts, underlying by underlying, the short calls beyond long calls and the contracts' worth of long shares,
 * and the short puts beyond long puts and short shares; whatever the strikes and expiries. What covers stands against the
 * cheapest short ones.
 */
export function shortOptionMinimumTest(rule: Rule, context: HouseContext): PreparedTest {
  const { net } = ownGrids(context);
  const isNamed = namedGroups(rule.appliesTo, context);
  return (book) => {
    const netted = net(book);
    const minimums = { ...book, rule, facts: context.facts };
    return ({ rows, besideUsd }) => {
      const charged: { readonly classRow: number; readonly count: number }[] = [];
      const parts = testedGroups(rows, book, netted).map((part, i) => {
        if (isNamed[part.classRow] !== 1) return part;
        const { count, extraUsd } = extraMinimum(rows[i] ?? -1, minimums);
        if (count > 0) charged.push({ classRow: part.classRow, count });
        const { classRow, profit, from, minimum, scenarios } = part;
        return { classRow, profit, from, minimum: minimum + extraUsd, scenarios };
      });
      const { usd, worst } = groupsRequirement(parts, netted.scenarioCount, context);
      const which = rule.counts === "all" ? "" : "uncovered ";
      const details = (): string[] =>
        charged.map(({ classRow, count }) => {
          const { id } = classGroupOf(classRow, context);
          return `${id}: ${count} ${which}short options`;
        });
      return {
        requirementUsd: usd + besideUsd,
        missing: [],
        explain: () => ({ worst: worst(), details: details() }),
      };
    };
  };
}

/** What minimums are told from. */
interface MinimumSources extends PortfolioMarginInputs {
  readonly rule: Rule;
  readonly facts: ClassGroupFacts;
}

interface Short {
  readonly count: number;
  /** Units of the underlying per contract. */
  readonly multiplier: number;
  /** USD a contract above the rule set's own minimum. */
  readonly extraUsd: number;
}

/** Short options of one underlying and type, and the units of the underlying that cover them. */
interface Side {
  readonly shorts: Short[];
  coverUnits: number;
}

/** What the short options of a row cost beyond the rule set's own minimum, USD. */
function extraMinimum(row: number, sources: MinimumSources): { count: number; extraUsd: number } {
  let count = 0;
  let extraUsd = 0;
  for (const { shorts, coverUnits } of sidesOf(row, sources)) {
    let units = sources.rule.counts === "all" ? 0 : coverUnits;
    for (const short of shorts.toSorted((a, b) => a.extraUsd - b.extraUsd)) {
      // Whole contracts: 250 shares cover two calls on 100.
      const covered = Math.min(short.count, Math.floor(units / short.multiplier));
      units -= covered * short.multiplier;
      count += short.count - covered;
      extraUsd += (short.count - covered) * short.extraUsd;
    }
  }
  return { count, extraUsd };
}

function sidesOf(row: number, sources: MinimumSources): Iterable<Side> {
  const { book, contracts, totals, unusable } = sources;
  const sides = new Map<number, Side>();
  const side = (underlying: number, isCall: boolean): Side => {
    const key = 2 * underlying + (isCall ? 1 : 0);
    const known = sides.get(key) ?? { shorts: [], coverUnits: 0 };
    sides.set(key, known);
    return known;
  };
  for (let h = totals.holdingStart[row] ?? 0; h < (totals.holdingStart[row + 1] ?? 0); h++) {
    const contract = book.contract[h] ?? -1;
    if (unusable[contract] === 1) continue;
    const quantity = book.quantity[h] ?? Number.NaN;
    const multiplier = contracts.multiplier[contract] ?? Number.NaN;
    const isOption = contracts.isOption[contract] === 1;
    const isCall = isOption ? contracts.isCall[contract] === 1 : quantity > 0;
    const own = side(contracts.underlyingAt[contract] ?? -1, isCall);
    if (isOption && quantity < 0)
      own.shorts.push({ count: -quantity, multiplier, extraUsd: extraPerContract(h, sources) });
    else own.coverUnits += Math.abs(quantity) * multiplier;
  }
  return sides.values();
}

function extraPerContract(holding: number, { book, contracts, totals, facts, rule }: MinimumSources): number {
  const contract = book.contract[holding] ?? -1;
  const own = (totals.holdingMinimum[holding] ?? Number.NaN) / Math.abs(book.quantity[holding] ?? Number.NaN);
  const multiplier = contracts.quoteMultiplier[contract] ?? Number.NaN;
  const deliverable =
    (contracts.multiplier[contract] ?? Number.NaN) * facts.price(contracts.underlying[contract] ?? "");
  const house = Math.max((rule.perUnitUsd ?? 0) * multiplier, (rule.shareOfDeliverable ?? 0) * deliverable);
  return Math.max(0, house - own);
}
