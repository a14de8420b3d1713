import { schema } from "../../tables/schema.js";
import type { InputTableName, InputTables } from "../../tables/table.js";
import type { DiffStepName } from "./result.js";
import { type Row, tableOf } from "./rows.js";
import {
  canValue,
  hasUnderlying,
  heldSymbols,
  isOption,
  isPricedByMark,
  quoteOf,
  type Side,
  symbolOf,
  underlyingOf,
  volatilityOf,
} from "./side.js";

/** The two books, and the accounts whose positions are compared. */
export interface Sides {
  readonly a: Side;
  readonly b: Side;
  readonly accounts: ReadonlySet<string>;
}

/** Input that is part A's and part B's, as rows. */
export interface Hybrid {
  readonly asOf: string | null;
  readonly rows: Readonly<Record<InputTableName, readonly Row[]>>;
}

/** Whether a step has been switched to B's. */
export type IsSwitched = (step: DiffStepName) => boolean;

const quoteColumns = ["price", "bid", "ask", "volatility"];
export const carryColumns = ["dividend_yield", "borrow_rate"];
/** Columns that say what a contract is, not what it is worth. */
export const optionTerms = columnsBut("options", ["symbol", ...quoteColumns]);
export const underlyingTerms = columnsBut("underlyings", ["symbol", "price", ...carryColumns]);

/**
 * B's positions in a market that is A's but for what is switched. Every option carries the volatility that its side's own run
 * found, so that a price moves without its volatility, and the other way round.
 *
 * What A's market cannot value (see {@link arrivalsOf}) is B's throughout.
 */
export function hybridOf(sides: Sides, isSwitched: IsSwitched): Hybrid {
  const { a, b, accounts } = sides;
  const positions = b.rows.positions.filter(({ account }) => accounts.has(String(account)));
  const held = heldSymbols(positions);
  return {
    asOf: (isSwitched("time") ? b : a).read.tables.asOf,
    rows: {
      positions: positionRows(positions, sides, isSwitched),
      underlyings: underlyingRows(held, sides, isSwitched),
      options: held
        .filter((symbol) => isOption(b, symbol))
        .map((symbol) => optionRow(symbol, sides, isSwitched)),
      dividends: isSwitched("dividends_and_rates")
        ? b.rows.dividends
        : [
            ...a.rows.dividends.filter((row) => hasUnderlying(a, symbolOf(row))),
            ...b.rows.dividends.filter((row) => !hasUnderlying(a, symbolOf(row))),
          ],
      rates: (isSwitched("dividends_and_rates") ? b : a).rows.rates,
      accounts: b.rows.accounts,
      theoretical: held.flatMap((symbol) => {
        const row = (isSwitched("theoretical_values") || !canValue(a, symbol) ? b : a).theoretical.get(
          symbol,
        );
        return row === undefined ? [] : [row];
      }),
    },
  };
}

/** The hybrid as a run reads it. */
export function tablesOf({ asOf, rows }: Hybrid): InputTables {
  return {
    asOf,
    positions: tableOf("positions", rows.positions),
    underlyings: tableOf("underlyings", rows.underlyings),
    options: tableOf("options", rows.options),
    dividends: tableOf("dividends", rows.dividends),
    rates: tableOf("rates", rows.rates),
    accounts: tableOf("accounts", rows.accounts),
    theoretical: tableOf("theoretical", rows.theoretical),
    rules: null,
    inputHash: "",
  };
}

/** Contracts held in B, and underlyings of theirs, that A's market cannot value, in code-unit order. */
export function arrivalsOf({ a, b, accounts }: Sides): string[] {
  const held = heldSymbols(b.rows.positions.filter(({ account }) => accounts.has(String(account))));
  const contracts = held.filter((symbol) => canValue(b, symbol) && !canValue(a, symbol));
  const underlyings = contracts.flatMap((symbol) => {
    const underlying = underlyingOf(b, symbol);
    return underlying !== null && b.underlyings.has(underlying) && !hasUnderlying(a, underlying)
      ? [underlying]
      : [];
  });
  return [...new Set([...contracts, ...underlyings])].toSorted();
}

/** The mark of each holding, by {@link holdingKey}: one for all its lots, or the account would be incomplete. */
export function marksOf(positions: readonly Row[]): Map<string, number | null> {
  const marks = new Map<string, number | null>();
  for (const row of positions) {
    const [key, mark] = [holdingKey(row), row["price"]];
    marks.set(key, marks.get(key) ?? (typeof mark === "number" ? mark : null));
  }
  return marks;
}

function positionRows(positions: readonly Row[], { a, b }: Sides, isSwitched: IsSwitched): Row[] {
  if (isSwitched("prices")) return [...positions];
  const known = marksOf(a.rows.positions);
  return positions.map((row) => {
    const isArrival = !canValue(a, symbolOf(row)) && canValue(b, symbolOf(row));
    return { ...row, price: known.get(holdingKey(row)) ?? (isArrival ? (row["price"] ?? null) : null) };
  });
}

/** Symbol and account of a position. */
export function holdingKey(row: Row): string {
  return `${symbolOf(row)}\u0000${String(row["account"])}`;
}

function underlyingRows(held: readonly string[], { a, b }: Sides, isSwitched: IsSwitched): Row[] {
  const rows = [...b.underlyings.values()].map((after) => {
    const symbol = symbolOf(after);
    const before = a.underlyings.get(symbol);
    if (before === undefined || !hasUnderlying(a, symbol)) return after;
    return {
      symbol,
      ...picked(isSwitched("terms") ? after : before, underlyingTerms),
      ...picked(isSwitched("prices") ? after : before, ["price"]),
      ...picked(isSwitched("dividends_and_rates") ? after : before, carryColumns),
    };
  });
  if (isSwitched("terms")) return rows;
  // What A's terms need and B's table has no more: the other underlying of a contract, the shares of a convertible.
  const needed = held.flatMap((symbol) => {
    const underlying = underlyingOf(a, symbol) ?? symbol;
    return [underlying, String(a.underlyings.get(underlying)?.["converts_to"] ?? underlying)];
  });
  const beside = [...new Set(needed)].filter((symbol) => !b.underlyings.has(symbol));
  return [...rows, ...beside.map((symbol) => a.underlyings.get(symbol)).filter((row) => row !== undefined)];
}

function optionRow(symbol: string, { a, b }: Sides, isSwitched: IsSwitched): Row {
  const from = (step: DiffStepName): Side => (isSwitched(step) || !canValue(a, symbol) ? b : a);
  const [priced, valued] = [from("prices"), from("volatilities")];
  const quotes = picked(priced.options.get(symbol) ?? {}, quoteColumns);
  const price = isPricedByMark(priced, symbol) ? quoteOf(priced, symbol) : (quotes["price"] ?? null);
  const volatility = volatilityOf(valued, symbol) ?? volatilityOf(valued === a ? b : a, symbol);
  return {
    symbol,
    ...picked(from("terms").options.get(symbol) ?? {}, optionTerms),
    ...quotes,
    price,
    volatility,
  };
}

function picked(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function columnsBut(table: InputTableName, others: readonly string[]): string[] {
  return schema[table].map(({ name }) => name).filter((name) => !others.includes(name));
}
