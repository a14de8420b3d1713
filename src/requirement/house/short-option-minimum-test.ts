import type { RuleOf } from "../../rules/house-schema.js";
import type { Evaluate, HouseContext } from "./context.js";
import { type ClassProfit, groupsRequirement } from "./group-requirement.js";
import { classProfit, groupOf } from "./range-test.js";

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
export function shortOptionMinimumTest(rule: Rule, context: HouseContext): Evaluate {
  const { inputs, prepared } = context;
  return ({ rows, besideUsd }) => {
    const details: string[] = [];
    const parts = rows.map((row): ClassProfit => {
      const group = groupOf(row, context);
      const own = { id: group.id, scenarios: prepared.grids.gridOf(group).scenarios };
      const part = classProfit(row, inputs.totals, own);
      if (!context.facts.selects(rule.appliesTo, group)) return part;
      const { count, extraUsd } = extraMinimum(row, rule, context);
      if (count > 0)
        details.push(`${group.id}: ${count} ${rule.counts === "all" ? "" : "uncovered "}short options`);
      return { ...part, minimum: part.minimum + extraUsd };
    });
    const { usd, worst } = groupsRequirement(parts, inputs);
    return { requirementUsd: usd + besideUsd, worst, details, missing: [] };
  };
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
function extraMinimum(row: number, rule: Rule, context: HouseContext): { count: number; extraUsd: number } {
  let count = 0;
  let extraUsd = 0;
  for (const { shorts, coverUnits } of sidesOf(row, rule, context)) {
    let units = rule.counts === "all" ? 0 : coverUnits;
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

function sidesOf(row: number, rule: Rule, context: HouseContext): Iterable<Side> {
  const { book, contracts, totals, unusable } = context.inputs;
  const sides = new Map<string, Side>();
  const side = (underlying: string, type: "call" | "put"): Side => {
    const key = `${type} ${underlying}`;
    const known = sides.get(key) ?? { shorts: [], coverUnits: 0 };
    sides.set(key, known);
    return known;
  };
  for (let h = totals.holdingStart[row] ?? 0; h < (totals.holdingStart[row + 1] ?? 0); h++) {
    const contract = book.contract[h] ?? -1;
    if (unusable[contract] === 1) continue;
    const quantity = book.quantity[h] ?? Number.NaN;
    const underlying = contracts.underlying[contract] ?? "";
    const multiplier = contracts.multiplier[contract] ?? Number.NaN;
    const isOption = contracts.isOption[contract] === 1;
    const isCall = isOption ? contracts.isCall[contract] === 1 : quantity > 0;
    const own = side(underlying, isCall ? "call" : "put");
    if (isOption && quantity < 0)
      own.shorts.push({ count: -quantity, multiplier, extraUsd: extraPerContract(h, rule, context) });
    else own.coverUnits += Math.abs(quantity) * multiplier;
  }
  return sides.values();
}

function extraPerContract(holding: number, rule: Rule, { inputs, facts }: HouseContext): number {
  const { book, contracts, totals } = inputs;
  const contract = book.contract[holding] ?? -1;
  const own = (totals.holdingMinimum[holding] ?? Number.NaN) / Math.abs(book.quantity[holding] ?? Number.NaN);
  const multiplier = contracts.quoteMultiplier[contract] ?? Number.NaN;
  const deliverable =
    (contracts.multiplier[contract] ?? Number.NaN) * facts.price(contracts.underlying[contract] ?? "");
  const house = Math.max((rule.perUnitUsd ?? 0) * multiplier, (rule.shareOfDeliverable ?? 0) * deliverable);
  return Math.max(0, house - own);
}
