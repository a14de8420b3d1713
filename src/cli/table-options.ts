import { type Command, Option } from "commander";
import { failure, MarginError } from "../basics/failure.js";
import type { AccountLabels } from "../broker-exports/account-labels.js";
import { type BrokerFormat, brokerFormats } from "../broker-exports/formats.js";
import { loadColumnFiles, loadTableFiles } from "../tables/load-files.js";
import { withTheoretical } from "../tables/join-tables.js";
import { readSnapshotFile, type TableFiles, type TablesRead } from "../tables/read-tables.js";
import type { DividendModel } from "../valuation/escrowed.js";
import { exportReportText } from "./export-report-text.js";
import { expandedFiles } from "./files.js";

/** The options that every command with tables shares. */
export interface TableOptions {
  readonly positions?: string[];
  readonly positionsFormat?: BrokerFormat;
  readonly accountLabels?: AccountLabels;
  readonly underlyings?: string[];
  readonly options?: string[];
  readonly accounts?: string[];
  readonly dividends?: string[];
  readonly rates?: string[];
  readonly theoretical?: string[];
  readonly asOf?: string;
  readonly rules?: string;
  readonly dividendModel: DividendModel;
}

/** The model of cash dividends, by name; never chosen by anything else. */
export function dividendModelOption(): Option {
  return new Option("--dividend-model <model>", "how cash dividends enter a price: docs/numerics.md")
    .choices(["spot", "escrowed"])
    .default("spot");
}

/** How accounts of a broker's export are named. */
export function accountLabelsOption(): Option {
  return new Option(
    "--account-labels <kind>",
    "accounts of an export: x and their last four characters, or a hash",
  )
    .choices(["last", "hash"])
    .default("last");
}

/** Adds `[snapshot]` and the table options to a command. */
export function withTables(command: Command): Command {
  return command
    .argument("[snapshot]", "one JSON file with every table")
    .option("--positions <files...>", "positions table (CSV, JSON, NDJSON, Parquet, Arrow; globs allowed)")
    .addOption(
      new Option(
        "--positions-format <name>",
        "positions are a broker's exports: docs/broker-exports.md",
      ).choices(brokerFormats),
    )
    .addOption(accountLabelsOption())
    .option("--underlyings <files...>", "underlyings table")
    .option("--options <files...>", "options table")
    .option("--accounts <files...>", "accounts table")
    .option("--dividends <files...>", "dividends table")
    .option("--rates <files...>", "rates table, or one continuously compounded rate per year")
    .option("--theoretical <files...>", "theoretical values, used instead of the model")
    .option("--as-of <time>", "as-of time, ISO 8601 with a zone")
    .option("--rules <name>", "built-in rule set or path of a rule file (default: finra-4210g)")
    .addOption(dividendModelOption());
}

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

export function usage(message: string): MarginError {
  return new MarginError([failure("USAGE", { value: message })]);
}
