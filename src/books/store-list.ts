import type { DuckDBConnection } from "@duckdb/node-api";
import { failure, MarginError } from "../basics/failure.js";
import type { MarginResult, Totals } from "../requirement/result.js";
import { readStore } from "./store-file.js";
import { rowsOf } from "./vectors.js";

/** A run as a store lists it. */
export interface StoredRun extends Pick<MarginResult, "asOf" | "rules" | "engine" | "inputHash"> {
  /** Its name: 64 hexadecimal digits. */
  readonly run: string;
  readonly dividendModel: string;
  /** The account asked for; `null` for all. */
  readonly account: string | null;
  readonly totals: Totals;
  readonly failureCount: number;
}

/**
 * The runs of a store by as-of time, those of one time in the order they were stored.
 *
 * @throws MarginError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `STORE_FOREIGN`, `STORE_LOCKED`, `PACKAGE_MISSING`.
 */
export async function listRuns(file: string): Promise<StoredRun[]> {
  return readStore(file, storedRuns);
}

export async function storedRuns(connection: DuckDBConnection): Promise<StoredRun[]> {
  const rows = await rowsOf(
    connection,
    `select run, as_of, rules, rules_hash, engine, kernel_hash, input_hash, dividend_model, only_account, accounts,
      incomplete_accounts, market_value, cash, equity, requirement, failures from runs order by as_of_utc, stored`,
  );
  return rows.map((cells) => {
    const text = (k: number): string => String(cells[k]);
    const number = (k: number): number => Number(cells[k]);
    return {
      run: text(0),
      asOf: text(1),
      rules: { name: text(2), hash: text(3) },
      engine: { version: text(4), kernelHash: text(5) },
      inputHash: text(6),
      dividendModel: text(7),
      account: cells[8] === null ? null : text(8),
      totals: {
        accounts: number(9),
        incompleteAccounts: number(10),
        marketValueUsd: number(11),
        cashUsd: number(12),
        equityUsd: number(13),
        requirementUsd: number(14),
      },
      failureCount: number(15),
    };
  });
}

const leastPrefix = 4;

/** The runs that are asked for: each by the first characters of its name. @throws MarginError `RUN_UNKNOWN`. */
export function runNamed(runs: readonly StoredRun[], name: string): StoredRun {
  const found = runs.filter(({ run }) => name.length >= leastPrefix && run.startsWith(name.toLowerCase()));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = (found.length > 0 ? found : runs).slice(0, 5).map(({ run }) => run.slice(0, 12));
  throw unknown(name, known.length === 0 ? "a store that has runs" : `one like ${known.join(", ")}`);
}

/** The last run and the one before it, in the order of {@link listRuns}. @throws MarginError `RUN_UNKNOWN`. */
export function lastRuns(runs: readonly StoredRun[]): [StoredRun, StoredRun] {
  const [a, b] = runs.slice(-2);
  if (a === undefined || b === undefined) throw unknown("last", "a store of at least two runs");
  return [a, b];
}

function unknown(value: string, expected: string): MarginError {
  return new MarginError([failure("RUN_UNKNOWN", { value, expected })]);
}
