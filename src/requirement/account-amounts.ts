import { sum } from "../basics/collections.js";
import { roundToCents } from "../basics/money.js";
import type { AccountMoney } from "./accounts.js";
import { offsetWeights } from "./costs.js";
import type { ClassProfit, GroupNetting, NettedGroup } from "./group-netting.js";
import type { PortfolioMarginInputs } from "./inputs.js";
import { offsetProfit } from "./offsets.js";
import { worstOfTypes } from "./portfolio-margin.js";

/** A row of the totals. */
export interface HeldGroup extends ClassProfit {
  readonly row: number;
}

/** A portfolio group of an account with its requirement, USD. */
export interface GroupAmounts {
  /** In the order of sums. */
  readonly members: readonly HeldGroup[];
  /** Index of the worst scenario. */
  readonly at: number;
  readonly requirementUsd: number;
  readonly binding: "scan_loss" | "minimum" | "none";
}

/** What an account comes to before house rules, USD. */
export interface AccountAmounts {
  readonly marketValueUsd: number;
  readonly equityUsd: number;
  readonly requirementUsd: number;
  readonly groups: readonly GroupAmounts[];
}

/** Where the accounts of a book stand. */
export interface AmountSources {
  readonly inputs: PortfolioMarginInputs;
  readonly netting: GroupNetting;
}

/**
 * The amounts of an account that holds only what is netted in groups, and nothing that cannot be used: what `accountResults`
 * gives, without the tree. Amounts of the account are rounded, those of its groups are not.
 *
 * @param rows the account's rows of the totals, ascending
 */
export function accountAmounts(
  rows: readonly number[],
  { cash, equityOther }: AccountMoney,
  { inputs, netting }: AmountSources,
): AccountAmounts {
  const { totals, rules } = inputs;
  const { scenarioCount, profit } = totals;
  const held = rows.map((row) => ({
    row,
    classRow: totals.classGroup[row] ?? -1,
    profit,
    from: row * scenarioCount,
    minimum: totals.minimum[row] ?? Number.NaN,
  }));
  const netted = netting.groups(netting.inOrder(held), scenarioCount);
  const groups = netted.map((group) => groupAmounts(group, rules.readings.minimumPer));
  const marketValue = sum(groups.map((group) => marketValueOf(group, inputs)));
  return {
    marketValueUsd: roundToCents(marketValue),
    equityUsd: roundToCents(marketValue + cash + equityOther),
    requirementUsd: roundToCents(sum(groups.map(({ requirementUsd }) => requirementUsd))),
    groups,
  };
}

function groupAmounts(
  group: NettedGroup<HeldGroup>,
  minimumPer: "portfolio_group" | "class_group",
): GroupAmounts {
  const { lossUsd, members, at } = group;
  // By class group the minimums are in the profits already.
  const minimumUsd =
    minimumPer === "portfolio_group" ? members.reduce((total, part) => total + part.minimum, 0) : 0;
  const binding = minimumUsd > lossUsd ? "minimum" : lossUsd > 0 ? "scan_loss" : "none";
  return { members, at, requirementUsd: Math.max(lossUsd, minimumUsd), binding };
}

function marketValueOf(
  { members }: GroupAmounts,
  { totals: { holdingStart, holdingMarketValue } }: PortfolioMarginInputs,
): number {
  let usd = 0;
  for (const { row } of members)
    for (let h = holdingStart[row] ?? 0; h < (holdingStart[row + 1] ?? 0); h++)
      usd += holdingMarketValue[h] ?? Number.NaN;
  return usd;
}

