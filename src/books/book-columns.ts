import { accountHead } from "../requirement/account-row.js";
import type { OutColumn } from "../tables/write-columns.js";
import type { BookAccounts } from "./book-result.js";

/** The accounts of a book in the columns that every tabular form of a margin run has. */
export function bookColumns(accounts: BookAccounts): OutColumn[] {
  const { isComplete, worstClassGroup, worstScenario } = accounts;
  const columns: OutColumn[] = [
    { name: "account", type: "text", cells: accounts.account },
    {
      name: "status",
      type: "code",
      codes: Int32Array.from(isComplete),
      texts: ["incomplete", "complete"],
    },
    { name: "market_value", type: "number", cells: accounts.marketValueUsd },
    { name: "cash", type: "number", cells: accounts.cashUsd },
    { name: "equity", type: "number", cells: accounts.equityUsd },
    { name: "requirement", type: "number", cells: accounts.requirementUsd },
    { name: "excess", type: "number", cells: accounts.excessUsd },
    { name: "worst_class_group", type: "code", ...coded(isComplete.length, worstClassGroup) },
    { name: "worst_scenario", type: "code", ...coded(isComplete.length, worstScenario) },
  ];
  return accountHead.flatMap((name) => columns.filter((column) => column.name === name));
}

/** Texts that repeat, each once, in the order of their first rows; -1 for the empty one. */
function coded(count: number, textOf: (row: number) => string): { codes: Int32Array; texts: string[] } {
  const codes = new Int32Array(count);
  const texts: string[] = [];
  const at = new Map<string, number>([["", -1]]);
  for (let row = 0; row < count; row++) {
    const text = textOf(row);
    let code = at.get(text);
    if (code === undefined) {
      code = texts.push(text) - 1;
      at.set(text, code);
    }
    codes[row] = code;
  }
  return { codes, texts };
}
