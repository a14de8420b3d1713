import { type Command, InvalidArgumentError } from "commander";
import { recomputeTheoretical } from "../analysis/recompute/recompute.js";
import { loadEngine } from "./late-engine.js";
import { guarded, writeFailures, writeResult } from "./output.js";
import { recomputeText } from "./recompute-text.js";
import { readTables } from "./given-tables.js";
import { type TableOptions, withTables } from "./table-options.js";

interface RecomputeOptions extends TableOptions {
  readonly tolerance: number;
  readonly lookAheadDays: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function addRecomputeCommand(program: Command): void {
  withTables(program.command("recompute"))
    .description(
      "theoretical values held against the model, series by series, with the likely cause of a difference",
    )
    .option("--tolerance <usd>", "differences per unit up to this are none", amountOf, 0.01)
    .option("--look-ahead-days <days>", "days that pass before the scenarios, as SPAN has them", amountOf, 0)
    .option("--json", "the result as JSON, exactly what the library returns")
    .option("--out <file>", "write the result to a file")
    .action(async (snapshot: string | undefined, options: RecomputeOptions) =>
      guarded(async () => {
        const { rules, dividendModel, tolerance, lookAheadDays } = options;
        const read = await readTables(snapshot, options);
        const engine = await loadEngine();
        const result = recomputeTheoretical(engine, read, {
          ...(rules === undefined ? {} : { rules }),
          dividendModel,
          toleranceUsd: tolerance,
          lookAheadDays,
        });
        writeResult(options.json ? JSON.stringify(result, null, 1) : recomputeText(result), options.out);
        writeFailures(result.failures);
        return result.findings.length === 0 && result.failures.length === 0 ? 0 : 1;
      }),
    );
}

function amountOf(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("Expected a number, 0 or more.");
  return Number(text);
}
