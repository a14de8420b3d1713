import { type Command, InvalidArgumentError, Option } from "commander";
import { sharingDuckDB } from "../tables/duckdb.js";
import { isParquet } from "../tables/file-bytes.js";
import { memorySize } from "./memory-size.js";
import { type ExitCode, guarded } from "./output.js";
import { usage, withTables } from "./table-options.js";
import type { MarginCommandOptions, MarginFormat } from "./margin-trees.js";

const formats: readonly MarginFormat[] = ["table", "json", "csv", "ndjson", "parquet", "arrow"];

export function addMarginCommand(program: Command): void {
  withTables(program.command("margin"))
    .description("requirement of every account of a book")
    .option("--account <account>", "only this account")
    .addOption(new Option("--format <format>", "form of the result").choices(formats))
    .option("--json", "the whole tree as JSON, exactly what the library returns")
    .option("--out <file>", "write the result to a file")
    .addOption(new Option("--compare <other>", "strategy-based margin beside it").choices(["reg-t"]))
    .option("--reg-t-rules <file>", "strategy-based figures of your own (plimsoll rules reg-t)")
    .option("--receipt <file>", "write the receipt of the run to a file (plimsoll verify checks it)")
    .option(
      "--threads <count>",
      "value the contracts on so many worker threads; the same result",
      threadCount,
    )
    .option("--memory <size>", "of a book as columns: stay below so much, like 4GB", memorySize)
    .option("--summary <file>", "of a book as columns: totals, ranking and the firm's scenarios as JSON")
    .option("--store <file>", "keep the run in a DuckDB file (plimsoll runs lists and compares them)")
    .action(async (snapshot: string | undefined, options: MarginCommandOptions) =>
      guarded(async () => {
        if (options.json && options.format !== undefined && options.format !== "json")
          throw usage("--json and another --format exclude each other");
        const format = options.json ? "json" : (options.format ?? "table");
        if ((format === "parquet" || format === "arrow") && options.out === undefined)
          throw usage(`--format ${format} needs --out`);
        if (options.store !== undefined) await (await import("./store.js")).refuseStore(options);
        const run = async (): Promise<ExitCode> => runMargin(snapshot, format, options);
        // DuckDB, where it is needed in any case, opens while what a run is made of loads.
        return options.positions?.some(isParquet) === true ? sharingDuckDB(run) : run();
      }),
    );
}

async function runMargin(
  snapshot: string | undefined,
  format: MarginFormat,
  options: MarginCommandOptions,
): Promise<ExitCode> {
  const ofBook =
    options.compare === undefined
      ? await (await import("./book.js")).runBook(snapshot, format, options)
      : null;
  // A book that goes its own way does not wait for all that trees need.
  return ofBook ?? (await import("./margin-trees.js")).runTrees(snapshot, format, options);
}

export function addExplainCommand(program: Command): void {
  withTables(program.command("explain"))
    .description("one account as a tree that can be re-added by hand")
    .requiredOption("--account <account>", "the account to explain")
    .option("--json", "the account's tree as JSON")
    .option("--out <file>", "write the result to a file")
    .action(async (snapshot: string | undefined, options: MarginCommandOptions) =>
      guarded(async () => (await import("./margin-trees.js")).runExplain(snapshot, options)),
    );
}

function threadCount(text: string): number {
  if (!/^([1-9]|[1-5]\d|6[0-4])$/.test(text))
    throw new InvalidArgumentError("Expected a whole number from 1 to 64.");
  return Number(text);
}
