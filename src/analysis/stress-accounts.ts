import { roundToCents } from "../basics/money.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import type { AccountResult } from "../requirement/result.js";
import type { Run } from "../requirement/run.js";
import type { StressAccount, StressContribution } from "./stress-result.js";

export interface ProfitTable {
  readonly names: readonly string[];
  /** By row of the totals and scenario. */
  readonly profit: Float64Array;
  readonly totals: { readonly count: number; readonly account: Int32Array; readonly classGroup: Int32Array };
  readonly run: Run;
}

/** An account as it is shown, and its unrounded profits by scenario: NaN where it is not whole. */
export interface AccountWithSums {
  readonly shown: StressAccount;
  readonly sums: Float64Array;
}

export function accountsOf(table: ProfitTable, required: readonly AccountResult[]): AccountWithSums[] {
  const { run, totals } = table;
  const rowsOf = run.book.accounts.map((): number[] => []);
  totals.account.forEach((account, row) => rowsOf[account]?.push(row));
  // A contract that the model cannot value leaves its accounts without a sum, whatever their requirement rests on.
  const broken = new Set(run.request.tables.positions.text("account").filter((_, row) => isBroken(run, row)));
  const byName = new Map(required.map((account) => [account.account, account]));
  return run.book.accounts.flatMap((account, i) => {
    const figures = byName.get(account);
    if (figures === undefined) return [];
    return [accountOf(table, { figures, rows: rowsOf[i] ?? [], isBroken: broken.has(account) })];
  });
}

function isBroken({ request, prepared }: Run, row: number): boolean {
  const symbol = request.tables.positions.text("symbol")[row] ?? null;
  const contract = symbol === null ? undefined : prepared.contracts.rowOf.get(canonicalSymbol(symbol));
  return contract === undefined || prepared.unusable[contract] === 1;
}

interface AccountParts {
  readonly figures: AccountResult;
  readonly rows: readonly number[];
  readonly isBroken: boolean;
}

function accountOf(table: ProfitTable, { figures, rows, isBroken: broken }: AccountParts): AccountWithSums {
  const count = table.names.length;
  const sums = new Float64Array(count);
  for (const row of rows)
    for (let s = 0; s < count; s++) sums[s] = (sums[s] ?? 0) + (table.profit[row * count + s] ?? Number.NaN);
  const { account, equityUsd, requirementUsd } = figures;
  const isWhole = figures.status === "complete" && !broken;
  const worstAt = isWhole || rows.length > 0 ? lowest(sums)[0] : undefined;
  const after = (s: number): number => roundToCents((equityUsd ?? Number.NaN) + (sums[s] ?? Number.NaN));
  const where = (is: (equity: number) => boolean): string[] =>
    isWhole ? table.names.filter((_, s) => is(after(s))) : [];
  const shown: StressAccount = {
    account,
    status: isWhole && !sums.some((sum) => Number.isNaN(sum)) ? "complete" : "incomplete",
    equityUsd,
    requirementUsd,
    profitUsd: Array.from(sums, (sum) => (Number.isNaN(sum) ? null : roundToCents(sum))),
    worst:
      worstAt === undefined
        ? null
        : {
            scenario: table.names[worstAt] ?? "",
            profitUsd: roundToCents(sums[worstAt] ?? Number.NaN),
            equityAfterUsd: isWhole ? after(worstAt) : null,
            classGroups: contributions(table, rows, worstAt),
          },
    equityBelowZero: where((equity) => equity < 0),
    equityBelowRequirement: where((equity) => equity < (requirementUsd ?? Number.NaN)),
  };
  return { shown, sums: isWhole ? sums : new Float64Array(count).fill(Number.NaN) };
}

/** The requirements of the moved book beside an account, and where its equity does not reach them. */
export function withMoved(
  { shown, sums }: AccountWithSums,
  moved: readonly (readonly AccountResult[])[],
  names: readonly string[],
): AccountWithSums {
  if (moved.length === 0) return { shown, sums };
  const movedRequirementUsd = moved.map(
    (accounts) => accounts.find(({ account }) => account === shown.account)?.requirementUsd ?? null,
  );
  const equityBelowMovedRequirement = movedRequirementUsd.flatMap((requirement, s) => {
    const after = roundToCents((shown.equityUsd ?? Number.NaN) + (sums[s] ?? Number.NaN));
    return requirement !== null && after < requirement ? [names[s] ?? ""] : [];
  });
  return { shown: { ...shown, movedRequirementUsd, equityBelowMovedRequirement }, sums };
}

/** Scenarios with a sum, the lowest sum first; of equals the first in order. */
export function lowest(sums: Float64Array): number[] {
  const known = [...sums.keys()].filter((s) => !Number.isNaN(sums[s] ?? Number.NaN));
  return known.toSorted((a, b) => (sums[a] ?? 0) - (sums[b] ?? 0) || a - b);
}

/** Class groups by what they lose, the greatest loss first. */
export function contributions(
  { profit, totals, run, names }: ProfitTable,
  rows: readonly number[],
  s: number,
): StressContribution[] {
  const byClass = new Map<number, number>();
  for (const row of rows) {
    const id = totals.classGroup[row] ?? -1;
    byClass.set(id, (byClass.get(id) ?? 0) + (profit[row * names.length + s] ?? Number.NaN));
  }
  return [...byClass]
    .map(([id, usd]) => ({ id: run.prepared.classGroups[id]?.id ?? "", profitUsd: roundToCents(usd) }))
    .toSorted((a, b) => a.profitUsd - b.profitUsd || (a.id < b.id ? -1 : 1));
}
