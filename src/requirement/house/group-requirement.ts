import { grouped } from "../../basics/collections.js";
import type { Scenario } from "../../scenarios/grid.js";
import { offsetProfits, worstIndex } from "../offsets.js";
import type { PortfolioMarginInputs } from "../inputs.js";

/** One class group of an account under the grid that a test gives it. */
export interface ClassProfit {
  readonly id: string;
  readonly profit: Float64Array;
  readonly minimum: number;
  readonly scenarios: readonly Scenario[];
}

export interface GroupsRequirement {
  readonly usd: number;
  /** Of the portfolio group that costs most: its id and the scenario, or that its minimum binds. */
  readonly worst: string | null;
}

/**
 * The requirement of an account's class groups by the rule set's offsets and minimums: what `portfolioGroups` computes,
 * without its tree. NaN where a profit is.
 */
export function groupsRequirement(
  parts: readonly ClassProfit[],
  { placeOf, rules: { readings } }: Pick<PortfolioMarginInputs, "placeOf" | "rules">,
): GroupsRequirement {
  const groups = grouped(parts, ({ id }) => placeOf(id).portfolioGroup).map(([id, members]) => {
    const products = grouped(members, (part) => placeOf(part.id).productGroup).map(([, own]) =>
      offsetProfits(
        own.map(({ profit, minimum }) =>
          readings.minimumPer === "class_group" ? profit.map((usd) => Math.min(usd, -minimum)) : profit,
        ),
        placeOf(own[0]?.id ?? "").productOffset,
        readings.carriedGain,
      ),
    );
    const { portfolioOffset } = placeOf(members[0]?.id ?? "");
    const profit = offsetProfits(products, portfolioOffset, readings.carriedGain);
    const minimum = members.reduce((sum, part) => sum + part.minimum, 0);
    const heldAgainst = readings.minimumPer === "portfolio_group" ? minimum : 0;
    const at = worstIndex(profit);
    const loss = Math.max(0, -(profit[at] ?? Number.NaN));
    const label = heldAgainst > loss ? "minimum" : scenarioLabel(members, at);
    // Without a comparison, which a NaN would pass unseen: worstIndex skips over one.
    const usd = profit.some((value) => Number.isNaN(value)) ? Number.NaN : Math.max(loss, heldAgainst);
    return { usd, worst: `${id}: ${label}` };
  });
  const costliest = groups.toSorted((a, b) => b.usd - a.usd)[0];
  return { usd: groups.reduce((sum, group) => sum + group.usd, 0), worst: costliest?.worst ?? null };
}

/** Class groups may move differently at one point: the label then says each. */
export function scenarioLabel(parts: readonly ClassProfit[], at: number): string {
  const labels = parts.map(({ id, scenarios }) => ({ id, label: scenarios[at]?.label ?? "" }));
  if (labels.every(({ label }) => label === labels[0]?.label)) return labels[0]?.label ?? "";
  return labels.map(({ id, label }) => `${id} ${label}`).join("; ");
}
