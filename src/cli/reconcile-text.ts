import type { ReconcileAccount, ReconcileResult } from "../analysis/reconcile/result.js";
import { amount, textTable } from "../report/text.js";

/** Each account: both figures, the steps from ours to theirs, and the rows that still differ. */
export function reconcileText(result: ReconcileResult): string {
  const head = `Reconciliation with ${result.format}, as of ${result.asOf}, rules ${result.rules.name}, USD`;
  return [head, ...result.accounts.flatMap((account) => ["", ...accountText(account)])].join("\n");
}

function accountText(account: ReconcileAccount): string[] {
  const { oursUsd, theirsUsd, differenceUsd, basis, note, status } = account;
  const name = `Account ${account.account}: ${status.replace("_", " ")}${note === null ? "" : ` (${note})`}`;
  if (differenceUsd === null) return [name];
  const from = basis === "account" || basis === null ? "" : ` (sum over ${basis})`;
  const steps = [
    ["ours", "", "", "", "", amount(oursUsd)],
    ...account.steps.map((step) => [
      step.cause.replace("_", " "),
      `${step.level} ${step.id}`,
      shown(step.ours),
      shown(step.theirs),
      step.note ?? "",
      amount(step.amountUsd),
    ]),
    ["theirs", "", "", "", "", amount(theirsUsd)],
  ];
  const open = account.rows.filter(({ residualUsd }) => residualUsd === null || Math.abs(residualUsd) > 0.01);
  const rows = open.map((row) => [
    `${row.level} ${row.id}`,
    amount(row.oursUsd),
    amount(row.theirsUsd),
    amount(row.switchedUsd),
    amount(row.residualUsd),
  ]);
  return [
    `${name}; theirs less ours ${amount(differenceUsd)}${from}`,
    textTable(stepColumns, steps),
    ...(rows.length === 0
      ? []
      : ["", "Figures that still differ when all is switched:", textTable(rowColumns, rows)]),
  ];
}

const stepColumns = [
  { head: "cause", align: "left" as const },
  { head: "where", align: "left" as const },
  { head: "ours" },
  { head: "theirs" },
  { head: "note", align: "left" as const },
  { head: "amount" },
];
const rowColumns = [
  { head: "figure", align: "left" as const },
  { head: "ours" },
  { head: "theirs" },
  { head: "switched" },
  { head: "residual" },
];

function shown(value: string | number | null): string {
  return typeof value === "number" ? amount(value, 4) : (value ?? "-");
}
