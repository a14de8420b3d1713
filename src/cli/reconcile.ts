import { type Command, InvalidArgumentError } from "commander";
import { reconcileBook } from "../analysis/reconcile/reconcile-book.js";
import { loadEngine } from "./late-engine.js";
import { guarded, writeFailures, writeResult } from "./output.js";
import { reconcileText } from "./reconcile-text.js";
import { readTables } from "./given-tables.js";
import { type TableOptions, withTables } from "./table-options.js";

interface ReconcileOptions extends TableOptions {
  readonly against: string;
  readonly tolerance: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function addReconcileCommand(program: Command): void {
  withTables(program.command("reconcile"))
    .description("our figures against a broker's or clearing house's, the difference by cause")
    .requiredOption("--against <file>", "their figures: docs/reconcile.md")
    .option("--tolerance <usd>", "differences of an account up to this are none", dollars, 0.01)
    .option("--json", "the result as JSON, exactly what the library returns")
    .option("--out <file>", "write the result to a file")
    .action(async (snapshot: string | undefined, options: ReconcileOptions) =>
      guarded(async () => {
        const { rules, dividendModel, against, tolerance } = options;
        const read = await readTables(snapshot, options);
        const engine = await loadEngine();
        const result = reconcileBook(engine, read, {
          rules,
          dividendModel,
          against,
          toleranceUsd: tolerance,
        });
        writeResult(options.json ? JSON.stringify(result, null, 1) : reconcileText(result), options.out);
        writeFailures(read.failures);
        return result.agrees && read.failures.length === 0 ? 0 : 1;
      }),
    );
}

function dollars(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("Expected an amount in USD, 0 or more.");
  return Number(text);
}
