import type { AccountResult, MarginResult } from "../requirement/result.js";
import { type CsvCell, csvText } from "./csv.js";
import { bindingReason } from "./margin-text.js";

const head = [
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

/** One row per account; figures of incomplete accounts are empty. */
export function marginCsv(result: MarginResult): string {
  return csvText(head, result.accounts.map(accountCells));
}

function accountCells(account: AccountResult): CsvCell[] {
  const costliest = account.portfolioGroups.toSorted((a, b) => b.requirementUsd - a.requirementUsd)[0];
  return [
    account.account,
    account.status,
    account.marketValueUsd,
    account.cashUsd,
    account.equityUsd,
    account.requirementUsd,
    account.excessUsd,
    costliest?.id ?? "",
    costliest === undefined ? "" : bindingReason(costliest),
  ];
}
