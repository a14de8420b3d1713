import type { Table } from "../tables/table.js";

/** An account's money beside its positions, USD. */
export interface AccountMoney {
  /** Signed: a debit balance is negative. */
  readonly cash: number;
  readonly equityOther: number;
}

/** The accounts table by account; an absent amount is 0. */
export function accountMoney(table: Table): ReadonlyMap<string, AccountMoney> {
  const cash = table.number("cash");
  const other = table.number("equity_other");
  const rows = table.text("account").flatMap((account, row): [string, AccountMoney][] => {
    if (account === null) return [];
    return [[account, { cash: orZero(cash[row]), equityOther: orZero(other[row]) }]];
  });
  return new Map(rows.toReversed());
}

function orZero(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}
