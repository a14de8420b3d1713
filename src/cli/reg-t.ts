import type { Command } from "commander";
import { exitCodeOf, guarded, writeFailures, writeResult } from "./output.js";
import { regTText } from "./reg-t-text.js";
import { readTables } from "./given-tables.js";
import { type TableOptions, withTables } from "./table-options.js";
import { loadEngine } from "./late-engine.js";

interface RegTCommandOptions extends TableOptions {
  readonly account?: string;
  readonly regTRules?: string;
  readonly json?: boolean;
  readonly out?: string;
}

export function addRegTCommand(program: Command): void {
  withTables(program.command("reg-t"))
    .description("strategy-based margin of every account, with the cheapest pairing of its positions")
    .option("--account <account>", "only this account")
    .option("--reg-t-rules <file>", "figures of your own (plimsoll rules reg-t prints the built-in ones)")
    .option("--json", "the whole result as JSON, exactly what the library returns")
    .option("--out <file>", "write the result to a file")
    .action(async (snapshot: string | undefined, options: RegTCommandOptions) =>
      guarded(async () => {
        const { rules, account, regTRules } = options;
        const read = await readTables(snapshot, options);
        const engine = await loadEngine();
        const result = await engine.regT(read, {
          rules,
          ...(account === undefined ? {} : { account }),
          ...(regTRules === undefined ? {} : { regTRules }),
        });
        writeResult(options.json ? JSON.stringify(result, null, 1) : regTText(result), options.out);
        if (options.json) writeFailures(result.failures);
        return exitCodeOf(result.failures);
      }),
    );
}
