import { createHash } from "node:crypto";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { roundToCents } from "../basics/money.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { marginOfRun } from "../requirement/margin.js";
import { placesOf, prepareRun } from "../requirement/prepare-run.js";
import type { AccountResult } from "../requirement/result.js";
import type { MarginRequest, Run } from "../requirement/run.js";
import { netClassGroups } from "../risk/class-groups.js";
import type { Table } from "../tables/table.js";
import { TableBuilder } from "../tables/table-builder.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { Valuation } from "../valuation/valuation.js";
import { historyOf, missingMoves } from "./history.js";
import type { StressAccount, StressContribution, StressFirm, StressResult } from "./stress-result.js";
import type { StressScenario } from "./stress-scenario.js";
import { stressMoves } from "./stress-moves.js";
import { stressProfits } from "./stress-values.js";

export interface StressAsked {
  readonly margin: MarginRequest;
  readonly scenarios: readonly StressScenario[];
  readonly history: { readonly table: Table; readonly failures: readonly Failure[] } | null;
  /** Scenarios of the firm that are broken down, the worst first. */
  readonly worst: number;
}

/**
 * What a book gains and loses under scenarios of one's own: every position, by the model. The requirement beside it is that of
 * the unmoved book.
 *
 * @throws MarginError `USAGE` without a scenario; else as the margin itself.
 */
export function* stress(asked: StressAsked, valuation: Valuation): Steps<StressResult> {
  const { margin: request, scenarios, history } = asked;
  if (scenarios.length === 0 && history === null)
    throw new MarginError([failure("USAGE", { value: "neither scenarios nor a history were given" })]);
  const noTheoretical = new TableBuilder("theoretical").build();
  const required = yield* prepareRun(request, valuation);
  const margin = marginOfRun(required, valuation);
  // Theoretical values hold for the rule set's scenarios alone.
  const run = required.prepared.theoretical.isGiven
    ? yield* prepareRun({ ...request, tables: { ...request.tables, theoretical: noTheoretical } }, valuation)
    : required;
  const { prepared, book } = run;
  const totals = netClassGroups({ ...prepared, book, minimum: request.rules.minimum });
  const held = heldUnderlyings(run);
  const past = history === null ? null : historyOf(history.table, prepared.market, new Set(held.keys()));
  const moves = stressMoves(scenarios, past, prepared.market, request.tables.underlyings);
  const profit = yield* stressProfits({ prepared, book, totals, moves }, valuation);
  const open = missingMoves(
    moves.names,
    scenarios.length,
    [...held].map(([at, symbol]) => ({ symbol, price: moves.price(at) })),
  );
  const table = { names: moves.names, profit, totals, run };
  const accounts = accountsOf(table, margin.accounts);
  const placed = placesOf(request.tables);
  const ofModel = run === required ? [] : run.prepared.failures;
  const { asOf, rules, engine, inputHash } = margin;
  return {
    asOf,
    rules,
    engine,
    inputHash,
    scenarioHash: hashOf(moves.names, held, moves.price),
    scenarios: moves.names,
    notes: margin.notes,
    firm: firmOf(table, accounts, asked.worst),
    accounts: accounts.map(({ shown }) => shown),
    failures: [...margin.failures, ...[...ofModel, ...(history?.failures ?? []), ...open].map(placed)],
  };
}

/** Underlyings of the usable contracts that are held, by row, in code-unit order. */
function heldUnderlyings({ prepared, book }: Run): Map<number, string> {
  const { contracts, market, unusable } = prepared;
  const symbols = [...new Set(book.contract)]
    .filter((contract) => unusable[contract] !== 1)
    .map((contract) => contracts.underlying[contract] ?? "");
  return new Map([...new Set(symbols)].toSorted().map((s) => [market.underlyings.rowOf.get(s) ?? -1, s]));
}

interface ProfitTable {
  readonly names: readonly string[];
  /** By row of the totals and scenario. */
  readonly profit: Float64Array;
  readonly totals: { readonly count: number; readonly account: Int32Array; readonly classGroup: Int32Array };
  readonly run: Run;
}

/** An account as it is shown, and its unrounded profits by scenario: NaN where it is not whole. */
interface AccountWithSums {
  readonly shown: StressAccount;
  readonly sums: Float64Array;
}

function accountsOf(table: ProfitTable, required: readonly AccountResult[]): AccountWithSums[] {
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

/** Scenarios with a sum, the lowest sum first; of equals the first in order. */
function lowest(sums: Float64Array): number[] {
  const known = [...sums.keys()].filter((s) => !Number.isNaN(sums[s] ?? Number.NaN));
  return known.toSorted((a, b) => (sums[a] ?? 0) - (sums[b] ?? 0) || a - b);
}

/** Class groups by what they lose, the greatest loss first. */
function contributions(
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

/** Sums over the accounts that are whole at a scenario, and how many are not. */
function firmOf(table: ProfitTable, accounts: readonly AccountWithSums[], worst: number): StressFirm {
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

/** SHA-256 of names and price moves, so that two results say whether they asked the same. */
function hashOf(
  names: readonly string[],
  held: ReadonlyMap<number, string>,
  price: (at: number) => Float64Array,
): string {
  const hash = createHash("sha256").update(JSON.stringify(names));
  for (const [at, symbol] of held) hash.update(JSON.stringify([symbol, ...price(at)].map(String)));
  return hash.digest("hex");
}
