import { type Failure, failure } from "../basics/failure.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import type { InputTables } from "../tables/table.js";
import type { Run } from "./run.js";

/** Failures that name the account, and those of every symbol that its positions hold; each once. */
export function failuresByAccount(run: Run): Map<string, Failure[]> {
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

/** What {@link unlistedAccounts} looks at. */
export interface UnlistedSources {
  readonly request: { readonly tables: Pick<InputTables, "accounts"> };
  readonly book: { readonly accounts: readonly string[] };
  readonly money: { has(account: string): boolean };
}

/** Accounts that hold positions but no row of a given accounts table, and accounts of another type. */
export function unlistedAccounts({ request, book, money }: UnlistedSources): Failure[] {
  const { accounts } = request.tables;
  const types = accounts.text("type");
  const names = accounts.text("account");
  const otherType = names.flatMap((account, row) =>
    account !== null && (types[row] === "reg_t" || types[row] === "cash")
      ? [
          failure("ACCOUNT_TYPE_UNSUPPORTED", {
            ...accounts.place(row, "type"),
            value: types[row],
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
