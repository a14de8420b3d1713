import { sha256 } from "../basics/sha256.js";
import type { DuckDBConnection } from "@duckdb/node-api";
import { readAsOf } from "../basics/dates.js";
import { MarginError } from "../basics/failure.js";
import type { MarginResult } from "../requirement/result.js";
import type { MarginOptions } from "../requirement/run.js";
import { sqlText } from "../tables/duckdb.js";
import { appendColumns, type OutColumn } from "../tables/write-columns.js";
import { bookColumns } from "./book-columns.js";
import type { BookResult } from "./book-result.js";
import { writeStore } from "./store-file.js";
import { columnsOfTrees } from "./tree-columns.js";
import { rowsOf } from "./vectors.js";

/** What a run was asked besides its inputs and rules. */
export type StoredAsked = Pick<MarginOptions, "dividendModel" | "account">;

/** A run in a store. */
export interface RunStored {
  /** 64 hexadecimal digits. */
  readonly run: string;
  /** False where the store had the run already: it is kept as it is. */
  readonly isNew: boolean;
}

/**
 * Puts a run into a DuckDB file, whole or not at all: tables `runs`, `accounts`, `class_groups`, `failures`. The run's name is
 * the SHA-256 of as-of time, inputs, rules, engine, kernel, dividend model and account asked for, so the same run stored
 * twice is one run. See docs/books.md, "Store".
 *
 * @param result of {@link Engine.margin} or {@link Engine.book}, without strategy figures of one's own
 * @throws MarginError `STORE_FOREIGN` where the file is something else, `STORE_LOCKED` where another program has it open,
 *   `FILE_UNWRITABLE`, `PACKAGE_MISSING`.
 */
export async function storeRun(
  file: string,
  result: MarginResult | BookResult,
  asked: StoredAsked = {},
): Promise<RunStored> {
  const book = "classGroups" in result ? result : columnsOfTrees(result);
  const run = runName(book, asked);
  return writeStore(file, async (connection) => {
    const same = await rowsOf(connection, `select 1 from runs where run = ${sqlText(run)}`);
    if (same.length > 0) return { run, isNew: false };
    await insertRun(connection, run, { book, asked });
    await insert(connection, { run, into: "accounts", columns: bookColumns(book.accounts) });
    await insertClassGroups(connection, run, book);
    await insert(connection, { run, into: "failures", columns: failureColumns(book) });
    return { run, isNew: true };
  });
}

function runName({ asOf, inputHash, rules, engine }: BookResult, asked: StoredAsked): string {
  const { dividendModel = "spot", account = null } = asked;
  const parts = [asOf, inputHash, rules.hash, engine.version, engine.kernelHash, dividendModel, account];
  return sha256().update(JSON.stringify(parts)).digest("hex");
}

interface Source {
  readonly book: BookResult;
  readonly asked: StoredAsked;
}

async function insertRun(connection: DuckDBConnection, run: string, { book, asked }: Source): Promise<void> {
  const { asOf, rules, engine, inputHash, totals, failures } = book;
  const instant = readAsOf(asOf);
  if ("code" in instant) throw new MarginError([instant]);
  const cells = [
    run,
    asOf,
    new Date(instant.epochMs).toISOString().replace("Z", ""),
    rules.name,
    rules.hash,
    engine.version,
    engine.kernelHash,
    inputHash,
    asked.dividendModel ?? "spot",
    asked.account ?? null,
    totals.accounts,
    totals.incompleteAccounts,
    totals.marketValueUsd,
    totals.cashUsd,
    totals.equityUsd,
    totals.requirementUsd,
    failures.length,
  ];
  const holes = cells.map((_, k) => `$${k + 1}${k === 2 ? "::timestamp" : ""}`);
  const stored = "(select coalesce(max(stored), 0) + 1 from runs)";
  await connection.run(`insert into runs values (${holes.toSpliced(1, 0, stored).join(", ")})`, cells);
}

async function insertClassGroups(
  connection: DuckDBConnection,
  run: string,
  { classGroups }: BookResult,
): Promise<void> {
  const scenarios = Array.from(classGroups[0]?.profitUsd ?? [], (_, s) => `p${s + 1}`);
  const columns: OutColumn[] = [
    { name: "class_group", type: "text", cells: classGroups.map(({ classGroup }) => classGroup) },
    { name: "accounts", type: "number", cells: classGroups.map(({ accounts }) => accounts) },
    { name: "cost", type: "number", cells: classGroups.map(({ costUsd }) => costUsd) },
    ...scenarios.map((name, s): OutColumn => {
      const cells = classGroups.map(({ profitUsd }) => profitUsd[s] ?? null);
      return { name, type: "number", cells };
    }),
  ];
  const picked = `class_group, accounts, cost, list_value(${scenarios.join(", ")})`;
  if (classGroups.length > 0) await insert(connection, { run, into: "class_groups", columns, picked });
}

function failureColumns({ failures }: BookResult): OutColumn[] {
  const text = (name: "code" | "message" | "file" | "column" | "value" | "expected"): OutColumn => ({
    name,
    type: "text",
    cells: failures.map((failed) => failed[name]),
  });
  return [
    { name: "number", type: "number", cells: failures.map((_, k) => k + 1) },
    text("code"),
    text("message"),
    text("file"),
    { name: "line", type: "number", cells: failures.map(({ line }) => line) },
    text("column"),
    text("value"),
    text("expected"),
    { name: "account", type: "text", cells: failures.map(({ account }) => account ?? null) },
    { name: "symbol", type: "text", cells: failures.map(({ symbol }) => symbol ?? null) },
  ];
}

interface Rows {
  readonly run: string;
  readonly into: string;
  /** In the order of the table's columns after `run`. */
  readonly columns: readonly OutColumn[];
  /** SQL of what is put in, where it is not the columns as they are. */
  readonly picked?: string;
}

async function insert(
  connection: DuckDBConnection,
  { run, into, columns, picked = "*" }: Rows,
): Promise<void> {
  const selected = await appendColumns(connection, "staged", columns);
  await connection.run(`insert into ${into} select ${sqlText(run)}, ${picked} from (${selected})`);
  await connection.run("drop table staged");
}
