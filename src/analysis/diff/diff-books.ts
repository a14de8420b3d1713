import type { AccountResult } from "../../requirement/result.js";
import type { MarginOptions } from "../../requirement/run.js";
import { loadRuleSet } from "../../rules/load.js";
import { asTables } from "../../tables/input.js";
import type { DividendModel } from "../../valuation/escrowed.js";
import { inputChanges, isSameInput, positionChanges } from "./changes.js";
import { arrivalsOf, type Hybrid, hybridOf, type Sides, tablesOf } from "./hybrid.js";
import { centsOf, movedGroups, pairedGroups, partsOf, usdOf } from "./parts.js";
import {
  type DiffAccount,
  type DiffResult,
  type DiffSide,
  type DiffStep,
  type DiffStepName,
  diffSteps,
  type DiffTotals,
} from "./result.js";
import { rowsOf } from "./rows.js";
import {
  accountsOf,
  checkAccount,
  type DiffBook,
  type DiffEngine,
  heldSymbols,
  type Side,
  sideOf,
} from "./side.js";

export interface DiffOptions extends Pick<MarginOptions, "account" | "dividendModel"> {
  /** Rule sets as in `MarginOptions.rules`; default: each book's own `rules`, else `finra-4210g`. */
  readonly rulesA?: unknown;
  readonly rulesB?: unknown;
}

/**
 * Why a requirement changed: the difference between two books as steps that add up to it to the cent. Each step switches
 * one input from A's to B's, on top of the steps before it, and values the whole book anew.
 *
 * @param a Input as of `Engine.margin`: a snapshot document, or tables already read.
 * @param b The same.
 * @throws MarginError as `Engine.margin`, for either of the two; `ACCOUNT_UNKNOWN` for an account of neither.
 * @see docs/diff.md
 */
export function diffBooks(engine: DiffEngine, a: object, b: object, options: DiffOptions = {}): DiffResult {
  const { account, dividendModel = "spot" } = options;
  const [first, second] = [bookOf(a, options.rulesA), bookOf(b, options.rulesB)];
  const alsoHeld = heldSymbols(rowsOf(second.read.tables.positions));
  const sideA = sideOf(first, engine, { dividendModel, alsoHeld });
  const sideB = sideOf(second, engine, { dividendModel, alsoHeld: [] });
  checkAccount(account, sideA, sideB);
  const names = accountNames(sideA, sideB).filter((name) => account === undefined || name === account);
  const compared = names.filter((name) => isComplete(name, sideA) && isComplete(name, sideB));
  const sides = { a: sideA, b: sideB, accounts: new Set(compared) };
  const states = statesOf(sides, engine, dividendModel);
  const accounts = names.map((name) =>
    sides.accounts.has(name) ? comparedAccount(name, states, sides) : incompleteAccount(name, sides),
  );
  return {
    engine: sideB.margin.engine,
    a: sideResult(sideA),
    b: sideResult(sideB),
    inputs: inputChanges(sides),
    arrivals: arrivalsOf(sides),
    accounts,
    totals: totalsOf(accounts),
    failures: { a: sideA.margin.failures, b: sideB.margin.failures },
  };
}

function bookOf(input: object, rules: unknown): DiffBook {
  const read = asTables(input);
  return { read, rules: loadRuleSet(rules ?? read.tables.rules ?? "finra-4210g") };
}

function sideResult({ margin }: Side): DiffSide {
  const { asOf, rules, inputHash } = margin;
  return { asOf, rules, inputHash };
}

function accountNames(...sides: readonly Side[]): string[] {
  const names = sides.flatMap(({ accounts }) => [...accounts.keys()]);
  return [...new Set(names)].toSorted();
}

/** An account that a book does not have holds nothing there: it needs nothing. */
function isComplete(name: string, { accounts }: Side): boolean {
  return (accounts.get(name)?.status ?? "complete") === "complete";
}

/** The book after each step. */
interface State {
  readonly step: DiffStepName;
  readonly isChanged: boolean;
  readonly accounts: ReadonlyMap<string, AccountResult>;
}

/**
 * Equal input gives equal bytes, so a step without a change keeps the state before it. The positions' step is computed whether
 * its input changed or not, and the last state is B's own run: what did not follow from the inputs would show in one of the
 * two, as an amount without a change.
 */
function statesOf(sides: Sides, engine: DiffEngine, dividendModel: DividendModel): State[] {
  const { a, b } = sides;
  const states: State[] = [];
  let last: { hybrid: Hybrid; accounts: State["accounts"] } | null = null;
  for (const [i, step] of diffSteps.entries()) {
    if (step === "rules") {
      states.push({ step, isChanged: a.rules.hash !== b.rules.hash, accounts: b.accounts });
      continue;
    }
    const hybrid = hybridOf(sides, (name) => diffSteps.indexOf(name) <= i);
    const known = last !== null && isSameInput(last.hybrid, hybrid) ? last.accounts : null;
    const isChanged = last === null ? arePositionsChanged(sides) : known === null;
    const accounts: State["accounts"] =
      known === null || i === diffSteps.length - 2
        ? accountsOf(
            engine.margin({ tables: tablesOf(hybrid), failures: [] }, { rules: a.rules, dividendModel }),
          )
        : known;
    states.push({ step, isChanged, accounts });
    last = { hybrid, accounts };
  }
  return states;
}

