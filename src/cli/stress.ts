import { type Command, InvalidArgumentError } from "commander";
import { expandedFiles } from "./files.js";
import { exitCodeOf, guarded, writeFailures, writeResult } from "./output.js";
import { stressText } from "./stress-text.js";
import { readTables } from "./given-tables.js";
import { type TableOptions, usage, withTables } from "./table-options.js";
import { loadEngine } from "./late-engine.js";

interface StressCommandOptions extends TableOptions {
  readonly scenarios?: string;
  readonly history?: string[];
  readonly account?: string;
  readonly worst: number;
  readonly recompute?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

export function addStressCommand(program: Command): void {
  withTables(program.command("stress"))
    .description("profit and loss of the book under scenarios of your own, named or from a history")
    .option("--scenarios <file>", "named scenarios: YAML, JSON or CSV (docs/scenarios.md)")
    .option("--history <files...>", "closes or returns by symbol and date; each date is a scenario")
    .option("--account <account>", "only this account")
    .option("--worst <count>", "so many of the worst scenarios are broken down", wholeNumber, 10)
    .option("--recompute", "the requirement of the moved book too, at every named scenario")
    .option("--json", "every account at every scenario as JSON, exactly what the library returns")
    .option("--out <file>", "write the result to a file")
    .action(async (snapshot: string | undefined, options: StressCommandOptions) =>
      guarded(async () => {
        if (options.dividendModel !== "spot") throw usage("stress knows the spot dividend model alone");
        const { rules, scenarios, history, account, worst } = options;
        const read = await readTables(snapshot, options);
        const engine = await loadEngine();
        const result = engine.stress(read, {
          rules,
          worst,
          recompute: options.recompute ?? false,
          ...(scenarios === undefined ? {} : { scenarios }),
          ...(history === undefined ? {} : { history: await expandedFiles(history) }),
          ...(account === undefined ? {} : { account }),
        });
        writeResult(options.json ? JSON.stringify(result, null, 1) : stressText(result), options.out);
        if (options.json) writeFailures(result.failures);
        return exitCodeOf(result.failures);
      }),
    );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new InvalidArgumentError("Expected a whole number from 1 to 99999.");
  return Number(text);
}
