import { sum } from "../basics/collections.js";
import { roundToCents } from "../basics/money.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { Valuation } from "../valuation/valuation.js";
import { unlistedAccounts } from "./account-failures.js";
import { accountResults } from "./account-results.js";
import { notesOf } from "./notes.js";
import { placesOf, prepareRun } from "./prepare-run.js";
import { rankedClassGroups } from "./ranking.js";
import type { AccountResult, MarginResult, Totals } from "./result.js";
import type { MarginRequest, Run } from "./run.js";
import { theoreticalUse } from "./theoretical-use.js";

/**
 * Portfolio margin of every account of a book at one as-of time.
 *
 * Every contract is valued once at all scenarios; class groups net whole; the requirement of a portfolio group is
 * the greater of its worst loss and its per-contract minimums; an account's is the sum over its groups, rounded
 * to cents once.
 *
 * @throws MarginError `AS_OF_MISSING`, `AS_OF_INVALID`; `ACCOUNT_UNKNOWN` when `account` is in no table.
 * @see docs/methodology.md; FINRA Rule 4210(g)(7), (g)(8).
 */
export function* computeMargin(request: MarginRequest, valuation: Valuation): Steps<MarginResult> {
  const run = yield* prepareRun(request, valuation);
  return marginOfRun(run, valuation);
}

/** The requirement of a run whose contracts are valued. */
export function marginOfRun(run: Run, valuation: Pick<Valuation, "kernelHash">): MarginResult {
  const { request, prepared, bookFailures } = run;
  const { tables, rules } = request;
  const accounts = accountResults(run);
  const placed = placesOf(tables);
  const ofRun = [...request.readFailures, ...prepared.failures, ...bookFailures, ...unlistedAccounts(run)];
  const ofAccounts = accounts.flatMap((account) => account.failures);
  const late = new Set(["UNLISTED_REFUSED", "HOUSE_INPUT_MISSING"]);
  const failures = [...ofRun, ...ofAccounts.filter((item) => late.has(item.code))];
  return {
    asOf: run.asOf,
    rules: { name: rules.name, hash: rules.hash },
    engine: { version: request.engineVersion, kernelHash: valuation.kernelHash },
    inputHash: tables.inputHash,
    ...notesOf(rules, prepared, accounts),
    accounts: accounts.map((account) => ({ ...account, failures: account.failures.map(placed) })),
    totals: totalsOf(accounts),
    ranking: rankedClassGroups(accounts),
    ...(prepared.theoretical.isGiven ? { theoretical: theoreticalUse(prepared) } : {}),
    failures: failures.map(placed),
  };
}

function totalsOf(accounts: readonly AccountResult[]): Totals {
  const complete = accounts.filter((account) => account.status === "complete");
  const total = (of: (account: AccountResult) => number | null): number =>
    roundToCents(sum(complete.map((account) => of(account) ?? 0)));
  return {
    accounts: accounts.length,
    incompleteAccounts: accounts.length - complete.length,
    marketValueUsd: total((account) => account.marketValueUsd),
    cashUsd: total((account) => account.cashUsd),
    equityUsd: total((account) => account.equityUsd),
    requirementUsd: total((account) => account.requirementUsd),
  };
}
