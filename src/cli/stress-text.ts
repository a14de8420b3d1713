import type { StressContribution, StressResult } from "../analysis/stress-result.js";
import { failuresText } from "../report/margin-text.js";
import { amount, textTable } from "../report/text.js";

/** The firm's worst scenarios with what they consist of, then each account at its own worst. */
export function stressText(result: StressResult): string {
  const notes = result.notes.map((note) => `Note: ${note}`);
  return [
    `Stress as of ${result.asOf}, ${result.scenarios.length} scenarios, requirement by ${result.rules.name}, USD`,
    "",
    firmTable(result),
    "",
    accountTable(result),
    ...movedLines(result),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    ...(result.failures.length === 0 ? [] : ["", failuresText(result.failures)]),
  ].join("\n");
}

function firmTable({ firm }: StressResult): string {
  const columns = [
    { head: "worst scenarios of all accounts", align: "left" as const },
    { head: "profit" },
    { head: "equity < 0" },
    { head: "< requirement" },
    { head: "left out" },
    { head: "class groups", align: "left" as const },
  ];
  return textTable(
    columns,
    firm.worst.map((at) => [
      at.scenario,
      amount(at.profitUsd),
      String(at.accountsBelowZero),
      String(at.accountsBelowRequirement),
      String(at.accountsLeftOut),
      partsText(at.classGroups),
    ]),
  );
}

function accountTable({ accounts }: StressResult): string {
  const columns = [
    { head: "account", align: "left" as const },
    { head: "equity" },
    { head: "requirement" },
    { head: "worst scenario", align: "left" as const },
    { head: "profit" },
    { head: "equity after" },
    { head: "scenarios < 0" },
    { head: "< requirement" },
    { head: "class groups", align: "left" as const },
  ];
  return textTable(
    columns,
    accounts.map((account) => [
      account.status === "complete" ? account.account : `${account.account} (incomplete)`,
      amount(account.equityUsd),
      amount(account.requirementUsd),
      account.worst?.scenario ?? "",
      amount(account.worst?.profitUsd ?? null),
      amount(account.worst?.equityAfterUsd ?? null),
      String(account.equityBelowZero.length),
      String(account.equityBelowRequirement.length),
      partsText(account.worst?.classGroups ?? []),
    ]),
  );
}

/** Where it was asked for: accounts whose equity does not reach the requirement of the moved book. */
function movedLines({ accounts, scenarios }: StressResult): string[] {
  if (accounts.every(({ movedRequirementUsd }) => movedRequirementUsd === undefined)) return [];
  const columns = [
    { head: "account", align: "left" as const },
    { head: "scenario", align: "left" as const },
    { head: "requirement after" },
    { head: "equity after" },
    { head: "", align: "left" as const },
  ];
  const rows = accounts.flatMap(({ account, equityUsd, profitUsd, ...rest }) =>
    (rest.movedRequirementUsd ?? []).map((requirement, s) => {
      const name = scenarios[s] ?? "";
      const after = equityUsd === null ? null : equityUsd + (profitUsd[s] ?? Number.NaN);
      const isBelow = rest.equityBelowMovedRequirement?.includes(name) === true;
      return [account, name, amount(requirement), amount(after), isBelow ? "below" : ""];
    }),
  );
  return ["", textTable(columns, rows)];
}

const shownParts = 4;

/** The largest losses, and how many more class groups there are. */
function partsText(parts: readonly StressContribution[]): string {
  const shown = parts.slice(0, shownParts).map(({ id, profitUsd }) => `${id} ${amount(profitUsd)}`);
  const rest = parts.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join("; ");
}
