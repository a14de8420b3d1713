import type { DuckDBConnection } from "@duckdb/node-api";
import { type AccountMoney, accountMoney } from "../requirement/accounts.js";
import type { ColumnFile } from "../tables/column-file.js";
import { isParquet } from "../tables/file-bytes.js";
import { parquetHead, parquetSource } from "../tables/parquet.js";
import type { Table } from "../tables/table.js";
import type { PositionsSource } from "./positions-source.js";
import { writeCodes } from "./read-lots.js";
import { doublesOf, orderedTexts, rowsOf, textsOf } from "./vectors.js";

/**
 * The accounts of a book, those of the positions and of the accounts table, numbered in code-unit order. The table
 * `book_accounts` (text, code) says which text of the positions is which account.
 */
export interface AccountList {
  readonly names: readonly string[];
  /** -1 where there is no such account. */
  readonly numberOf: (account: string) => number;
  readonly cashUsd: Float64Array;
  readonly otherEquityUsd: Float64Array;
  readonly hasRow: (account: string) => boolean;
}

/** An accounts table in Parquet that needs no look at its cells. */
export interface PlainAccounts {
  /** Its files without their rows, for the check of their headers. */
  readonly files: ReadonlyMap<string, ColumnFile>;
  readonly count: number;
  readonly list: () => Promise<AccountList>;
}

/**
 * Numbers the accounts of an accounts table where every row is plain: a name of printable ASCII without blanks at its ends,
 * once; amounts that are finite or absent; an account of portfolio margin. Null where any row is not.
 */
export async function plainAccounts(
  connection: DuckDBConnection,
  files: readonly string[],
): Promise<PlainAccounts | null> {
  const [file] = files;
  if (file === undefined || files.length > 1 || !isParquet(file)) return null;
  const source = parquetSource(file);
  const head = await parquetHead(connection, source);
  const typeOf = new Map(head.map(({ name, type }) => [name, type]));
  if (typeOf.size !== head.length || typeOf.get("account") !== "VARCHAR") return null;
  const amounts = ["cash", "equity_other"].map((name) => ({ name, type: typeOf.get(name) }));
  if (amounts.some(({ type }) => type !== undefined && type !== "DOUBLE")) return null;
  const [cash, other] = amounts.map(({ name, type }) => (type === undefined ? "0::double" : name));
  const type = typeOf.has("type") ? "type" : "null";
  const isPlain = [
    "regexp_full_match(account, '[!-~]([ -~]*[!-~])?')",
    `(${type} is null or ${type} = 'portfolio')`,
    ...[cash, other].map((amount) => `(${amount} is null or isfinite(${amount}))`),
  ].join(" and ");
  // Names are numbered as they come, once they are sorted; that each is above the one before it says that they were.
  await connection.run(`create or replace temp table book_accounts as
    select *, (row_number() over () - 1)::integer as code, coalesce(text > lag(text) over (), true) as is_next
    from (select account as text, coalesce(${cash}, 0) as cash, coalesce(${other}, 0) as other,
      coalesce(${isPlain}, false) as is_plain from ${source} order by account)`);
  const [found] = await rowsOf(
    connection,
    "select count(*)::double, count(*) filter (where is_plain and is_next)::double from book_accounts",
  );
  const [rows = 0, plain] = (found ?? []).map(Number);
  if (rows !== plain) return null;
  const columns = head.map(({ name }) => ({ name, cells: [] }));
  return {
    files: new Map([[file, { count: 0, columns }]]),
    count: rows ?? 0,
    list: () => listOfTable(connection),
  };
}

async function listOfTable(connection: DuckDBConnection): Promise<AccountList> {
  const names = await orderedTexts(connection, { text: "text", source: "book_accounts", row: "code" });
  const sql = "select cash, other from book_accounts order by code";
  const [cashUsd, otherEquityUsd] = await doublesOf(connection, sql, 2);
  if (cashUsd === undefined || otherEquityUsd === undefined) throw new TypeError("columns of accounts");
  const numberOf = (account: string): number => positionOf(names, account);
  return { names, numberOf, cashUsd, otherEquityUsd, hasRow: (account) => numberOf(account) >= 0 };
}

export function moneyOf({
  numberOf,
  cashUsd,
  otherEquityUsd,
}: AccountList): (account: string) => AccountMoney {
  return (account) => {
    const at = numberOf(account);
    return { cash: cashUsd[at] ?? 0, equityOther: otherEquityUsd[at] ?? 0 };
  };
}

/** By halving: names stand in code-unit order. */
function positionOf(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  return names[low] === name ? low : -1;
}

/** Any accounts table: read cell by cell, with the accounts that the positions name besides. */
export async function accountsOfTable(source: PositionsSource, table: Table): Promise<AccountList> {
  const sql = "select distinct account from book_rows where account is not null";
  const written = await textsOf(source.connection, sql);
  const money = accountMoney(table);
  const named = written.map((text) => text.trim());
  const names = [...new Set([...named, ...money.keys()])].filter((name) => name !== "").toSorted();
  const at = new Map(names.map((name, i) => [name, i]));
  const codes = new Map<string, number>();
  written.forEach((text, i) => {
    const code = at.get(named[i] ?? "");
    if (code !== undefined) codes.set(text, code);
  });
  await writeCodes(source.connection, "book_accounts", codes);
  return {
    names,
    numberOf: (account) => at.get(account) ?? -1,
    cashUsd: Float64Array.from(names, (name) => money.get(name)?.cash ?? 0),
    otherEquityUsd: Float64Array.from(names, (name) => money.get(name)?.equityOther ?? 0),
    hasRow: (account) => money.has(account),
  };
}
