import type { ComparedMarginResult } from "../analysis/compare-reg-t.js";
import { csvText } from "../report/csv.js";
import { accountCells, accountHead } from "../report/margin-csv.js";

/** One row per account, with the strategy-based figures behind the others. */
export function comparedCsv(result: ComparedMarginResult): string {
  const head = [...accountHead, "reg_t_initial", "reg_t_maintenance"];
  const rows = result.accounts.map((account) => [
    ...accountCells(account),
    account.regT?.initialUsd ?? null,
    account.regT?.maintenanceUsd ?? null,
  ]);
  return csvText(head, rows);
}
