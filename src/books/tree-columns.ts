import { costliestOf } from "../requirement/costliest.js";
import type { AccountResult, MarginResult } from "../requirement/result.js";
import type { BookAccounts, BookResult } from "./book-result.js";
import { FirmSums } from "./firm-sums.js";

/** A run of trees as a run of columns. Scenario sums of the firm add the accounts in their order. */
export function columnsOfTrees(result: MarginResult): BookResult {
  const { accounts: trees, ranking } = result;
  const groups = trees.flatMap(({ portfolioGroups }) => portfolioGroups);
  const scenarioCount = groups.reduce((most, { profitUsd }) => Math.max(most, profitUsd.length), 0);
  const ids = ranking.map(({ classGroup }) => classGroup).toSorted();
  const firm = new FirmSums(ids, scenarioCount);
  for (const tree of trees) firm.addTree(tree);
  return { ...result, accounts: accountsOf(trees), classGroups: firm.classGroups() };
}

function accountsOf(trees: readonly AccountResult[]): BookAccounts {
  type Amount = "marketValueUsd" | "cashUsd" | "equityUsd" | "requirementUsd" | "excessUsd";
  const column = (name: Amount): Float64Array => Float64Array.from(trees, (tree) => tree[name] ?? Number.NaN);
  const costliest = trees.map(costliestOf);
  return {
    account: trees.map(({ account }) => account),
    isComplete: Uint8Array.from(trees, ({ status }) => (status === "complete" ? 1 : 0)),
    marketValueUsd: column("marketValueUsd"),
    cashUsd: column("cashUsd"),
    equityUsd: column("equityUsd"),
    requirementUsd: column("requirementUsd"),
    excessUsd: column("excessUsd"),
    worstClassGroup: (row) => costliest[row]?.classGroup ?? "",
    worstScenario: (row) => costliest[row]?.scenario ?? "",
  };
}
