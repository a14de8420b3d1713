import { describeFailure, type Failure } from "../basics/failure.js";
import { bindingReason, costliestGroup } from "../requirement/costliest.js";
import type { AccountResult, MarginResult } from "../requirement/result.js";
import { hasHouseRules, houseNotices } from "./house-text.js";
import { amount, textTable } from "./text.js";

/** The accounts of a run as a table, one line each, with totals, notes and failures below. */
export function marginText(result: MarginResult): string {
  const house = hasHouseRules(result);
  const columns = [
    { head: "account", align: "left" as const },
    { head: "market value" },
    { head: "cash" },
    { head: "equity" },
    { head: "requirement" },
    ...(house ? [{ head: "regulatory" }, { head: "set by", align: "left" as const }] : []),
    { head: "excess" },
    { head: "costliest group", align: "left" as const },
    { head: "worst scenario", align: "left" as const },
  ];
  const { totals } = result;
  const totalRow = [
    `total (${totals.accounts - totals.incompleteAccounts})`,
    amount(totals.marketValueUsd),
    amount(totals.cashUsd),
    amount(totals.equityUsd),
    amount(totals.requirementUsd),
    ...(house ? ["", ""] : []),
    amount(totals.equityUsd - totals.requirementUsd),
    "",
    "",
  ];
  return [
    `Portfolio margin as of ${result.asOf}, rules ${result.rules.name}, USD`,
    "",
    textTable(columns, [...result.accounts.map(accountRow), totalRow]),
    ...houseNotices(result.accounts),
    ...rankingLines(result),
    ...footer(result),
  ].join("\n");
}

/** What the class groups cost over all complete accounts; one class group is no ranking. */
function rankingLines({ ranking }: MarginResult): string[] {
  if (ranking.length < 2) return [];
  const columns = [{ head: "class group", align: "left" as const }, { head: "accounts" }, { head: "cost" }];
  const rows = ranking
    .slice(0, maxRanked)
    .map(({ classGroup, accounts, costUsd }) => [classGroup, String(accounts), amount(costUsd)]);
  const rest = ranking.length - rows.length;
  return ["", textTable(columns, rows), ...(rest > 0 ? [`… and ${rest} more (--json lists all)`] : [])];
}

function accountRow(account: AccountResult): string[] {
  const costliest = costliestGroup(account.portfolioGroups);
  const requirement = account.status === "complete" ? amount(account.requirementUsd) : "incomplete";
  return [
    account.account,
    amount(account.marketValueUsd),
    amount(account.cashUsd),
    amount(account.equityUsd),
    requirement,
    ...houseCells(account),
    amount(account.excessUsd),
    costliest?.id ?? "",
    costliest === undefined ? "" : bindingReason(costliest),
  ];
}

/** The regulatory requirement and what sets the one that applies; no cells where there are no house rules. */
function houseCells({ houseTests, regulatoryRequirementUsd = null, binding }: AccountResult): string[] {
  return houseTests === undefined ? [] : [amount(regulatoryRequirementUsd), binding ?? ""];
}

function footer(result: MarginResult): string[] {
  const notes = result.notes.length === 0 ? [] : ["", ...result.notes.map((note) => `Note: ${note}`)];
  return result.failures.length === 0 ? notes : [...notes, "", failuresText(result.failures)];
}

/** Failures, a line each, and what an incomplete account means. */
export function failuresText(failures: readonly Failure[]): string {
  const shown = failures.slice(0, maxShown).map((item) => `  ${item.code}  ${describeFailure(item)}`);
  const rest = failures.length - shown.length;
  const more = rest > 0 ? [`  … and ${rest} more (--json lists all)`] : [];
  return [
    `${failures.length} ${failures.length === 1 ? "problem" : "problems"} in the input; accounts they touch are incomplete:`,
    ...shown,
    ...more,
  ].join("\n");
}

const maxShown = 50;
const maxRanked = 20;
