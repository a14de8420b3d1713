import { type Failure, failure } from "../basics/failure.js";
import { type ContractMaster, canonicalSymbol } from "../contracts/contract-master.js";
import type { Table } from "../tables/table.js";

/**
 * The book: one holding per account and contract, as columns. Holdings stand by class group, then account, then
 * contract, so that a class group's risk arrays are read while they are warm and every sum has one order,
 * whatever the order of the input rows.
 */
export interface Book {
  /** Every account of the positions and accounts tables, in code-unit order. */
  readonly accounts: readonly string[];
  readonly count: number;
  readonly account: Int32Array;
  /** Row of the contract master. */
  readonly contract: Int32Array;
  /** Contracts or shares, + long, - short, never 0. */
  readonly quantity: Float64Array;
  /** The account's own mark per share or contract unit; NaN where it gives none. */
  readonly mark: Float64Array;
}

export interface BookSources {
  readonly positions: Table;
  readonly contracts: ContractMaster;
  /** Accounts that hold nothing may be listed too. */
  readonly listedAccounts: readonly string[];
  /** Order of each contract's class group, by contract row. */
  readonly classOrder: Int32Array;
}

interface Holding {
  readonly account: string;
  readonly contract: number;
  /** In millionths, so that lots add up exactly in any order. */
  millionths: number;
  mark: number;
}

const unitsPerShare = 1e6;

/** Adds lots up and orders them. A row that cannot be used is in `failures`, with its account. */
export function buildBook(sources: BookSources): { book: Book; failures: Failure[] } {
  const { positions } = sources;
  const failures: Failure[] = [];
  const holdings = new Map<string, Holding>();
  const accountCells = positions.text("account");
  const symbols = positions.text("symbol");
  const quantities = positions.number("quantity");
  const marks = positions.number("price");
  for (let row = 0; row < positions.count; row++) {
    const account = accountCells[row];
    const symbol = symbols[row];
    if (positions.rejected[row] === 1 || !account || !symbol) continue;
    const contract = sources.contracts.rowOf.get(canonicalSymbol(symbol));
    if (contract === undefined) continue; // the master's failures say why
    const quantity = quantities[row] ?? Number.NaN;
    const problem = quantityProblem(quantity, sources.contracts.isOption[contract] === 1);
    if (problem !== null) {
      failures.push({ ...problem, ...positions.place(row, "quantity"), account });
      continue;
    }
    const lot = {
      account,
      contract,
      millionths: Math.round(quantity * unitsPerShare),
      mark: marks[row] ?? Number.NaN,
    };
    const conflict = addLot(holdings, lot);
    if (conflict !== null) failures.push({ ...conflict, ...positions.place(row, "price"), account });
  }
  const held = [...holdings.values()].filter((holding) => holding.millionths !== 0);
  return { book: asColumns(held, allAccounts(sources), sources.classOrder), failures };
}

function quantityProblem(quantity: number, isOption: boolean): Failure | null {
  if (quantity === 0) return failure("QUANTITY_ZERO", { value: quantity, expected: "a number other than 0" });
  if (isOption && !Number.isInteger(quantity))
    return failure("QUANTITY_FRACTIONAL", { value: quantity, expected: "a whole number of contracts" });
  const millionths = quantity * unitsPerShare;
  if (Math.abs(millionths) > Number.MAX_SAFE_INTEGER)
    return failure("CELL_RANGE", { value: quantity, expected: "a quantity of at most 9e9" });
  if (Math.abs(millionths - Math.round(millionths)) > 1e-3 * Math.max(1, Math.abs(quantity) * 1e-6))
    return failure("QUANTITY_FRACTIONAL", { value: quantity, expected: "at most six decimals" });
  return null;
}

/** Lots of one contract share one mark: it is today's price, not what was paid. */
function addLot(holdings: Map<string, Holding>, lot: Holding): Failure | null {
  const key = `${lot.contract}\u0000${lot.account}`;
  const known = holdings.get(key);
  if (known === undefined) {
    holdings.set(key, lot);
    return null;
  }
  known.millionths += lot.millionths;
  if (Number.isNaN(known.mark)) known.mark = lot.mark;
  if (Number.isNaN(lot.mark) || lot.mark === known.mark) return null;
  return failure("MARK_CONFLICT", {
    value: lot.mark,
    expected: `${known.mark}, as in another row of the account`,
  });
}

function allAccounts({ positions, listedAccounts }: BookSources): string[] {
  const named = positions.text("account").filter((account): account is string => account !== null);
  return [...new Set([...named, ...listedAccounts])].toSorted();
}

function asColumns(held: Holding[], accounts: readonly string[], classOrder: Int32Array): Book {
  const rowOf = new Map(accounts.map((account, i) => [account, i]));
  const rows = held.map((holding) => ({
    ...holding,
    accountRow: rowOf.get(holding.account) ?? -1,
    classRow: classOrder[holding.contract] ?? -1,
  }));
  rows.sort((a, b) => a.classRow - b.classRow || a.accountRow - b.accountRow || a.contract - b.contract);
  return {
    accounts,
    count: rows.length,
    account: Int32Array.from(rows, (row) => row.accountRow),
    contract: Int32Array.from(rows, (row) => row.contract),
    quantity: Float64Array.from(rows, (row) => row.millionths / unitsPerShare),
    mark: Float64Array.from(rows, (row) => row.mark),
  };
}
