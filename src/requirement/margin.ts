import { readAsOf } from "../basics/dates.js";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { roundToCents } from "../basics/money.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { type Book, buildBook } from "../positions/book.js";
import { netClassGroups } from "../risk/class-groups.js";
import { prepareRisk, type PreparedRisk } from "../risk/prepare.js";
import type { RuleSet } from "../rules/load.js";
import { productTable } from "../rules/products.js";
import type { InputTables } from "../tables/table.js";
import type { Valuation } from "../valuation/valuation.js";
import { type AccountMoney, accountMoney } from "./accounts.js";
import { agreedMarks } from "./marks.js";
import { notesOf } from "./notes.js";
import { type PortfolioMarginInputs, portfolioGroups, requirementOf } from "./portfolio-margin.js";
import type { AccountResult, MarginResult, PortfolioGroupResult, Totals } from "./result.js";

/** What a margin run computes from. */
export interface MarginRequest {
  readonly tables: InputTables;
  readonly readFailures: readonly Failure[];
  readonly rules: RuleSet;
  /** Only these accounts in the result; every account where it is left out. */
  readonly account?: string;
  readonly engineVersion: string;
}

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
export function computeMargin(request: MarginRequest, valuation: Valuation): MarginResult {
  const { tables, rules } = request;
  const asOf = readAsOf(tables.asOf);
  if ("code" in asOf) throw new MarginError([asOf]);
  const products = productTable(rules);
  const held = heldSymbols(tables);
  const prepared = prepareRisk(
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
  const failures = [...request.readFailures, ...prepared.failures, ...bookFailures, ...unlistedAccounts(run)];
  return {
    asOf: asOf.text,
    rules: { name: rules.name, hash: rules.hash },
    engine: { version: request.engineVersion, kernelHash: valuation.kernelHash },
    inputHash: tables.inputHash,
    notes: notesOf(rules, prepared),
    accounts: accounts.map((account) => ({ ...account, failures: account.failures.map(placed) })),
    totals: totalsOf(accounts),
    failures: failures.map(placed),
  };
}

interface Run {
  readonly request: MarginRequest;
  readonly prepared: PreparedRisk;
  readonly book: Book;
  readonly money: ReadonlyMap<string, AccountMoney>;
  readonly placeOf: PortfolioMarginInputs["placeOf"];
  readonly bookFailures: readonly Failure[];
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

function accountResults(run: Run): AccountResult[] {
  const { request, prepared, book } = run;
  const totals = netClassGroups({ ...prepared, book, minimum: request.rules.minimum });
  const inputs: PortfolioMarginInputs = {
    ...prepared,
    book,
    totals,
    placeOf: run.placeOf,
    scenariosOf: (type) => prepared.gridOf(type).scenarios,
    readings: request.rules.readings,
  };
  const rowsOf = Array.from({ length: book.accounts.length }, (): number[] => []);
  totals.account.forEach((account, row) => rowsOf[account]?.push(row));
  const failures = failuresByAccount(run);
  return book.accounts.flatMap((account, i) => {
    if (request.account !== undefined && account !== request.account) return [];
    const rows = rowsOf[i] ?? [];
    const marketValue = sum(rows.flatMap((row) => [...marketValues(row, inputs)]));
    const groups = portfolioGroups(rows, inputs);
    return [accountResult({ account, groups, marketValue, failures: failures.get(account) ?? [] }, run)];
  });
}

function marketValues(row: number, { totals }: PortfolioMarginInputs): Float64Array {
  return totals.holdingMarketValue.subarray(totals.holdingStart[row], totals.holdingStart[row + 1]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

interface AccountParts {
  readonly account: string;
  readonly groups: readonly PortfolioGroupResult[];
  readonly marketValue: number;
  readonly failures: readonly Failure[];
}

function accountResult({ account, groups, marketValue, failures }: AccountParts, run: Run): AccountResult {
  const used = requirementOf(groups);
  const tree = { account, requirementOfUsedUsd: used, portfolioGroups: groups, failures };
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

const noFigures = {
  marketValueUsd: null,
  cashUsd: null,
  equityUsd: null,
  requirementUsd: null,
  excessUsd: null,
} as const;

/** Failures that name the account, and those of every symbol that its positions hold; each once. */
function failuresByAccount(run: Run): Map<string, Failure[]> {
  const { request, prepared, bookFailures } = run;
  const found = new Map<string, Set<Failure>>();
  const add = (account: string, item: Failure): void => {
    const known = found.get(account) ?? new Set<Failure>();
    found.set(account, known.add(item));
  };
  for (const item of [...request.readFailures, ...bookFailures, ...unlistedAccounts(run)])
    if (item.account !== undefined) add(item.account, item);
  const { positions } = request.tables;
  const symbols = positions.text("symbol");
  positions.text("account").forEach((account, row) => {
    const symbol = symbols[row];
    if (!account || !symbol) return;
    for (const item of prepared.problems.get(canonicalSymbol(symbol)) ?? []) add(account, item);
  });
  return new Map([...found].map(([account, items]) => [account, [...items]]));
}

/** Accounts that hold positions but no row of a given accounts table, and accounts of another type. */
function unlistedAccounts({ request, book, money }: Run): Failure[] {
  const { accounts } = request.tables;
  const types = accounts.text("type");
  const names = accounts.text("account");
  const otherType = names.flatMap((account, row) =>
    account !== null && types[row] === "reg_t"
      ? [
          failure("ACCOUNT_TYPE_UNSUPPORTED", {
            ...accounts.place(row, "type"),
            value: "reg_t",
            expected: "portfolio",
            account,
          }),
        ]
      : [],
  );
  if (accounts.count === 0) return otherType;
  const unlisted = book.accounts.filter((account) => !money.has(account));
  return [
    ...otherType,
    ...unlisted.map((account) =>
      failure("ACCOUNT_UNKNOWN", { value: account, expected: "a row in the accounts table", account }),
    ),
  ];
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
