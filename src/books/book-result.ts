import type { Failure } from "../basics/failure.js";
import { roundToCents } from "../basics/money.js";
import { notesOf } from "../requirement/notes.js";
import type { MarginResult, RankedClassGroup, Totals } from "../requirement/result.js";
import type { Valuation } from "../valuation/valuation.js";
import type { BookFigures } from "./figures.js";
import type { ClassGroupSums, FirmSums } from "./firm-sums.js";
import type { PreparedBook } from "./prepare-book.js";
import { amountNames, type TreeFigures } from "./tree-figures.js";

/** Amounts of the accounts of a book, USD, a column each; NaN for incomplete accounts. */
export interface BookAccounts {
  readonly account: readonly string[];
  /** 1 = complete. */
  readonly isComplete: Uint8Array;
  readonly marketValueUsd: Float64Array;
  readonly cashUsd: Float64Array;
  readonly equityUsd: Float64Array;
  readonly requirementUsd: Float64Array;
  readonly excessUsd: Float64Array;
  /** Class group that loses most in the costliest portfolio group; "" where there is none. */
  readonly worstClassGroup: (row: number) => string;
  readonly worstScenario: (row: number) => string;
}

/** A run over a book: one row an account, and what the accounts come to together. */
export interface BookResult extends Pick<
  MarginResult,
  "asOf" | "rules" | "engine" | "inputHash" | "notes" | "unverified"
> {
  readonly accounts: BookAccounts;
  readonly totals: Totals;
  readonly ranking: readonly RankedClassGroup[];
  /** What the complete accounts gain or lose together, by class group and scenario: the firm's own stress. */
  readonly classGroups: readonly ClassGroupSums[];
  readonly failures: readonly Failure[];
}

/** @param trees of accounts that were computed apart */
export function bookResult(
  book: PreparedBook,
  { figures, firm }: { readonly figures: BookFigures; readonly firm: FirmSums },
  trees: TreeFigures,
  {
    notes,
    valuation,
    failures,
  }: Pick<BookResult, "notes" | "failures"> & { readonly valuation: Pick<Valuation, "kernelHash"> },
): BookResult {
  const { request, prepared } = book;
  const { rules, tables } = request;
  const accounts = bookAccounts(book, figures, trees);
  const told = notesOf(rules, prepared, [{ unverified: [...trees.unverified] }]);
  const classGroups = firm.classGroups();
  return {
    asOf: book.asOf,
    rules: { name: rules.name, hash: rules.hash },
    engine: {
      version: request.engineVersion,
      // Hashed where somebody asks.
      get kernelHash() {
        return valuation.kernelHash;
      },
    },
    inputHash: tables.inputHash,
    notes: [...told.notes, ...notes],
    unverified: told.unverified,
    accounts,
    totals: totalsOf(accounts),
    ranking: rankingOf(classGroups),
    classGroups,
    failures,
  };
}

function bookAccounts(
  { accounts, incomplete, prepared }: PreparedBook,
  figures: BookFigures,
  trees: TreeFigures,
): BookAccounts {
  const { names } = accounts;
  const column = (): Float64Array => new Float64Array(names.length).fill(Number.NaN);
  const columns = {
    marketValueUsd: column(),
    cashUsd: column(),
    equityUsd: column(),
    requirementUsd: column(),
    excessUsd: column(),
  };
  const isComplete = new Uint8Array(names.length);
  const { cashUsd, otherEquityUsd } = accounts;
  const { requirementUsd, marketValueUsd } = figures;
  for (let i = 0; i < names.length; i++) {
    if (incomplete[i] === 1) continue;
    const cash = cashUsd[i] ?? Number.NaN;
    const marketValue = marketValueUsd[i] ?? Number.NaN;
    const equity = roundToCents(marketValue + cash + (otherEquityUsd[i] ?? Number.NaN));
    const requirement = roundToCents(requirementUsd[i] ?? Number.NaN);
    isComplete[i] = 1;
    columns.marketValueUsd[i] = roundToCents(marketValue);
    columns.cashUsd[i] = cash;
    columns.equityUsd[i] = equity;
    columns.requirementUsd[i] = requirement;
    columns.excessUsd[i] = roundToCents(equity - requirement);
  }
  const apart = new Map<number, number>();
  trees.accounts.forEach((i, row) => {
    apart.set(i, row);
    isComplete[i] = trees.isComplete[row] ?? 0;
    for (const name of amountNames) columns[name][i] = trees.amounts[name][row] ?? Number.NaN;
  });
  const ids = prepared.classGroups.map(({ id }) => id);
  return { account: names, isComplete, ...columns, ...reasonsOf(isComplete, { figures, trees, apart, ids }) };
}

interface ReasonSources {
  readonly figures: BookFigures;
  readonly trees: TreeFigures;
  /** Rows of the trees by the account's number. */
  readonly apart: ReadonlyMap<number, number>;
  /** Class groups of the run. */
  readonly ids: readonly string[];
}

/** What each requirement stands on; "" for incomplete accounts. */
function reasonsOf(
  isComplete: Uint8Array,
  { figures, trees, apart, ids }: ReasonSources,
): Pick<BookAccounts, "worstClassGroup" | "worstScenario"> {
  const { worstClass, reason, reasons } = figures;
  const told = (row: number, of: readonly string[], other: () => string): string => {
    if (isComplete[row] !== 1) return "";
    const tree = apart.get(row);
    return tree === undefined ? other() : (of[tree] ?? "");
  };
  return {
    worstClassGroup: (row) => told(row, trees.worstClassGroup, () => ids[worstClass[row] ?? -1] ?? ""),
    worstScenario: (row) => told(row, trees.worstScenario, () => reasons[reason[row] ?? -1] ?? ""),
  };
}

function totalsOf({ isComplete, ...columns }: BookAccounts): Totals {
  const total = (name: "marketValueUsd" | "cashUsd" | "equityUsd" | "requirementUsd"): number => {
    const column = columns[name];
    let sum = 0;
    for (let i = 0; i < isComplete.length; i++) if (isComplete[i] === 1) sum += column[i] ?? Number.NaN;
    return roundToCents(sum);
  };
  return {
    accounts: isComplete.length,
    incompleteAccounts: isComplete.reduce((count, is) => count + 1 - is, 0),
    marketValueUsd: total("marketValueUsd"),
    cashUsd: total("cashUsd"),
    equityUsd: total("equityUsd"),
    requirementUsd: total("requirementUsd"),
  };
}

function rankingOf(classGroups: readonly ClassGroupSums[]): RankedClassGroup[] {
  return classGroups
    .map(({ classGroup, accounts, costUsd }) => ({ classGroup, accounts, costUsd: roundToCents(costUsd) }))
    .toSorted((a, b) => b.costUsd - a.costUsd || (a.classGroup < b.classGroup ? -1 : 1));
}
