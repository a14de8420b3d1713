import { accountHead } from "../requirement/account-row.js";
import { costliestOf } from "../requirement/costliest.js";
import type { AccountResult, MarginResult } from "../requirement/result.js";
import type { OutColumn } from "../tables/write-columns.js";
import { type CsvCell, csvText } from "./csv.js";

export { accountHead };

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
  const { classGroup, scenario } = costliestOf(account);
  return [
    account.account,
    account.status,
    account.marketValueUsd,
    account.cashUsd,
    account.equityUsd,
    account.requirementUsd,
    account.excessUsd,
    classGroup,
    scenario,
  ];
}
