import { formatDay } from "../basics/dates.js";
import { type Failure, failure } from "../basics/failure.js";
import type { Table } from "../tables/table.js";
import { TableBuilder } from "../tables/table-builder.js";
import type { ExportedContract, ExportedOption } from "./contract-name.js";
import type { ExportsRead } from "./read-exports.js";

/** Cells of one row by column; absent ones are left out. */
export type Cells = Readonly<Record<string, string | number | null>>;

/** A row with where it comes from. */
export interface ExportedRow {
  readonly file: string;
  readonly line: number | null;
  readonly cells: Cells;
}

/** What exports say, as rows of Plimsoll's tables, in their order. */
export interface ExportedTables {
  readonly positions: readonly ExportedRow[];
  readonly underlyings: readonly ExportedRow[];
  readonly options: readonly ExportedRow[];
  readonly accounts: readonly ExportedRow[];
  readonly failures: readonly Failure[];
}

/**
 * Rows of the tables: a position for every account and contract, lots added up; a position without a quantity for every
 * holding that was refused, so that its account is incomplete wherever the table goes; underlyings with the prices that the
 * exports state; options that the symbol alone does not tell; an account with its cash.
 */
export function exportedTables(read: ExportsRead): ExportedTables {
  const failures: Failure[] = [];
  return {
    positions: positionRows(read, failures),
    underlyings: underlyingRows(read, failures),
    options: optionRows(read, failures),
    accounts: accountRows(read),
    failures: [...read.failures, ...failures],
  };
}

/** One of the tables; its cells are checked like those of any file. */
export function tableOf(
  name: "positions" | "underlyings" | "options" | "accounts",
  rows: readonly ExportedRow[],
): { readonly table: Table; readonly failures: readonly Failure[] } {
  const builder = new TableBuilder(name);
  for (const { file, line, cells } of rows) {
    builder.startFile({ file, line: () => line });
    if (name === "positions" && cells["quantity"] === undefined)
      builder.addRefusedRow(String(cells["account"]));
    else builder.addJsonRow(cells);
  }
  return { table: builder.build(), failures: builder.failures };
}

function positionRows(read: ExportsRead, failures: Failure[]): ExportedRow[] {
  const rows = new Map<string, ExportedRow & { readonly millionths: number }>();
  for (const { out } of read.exports)
    for (const { account: written, contract, quantity, price: stated, line } of out.holdings) {
      const account = read.labels.get(written) ?? written;
      const price = contract.kind === "future" ? null : stated;
      const key = JSON.stringify([account, contract.symbol]);
      const known = rows.get(key);
      const before = known?.cells["price"] ?? null;
      if (before !== null && price !== null && before !== price)
        failures.push({
          ...failure("MARK_CONFLICT", {
            file: out.file,
            line,
            value: price,
            expected: `${before}, as in another row of the account`,
          }),
          account,
        });
      const millionths = (known?.millionths ?? 0) + Math.round(quantity * 1e6);
      const cells = { account, symbol: contract.symbol, quantity: millionths / 1e6, price: before ?? price };
      rows.set(key, { file: known?.file ?? out.file, line: known?.line ?? line, cells, millionths });
    }
  const refused = read.refused.map(({ file, line, account, shown }) => ({
    file,
    line,
    cells: { account, symbol: shown === "" ? "?" : shown },
  }));
  const held = [...rows.values()].filter(({ millionths }) => millionths !== 0);
  return [...held.map(({ file, line, cells }) => ({ file, line, cells })), ...refused];
}

