import { failure, MarginError } from "../../basics/failure.js";
import { roundToCents } from "../../basics/money.js";
import type { AccountResult, MarginResult } from "../../requirement/result.js";
import type { RuleSet } from "../../rules/load.js";
import type { TablesRead } from "../../tables/read-tables.js";
import { grouped } from "../../basics/collections.js";
import { aggregate, type Figures, groupsTotal, keyOf, structureOf } from "./aggregate.js";
import { inputSteps, requirement } from "./input-steps.js";
import { type Level, levels, type Reference, type ReferenceRow } from "./reference.js";
import type { ReconcileAccount, ReconcileResult, ReconcileRow, ReconcileStep } from "./result.js";
import { roundingOf } from "./rounding.js";
import { structureSteps } from "./structure-steps.js";

export interface ReconcileRequest {
  readonly read: TablesRead;
  readonly reference: Reference;
  readonly toleranceUsd: number;
  /** The margin of one account, or of all. */
  readonly margin: (read: TablesRead, account?: string) => MarginResult;
  /** The rule set that `margin` applies. */
  readonly rules: RuleSet;
}

/**
 * Our requirement against somebody else's, account by account: the difference as exactly additive steps, one for each thing
 * that stands differently in the two, sized by switching it alone to theirs on top of the steps before it. What no switch
 * explains is said to be unexplained. Amounts USD, to the cent.
 *
 * @throws MarginError `USAGE` where their rows name no account and the book has several.
 */
export function reconcile(request: ReconcileRequest): ReconcileResult {
  const { read, reference, toleranceUsd } = request;
  const ours = request.margin(read);
  const rowsOf = new Map(grouped(reference.rows, (row) => accountNamed(row, ours)));
  const names = [...new Set([...ours.accounts.map(({ account }) => account), ...rowsOf.keys()])].toSorted();
  const accounts = names.map((name) => {
    const account = ours.accounts.find((candidate) => candidate.account === name);
    return reconcileAccount({ name, account, rows: rowsOf.get(name) ?? [] }, request);
  });
  const { asOf, rules, engine, inputHash } = ours;
  const agrees = accounts.every(({ status }) => status === "agrees");
  return { asOf, rules, engine, inputHash, format: reference.format, toleranceUsd, agrees, accounts };
}

/** Rows without an account belong to the only one of the book. */
function accountNamed(row: ReferenceRow, ours: MarginResult): string {
  if (row.account !== null && row.account !== "") return row.account;
  const [only, ...others] = ours.accounts;
  if (only !== undefined && others.length === 0) return only.account;
  const expected = "an account in every row, as the book has several";
  throw new MarginError([failure("USAGE", { value: `row ${row.id} names no account`, expected })]);
}

interface Pair {
  readonly name: string;
  readonly account: AccountResult | undefined;
  readonly rows: readonly ReferenceRow[];
}

function reconcileAccount({ name, account, rows }: Pair, request: ReconcileRequest): ReconcileAccount {
  const stated = theirTotal(rows);
  const ours = account?.requirementUsd ?? null;
  if (account === undefined || ours === null || stated === null)
    return notCompared({ name, account, rows }, stated);
  const theirs = stated.usd;
  const symbolRows = rows.filter(({ level }) => level === "symbol");
  const input = inputSteps(
    { read: request.read, account },
    { account: name, rows: symbolRows, margin: request.margin },
  );
  const last = input.computed.account;
  const first = structureOf(last);
  const beside = requirement(last) - groupsTotal(aggregate(first, request.rules.readings));
  const structured = structureSteps(first, rows, request.rules);
  const figures = aggregate(structured.structure, request.rules.readings);
  const extreme = extremeSteps(figures, rows, beside);
  const steps = [...input.steps, ...structured.steps, ...extreme.steps];
  const rest = theirs - (extreme.parts.reduce((sum, part) => sum + part, 0) + extreme.besideUsd);
  const remainder = restSteps({ rest, name, theirs, ...extreme });
  const all = [...steps, ...remainder].map((step) => ({
    ...step,
    amountUsd: step.amountUsd === null ? null : zeroed(step.amountUsd),
  }));
  const difference = roundToCents(theirs - ours);
  const unexplained = remainder.find(({ cause }) => cause === "unexplained")?.amountUsd ?? 0;
  return {
    account: name,
    status: Math.abs(difference) <= request.toleranceUsd + 1e-9 ? "agrees" : "differs",
    note: null,
    basis: stated.level,
    oursUsd: ours,
    theirsUsd: theirs,
    differenceUsd: difference,
    steps: all,
    unexplainedUsd: zeroed(unexplained),
    rows: comparedRows({ rows, account, figures, switchedUsd: theirs - rest }, request.rules),
  };
}

/** Sums of floats that should cancel leave dust; it is none of anybody's money. */
function zeroed(usd: number): number {
  return Math.abs(usd) < 1e-6 ? 0 : usd;
}

