import type {
  AccountsOfRuns,
  ClassGroupOfRuns,
  RunCause,
  RunComparison,
  StoredAccount,
} from "../books/store-comparison.js";
import type { StoredRun } from "../books/store-list.js";
import { amount, textTable } from "../report/text.js";

const left = "left" as const;

/** The runs of a store, a line each. */
export function runsText(runs: readonly StoredRun[]): string {
  if (runs.length === 0) return "No runs.";
  const columns = [
    { head: "run", align: left },
    { head: "as of", align: left },
    { head: "rules", align: left },
    { head: "accounts" },
    { head: "incomplete" },
    { head: "equity" },
    { head: "requirement" },
    { head: "failures" },
    { head: "input", align: left },
    { head: "engine", align: left },
  ];
  return textTable(columns, runs.map(runRow));
}

function runRow({ run, asOf, rules, totals, failureCount, inputHash, engine, account }: StoredRun): string[] {
  return [
    short(run),
    asOf,
    rules.name,
    account === null ? amount(totals.accounts, 0) : `only ${account}`,
    amount(totals.incompleteAccounts, 0),
    amount(totals.equityUsd),
    amount(totals.requirementUsd),
    amount(failureCount, 0),
    short(inputHash),
    `${engine.version} ${short(engine.kernelHash)}`,
  ];
}

export function short(hash: string): string {
  return hash.slice(0, 12);
}

const causes: Readonly<Record<RunCause, string>> = {
  as_of: "as-of time",
  inputs: "inputs",
  rules: "rules",
  engine: "engine",
  dividend_model: "dividend model",
  account: "account asked for",
};

/** Two runs: totals, accounts by what happened to them, class groups. */
export function comparisonText(compared: RunComparison): string {
  const { a, b, differIn, comparable } = compared;
  const named = differIn.length === 0 ? "nothing" : differIn.map((cause) => causes[cause]).join(", ");
  const changed = `Accounts whose requirement changed, of ${amount(comparable.count, 0)} complete in both (${amount(comparable.aUsd)} in A, ${amount(comparable.bUsd)} in B)`;
  return [
    "Two runs, A and B, USD",
    `  A  ${short(a.run)}, as of ${a.asOf}, rules ${a.rules.name}`,
    `  B  ${short(b.run)}, as of ${b.asOf}, rules ${b.rules.name}`,
    `  They differ in: ${named}`,
    "",
    totalsTable(compared),
    ...accountsText(changed, compared.changed),
    ...accountsText("Below their requirement in B, not in A", compared.newShortfalls),
    ...accountsText("Complete in one, incomplete in the other", compared.statusChanged),
    ...accountsText("In B alone", compared.added),
    ...accountsText("In A alone", compared.gone),
    ...groupsText(compared.classGroups),
  ].join("\n");
}

function totalsTable({ a, b, shortfallCount }: RunComparison): string {
  const columns = [{ head: "total", align: left }, { head: "A" }, { head: "B" }, { head: "difference" }];
  const row = (name: string, of: (run: StoredRun) => number, decimals: number): string[] =>
    valuesRow(name, [of(a), of(b)], decimals);
  return textTable(columns, [
    row("accounts", ({ totals }) => totals.accounts, 0),
    row("incomplete", ({ totals }) => totals.incompleteAccounts, 0),
    valuesRow("below their requirement", [shortfallCount.a, shortfallCount.b], 0),
    row("market value", ({ totals }) => totals.marketValueUsd, 2),
    row("cash", ({ totals }) => totals.cashUsd, 2),
    row("equity", ({ totals }) => totals.equityUsd, 2),
    row("requirement", ({ totals }) => totals.requirementUsd, 2),
    row("failures", ({ failureCount }) => failureCount, 0),
  ]);
}

function valuesRow(name: string, [a, b]: readonly [number, number], decimals: number): string[] {
  return [name, amount(a, decimals), amount(b, decimals), amount(b - a, decimals)];
}

function accountsText(title: string, { count, first }: AccountsOfRuns): string[] {
  if (count === 0) return [];
  const columns = [
    { head: "account", align: left },
    { head: "A" },
    { head: "B" },
    { head: "difference" },
    { head: "excess in B" },
    { head: "stood on", align: left },
    { head: "stands on", align: left },
  ];
  const rows = first.map(({ account, a, b, differenceUsd }) => [
    account,
    requirement(a),
    requirement(b),
    amount(differenceUsd),
    amount(b?.excessUsd ?? null),
    basis(a),
    basis(b),
  ]);
  return ["", `${title}: ${amount(count, 0)}`, "", textTable(columns, rows), ...rest(count, first.length)];
}

function requirement(account: StoredAccount | null): string {
  if (account === null) return "–";
  return account.status === "complete" ? amount(account.requirementUsd) : "incomplete";
}

function basis(account: StoredAccount | null): string {
  return [account?.worstClassGroup, account?.worstScenario]
    .filter((part) => part !== null && part !== undefined)
    .join(" ");
}

function groupsText({ count, first }: RunComparison["classGroups"]): string[] {
  if (count === 0) return [];
  const columns = [
    { head: "class group", align: left },
    { head: "accounts A" },
    { head: "accounts B" },
    { head: "cost A" },
    { head: "cost B" },
    { head: "difference" },
    { head: "firm's worst A" },
    { head: "firm's worst B" },
  ];
  const title = `Class groups whose cost changed: ${amount(count, 0)}`;
  return ["", title, "", textTable(columns, first.map(groupRow)), ...rest(count, first.length)];
}

function groupRow({ classGroup, a, b, differenceUsd }: ClassGroupOfRuns): string[] {
  return [
    classGroup,
    amount(a?.accounts ?? null, 0),
    amount(b?.accounts ?? null, 0),
    amount(a?.costUsd ?? null),
    amount(b?.costUsd ?? null),
    amount(differenceUsd),
    amount(a?.worstProfitUsd ?? null),
    amount(b?.worstProfitUsd ?? null),
  ];
}

function rest(count: number, shown: number): string[] {
  return count > shown ? [`… and ${amount(count - shown, 0)} more (--top N shows more)`] : [];
}