function underlyingRows(read: ExportsRead, failures: Failure[]): ExportedRow[] {
  const rows = new Map<string, ExportedRow>();
  for (const { out } of read.exports) {
    const held = out.holdings.flatMap(({ contract, price, line }) =>
      (contract.kind === "stock" || contract.kind === "future") && price !== null && price > 0
        ? [{ symbol: contract.symbol, price, line, future: contract.kind === "future" ? contract : null }]
        : [],
    );
    const stated = out.underlyingPrices.map((each) => ({ ...each, future: null }));
    for (const { symbol, price, line, future } of [...held, ...stated]) {
      const known = rows.get(symbol);
      if (known === undefined) {
        const ofFuture = future === null ? {} : { kind: "future", multiplier: future.multiplier };
        rows.set(symbol, { file: out.file, line, cells: { symbol, price, ...ofFuture } });
      } else if (known.cells["price"] !== price)
        failures.push(
          failure("ROW_DUPLICATE", {
            file: out.file,
            line,
            value: symbol,
            expected: `one price; ${known.file}:${known.line ?? ""} has ${known.cells["price"]}, here it is ${price}`,
            symbol,
          }),
        );
    }
  }
  return [...rows.values()];
}

function optionRows(read: ExportsRead, failures: Failure[]): ExportedRow[] {
  const options = read.exports.flatMap(({ out }) =>
    out.holdings.flatMap(({ contract, bid, ask, line }) =>
      isOption(contract) ? [{ contract, bid, ask, line, file: out.file }] : [],
    ),
  );
  const classes = new Map(
    read.exports.flatMap(({ out }) =>
      out.holdings.flatMap(({ contract: { kind, symbol } }) =>
        kind === "stock" && symbol.includes(".") ? [[symbol.replace(".", ""), symbol] as const] : [],
      ),
    ),
  );
  const rows = new Map<string, ExportedRow>();
  for (const { contract, bid, ask, line, file } of options) {
    const cells = optionCells(contract, classes, { bid, ask });
    const known = rows.get(contract.symbol);
    if (known === undefined) rows.set(contract.symbol, { file, line, cells });
    else if (
      known.cells["multiplier"] !== cells["multiplier"] ||
      known.cells["underlying"] !== cells["underlying"]
    )
      failures.push(
        failure("CONTRACT_TERMS_CONFLICT", {
          file,
          line,
          value: contract.symbol,
          expected: "one multiplier and one underlying",
          symbol: contract.symbol,
        }),
      );
  }
  return [...rows.values()].filter(({ cells }) => Object.keys(cells).length > 1);
}

function isOption(contract: ExportedContract): contract is ExportedOption {
  return contract.kind === "option" || contract.kind === "future-option";
}

/** What the symbol does not tell; the symbol alone where it tells all. */
function optionCells(
  contract: ExportedOption,
  classes: ReadonlyMap<string, string>,
  quotes: { readonly bid: number | null; readonly ask: number | null },
): Cells {
  const { symbol, kind, multiplier, isCall, strike, day } = contract;
  // An option's root is the ticker without its stop: BRKB where the file holds BRK.B.
  const underlying = contract.underlying ?? classes.get(symbol.slice(0, 6).trimEnd()) ?? null;
  const terms =
    kind === "future-option" ? { type: isCall ? "call" : "put", strike, expiry: formatDay(day) } : {};
  const isQuoted = quotes.ask !== null && quotes.ask > 0 && quotes.bid !== null;
  return {
    symbol,
    ...(underlying === null ? {} : { underlying }),
    ...terms,
    ...(multiplier === null || (multiplier === 100 && kind === "option") ? {} : { multiplier }),
    ...(isQuoted ? quotes : {}),
  };
}

function accountRows(read: ExportsRead): ExportedRow[] {
  const rows = new Map<string, { file: string; line: number | null; cents: number; hasCash: boolean }>();
  for (const { out } of read.exports) {
    const label = (account: string): string => read.labels.get(account) ?? account;
    for (const account of out.accounts)
      if (!rows.has(label(account)))
        rows.set(label(account), { file: out.file, line: null, cents: 0, hasCash: false });
    for (const { account, amountUsd, line } of out.cash) {
      const known = rows.get(label(account));
      const cents = (known?.cents ?? 0) + Math.round(amountUsd * 100);
      rows.set(label(account), { file: out.file, line: known?.line ?? line, cents, hasCash: true });
    }
  }
  return [...rows].map(([account, { file, line, cents, hasCash }]) => ({
    file,
    line,
    cells: hasCash ? { account, cash: cents / 100 } : { account },
  }));
}
