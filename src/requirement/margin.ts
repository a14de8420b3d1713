import { readAsOf } from "../basics/dates.js";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { roundToCents } from "../basics/money.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { buildBook } from "../positions/book.js";
import { prepareRisk } from "../risk/prepare.js";
import { productTable } from "../rules/products.js";
import type { InputTables } from "../tables/table.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { Valuation } from "../valuation/valuation.js";
import { unlistedAccounts } from "./account-failures.js";
import { accountResults, sum } from "./account-results.js";
import { accountMoney } from "./accounts.js";
import { agreedMarks } from "./marks.js";
import { notesOf } from "./notes.js";
import { rankedClassGroups } from "./ranking.js";
import type { AccountResult, MarginResult, Totals } from "./result.js";
import type { MarginRequest } from "./run.js";

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
  const { tables, rules } = request;
  const asOf = readAsOf(tables.asOf);
  if ("code" in asOf) throw new MarginError([asOf]);
  const products = productTable(rules);
  const held = heldSymbols(tables);
  const prepared = yield* prepareRisk(
    {
      ...request,
      asOfMs: asOf.epochMs,
      products,
      symbols: [...held.keys()],
      marks: agreedMarks(tables.positions),
    },
    valuation,
  );
  const money = accountMoney(tables.accounts);
  const { book, failures: bookFailures } = buildBook({
    positions: tables.positions,
    contracts: prepared.contracts,
    listedAccounts: [...money.keys()],
    classOrder: prepared.classOrder,
  });
  if (request.account !== undefined && !book.accounts.includes(request.account))
    throw new MarginError([
      failure("ACCOUNT_UNKNOWN", { value: request.account, expected: shortList(book.accounts) }),
    ]);
  const run = { request, prepared, book, money, placeOf: (id: string) => products.placeOf(id), bookFailures };
  const accounts = accountResults(run);
  const places = new Map([...held].map(([symbol, row]) => [symbol, tables.positions.place(row, "symbol")]));
  const placed = (item: Failure): Failure =>
    item.file === null && item.column === null ? { ...item, ...places.get(item.symbol ?? "") } : item;
  const ofRun = [...request.readFailures, ...prepared.failures, ...bookFailures, ...unlistedAccounts(run)];
  const ofAccounts = accounts.flatMap((account) => account.failures);
  const late = new Set(["UNLISTED_REFUSED", "HOUSE_INPUT_MISSING"]);
  const failures = [...ofRun, ...ofAccounts.filter((item) => late.has(item.code))];
  return {
    asOf: asOf.text,
    rules: { name: rules.name, hash: rules.hash },
    engine: { version: request.engineVersion, kernelHash: valuation.kernelHash },
    inputHash: tables.inputHash,
    ...notesOf(rules, prepared, accounts),
    accounts: accounts.map((account) => ({ ...account, failures: account.failures.map(placed) })),
    totals: totalsOf(accounts),
    ranking: rankedClassGroups(accounts),
    failures: failures.map(placed),
  };
}

/** Canonical symbols of the positions, each with its first row. */
function heldSymbols({ positions }: InputTables): Map<string, number> {
  const held = new Map<string, number>();
  positions.text("symbol").forEach((symbol, row) => {
    if (symbol === null || positions.rejected[row] === 1) return;
    const key = canonicalSymbol(symbol);
    if (!held.has(key)) held.set(key, row);
  });
  return held;
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

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `one of ${shown}, … (${names.length})` : `one of ${shown}`;
}
