import type { Command } from "commander";
import { type ClearingRow, readSpanFile } from "../clearing-files/read-span.js";
import { csvText } from "../report/csv.js";
import { exitCodeOf, guarded, writeFailures, writeResult } from "./output.js";

interface ReadClearingOptions {
  readonly exchange?: string;
  readonly out?: string;
  readonly options?: string;
  readonly underlyings?: string;
  readonly json?: boolean;
}

export function addReadClearingCommand(program: Command): void {
  program
    .command("read-clearing")
    .argument("<file>", "a SPAN risk parameter file in XML (.gz allowed)")
    .description("a clearing organisation's file as Plimsoll's table of theoretical values")
    .option("--exchange <id>", "only contracts of this exchange")
    .option("--out <file>", "write the theoretical values to a file")
    .option("--options <file>", "write the options table: terms, prices and volatilities")
    .option("--underlyings <file>", "write the underlyings table")
    .option("--json", "all three tables, the file's scenarios and failures as JSON")
    .action(async (file: string, options: ReadClearingOptions) =>
      guarded(async () => {
        const { exchange, out, json } = options;
        const read = await readSpanFile(file, exchange === undefined ? {} : { exchange });
        if (options.options !== undefined) writeResult(tableText(read.options), options.options);
        if (options.underlyings !== undefined) writeResult(tableText(read.underlyings), options.underlyings);
        writeResult(json ? JSON.stringify(read, null, 1) : tableText(read.theoretical), out);
        if (!read.isUsual)
          process.stderr.write("The scenarios of the file are not SPAN's sixteen in their usual order.\n");
        writeFailures(read.failures);
        return exitCodeOf(read.failures);
      }),
    );
}

/** Files have hundreds of thousands of rows: they become text in parts, so that their cells never stand in memory twice. */
const rowsAtOnce = 4096;

/** The rows under every column that one of them has; a table without rows has the column `symbol`. */
function tableText(rows: readonly ClearingRow[]): string {
  const names = [...new Set(["symbol", ...rows.flatMap((row) => Object.keys(row))])];
  const parts = [csvText(names, [])];
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    const cells = rows.slice(first, first + rowsAtOnce).map((row) => names.map((name) => row[name] ?? null));
    const text = csvText(names, cells);
    parts.push(text.slice(text.indexOf("\n") + 1));
  }
  return parts.join("\n");
}
