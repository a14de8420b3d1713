import type { TablesRead } from "../../tables/read-tables.js";
import { joined } from "../../tables/join-tables.js";
import type { Table } from "../../tables/table.js";
import { TableBuilder } from "../../tables/table-builder.js";
import { canonicalSymbol } from "../../contracts/contract-master.js";

/** Cells to write over in the row of one symbol; the row is added where the table has none. */
export interface Switch {
  readonly table: "underlyings" | "options";
  readonly symbol: string;
  /** `null` empties a cell. */
  readonly cells: Readonly<Record<string, number | null>>;
}

/** The same input with other numbers for one symbol. */
export function switchedInput(read: TablesRead, change: Switch): TablesRead {
  const table = read.tables[change.table];
  const row = table
    .text("symbol")
    .findIndex((symbol) => symbol !== null && canonicalSymbol(symbol) === change.symbol);
  const changed = row >= 0 ? withCells(table, row, change.cells) : withRow(table, change);
  return { ...read, tables: { ...read.tables, [change.table]: changed } };
}

function withCells(table: Table, row: number, cells: Switch["cells"]): Table {
  return {
    name: table.name,
    count: table.count,
    columns: [...new Set([...table.columns, ...Object.keys(cells)])],
    rejected: table.rejected,
    isAbsent: (column) => cells[column] === undefined && table.isAbsent(column),
    text: (column) => table.text(column),
    number: (column) => {
      const values = table.number(column);
      const cell = cells[column];
      return cell === undefined ? values : values.with(row, cell ?? Number.NaN);
    },
    flag: (column) => table.flag(column),
    place: (at, column) => table.place(at, column),
  };
}

function withRow(table: Table, { symbol, cells }: Switch): Table {
  const builder = new TableBuilder(table.name);
  builder.startFile({ file: "switched", line: (index) => index + 1 });
  builder.addJsonRow({ symbol, ...cells });
  return joined(table, builder.build());
}
