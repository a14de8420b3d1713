import type { Run } from "../requirement/run.js";
import { movedVolatility } from "../scenarios/volatility-move.js";
import { joined } from "../tables/join-tables.js";
import { TableBuilder } from "../tables/table-builder.js";
import type { InputTables, Table } from "../tables/table.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { yearsBetween } from "../basics/dates.js";
import type { StressMoves } from "./stress-moves.js";

/**
 * The tables of a book as they would stand after a scenario: prices and rates moved, time passed, each option at its moved
 * volatility. Quotes and marks of before are gone, so every option is marked at the model's value. An underlying without a move
 * has no price.
 */
export function movedTables({ request, prepared }: Run, moves: StressMoves, s: number): InputTables {
  const { tables } = request;
  const { contracts, market, arrays } = prepared;
  const conditions = moves.conditions[s];
  if (conditions === undefined) throw new RangeError(`no scenario ${s + 1}`);
  const asOfMs = market.asOfMs + conditions.days * msPerDay;
  const factorOf = (symbol: string): number => {
    const at = market.underlyings.rowOf.get(symbol) ?? -1;
    return Math.max(0, 1 + (moves.price(at)[s] ?? Number.NaN));
  };
  const volatilityOf = (row: number): number => {
    const at = market.underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1;
    const years = Math.max(0, yearsBetween(asOfMs, contracts.expiryMs[row] ?? Number.NaN));
    const volatility = arrays.volatility[row] ?? Number.NaN;
    return movedVolatility(volatility, moves.volatility(at)[s] ?? 0, conditions.volatility, years);
  };
  return {
    ...tables,
    asOf: new Date(asOfMs).toISOString(),
    positions: withColumns(tables.positions, { price: () => Number.NaN }),
    underlyings: withColumns(tables.underlyings, {
      price: (row, price) => price * factorOf(tables.underlyings.text("symbol")[row] ?? ""),
    }),
    options: movedOptions(tables.options, prepared, volatilityOf),
    rates: movedRates(tables.rates, conditions.rateMove),
    theoretical: new TableBuilder("theoretical").build(),
  };
}

const msPerDay = 86_400_000;

type Cell = (row: number, before: number) => number;

/** The table with other numbers in some columns. */
function withColumns(table: Table, columns: Readonly<Record<string, Cell>>): Table {
  const changed = new Map(
    Object.entries(columns).map(([name, cell]) => [
      name,
      table.number(name).map((value, row) => cell(row, value)),
    ]),
  );
  return { ...table, number: (name) => changed.get(name) ?? table.number(name) };
}

const none: Cell = () => Number.NaN;

/** A row for each option held, the table's own where it has one. */
function movedOptions(
  table: Table,
  { contracts }: Run["prepared"],
  volatilityOf: (row: number) => number,
): Table {
  const builder = new TableBuilder("options");
  builder.startFile({ file: null, line: () => null });
  contracts.symbols.forEach((symbol, row) => {
    if (contracts.isOption[row] === 1 && (contracts.optionRow[row] ?? -1) < 0) builder.addJsonRow({ symbol });
  });
  const all = joined(table, builder.build());
  const symbols = all.text("symbol");
  return withColumns(all, {
    volatility: (at) => {
      const row = contracts.rowOf.get(canonicalSymbol(symbols[at] ?? ""));
      return row === undefined ? Number.NaN : volatilityOf(row);
    },
    price: none,
    bid: none,
    ask: none,
  });
}

/** Without a table every rate was 0. */
function movedRates(table: Table, move: number): Table {
  if (table.count > 0 || move === 0) return withColumns(table, { rate: (_, rate) => rate + move });
  const builder = new TableBuilder("rates");
  builder.startFile({ file: null, line: () => null });
  builder.addJsonRow({ years: 0, rate: move });
  return builder.build();
}
