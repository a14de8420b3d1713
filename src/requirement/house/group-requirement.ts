import { sum } from "../../basics/collections.js";
import type { Scenario } from "../../scenarios/grid.js";
import type { ClassProfit, NettedGroup } from "../group-netting.js";
import type { PortfolioMarginInputs } from "../inputs.js";
import type { HouseContext, NettedBook } from "./context.js";

/** One class group of an account under the grid that a test gives it. */
export interface TestedGroup extends ClassProfit {
  readonly scenarios: readonly Scenario[];
}

export interface GroupsRequirement {
  readonly usd: number;
  /** Of the portfolio group that costs most: its id and the scenario, or that its minimum binds. */
  readonly worst: () => string | null;
}

/**
 * The requirement of an account's class groups by the rule set's offsets and minimums: what `portfolioGroups` computes,
 * without its tree. NaN where a profit is.
 *
 * @param parts in the order of class groups
 */
export function groupsRequirement(
  parts: readonly TestedGroup[],
  scenarioCount: number,
  { netting, rules, prepared }: Pick<HouseContext, "netting" | "rules" | "prepared">,
): GroupsRequirement {
  const isHeldAgainst = rules.readings.minimumPer === "portfolio_group";
  let usd = 0;
  let costliest: { readonly group: NettedGroup<TestedGroup>; readonly usd: number } | null = null;
  for (const group of netting.groups(netting.inOrder(parts), scenarioCount)) {
    // Without a comparison, which a NaN would pass unseen: the worst scenario skips over one.
    const minimum = isHeldAgainst ? minimumOf(group) : 0;
    const own = group.hasNaN ? Number.NaN : Math.max(group.lossUsd, minimum);
    usd += own;
    if (costliest === null || own > costliest.usd) costliest = { group, usd: own };
  }
  const found = costliest;
  return {
    usd,
    worst: () => {
      if (found === null) return null;
      const { group } = found;
      const isMinimum = isHeldAgainst && minimumOf(group) > group.lossUsd;
      return `${group.id}: ${isMinimum ? "minimum" : labelOf(group, prepared.classGroups)}`;
    },
  };
}

/** A sum has one order here, that of class groups, also where product groups lie across it. */
function minimumOf({ members }: NettedGroup<TestedGroup>): number {
  const [only] = members;
  if (members.length === 1 && only !== undefined) return only.minimum;
  return sum(inClassOrder(members).map(({ minimum }) => minimum));
}

function inClassOrder(members: readonly TestedGroup[]): TestedGroup[] {
  return members.toSorted((a, b) => a.classRow - b.classRow);
}

/** Class groups may move differently at one point: the label then says each. */
function labelOf(
  { members, at }: NettedGroup<TestedGroup>,
  classGroups: HouseContext["prepared"]["classGroups"],
): string {
  const labels = inClassOrder(members).map(({ classRow, scenarios }) => {
    return { id: classGroups[classRow]?.id ?? "", label: scenarios[at]?.label ?? "" };
  });
  if (labels.every(({ label }) => label === labels[0]?.label)) return labels[0]?.label ?? "";
  return labels.map(({ id, label }) => `${id} ${label}`).join("; ");
}

/** Rows of a book under the grids of a test. */
export function testedGroups(
  rows: readonly number[],
  book: Pick<PortfolioMarginInputs, "totals">,
  netted: NettedBook,
): TestedGroup[] {
  return rows.map((row) => testedGroup(row, classRowOf(row, book), netted));
}

export function testedGroup(
  row: number,
  classRow: number,
  { scenarios, scenarioCount, profit, minimum }: NettedBook,
): TestedGroup {
  return {
    classRow,
    scenarios: scenarios[classRow] ?? [],
    profit,
    from: row * scenarioCount,
    minimum: minimum === null ? 0 : (minimum[row] ?? Number.NaN),
  };
}

/** Index into the class groups of the run. */
export function classRowOf(row: number, { totals }: Pick<PortfolioMarginInputs, "totals">): number {
  const classRow = totals.classGroup[row] ?? -1;
  if (classRow < 0) throw new RangeError(`no class group of row ${row}`);
  return classRow;
}
