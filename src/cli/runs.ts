import { type Command, InvalidArgumentError } from "commander";
import { compareRuns } from "../books/store-compare.js";
import { listRuns } from "../books/store-list.js";
import { guarded, writeResult } from "./output.js";
import { comparisonText, runsText } from "./runs-text.js";
import { usage } from "./table-options.js";

interface RunsCommandOptions {
  readonly compare?: string[];
  readonly top?: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function addRunsCommand(program: Command): void {
  program
    .command("runs")
    .description("the runs of a store (margin --store F), or two of them compared")
    .argument("<store>", "a DuckDB file that margin --store made")
    .option("--compare <runs...>", "two runs by their first characters, or: last")
    .option("--top <count>", "most entries of a list of a comparison (default: 20)", listLength)
    .option("--json", "the result as JSON, exactly what the library returns")
    .option("--out <file>", "write the result to a file")
    .action(async (store: string, { compare, top, json, out }: RunsCommandOptions) =>
      guarded(async () => {
        if (compare === undefined) {
          if (top !== undefined) throw usage("--top goes with --compare");
          const runs = await listRuns(store);
          writeResult(json ? JSON.stringify(runs, null, 1) : runsText(runs), out);
          return 0;
        }
        const runs = askedRuns(compare);
        const compared = await compareRuns(store, { runs, ...(top === undefined ? {} : { top }) });
        writeResult(json ? JSON.stringify(compared, null, 1) : comparisonText(compared), out);
        return 0;
      }),
    );
}

function askedRuns([a, b, ...more]: readonly string[]): "last" | [string, string] {
  if (a === "last" && b === undefined) return "last";
  if (a === undefined || b === undefined || more.length > 0)
    throw usage("--compare takes two runs, or: last");
  return [a, b];
}

function listLength(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1.");
  return Number(text);
}
