import type { DuckDBConnection } from "@duckdb/node-api";
import { failure, MarginError } from "../basics/failure.js";
import { roundToCents } from "../basics/money.js";
import { sqlText } from "../tables/duckdb.js";
import { readStore } from "./store-file.js";
import type {
  AccountOfRuns,
  AccountsOfRuns,
  ClassGroupOfRuns,
  RunCause,
  RunComparison,
  StoredAccount,
  StoredClassGroup,
} from "./store-comparison.js";
import { lastRuns, runNamed, storedRuns, type StoredRun } from "./store-list.js";
import { rowsOf } from "./vectors.js";

/** Which runs to compare. */
export interface CompareRunsOptions {
  /** `last`: the last run of {@link listRuns} with the one before it; or two runs by at least four first characters. */
  readonly runs: "last" | readonly [string, string];
  /** Most entries of a list, 20 where not given. */
  readonly top?: number;
}

/**
 * Compares two runs of a store.
 *
 * @throws MarginError as {@link listRuns}, and `RUN_UNKNOWN`, `USAGE`.
 */
export async function compareRuns(file: string, options: CompareRunsOptions): Promise<RunComparison> {
  const { runs, top = 20 } = options;
  if (!Number.isSafeInteger(top) || top < 0)
    throw new MarginError([failure("USAGE", { value: `top is ${top}, no whole number from 0` })]);
  return readStore(file, async (connection) => {
    const stored = await storedRuns(connection);
    const [a, b] =
      runs === "last" ? lastRuns(stored) : [runNamed(stored, runs[0]), runNamed(stored, runs[1])];
    await connection.run(comparedSql(a.run, b.run));
    const accounts = await comparedAccounts(connection, top);
    return {
      a,
      b,
      differIn: causesOf(a, b),
      ...accounts,
      classGroups: await comparedGroups(connection, a, b, top),
    };
  });
}

function causesOf(a: StoredRun, b: StoredRun): RunCause[] {
  const isSame: Record<RunCause, boolean> = {
    as_of: a.asOf === b.asOf,
    inputs: a.inputHash === b.inputHash,
    rules: a.rules.hash === b.rules.hash,
    engine: a.engine.version === b.engine.version && a.engine.kernelHash === b.engine.kernelHash,
    dividend_model: a.dividendModel === b.dividendModel,
    account: a.account === b.account,
  };
  return (Object.keys(isSame) as RunCause[]).filter((cause) => !isSame[cause]);
}

const fields = ["status", "requirement", "excess", "worst_class_group", "worst_scenario"];

function fieldsOf(side: "a" | "b"): string {
  return fields.map((field) => `${side}.${field} as ${side}_${field}`).join(", ");
}

function accountsOf(run: string): string {
  return `(select * from accounts where run = ${sqlText(run)})`;
}

/** A row an account of either run. */
function comparedSql(a: string, b: string): string {
  return `create temp table compared as select coalesce(a.account, b.account) as account, ${fieldsOf("a")}, ${fieldsOf("b")}
    from ${accountsOf(a)} a full join ${accountsOf(b)} b on a.account = b.account`;
}

type AccountLists = Omit<RunComparison, "a" | "b" | "differIn" | "classGroups">;

async function comparedAccounts(connection: DuckDBConnection, top: number): Promise<AccountLists> {
  const both = "a_requirement is not null and b_requirement is not null";
  // Amounts are whole cents: their difference in cents is a whole number, whatever it is in doubles.
  const difference = "round(abs(b_requirement - a_requirement) * 100)";
  const list = async (where: string, order: string): Promise<AccountsOfRuns> =>
    listOf(connection, { where, order, top });
  const [sums = []] = await rowsOf(
    connection,
    `select count(*) filter (where ${both})::integer, coalesce(sum(a_requirement::decimal(38, 2)) filter (where ${both}), 0)::double,
      coalesce(sum(b_requirement::decimal(38, 2)) filter (where ${both}), 0)::double,
      count(*) filter (where a_excess < 0)::integer, count(*) filter (where b_excess < 0)::integer from compared`,
  );
  const [count = 0, aUsd = 0, bUsd = 0, a = 0, b = 0] = sums.map(Number);
  return {
    comparable: { count, aUsd, bUsd },
    changed: await list(`${both} and a_requirement <> b_requirement`, `${difference} desc`),
    added: await list("a_status is null", "b_requirement desc nulls last"),
    gone: await list("b_status is null", "a_requirement desc nulls last"),
    statusChanged: await list(
      "a_status <> b_status",
      "coalesce(a_requirement, b_requirement) desc nulls last",
    ),
    newShortfalls: await list("b_excess < 0 and not coalesce(a_excess < 0, false)", "b_excess"),
    shortfallCount: { a, b },
  };
}

