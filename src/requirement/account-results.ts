import type { Failure } from "../basics/failure.js";
import { roundToCents } from "../basics/money.js";
import { netClassGroups } from "../risk/class-groups.js";
import { failuresByAccount } from "./account-failures.js";
import { sumGreeks } from "./greeks.js";
import type { PortfolioMarginInputs } from "./inputs.js";
import { portfolioGroups } from "./portfolio-margin.js";
import type { AccountResult, NotEligibleResult, PortfolioGroupResult } from "./result.js";
import type { Run } from "./run.js";

/** Every account of the run, in the book's order, as a tree. */
export function accountResults(run: Run): AccountResult[] {
  const { request, prepared, book } = run;
  // Neither what a failure names nor what is not eligible is in a group.
  const unusable = prepared.unusable.map((bad, row) => bad | (prepared.notEligible[row] ?? 0));
  const totals = netClassGroups({ ...prepared, unusable, book, minimum: request.rules.minimum });
  const inputs: PortfolioMarginInputs = {
    ...prepared,
    unusable,
    book,
    totals,
    placeOf: run.placeOf,
    scenariosOf: (group) => prepared.grids.gridOf(group).scenarios,
    rules: request.rules,
  };
  const rowsOf = Array.from({ length: book.accounts.length }, (): number[] => []);
  totals.account.forEach((account, row) => rowsOf[account]?.push(row));
  const failures = failuresByAccount(run);
  return book.accounts.flatMap((account, i) => {
    if (request.account !== undefined && account !== request.account) return [];
    const rows = rowsOf[i] ?? [];
    const marketValue = sum(rows.flatMap((row) => [...marketValues(row, inputs)]));
    const groups = portfolioGroups(rows, inputs);
    const notEligible = notEligiblePositions(rows, inputs, run);
    const parts = { account, groups, notEligible, marketValue };
    return [accountResult({ ...parts, failures: failures.get(account) ?? [] }, run)];
  });
}

function marketValues(row: number, { totals }: PortfolioMarginInputs): Float64Array {
  return totals.holdingMarketValue.subarray(totals.holdingStart[row], totals.holdingStart[row + 1]);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

interface AccountParts {
  readonly account: string;
  readonly groups: readonly PortfolioGroupResult[];
  readonly notEligible: readonly NotEligibleResult[];
  readonly marketValue: number;
  readonly failures: readonly Failure[];
}

function accountResult(parts: AccountParts, run: Run): AccountResult {
  const { account, groups, notEligible, marketValue, failures } = parts;
  const used = roundToCents(sum([...groups, ...notEligible].map((part) => part.requirementUsd)));
  const classGroups = groups.flatMap((group) => group.productGroups.flatMap((part) => part.classGroups));
  const greeks = sumGreeks(classGroups.map((classGroup) => classGroup.greeks));
  const tree = {
    account,
    requirementOfUsedUsd: used,
    greeks,
    portfolioGroups: groups,
    notEligible,
    failures,
  };
  if (failures.length > 0) return { ...tree, status: "incomplete", ...noFigures };
  const money = run.money.get(account) ?? { cash: 0, equityOther: 0 };
  const equity = roundToCents(marketValue + money.cash + money.equityOther);
  return {
    ...tree,
    status: "complete",
    marketValueUsd: roundToCents(marketValue),
    cashUsd: money.cash,
    equityUsd: equity,
    requirementUsd: used,
    excessUsd: roundToCents(equity - used),
  };
}

/** Shares that are no margin equity securities: a share of their value, whatever else the account holds. */
function notEligiblePositions(
  rows: readonly number[],
  { totals, contracts, book }: PortfolioMarginInputs,
  { request, prepared }: Run,
): NotEligibleResult[] {
  const { longShare, shortShare } = request.rules.notEligible;
  return rows
    .flatMap((row) => range(totals.holdingStart[row] ?? 0, totals.holdingStart[row + 1] ?? 0))
    .filter((holding) => {
      const contract = book.contract[holding] ?? -1;
      return prepared.notEligible[contract] === 1 && prepared.unusable[contract] !== 1;
    })
    .map((holding) => {
      const marketValueUsd = totals.holdingMarketValue[holding] ?? Number.NaN;
      const shareOfValue = marketValueUsd < 0 ? shortShare : longShare;
      return {
        symbol: contracts.symbols[book.contract[holding] ?? -1] ?? "",
        quantity: book.quantity[holding] ?? Number.NaN,
        marketValueUsd,
        shareOfValue,
        requirementUsd: shareOfValue * Math.abs(marketValueUsd),
      };
    });
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

const noFigures = {
  marketValueUsd: null,
  cashUsd: null,
  equityUsd: null,
  requirementUsd: null,
  excessUsd: null,
} as const;