/** Quantities, or what else a row of positions or accounts says, but for marks: they are prices. */
function arePositionsChanged(sides: Sides): boolean {
  const { a, b, accounts } = sides;
  const said = (side: Side): string => {
    const own = [...side.rows.positions, ...side.rows.accounts].filter((row) =>
      accounts.has(String(row["account"])),
    );
    const rows = own.map((row) => JSON.stringify({ ...row, quantity: null, price: null }));
    return [...new Set(rows)].toSorted().join();
  };
  return said(a) !== said(b) || [...accounts].some((name) => positionChanges(name, sides).length > 0);
}

function comparedAccount(name: string, states: readonly State[], sides: Sides): DiffAccount {
  const [first, last] = [sides.a.accounts.get(name), sides.b.accounts.get(name)];
  const steps: DiffStep[] = [];
  let before = first;
  for (const { step, isChanged, accounts } of states) {
    const after = accounts.get(name);
    if (after !== undefined && after.requirementUsd === null) {
      steps.push({ ...emptyStep(step, isChanged), note: notComputable(after) });
      continue;
    }
    const total = requirementCents(after) - requirementCents(before);
    steps.push({
      ...emptyStep(step, isChanged),
      amountUsd: usdOf(total),
      requirementUsd: usdOf(requirementCents(after)),
      setBy: setByOf(before, after),
      moved: movedGroups(before, after),
      parts: partsOf(before, after, total),
    });
    before = after;
  }
  const [aCents, bCents] = [requirementCents(first), requirementCents(last)];
  return {
    account: name,
    status: "compared",
    note: null,
    onlyIn: first === undefined ? "b" : last === undefined ? "a" : null,
    aUsd: usdOf(aCents),
    bUsd: usdOf(bCents),
    differenceUsd: usdOf(bCents - aCents),
    positions: positionChanges(name, sides),
    groups: pairedGroups(first, last).map(({ id, before: a, after: b }) => ({ id, a, b })),
    steps,
    failures: { a: [], b: [] },
  };
}

function emptyStep(step: DiffStepName, isChanged: boolean): DiffStep {
  const nothing = { amountUsd: null, requirementUsd: null, note: null, setBy: null };
  return { step, isChanged, ...nothing, moved: [], parts: [] };
}

function notComputable({ failures }: AccountResult): string {
  const [found] = failures;
  const why = found === undefined ? "" : `: ${found.code} ${found.message}`;
  return `not computable with this much switched and no more${why}`;
}

function requirementCents(account: AccountResult | undefined): number {
  return centsOf(account?.requirementUsd ?? 0);
}

function setByOf(before: AccountResult | undefined, after: AccountResult | undefined): DiffStep["setBy"] {
  const [was, is] = [before?.binding ?? "regulatory", after?.binding ?? "regulatory"];
  return was === is ? null : { before: was, after: is };
}

function incompleteAccount(name: string, { a, b }: Sides): DiffAccount {
  const [first, last] = [a.accounts.get(name), b.accounts.get(name)];
  const where = [
    ...(first?.status === "incomplete" ? ["A"] : []),
    ...(last?.status === "incomplete" ? ["B"] : []),
  ];
  return {
    account: name,
    status: "incomplete",
    note: `the account is incomplete in ${where.join(" and ")}`,
    onlyIn: first === undefined ? "b" : last === undefined ? "a" : null,
    aUsd: first?.requirementUsd ?? null,
    bUsd: last?.requirementUsd ?? null,
    differenceUsd: null,
    positions: positionChanges(name, { a, b }),
    groups: [],
    steps: [],
    failures: { a: first?.failures ?? [], b: last?.failures ?? [] },
  };
}

function totalsOf(accounts: readonly DiffAccount[]): DiffTotals {
  const compared = accounts.filter(({ status }) => status === "compared");
  const total = (of: (account: DiffAccount) => number | null): number =>
    usdOf(compared.reduce((sum, account) => sum + centsOf(of(account) ?? 0), 0));
  return {
    compared: compared.length,
    incomplete: accounts.length - compared.length,
    aUsd: total(({ aUsd }) => aUsd),
    bUsd: total(({ bUsd }) => bUsd),
    differenceUsd: total(({ differenceUsd }) => differenceUsd),
    steps: diffSteps.map((step, i) => ({ step, amountUsd: total(({ steps }) => steps[i]?.amountUsd ?? 0) })),
  };
}
