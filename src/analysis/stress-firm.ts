import { roundToCents } from "../basics/money.js";
import { type AccountWithSums, contributions, lowest, type ProfitTable } from "./stress-accounts.js";
import type { StressFirm } from "./stress-result.js";

/** Sums over the accounts that are whole at a scenario, and how many are not. */
export function firmOf(table: ProfitTable, accounts: readonly AccountWithSums[], worst: number): StressFirm {
  const count = table.names.length;
  const sums = new Float64Array(count);
  const leftOut = new Int32Array(count);
  for (const { sums: own } of accounts)
    for (let s = 0; s < count; s++) {
      const sum = own[s] ?? Number.NaN;
      if (Number.isNaN(sum)) leftOut[s] = (leftOut[s] ?? 0) + 1;
      else sums[s] = (sums[s] ?? 0) + sum;
    }
  const names = table.run.book.accounts;
  const rowsAt = (s: number): number[] => {
    const whole = new Set(
      accounts
        .filter(({ sums: own }) => !Number.isNaN(own[s] ?? Number.NaN))
        .map(({ shown }) => shown.account),
    );
    return [...table.totals.account.keys()].filter((row) =>
      whole.has(names[table.totals.account[row] ?? -1] ?? ""),
    );
  };
  const below = (key: "equityBelowZero" | "equityBelowRequirement"): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { shown } of accounts)
      for (const name of shown[key]) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  };
  const [ruined, called] = [below("equityBelowZero"), below("equityBelowRequirement")];
  return {
    profitUsd: Array.from(sums, roundToCents),
    accountsLeftOut: [...leftOut],
    worst: lowest(sums)
      .slice(0, worst)
      .map((s) => ({
        scenario: table.names[s] ?? "",
        profitUsd: roundToCents(sums[s] ?? Number.NaN),
        accountsLeftOut: leftOut[s] ?? 0,
        accountsBelowZero: ruined.get(table.names[s] ?? "") ?? 0,
        accountsBelowRequirement: called.get(table.names[s] ?? "") ?? 0,
        classGroups: contributions(table, rowsAt(s), s),
      })),
  };
}
