import { sum } from "../basics/collections.js";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { roundToCents } from "../basics/money.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import type { AccountResult, MarginResult, PositionResult } from "../requirement/result.js";
import { withPositions } from "../tables/join-tables.js";
import type { TablesRead } from "../tables/read-tables.js";
import type { Trade } from "./trade.js";

/** A trade with what it pays. */
export interface TradeResult {
  readonly symbol: string;
  readonly quantity: number;
  /** As given, else the price at which the account's position is marked; `null` where neither is known. */
  readonly priceUsd: number | null;
  /** What the trade pays (+) or costs (-); a future costs its way from the price to its mark. */
  readonly cashUsd: number | null;
}

/** The figures of an account that a trade changes; `null` where the account is incomplete. */
export interface AccountFigures {
  readonly equityUsd: number | null;
  readonly requirementUsd: number | null;
  readonly excessUsd: number | null;
}

/** What a class group costs before and after. */
export interface ClassGroupChange {
  readonly id: string;
  readonly beforeUsd: number;
  readonly afterUsd: number;
  readonly differenceUsd: number;
}

/** The document that `plimsoll what-if --json` prints. */
export interface WhatIfResult {
  readonly asOf: string;
  readonly rules: { readonly name: string; readonly hash: string };
  readonly engine: { readonly version: string; readonly kernelHash: string };
  readonly inputHash: string;
  readonly account: string;
  readonly status: "complete" | "incomplete";
  readonly trades: readonly TradeResult[];
  readonly before: AccountFigures;
  readonly after: AccountFigures;
  readonly difference: AccountFigures;
  /** Class groups that either book holds, the one that changes most first. */
  readonly classGroups: readonly ClassGroupChange[];
  readonly notes: readonly string[];
  readonly failures: readonly Failure[];
}

export interface WhatIfRequest {
  readonly read: TablesRead;
  readonly trades: readonly Trade[];
  /** Left out: the only account of the book. */
  readonly account?: string;
  /** The margin of one account of a book. */
  readonly margin: (read: TablesRead, account: string) => MarginResult;
}

/**
 * Requirement of an account before and after trades that were not made. Both books go through the whole computation, so
 * the difference is exact: netting, minimums and offsets included.
 *
 * @throws MarginError `USAGE` without a trade, or without an account in a book of several; else as the margin itself.
 */
export function whatIf(request: WhatIfRequest): WhatIfResult {
  const { read, trades } = request;
  if (trades.length === 0) throw new MarginError([failure("USAGE", { value: "no trade was given" })]);
  const account = request.account ?? onlyAccount(read);
  const rows = trades.map(({ symbol, quantity }) => ({ account, symbol, quantity }));
  const traded = withPositions(read, rows, "trade");
  const [before, after] = [request.margin(read, account), request.margin(traded, account)];
  const [first, second] = [accountOf(before, account), accountOf(after, account)];
  const held = positionsOf([second, first]);
  const paid = trades.map((trade) => tradeResult(trade, held));
  const figuresBefore = figuresOf(first, 0);
  const figuresAfter = figuresOf(second, sum(paid.map(({ cashUsd }) => cashUsd ?? Number.NaN)));
  const isComplete = [figuresBefore, figuresAfter].every(({ excessUsd }) => excessUsd !== null);
  const { asOf, rules, engine, inputHash, notes } = after;
  return {
    asOf,
    rules,
    engine,
    inputHash,
    account,
    status: isComplete ? "complete" : "incomplete",
    trades: paid,
    before: figuresBefore,
    after: figuresAfter,
    difference: differenceOf(figuresBefore, figuresAfter),
    classGroups: classGroupChanges(first, second),
    notes,
    failures: second?.failures ?? [],
  };
}

function onlyAccount(read: TablesRead): string {
  const named = [...read.tables.positions.text("account"), ...read.tables.accounts.text("account")];
  const accounts = [...new Set(named)].filter((name): name is string => name !== null);
  const [only, ...others] = accounts;
  if (only !== undefined && others.length === 0) return only;
  const value = accounts.length === 0 ? "the book has no account" : "the book has several accounts";
  throw new MarginError([failure("USAGE", { value, expected: "--account ACCOUNT" })]);
}

function accountOf(result: MarginResult, account: string): AccountResult | undefined {
  return result.accounts.find((candidate) => candidate.account === account);
}

/** By symbol: a trade that closes a position leaves it, with its mark, in the book before. */
function positionsOf(accounts: readonly (AccountResult | undefined)[]): Map<string, PositionResult> {
  const positions = accounts.flatMap((account) =>
    (account?.portfolioGroups ?? []).flatMap((group) =>
      group.productGroups.flatMap((part) => part.classGroups.flatMap((member) => member.positions)),
    ),
  );
  return new Map(positions.toReversed().map((position) => [position.symbol, position]));
}

function tradeResult(
  { symbol: named, quantity, price }: Trade,
  held: ReadonlyMap<string, PositionResult>,
): TradeResult {
  const symbol = canonicalSymbol(named);
  const position = held.get(symbol);
  if (position === undefined) return { symbol, quantity, priceUsd: price ?? null, cashUsd: null };
  const priceUsd = price ?? position.priceUsd;
  const paid = position.kind === "future" ? priceUsd - position.priceUsd : priceUsd;
  return { symbol, quantity, priceUsd, cashUsd: 0 - quantity * position.multiplier * paid };
}

function figuresOf(account: AccountResult | undefined, cashUsd: number): AccountFigures {
  const { equityUsd, requirementUsd } = account ?? { equityUsd: null, requirementUsd: null };
  if (equityUsd === null || requirementUsd === null || Number.isNaN(cashUsd))
    return { equityUsd: null, requirementUsd: null, excessUsd: null };
  const equity = roundToCents(equityUsd + cashUsd);
  return { equityUsd: equity, requirementUsd, excessUsd: roundToCents(equity - requirementUsd) };
}

function differenceOf(before: AccountFigures, after: AccountFigures): AccountFigures {
  const of = (key: keyof AccountFigures): number | null => {
    const [first, second] = [before[key], after[key]];
    return first === null || second === null ? null : roundToCents(second - first);
  };
  return { equityUsd: of("equityUsd"), requirementUsd: of("requirementUsd"), excessUsd: of("excessUsd") };
}

function classGroupChanges(
  before: AccountResult | undefined,
  after: AccountResult | undefined,
): ClassGroupChange[] {
  const [first, second] = [costs(before), costs(after)];
  return [...new Set([...first.keys(), ...second.keys()])]
    .map((id) => {
      const [beforeUsd, afterUsd] = [roundToCents(first.get(id) ?? 0), roundToCents(second.get(id) ?? 0)];
      return { id, beforeUsd, afterUsd, differenceUsd: roundToCents(afterUsd - beforeUsd) };
    })
    .toSorted((a, b) => Math.abs(b.differenceUsd) - Math.abs(a.differenceUsd) || (a.id < b.id ? -1 : 1));
}

function costs(account: AccountResult | undefined): Map<string, number> {
  const groups = (account?.portfolioGroups ?? []).flatMap((group) =>
    group.productGroups.flatMap((part) => [...part.classGroups]),
  );
  return new Map(groups.map(({ id, costUsd }) => [id, costUsd]));
}
