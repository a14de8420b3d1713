import type { BookResult } from "./book-result.js";

/** What `--summary` writes: a run over a book without its accounts. */
export interface BookSummary extends Omit<BookResult, "accounts" | "classGroups" | "failures"> {
  /** What the complete accounts gain or lose together, by scenario; `profitUsd` is the sum over the class groups, not offset. */
  readonly firm: {
    readonly profitUsd: readonly number[];
    readonly classGroups: readonly {
      readonly classGroup: string;
      readonly accounts: number;
      readonly profitUsd: readonly number[];
    }[];
  };
  readonly failureCount: number;
}

export function bookSummary({ classGroups, failures, ...run }: Omit<BookResult, "accounts">): BookSummary {
  const [first] = classGroups;
  const profitUsd = Array.from(first?.profitUsd ?? [], (_, s) =>
    classGroups.reduce((sum, group) => sum + (group.profitUsd[s] ?? Number.NaN), 0),
  );
  const groups = classGroups.map(({ classGroup, accounts, profitUsd: own }) => ({
    classGroup,
    accounts,
    profitUsd: [...own],
  }));
  const { asOf, rules, engine, inputHash, notes, unverified, totals, ranking } = run;
  const told = { asOf, rules, engine, inputHash, notes, unverified, totals, ranking };
  return { ...told, firm: { profitUsd, classGroups: groups }, failureCount: failures.length };
}