/** As `costliestOf` of the tree. */
export function costliestAmounts(
  groups: readonly GroupAmounts[],
  { classGroups, scenariosOf }: PortfolioMarginInputs,
): { classGroup: string; scenario: string } {
  let costliest: GroupAmounts | null = null;
  for (const group of groups)
    if (costliest === null || group.requirementUsd > costliest.requirementUsd) costliest = group;
  if (costliest === null) return { classGroup: "", scenario: "" };
  const { members, at, binding } = costliest;
  const profitOf = ({ profit, from }: HeldGroup): number => profit[from + at] ?? Number.NaN;
  const worst = members.reduce((least, part) => (profitOf(part) < profitOf(least) ? part : least));
  const groupsHeld = members.flatMap(({ classRow }) => classGroups[classRow] ?? []);
  return {
    classGroup: classGroups[worst.classRow]?.id ?? "",
    scenario: binding === "minimum" ? "minimum" : worstOfTypes(groupsHeld, at, scenariosOf).label,
  };
}

/** What each class group costs of a portfolio group's requirement, USD, signed, in the order of its members: see `withCosts`. */
export function classGroupCosts(
  { members, at, binding }: GroupAmounts,
  { inputs, netting }: AmountSources,
): number[] {
  if (binding === "none") return members.map(() => 0);
  if (binding === "minimum") return members.map((part) => minimumOf(part, inputs));
  const { readings } = inputs.rules;
  const [only] = members;
  // What stands alone and loses counts whole.
  if (members.length === 1 && only !== undefined) return [costOf(only, 1, { at, inputs })];
  const products = byProductGroup(members, netting);
  const profits = products.map((own) => own.map((part) => countedProfit(part, at, readings.minimumPer)));
  const shares = products.map(([first]) => netting.placeOf(first?.classRow ?? -1).productOffset);
  const outer = offsetWeights(
    profits.map((own, i) => offsetProfit(own, shares[i] ?? Number.NaN, readings.carriedGain)),
    netting.placeOf(members[0]?.classRow ?? -1).portfolioOffset,
    readings,
  );
  return products.flatMap((own, i) => {
    const weights = offsetWeights(profits[i] ?? [], shares[i] ?? Number.NaN, readings);
    return own.map((part, j) => {
      const weight = (weights[j] ?? Number.NaN) * (outer[i] ?? Number.NaN);
      return costOf(part, weight, { at, inputs });
    });
  });
}

function byProductGroup(members: readonly HeldGroup[], netting: GroupNetting): HeldGroup[][] {
  const products: HeldGroup[][] = [];
  let last: string | null = null;
  for (const part of members) {
    const { productGroup } = netting.placeOf(part.classRow);
    if (productGroup === last) products.at(-1)?.push(part);
    else products.push([part]);
    last = productGroup;
  }
  return products;
}

function countsAsMinimum({ profit, from, minimum }: HeldGroup, at: number): boolean {
  return -(profit[from + at] ?? Number.NaN) < minimum;
}

function countedProfit(part: HeldGroup, at: number, minimumPer: "portfolio_group" | "class_group"): number {
  if (minimumPer === "class_group" && countsAsMinimum(part, at)) return -part.minimum;
  return part.profit[part.from + at] ?? Number.NaN;
}

/** Summed as the positions of the tree are. */
function minimumOf({ row }: HeldGroup, { totals }: PortfolioMarginInputs): number {
  const { holdingStart, holdingMinimum } = totals;
  let usd = 0;
  for (let h = holdingStart[row] ?? 0; h < (holdingStart[row + 1] ?? 0); h++)
    usd += holdingMinimum[h] ?? Number.NaN;
  return usd;
}

/** Of a class group where the worst scenario binds; where minimums are held against class groups it may count with its own. */
function costOf(
  part: HeldGroup,
  weight: number,
  { at, inputs }: { readonly at: number; readonly inputs: PortfolioMarginInputs },
): number {
  const { totals, book, arrays, rules } = inputs;
  if (rules.readings.minimumPer === "class_group" && countsAsMinimum(part, at))
    return minimumOf(part, inputs);
  let usd = 0;
  for (let h = totals.holdingStart[part.row] ?? 0; h < (totals.holdingStart[part.row + 1] ?? 0); h++) {
    const profit = arrays.profit[(book.contract[h] ?? -1) * arrays.scenarioCount + at] ?? Number.NaN;
    usd += 0 - weight * ((book.quantity[h] ?? Number.NaN) * profit);
  }
  return usd;
}