interface ListAsked {
  readonly where: string;
  readonly order: string;
  readonly top: number;
}

/** Equals in the order of the accounts' names. */
async function listOf(
  connection: DuckDBConnection,
  { where, order, top }: ListAsked,
): Promise<AccountsOfRuns> {
  const [[count] = []] = await rowsOf(connection, `select count(*)::integer from compared where ${where}`);
  const picked = ["a", "b"].flatMap((side) => fields.map((field) => `${side}_${field}`)).join(", ");
  const rows = await rowsOf(
    connection,
    `select account, ${picked} from compared where ${where} order by ${order}, account limit ${top}`,
  );
  const first = rows.map(([account, ...cells]): AccountOfRuns => {
    const [a, b] = [storedAccount(cells.slice(0, fields.length)), storedAccount(cells.slice(fields.length))];
    return { account: String(account), a, b, differenceUsd: differenceOf(a, b) };
  });
  return { count: Number(count), first };
}

function storedAccount([status, requirement, excess, group, scenario]: unknown[]): StoredAccount | null {
  if (status === null) return null;
  return {
    status: status === "complete" ? "complete" : "incomplete",
    requirementUsd: amountOf(requirement),
    excessUsd: amountOf(excess),
    worstClassGroup: textOf(group),
    worstScenario: textOf(scenario),
  };
}

function amountOf(cell: unknown): number | null {
  return typeof cell === "number" ? cell : null;
}

function textOf(cell: unknown): string | null {
  return typeof cell === "string" ? cell : null;
}

function differenceOf(a: StoredAccount | null, b: StoredAccount | null): number | null {
  const [before, after] = [a?.requirementUsd ?? null, b?.requirementUsd ?? null];
  return before === null || after === null ? null : roundToCents(after - before);
}

function groupsOf({ run }: StoredRun): string {
  const columns = "class_group, accounts, cost, list_min(profit) as worst";
  return `(select ${columns} from class_groups where run = ${sqlText(run)})`;
}

async function comparedGroups(
  connection: DuckDBConnection,
  a: StoredRun,
  b: StoredRun,
  top: number,
): Promise<RunComparison["classGroups"]> {
  const found = await rowsOf(
    connection,
    `select coalesce(a.class_group, b.class_group), a.accounts, a.cost, a.worst, b.accounts, b.cost, b.worst
      from ${groupsOf(a)} a full join ${groupsOf(b)} b on a.class_group = b.class_group order by 1`,
  );
  const groups = found
    .map(([classGroup, ...cells]): ClassGroupOfRuns => {
      const [before, after] = [storedGroup(cells.slice(0, 3)), storedGroup(cells.slice(3))];
      const differenceUsd = roundToCents((after?.costUsd ?? 0) - (before?.costUsd ?? 0));
      return { classGroup: String(classGroup), a: before, b: after, differenceUsd };
    })
    .filter(
      ({ a: before, b: after, differenceUsd }) =>
        differenceUsd !== 0 || (before === null) !== (after === null),
    )
    .toSorted((x, y) => Math.abs(y.differenceUsd) - Math.abs(x.differenceUsd));
  return { count: groups.length, first: groups.slice(0, top) };
}

function storedGroup([accounts, cost, worst]: unknown[]): StoredClassGroup | null {
  return accounts === null
    ? null
    : {
        accounts: Number(accounts),
        costUsd: roundToCents(Number(cost)),
        worstProfitUsd: roundToCents(Number(worst)),
      };
}
