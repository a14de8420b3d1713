import { loadColumnFiles, loadTableFiles } from "../tables/load-files.js";
import { withTheoretical } from "../tables/join-tables.js";
import { readSnapshotFile, type TableFiles, type TablesRead } from "../tables/read-tables.js";
import { exportReportText } from "./export-report-text.js";
import { expandedFiles } from "./files.js";
import { type TableOptions, usage } from "./table-options.js";

/**
 * Reads the snapshot, or the tables as separate files.
 *
 * Theoretical values may stand beside a snapshot: they take the place of its own.
 *
 * @throws MarginError `USAGE` where both or neither are given.
 */
export async function readTables(snapshot: string | undefined, options: TableOptions): Promise<TablesRead> {
  const { positions, underlyings, accounts, dividends, rates, theoretical } = options;
  const tables = [positions, underlyings, options.options, accounts, dividends, rates];
  const separate = tables.some((files) => files !== undefined);
  if (snapshot !== undefined) {
    if (separate || options.positionsFormat !== undefined)
      throw usage("give a snapshot or separate tables, not both");
    const read = withAsOf(readSnapshotFile(snapshot), options.asOf);
    if (theoretical === undefined) return read;
    const files = await expandedFiles(theoretical);
    return withTheoretical(read, files, await loadColumnFiles(files));
  }
  if (!separate && theoretical === undefined)
    throw usage("give a snapshot file, or --positions, --underlyings and --options");
  const files = await tableFiles(options);
  const { positionsFormat: format, accountLabels = "last" } = options;
  if (format === undefined) return loadTableFiles(files);
  if (files.positions.length === 0) throw usage("--positions-format needs --positions");
  // A run on plain tables does not wait for the readers of exports.
  const { loadBrokerExports } = await import("../broker-exports/load-tables.js");
  const { reports, ...read } = await loadBrokerExports({ ...files, format, accountLabels });
  process.stderr.write(exportReportText(reports));
  return read;
}

/** The files that the options name, patterns expanded. */
export async function tableFiles(
  options: TableOptions,
): Promise<TableFiles & { readonly positions: string[] }> {
  return {
    positions: await expandedFiles(options.positions),
    underlyings: await expandedFiles(options.underlyings),
    options: await expandedFiles(options.options),
    accounts: await expandedFiles(options.accounts),
    dividends: await expandedFiles(options.dividends),
    rates: await ratesOf(options.rates),
    theoretical: await expandedFiles(options.theoretical),
    asOf: options.asOf ?? null,
  };
}

/** `--as-of` beside a snapshot moves its time: the same book, asked at another moment. */
function withAsOf(read: TablesRead, asOf: string | undefined): TablesRead {
  return asOf === undefined ? read : { ...read, tables: { ...read.tables, asOf } };
}

/** One word that reads as a number is a rate; anything else names files. */
async function ratesOf(words: string[] | undefined): Promise<string[] | string> {
  const [only, ...more] = words ?? [];
  return only !== undefined && more.length === 0 && Number.isFinite(Number(only))
    ? only
    : expandedFiles(words);
}