/** The greater of their figure and their extreme charge; `null` where they state neither. */
function applied(row: ReferenceRow): number | null {
  if (row.marginUsd === null && row.extremeUsd === null) return null;
  return Math.max(row.marginUsd ?? 0, row.extremeUsd ?? 0);
}

/** Their figure for the account: its own row, else the sum over the highest level that has figures. */
function theirTotal(rows: readonly ReferenceRow[]): { level: Level; usd: number } | null {
  for (const level of levels) {
    const stated = rows.filter((row) => row.level === level).map(applied);
    const figures = stated.filter((usd) => usd !== null);
    if (figures.length > 0) return { level, usd: figures.reduce((sum, usd) => sum + usd, 0) };
  }
  return null;
}

function notCompared(
  { name, account, rows }: Pair,
  stated: { level: Level; usd: number } | null,
): ReconcileAccount {
  const missing = rows.length === 0 ? "their file has no such account" : "their file states no requirement";
  const ours = account === undefined ? "we have no such account" : "the account is incomplete";
  return {
    account: name,
    status: "not_compared",
    note: (account?.requirementUsd ?? null) === null ? ours : missing,
    basis: stated?.level ?? null,
    oursUsd: account?.requirementUsd ?? null,
    theirsUsd: stated?.usd ?? null,
    differenceUsd: null,
    steps: [],
    unexplainedUsd: null,
    rows: [],
  };
}

interface Charged {
  /** Requirement of each portfolio group. */
  readonly parts: readonly number[];
  readonly besideUsd: number;
  readonly steps: readonly ReconcileStep[];
}

/** Their extreme-move charges, group by group and then of the account, each where it is the greater. */
function extremeSteps(figures: Figures, rows: readonly ReferenceRow[], beside: number): Charged {
  const steps: ReconcileStep[] = [];
  const prefix = keyOf("portfolio_group", "");
  const parts = [...figures]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, usd]) => {
      const id = key.slice(prefix.length);
      const row = rows.find((other) => other.level === "portfolio_group" && other.id === id);
      const charge = row?.extremeUsd ?? 0;
      if (charge > usd) steps.push(extremeStep({ level: "portfolio_group", id, usd, charge }));
      return Math.max(usd, charge);
    });
  const total = parts.reduce((sum, part) => sum + part, 0) + beside;
  const own = rows.find(({ level }) => level === "account");
  const charge = own?.extremeUsd ?? 0;
  if (own === undefined || charge <= total) return { parts, besideUsd: beside, steps };
  steps.push(extremeStep({ level: "account", id: own.id, usd: total, charge }));
  return { parts: [], besideUsd: charge, steps };
}

function extremeStep(of: { level: Level; id: string; usd: number; charge: number }): ReconcileStep {
  const { level, id, usd, charge } = of;
  return {
    cause: "house_extreme",
    level,
    id,
    ours: usd,
    theirs: charge,
    amountUsd: charge - usd,
    note: null,
  };
}

/** What is left once everything is switched: rounding where one gives their figure, else unexplained. */
function restSteps(of: Charged & { rest: number; name: string; theirs: number }): ReconcileStep[] {
  const { rest, name, theirs, parts, besideUsd } = of;
  if (Math.abs(rest) < 1e-6) return [];
  const found = roundingOf(parts, besideUsd, theirs);
  const step = { level: "account", id: name, ours: theirs - rest, theirs, amountUsd: rest } as const;
  return [{ ...step, cause: found === null ? "unexplained" : "rounding", note: found?.name ?? null }];
}

function comparedRows(
  of: { rows: readonly ReferenceRow[]; account: AccountResult; figures: Figures; switchedUsd: number },
  rules: RuleSet,
): ReconcileRow[] {
  const before = aggregate(structureOf(of.account), rules.readings);
  return of.rows.flatMap((row) => {
    const theirsUsd = applied(row);
    if (theirsUsd === null) return [];
    const { level, id } = row;
    const isAccount = level === "account";
    const oursUsd = isAccount ? requirement(of.account) : (before.get(keyOf(level, id)) ?? null);
    const switched = isAccount ? of.switchedUsd : (of.figures.get(keyOf(level, id)) ?? null);
    const charged = switched === null ? null : Math.max(switched, row.extremeUsd ?? 0);
    return [
      {
        level,
        id: isAccount ? of.account.account : id,
        oursUsd: cents(oursUsd),
        theirsUsd,
        differenceUsd: cents(oursUsd === null ? null : theirsUsd - oursUsd),
        switchedUsd: cents(charged),
        residualUsd: cents(charged === null ? null : theirsUsd - charged),
      },
    ];
  });
}

function cents(usd: number | null): number | null {
  return usd === null ? null : roundToCents(usd);
}
