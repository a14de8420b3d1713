import { roundToCents } from "../basics/money.js";
import type { RegTGroup, RegTResult } from "../reg-t/result.js";
import type { AccountResult, MarginResult, PortfolioGroupResult } from "../requirement/result.js";
import { regTAccounts, type RegTRun, unverifiedNotes } from "./reg-t-report.js";

/** Two figures that may be held against each other. */
export interface ComparedFigures {
  readonly regTUsd: number;
  readonly portfolioUsd: number;
  /** Strategy-based less portfolio margin: what portfolio margin saves; negative where it costs more. */
  readonly differenceUsd: number;
  readonly lower: "reg_t" | "portfolio" | "equal";
}

export interface ComparedClassGroup extends ComparedFigures {
  readonly classGroup: string;
}

export interface MarginComparison extends ComparedFigures {
  /** A sentence each: what the figure stands on. */
  readonly regTReason: string;
  readonly portfolioReason: string;
  readonly classGroups: readonly ComparedClassGroup[];
}

/** An account with both numbers; `regT` and `comparison` are `null` where it has no strategy-based figure. */
export interface ComparedAccount extends AccountResult {
  readonly regT: RegTResult | null;
  readonly comparison: MarginComparison | null;
}

/** The document that `plimsoll margin --compare reg-t --json` prints. */
export interface ComparedMarginResult extends Omit<MarginResult, "accounts"> {
  readonly accounts: readonly ComparedAccount[];
}

/**
 * Portfolio margin and strategy-based margin of every account side by side. The strategy-based figure compared is
 * `comparableUsd`: it counts on the same equity, in which options have their market value.
 */
export function comparedMargin(regT: RegTRun): ComparedMarginResult {
  const found = new Map(regTAccounts(regT).map(({ account, regT: figures }) => [account, figures]));
  const accounts = regT.margin.accounts.map((account): ComparedAccount => {
    const figures = found.get(account.account) ?? null;
    const requirement = account.requirementUsd;
    const comparison =
      figures === null || requirement === null ? null : compared(account, requirement, figures);
    return { ...account, regT: figures, comparison };
  });
  const notes = [...regT.margin.notes, ...unverifiedNotes(regT.rules, accounts)];
  return { ...regT.margin, notes, accounts };
}

function compared(account: AccountResult, requirementUsd: number, regT: RegTResult): MarginComparison {
  return {
    ...difference(regT.comparableUsd, requirementUsd),
    regTReason: regTReason(regT),
    portfolioReason: portfolioReason(account),
    classGroups: comparedClassGroups(account, regT),
  };
}

function difference(regTUsd: number, portfolioUsd: number): ComparedFigures {
  const differenceUsd = roundToCents(regTUsd - portfolioUsd);
  const lower = differenceUsd > 0 ? "portfolio" : differenceUsd < 0 ? "reg_t" : "equal";
  return { regTUsd, portfolioUsd, differenceUsd, lower };
}

/** Class groups in code-unit order: what each costs of the portfolio margin, against its underlyings' strategies. */
function comparedClassGroups(account: AccountResult, regT: RegTResult): ComparedClassGroup[] {
  const portfolio = new Map<string, number>();
  for (const { classGroup, usd } of portfolioCosts(account, regT))
    portfolio.set(classGroup, (portfolio.get(classGroup) ?? 0) + usd);
  const strategies = new Map<string, number>();
  for (const { classGroup, comparableUsd } of regT.underlyings)
    strategies.set(classGroup, (strategies.get(classGroup) ?? 0) + comparableUsd);
  return [...new Set([...portfolio.keys(), ...strategies.keys()])]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((classGroup) => ({
      classGroup,
      ...difference(
        roundToCents(strategies.get(classGroup) ?? 0),
        roundToCents(portfolio.get(classGroup) ?? 0),
      ),
    }));
}

/** What stands beside the groups of several class groups, and cannot be told apart. */
const besideGroups = "left to strategies";

/** Costs of the groups, of shares that are not eligible, of conversions, and of what is left to strategies. */
function portfolioCosts(
  account: AccountResult,
  regT: RegTResult,
): { readonly classGroup: string; readonly usd: number }[] {
  const classOf = new Map(regT.underlyings.map(({ underlying, classGroup }) => [underlying, classGroup]));
  const underlyingOf = new Map(
    regT.groups.flatMap(({ underlying, legs }) => legs.map(({ symbol }) => [symbol, underlying] as const)),
  );
  const classOfSymbol = (symbol: string): string => classOf.get(underlyingOf.get(symbol) ?? symbol) ?? symbol;
  const groups = account.portfolioGroups.flatMap((each) =>
    each.productGroups.flatMap((part) => part.classGroups),
  );
  const side = account.strategySide;
  const classesBeside = new Set(side?.positions.map(({ symbol }) => classOfSymbol(symbol)));
  const [only = besideGroups] = classesBeside.size === 1 ? classesBeside : [];
  return [
    ...groups.map(({ id, costUsd }) => ({ classGroup: id, usd: costUsd })),
    ...[...account.notEligible, ...account.conversionLosses].map(({ symbol, requirementUsd }) => ({
      classGroup: classOfSymbol(symbol),
      usd: requirementUsd,
    })),
    ...(side === null ? [] : [{ classGroup: only, usd: side.requirementUsd }]),
  ];
}

/** The strategy that costs most, and how many there are. */
function regTReason({ groups, proven }: RegTResult): string {
  const dearest = groups.toSorted((a, b) => costOf(b) - costOf(a))[0];
  if (dearest === undefined) return "Nothing is held.";
  const legs = dearest.legs
    .map(({ symbol, quantity }) => `${quantity > 0 ? "+" : ""}${quantity} ${symbol}`)
    .join(", ");
  const bound = proven ? "no pairing costs less" : "a cheaper pairing is not ruled out";
  return `${groups.length} ${groups.length === 1 ? "strategy" : "strategies"}, the dearest a ${dearest.strategy} (${legs}) by ${dearest.rule}; ${bound}.`;
}

function costOf({ maintenanceUsd, haircutUsd }: RegTGroup): number {
  return maintenanceUsd + haircutUsd;
}

/** The portfolio group that costs most, and what it stands on. */
function portfolioReason({ portfolioGroups, binding }: AccountResult): string {
  if (binding !== undefined && binding !== null && binding !== "regulatory")
    return `House test ${binding} sets the requirement.`;
  const dearest = portfolioGroups.toSorted((a, b) => b.requirementUsd - a.requirementUsd)[0];
  if (dearest === undefined) return "Nothing is held in a portfolio group.";
  return `${dearest.id} costs most: ${reasonOf(dearest)}.`;
}

function reasonOf({ binding, worst }: PortfolioGroupResult): string {
  if (binding === "minimum") return "the per-contract minimum is greater than its loss";
  return binding === "none" ? "no scenario loses" : `it loses most at ${worst.label}`;
}
