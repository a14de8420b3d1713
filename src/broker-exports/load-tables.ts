import { sha256 } from "../basics/sha256.js";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { rawBytes } from "../tables/file-bytes.js";
import { update } from "../tables/input-hash.js";
import { joined } from "../tables/join-tables.js";
import { loadColumnFiles } from "../tables/load-files.js";
import { type LoadedFiles, readTable, type TableFiles, type TablesRead } from "../tables/read-tables.js";
import { tableNames } from "../tables/schema.js";
import type { InputTableName, Table } from "../tables/table.js";
import { TableBuilder } from "../tables/table-builder.js";
import type { AccountLabels } from "./account-labels.js";
import { exportedTables, tableOf } from "./export-tables.js";
import type { BrokerFormat } from "./formats.js";
import { type ExportsRead, readExports } from "./read-exports.js";
import type { ExportReport } from "./report.js";

/** Exports of one broker in the place of the positions table, and tables of one's own beside them. */
export interface BrokerExportFiles extends TableFiles {
  readonly format: BrokerFormat;
  /** Default `last`. */
  readonly accountLabels?: AccountLabels;
}

/** Tables for the engine, and what was read and passed over. */
export interface BrokerExportsLoaded extends TablesRead {
  readonly reports: readonly ExportReport[];
}

interface TableRead {
  readonly table: Table;
  readonly failures: readonly Failure[];
}

/**
 * Reads brokers' exports as positions, underlyings, options and accounts. A table of one's own comes first: what it leaves
 * empty is filled from the exports, and rows that it does not have are added. The as-of time is the one given, else that of
 * the exports where they name its zone.
 *
 * @throws MarginError where a file is no such export (`EXPORT_HEADER`, `EXPORT_SYNTAX`, `FILE_…`), as `loadTableFiles` for the
 *   tables beside them, and `AS_OF_MISSING`.
 */
export async function loadBrokerExports(given: BrokerExportFiles): Promise<BrokerExportsLoaded> {
  const read = readExports(given.positions, given.format, given.accountLabels);
  const exported = exportedTables(read);
  const loaded = await loadColumnFiles(filesBeside(given).map(({ file }) => file));
  const own = (name: Exclude<InputTableName, "positions">): TableRead =>
    ownTable(name, given[name] ?? [], loaded);
  const filled = (name: "underlyings" | "options" | "accounts"): TableRead => {
    const [mine, theirs] = [own(name), tableOf(name, exported[name])];
    return {
      table: filledFrom(mine.table, theirs.table),
      failures: [...mine.failures, ...theirs.failures],
    };
  };
  const tables = {
    positions: tableOf("positions", exported.positions),
    underlyings: filled("underlyings"),
    options: filled("options"),
    dividends: own("dividends"),
    rates: own("rates"),
    accounts: filled("accounts"),
    theoretical: own("theoretical"),
  };
  return {
    tables: {
      asOf: given.asOf ?? agreedAsOf(read),
      positions: tables.positions.table,
      underlyings: tables.underlyings.table,
      options: tables.options.table,
      dividends: tables.dividends.table,
      rates: tables.rates.table,
      accounts: tables.accounts.table,
      theoretical: tables.theoretical.table,
      rules: given.rules ?? null,
      inputHash: inputHash(given, read),
    },
    failures: [...exported.failures, ...tableNames.flatMap((name) => tables[name].failures)],
    reports: read.reports,
  };
}

/** Files of the tables beside the exports, with the tables' names. */
function filesBeside(given: BrokerExportFiles): { readonly name: InputTableName; readonly file: string }[] {
  return tableNames.flatMap((name) => {
    const files = name === "positions" ? [] : given[name];
    return typeof files === "object" ? files.map((file) => ({ name, file })) : [];
  });
}

function ownTable(
  name: InputTableName,
  files: readonly string[] | number | string,
  loaded: LoadedFiles,
): TableRead {
  if (typeof files === "object") return readTable(name, files, loaded);
  const builder = new TableBuilder(name);
  builder.startFile({ file: null, line: () => null });
  // One rate for all times.
  builder.addCsvRow(["0", String(files).trim()], [0, 1]);
  return { table: builder.build(), failures: builder.failures };
}

/** The first table with its empty cells filled from the row of the same key in the second, and the second's other rows. */
function filledFrom(mine: Table, theirs: Table): Table {
  const key = mine.name === "accounts" ? "account" : "symbol";
  const rowOf = new Map(theirs.text(key).map((cell, row) => [keyOf(cell), row]));
  const match = mine.text(key).map((cell) => rowOf.get(keyOf(cell)) ?? -1);
  const matched = new Set(match);
  const rest = Array.from({ length: theirs.count }, (_, row) => row).filter((row) => !matched.has(row));
  const filled: Table = {
    ...mine,
    isAbsent: (column) => mine.isAbsent(column) && theirs.isAbsent(column),
    text: (column) => mine.text(column).map((cell, i) => cell ?? theirs.text(column)[match[i] ?? -1] ?? null),
    flag: (column) => mine.flag(column).map((cell, i) => cell ?? theirs.flag(column)[match[i] ?? -1] ?? null),
    number: (column) =>
      mine
        .number(column)
        .map((cell, i) =>
          Number.isNaN(cell) ? (theirs.number(column)[match[i] ?? -1] ?? Number.NaN) : cell,
        ),
  };
  return joined(filled, rowsOf(theirs, rest));
}

/** Padded and compact option symbols are one key. */
function keyOf(cell: string | null): string {
  return (cell ?? "").replaceAll(" ", "");
}

function rowsOf(table: Table, rows: readonly number[]): Table {
  return {
    ...table,
    count: rows.length,
    rejected: Uint8Array.from(rows, (row) => table.rejected[row] ?? 0),
    text: (column) => rows.map((row) => table.text(column)[row] ?? null),
    flag: (column) => rows.map((row) => table.flag(column)[row] ?? null),
    number: (column) => Float64Array.from(rows, (row) => table.number(column)[row] ?? Number.NaN),
    place: (row, column) => table.place(rows[row] ?? 0, column),
  };
}

/** The one time that all exports state with a zone. */
function agreedAsOf({ reports }: ExportsRead): string {
  const times = [...new Set(reports.map(({ asOf }) => asOf))];
  const [only] = times;
  if (times.length === 1 && only !== null && only !== undefined) return only;
  const stated = reports.map(({ stated: text }) => text ?? "none").join("; ");
  const why = times.length > 1 ? "one for all exports" : "one with a zone";
  const expected = `--as-of TIME, ISO 8601, ${why}; stated in the exports: ${stated}`;
  throw new MarginError([failure("AS_OF_MISSING", { column: "asOf", expected })]);
}

/** Over format, labels and bytes of the exports, then the bytes of the tables beside them. */
function inputHash(given: BrokerExportFiles, { exports, labels }: ExportsRead): string {
  const hash = sha256();
  for (const { bytes } of exports) update(hash, given.format, bytes);
  update(hash, "labels", Buffer.from(JSON.stringify([...labels.values()])));
  for (const { name, file } of filesBeside(given)) update(hash, name, rawBytes(file));
  if (typeof given.rates !== "object" && given.rates !== undefined)
    update(hash, "rates", Buffer.from(String(given.rates)));
  return hash.digest("hex");
}
