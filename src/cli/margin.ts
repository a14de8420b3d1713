import { type Command, InvalidArgumentError, Option } from "commander";
import type { ComparedMarginResult } from "../analysis/compare-reg-t.js";
import type { Receipt } from "../analysis/receipt/document.js";
import { readAccount } from "../books/read-account.js";
import { loadEngine } from "../engine.js";
import { explainText } from "../report/explain-text.js";
import { accountColumns, marginCsv } from "../report/margin-csv.js";
import { marginText } from "../report/margin-text.js";
import type { MarginResult } from "../requirement/result.js";
import type { MarginOptions } from "../requirement/run.js";
import type { TablesRead } from "../tables/read-tables.js";
import { ndjsonText, type OutColumn, writeArrow, writeParquet } from "../tables/write-columns.js";
import { memorySize, runBook } from "./book.js";
import { comparedColumns, comparedCsv } from "./compared-csv.js";
import { type ExitCode, exitCodeOf, guarded, writeFailures, writeResult, writeWhole } from "./output.js";
import { comparedText } from "./reg-t-text.js";
import { refuseStore, storeResult } from "./store.js";
import { readTables, type TableOptions, tableFiles, usage, withTables } from "./table-options.js";

type TextFormat = "table" | "json" | "csv" | "ndjson";
type MarginFormat = TextFormat | "parquet" | "arrow";

const formats: readonly MarginFormat[] = ["table", "json", "csv", "ndjson", "parquet", "arrow"];

interface MarginCommandOptions extends TableOptions {
  readonly account?: string;
  readonly json?: boolean;
  readonly format?: MarginFormat;
  readonly out?: string;
  readonly threads?: number;
  readonly receipt?: string;
  readonly compare?: "reg-t";
  readonly regTRules?: string;
  readonly memory?: number;
  readonly summary?: string;
  readonly store?: string;
}

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
    .option("--memory <size>", "of a book in Parquet: stay below so much, like 4GB", memorySize)
    .option("--summary <file>", "of a book in Parquet: totals, ranking and the firm's scenarios as JSON")
    .option("--store <file>", "keep the run in a DuckDB file (plimsoll runs lists and compares them)")
    .action(async (snapshot: string | undefined, options: MarginCommandOptions) =>
      guarded(async () => {
        if (options.json && options.format !== undefined && options.format !== "json")
          throw usage("--json and another --format exclude each other");
        const format = options.json ? "json" : (options.format ?? "table");
        if ((format === "parquet" || format === "arrow") && options.out === undefined)
          throw usage(`--format ${format} needs --out`);
        await refuseStore(options);
        if (options.compare !== undefined) return await runComparison(snapshot, format, options);
        const ofBook = await runBook(snapshot, format, options);
        if (ofBook !== null) return ofBook;
        const { result, receipt } = await runMargin(options, await readTables(snapshot, options));
        await writeMargin(format, options.out, {
          text: (as) => marginRendering[as](result),
          columns: () => accountColumns(result),
        });
        if (receipt !== null) writeResult(JSON.stringify(receipt, null, 1), options.receipt);
        if (options.store !== undefined) await storeResult(options.store, result, askedOf(options));
        if (format !== "table") writeFailures(result.failures);
        return exitCodeOf(result.failures);
      }),
    );
}

interface Renderings {
  readonly text: (format: TextFormat) => string;
  /** One row per account. */
  readonly columns: () => OutColumn[];
}

/** A format of its own bytes needs a file; text may go to standard output. */
async function writeMargin(format: MarginFormat, out: string | undefined, result: Renderings): Promise<void> {
  if (format !== "parquet" && format !== "arrow") {
    writeResult(result.text(format), out);
    return;
  }
  if (out === undefined) return;
  const write = format === "parquet" ? writeParquet : writeArrow;
  await writeWhole(out, (temporary) => write(temporary, result.columns()));
}

async function runComparison(
  snapshot: string | undefined,
  format: MarginFormat,
  options: MarginCommandOptions,
): Promise<ExitCode> {
  const tables = await readTables(snapshot, options);
  const engine = await loadEngine();
  const asked = askedOf(options);
  const result = await engine.compareRegT(tables, asked);
  await writeMargin(format, options.out, {
    text: (as) => comparedRendering[as](result),
    columns: () => comparedColumns(result),
  });
  if (options.receipt !== undefined)
    writeResult(JSON.stringify(engine.receipt(tables, asked, result), null, 1), options.receipt);
  if (format !== "table") writeFailures(result.failures);
  return exitCodeOf(result.failures);
}

const comparedRendering: Record<TextFormat, (result: ComparedMarginResult) => string> = {
  table: comparedText,
  json: (result) => JSON.stringify(result, null, 1),
  csv: comparedCsv,
  ndjson: (result) => ndjsonText(comparedColumns(result)),
};

function askedOf({ rules, dividendModel, account, regTRules }: MarginCommandOptions): MarginOptions {
  return {
    rules,
    ...(dividendModel === undefined ? {} : { dividendModel }),
    ...(account === undefined ? {} : { account }),
    ...(regTRules === undefined ? {} : { regTRules }),
  };
}

const marginRendering: Record<TextFormat, (result: MarginResult) => string> = {
  table: marginText,
  json: (result) => JSON.stringify(result, null, 1),
  csv: marginCsv,
  ndjson: (result) => ndjsonText(accountColumns(result)),
};

export function addExplainCommand(program: Command): void {
  withTables(program.command("explain"))
    .description("one account as a tree that can be re-added by hand")
    .requiredOption("--account <account>", "the account to explain")
    .option("--json", "the account's tree as JSON")
    .option("--out <file>", "write the result to a file")
    .action(async (snapshot: string | undefined, options: MarginCommandOptions) =>
      guarded(async () => {
        const { result } = await runMargin(options, await accountTables(snapshot, options));
        writeResult(options.json ? marginRendering.json(result) : explainText(result), options.out);
        const failures = result.accounts.flatMap((account) => account.failures);
        if (options.json) writeFailures(failures);
        return exitCodeOf(failures);
      }),
    );
}

/** Of a book in Parquet the rows of the account alone. */
async function accountTables(
  snapshot: string | undefined,
  options: MarginCommandOptions,
): Promise<TablesRead> {
  const isBook = snapshot === undefined && options.positionsFormat === undefined;
  const own = isBook ? await readAccount(tableFiles(options), options.account ?? "") : null;
  return own ?? readTables(snapshot, options);
}

async function runMargin(
  options: MarginCommandOptions,
  tables: TablesRead,
): Promise<{ result: MarginResult; receipt: Receipt | null }> {
  const { threads, receipt } = options;
  const engine = await loadEngine({ threads: threads ?? 1 });
  const asked = askedOf(options);
  try {
    const result = await engine.marginOnThreads(tables, asked);
    return { result, receipt: receipt === undefined ? null : engine.receipt(tables, asked, result) };
  } finally {
    await engine.close();
  }
}

function threadCount(text: string): number {
  if (!/^([1-9]|[1-5]\d|6[0-4])$/.test(text))
    throw new InvalidArgumentError("Expected a whole number from 1 to 64.");
  return Number(text);
}
