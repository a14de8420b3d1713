import type { ComparedMarginResult } from "../analysis/compare-reg-t.js";
import type { Receipt } from "../analysis/receipt/document.js";
import { readAccount } from "../books/read-account.js";
import { explainText } from "../report/explain-text.js";
import { accountColumns, marginCsv } from "../report/margin-csv.js";
import { marginText } from "../report/margin-text.js";
import type { MarginResult } from "../requirement/result.js";
import type { MarginOptions } from "../requirement/run.js";
import type { TablesRead } from "../tables/read-tables.js";
import { ndjsonText, type OutColumn } from "../tables/write-columns.js";
import { loadEngine } from "./late-engine.js";
import type { BookCommandOptions } from "./book.js";
import { comparedColumns, comparedCsv } from "./compared-csv.js";
import { type ExitCode, exitCodeOf, writeFailures, writeResult, writeTable } from "./output.js";
import { comparedText } from "./reg-t-text.js";
import { storeResult } from "./store.js";
import { readTables, tableFiles } from "./given-tables.js";

type TextFormat = "table" | "json" | "csv" | "ndjson";
export type MarginFormat = TextFormat | "parquet" | "arrow";

/** What `margin` and `explain` may be asked. */
export interface MarginCommandOptions extends BookCommandOptions {
  readonly json?: boolean;
  readonly format?: MarginFormat;
  readonly compare?: "reg-t";
  readonly regTRules?: string;
}

/** Runs `margin` as trees. */
export async function runTrees(
  snapshot: string | undefined,
  format: MarginFormat,
  options: MarginCommandOptions,
): Promise<ExitCode> {
  if (options.compare !== undefined) return runComparison(snapshot, format, options);
  const { result, receipt } = await runMargin(options, await readTables(snapshot, options));
  await writeMargin(format, options.out, {
    text: (as) => marginRendering[as](result),
    columns: () => accountColumns(result),
  });
  if (receipt !== null) writeResult(JSON.stringify(receipt, null, 1), options.receipt);
  if (options.store !== undefined)
    process.stderr.write(await storeResult(options.store, result, askedOf(options)));
  if (format !== "table") writeFailures(result.failures);
  return exitCodeOf(result.failures);
}

/** Runs `explain`. */
export async function runExplain(
  snapshot: string | undefined,
  options: MarginCommandOptions,
): Promise<ExitCode> {
  const { result } = await runMargin(options, await accountTables(snapshot, options));
  writeResult(options.json ? marginRendering.json(result) : explainText(result), options.out);
  const failures = result.accounts.flatMap((account) => account.failures);
  if (options.json) writeFailures(failures);
  return exitCodeOf(failures);
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
  if (out !== undefined) await writeTable(format, out, result.columns());
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

/** Of a book in Parquet the rows of the account alone. */
async function accountTables(
  snapshot: string | undefined,
  options: MarginCommandOptions,
): Promise<TablesRead> {
  const isBook = snapshot === undefined && options.positionsFormat === undefined;
  const own = isBook ? await readAccount(await tableFiles(options), options.account ?? "") : null;
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
