import type { ComparedMarginResult } from "../analysis/compare-reg-t.js";
import { csvText } from "../report/csv.js";
import { accountCells, accountColumns, accountHead } from "../report/margin-csv.js";
import { cellAt, type OutColumn } from "../tables/write-columns.js";

/** One row per account, with the strategy-based figures behind the others; empty where it has none. */
export function comparedCsv(result: ComparedMarginResult): string {
  const own = strategyColumns(result);
  const rows = result.accounts.map((account, i) => [
    ...accountCells(account),
    ...own.map((column) => cellAt(column, i)),
  ]);
  return csvText([...accountHead, ...own.map(({ name }) => name)], rows);
}

/** The rows of {@link comparedCsv} as columns, for formats with types. */
export function comparedColumns(result: ComparedMarginResult): OutColumn[] {
  return [...accountColumns(result), ...strategyColumns(result)];
}

function strategyColumns({ accounts }: ComparedMarginResult): OutColumn[] {
  const figures = accounts.map(({ regT }) => regT);
  return [
    { name: "reg_t_initial", type: "number", cells: figures.map((regT) => regT?.initialUsd ?? null) },
    { name: "reg_t_maintenance", type: "number", cells: figures.map((regT) => regT?.maintenanceUsd ?? null) },
  ];
}
