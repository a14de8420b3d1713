import { type AccountMoney, accountMoney } from "../requirement/accounts.js";
import type { Table } from "../tables/table.js";
import type { Codes } from "./read-lots.js";

/** The accounts of a book, those of the positions and of the accounts table, in code-unit order. */
export interface AccountList {
  readonly names: readonly string[];
  /** By a text of the positions: the account's number. Texts that differ in blanks around them are one account. */
  readonly codes: Codes;
  readonly numberOf: (account: string) => number;
  readonly money: ReadonlyMap<string, AccountMoney>;
}

/** @param written texts of the positions; blank ones are no account */
export function accountList(written: readonly string[], table: Table): AccountList {
  const money = accountMoney(table);
  const named = written.map((text) => text.trim());
  const names = [...new Set([...named, ...money.keys()])].filter((name) => name !== "").toSorted();
  const at = new Map(names.map((name, i) => [name, i]));
  const codes = new Map<string, number>();
  written.forEach((text, i) => {
    const code = at.get(named[i] ?? "");
    if (code !== undefined) codes.set(text, code);
  });
  return { names, codes, numberOf: (account) => at.get(account) ?? -1, money };
}
