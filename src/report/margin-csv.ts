import type { AccountResult, MarginResult, PortfolioGroupResult } from "../requirement/result.js";
import type { OutColumn } from "../tables/write-columns.js";
import { type CsvCell, csvText } from "./csv.js";
import { bindingReason } from "./margin-text.js";

/** Names of the columns of {@link accountCells}. */
export const accountHead = [
  "account",
  "status",
  "market_value",
  "cash",
  "equity",
  "requirement",
  "excess",
  "worst_class_group",
  "worst_scenario",
];

const textColumns = new Set(["account", "status", "worst_class_group", "worst_scenario"]);

/** The rows of {@link marginCsv} as columns, for formats with types; what is empty there is `null`. */
export function accountColumns(result: MarginResult): OutColumn[] {
  const rows = result.accounts.map(accountCells);
  return accountHead.map((name, k): OutColumn => {
    const cells = rows.map((row) => row[k] ?? null);
    return textColumns.has(name)
      ? {
          name,
          type: "text",
          cells: cells.map((cell) => (cell === null || cell === "" ? null : String(cell))),
        }
      : { name, type: "number", cells: cells.map((cell) => (typeof cell === "number" ? cell : null)) };
  });
}

/** One row per account; figures of incomplete accounts, and what they stand on, are empty. */
export function marginCsv(result: MarginResult): string {
  return csvText(accountHead, result.accounts.map(accountCells));
}

export function accountCells(account: AccountResult): CsvCell[] {
  const groups = account.status === "complete" ? account.portfolioGroups : [];
  const costliest = groups.toSorted((a, b) => b.requirementUsd - a.requirementUsd)[0];
  return [
    account.account,
    account.status,
    account.marketValueUsd,
    account.cashUsd,
    account.equityUsd,
    account.requirementUsd,
    account.excessUsd,
    costliest === undefined ? "" : worstClassGroup(costliest),
    costliest === undefined ? "" : bindingReason(costliest),
  ];
}

/** The class group that loses most at the portfolio group's worst scenario; the first of equals. */
function worstClassGroup(group: PortfolioGroupResult): string {
  const at = group.worst.index - 1;
  const profit = (member: { readonly profitUsd: readonly number[] }): number =>
    member.profitUsd[at] ?? Number.NaN;
  const members = group.productGroups.flatMap((part) => part.classGroups);
  return members.toSorted((a, b) => profit(a) - profit(b))[0]?.id ?? group.id;
}
