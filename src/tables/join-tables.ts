import { sha256 } from "../basics/sha256.js";
import { type LoadedFiles, readTable, type TablesRead } from "./read-tables.js";
import type { Table } from "./table.js";
import { TableBuilder } from "./table-builder.js";

/**
 * The same tables with more rows in the positions table, as a hypothetical trade adds them. Rows that cannot be read are
 * failures, as in a file; `source` stands for the file's name. The input's hash covers the rows added.
 */
export function withPositions(
  read: TablesRead,
  rows: readonly Readonly<Record<string, unknown>>[],
  source: string,
): TablesRead {
  const builder = new TableBuilder("positions");
  builder.startFile({ file: source, line: (index) => index + 1 });
  for (const row of rows) builder.addJsonRow(row);
  const hash = sha256().update(read.tables.inputHash).update(JSON.stringify(rows));
  return {
    tables: {
      ...read.tables,
      positions: joined(read.tables.positions, builder.build()),
      inputHash: hash.digest("hex"),
    },
    failures: [...read.failures, ...builder.failures],
  };
}

/**
 * The same tables with theoretical values from files beside them. The input's hash covers what was read from the files.
 *
 * @throws MarginError as `readTable`.
 */
export function withTheoretical(
  read: TablesRead,
  files: readonly string[],
  loaded?: LoadedFiles,
): TablesRead {
  const { table, failures } = readTable("theoretical", files, loaded);
  const hash = sha256().update(read.tables.inputHash);
  for (const column of table.columns) hash.update(JSON.stringify([column, cellsOf(table, column)]));
  return {
    tables: { ...read.tables, theoretical: table, inputHash: hash.digest("hex") },
    failures: [...read.failures, ...failures],
  };
}

/** Of this table every column is text or number. */
function cellsOf(table: Table, column: string): readonly (string | number | null)[] {
  const texts = table.text(column);
  return texts.every((cell) => cell === null || typeof cell === "string") ? texts : [...table.number(column)];
}

/** The rows of one table behind those of another of the same name. */
export function joined(first: Table, second: Table): Table {
  return {
    name: first.name,
    count: first.count + second.count,
    columns: [...new Set([...first.columns, ...second.columns])],
    rejected: Uint8Array.from([...first.rejected, ...second.rejected]),
    isAbsent: (column) => first.isAbsent(column) && second.isAbsent(column),
    text: (column) => [...first.text(column), ...second.text(column)],
    number: (column) => Float64Array.from([...first.number(column), ...second.number(column)]),
    flag: (column) => [...first.flag(column), ...second.flag(column)],
    place: (row, column) =>
      row < first.count ? first.place(row, column) : second.place(row - first.count, column),
  };
}
