import type { DuckDBConnection } from "@duckdb/node-api";
import { sqlText } from "../tables/duckdb.js";
import { rowsOf } from "./vectors.js";

/** Raised where a table changes, so that no program reads columns as what they are not. */
export const storeFormat = 1;

const tables: readonly string[] = [
  "plimsoll_store (format integer)",
  // stored: 1 for the run that was stored first. No time of a clock is kept: equal runs are equal rows.
  `runs (run varchar primary key, stored integer, as_of varchar, as_of_utc timestamp, rules varchar, rules_hash varchar,
    engine varchar, kernel_hash varchar, input_hash varchar, dividend_model varchar, only_account varchar,
    accounts integer, incomplete_accounts integer, market_value double, cash double, equity double, requirement double,
    failures integer)`,
  `accounts (run varchar, account varchar, status varchar, market_value double, cash double, equity double,
    requirement double, excess double, worst_class_group varchar, worst_scenario varchar)`,
  "class_groups (run varchar, class_group varchar, accounts integer, cost double, profit double[])",
  `failures (run varchar, number integer, code varchar, message varchar, file varchar, line integer, "column" varchar,
    value varchar, expected varchar, account varchar, symbol varchar)`,
];

export async function createTables(connection: DuckDBConnection): Promise<void> {
  for (const table of tables) await connection.run(`create table ${table}`);
  await connection.run(`insert into plimsoll_store values (${storeFormat})`);
}

/** @param names null: any table or view of the file's own */
export async function hasTables(
  connection: DuckDBConnection,
  names: readonly string[] | null,
): Promise<boolean> {
  const wanted =
    names === null
      ? ""
      : ` and table_name in (${names.map(sqlText).join(", ")}) and table_type = 'BASE TABLE'`;
  const [[count] = []] = await rowsOf(
    connection,
    `select count(*)::integer from information_schema.tables where table_catalog = current_database()${wanted}`,
  );
  return Number(count) > 0;
}
