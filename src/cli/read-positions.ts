import { type Command, Option } from "commander";
import type { AccountLabels } from "../broker-exports/account-labels.js";
import { type ExportedTables, exportedTables } from "../broker-exports/export-tables.js";
import { type BrokerFormat, brokerFormats } from "../broker-exports/formats.js";
import { type ExportsRead, readExports } from "../broker-exports/read-exports.js";
import { csvText } from "../report/csv.js";
import { exportReportText } from "./export-report-text.js";
import { expandedFiles } from "./files.js";
import { exitCodeOf, guarded, writeFailures, writeResult } from "./output.js";
import { accountLabelsOption, usage } from "./table-options.js";

interface ReadPositionsOptions {
  readonly format: BrokerFormat;
  readonly accountLabels: AccountLabels;
  readonly out?: string;
  readonly snapshot?: string;
  readonly json?: boolean;
}

export function addReadPositionsCommand(program: Command): void {
  program
    .command("read-positions")
    .argument("<files...>", "a broker's exports, all of one format (globs allowed)")
    .description(
      "a broker's exports as Plimsoll's positions table, with a report of what was read and skipped",
    )
    .addOption(
      new Option("--format <name>", "which export it is: docs/broker-exports.md")
        .choices(brokerFormats)
        .makeOptionMandatory(),
    )
    .addOption(accountLabelsOption())
    .option("--out <file>", "write the positions table to a file")
    .option("--snapshot <file>", "write a snapshot: positions with the prices and the cash of the exports")
    .option("--json", "tables, report and failures as JSON")
    .action(async (names: string[], options: ReadPositionsOptions) =>
      guarded(async () => {
        const { format, accountLabels, out, snapshot, json } = options;
        if (json && snapshot !== undefined) throw usage("--json and --snapshot exclude each other");
        const read = readExports(await expandedFiles(names), format, accountLabels);
        const tables = exportedTables(read);
        if (snapshot !== undefined) writeResult(snapshotText(read, tables), snapshot);
        if (json) writeResult(JSON.stringify(documentOf(read, tables), null, 1), out);
        else if (snapshot === undefined || out !== undefined) writeResult(positionsCsv(tables), out);
        process.stderr.write(exportReportText(read.reports));
        writeFailures(tables.failures);
        return exitCodeOf(tables.failures);
      }),
    );
}

const positionColumns = ["account", "symbol", "quantity", "price"];

function positionsCsv({ positions }: ExportedTables): string {
  return csvText(
    positionColumns,
    positions.map(({ cells }) => positionColumns.map((name) => cells[name] ?? null)),
  );
}

function rowsOf(tables: ExportedTables): Record<string, unknown> {
  const names = ["underlyings", "options", "accounts", "positions"] as const;
  return Object.fromEntries(names.map((name) => [name, tables[name].map(({ cells }) => cells)]));
}

/** Keys that a snapshot has; the as-of time where the exports agree on one. */
function snapshotText(read: ExportsRead, tables: ExportedTables): string {
  const times = new Set(read.reports.map(({ asOf }) => asOf));
  const asOf = times.size === 1 ? [...times][0] : null;
  return JSON.stringify({ ...(asOf === null ? {} : { asOf }), ...rowsOf(tables) }, null, 1);
}

function documentOf(read: ExportsRead, tables: ExportedTables): Record<string, unknown> {
  return { reports: read.reports, ...rowsOf(tables), failures: tables.failures };
}
