import type { Command } from "commander";
import { parseTrade } from "../analysis/trade.js";
import { loadEngine } from "./late-engine.js";
import { whatIfText } from "./what-if-text.js";
import { exitCodeOf, guarded, writeFailures, writeResult } from "./output.js";
import { readTables } from "./given-tables.js";
import { type TableOptions, withTables } from "./table-options.js";

interface WhatIfOptions extends TableOptions {
  readonly account?: string;
  readonly trade: string[];
  readonly json?: boolean;
  readonly out?: string;
}

export function addWhatIfCommand(program: Command): void {
  withTables(program.command("what-if"))
    .description("requirement before and after a trade that was not made")
    .requiredOption("--trade <trade...>", '"SYMBOL QUANTITY[@PRICE]", repeatable')
    .option("--account <account>", "the account that trades (not needed where the book has one)")
    .option("--json", "the result as JSON, exactly what the library returns")
    .option("--out <file>", "write the result to a file")
    .action(async (snapshot: string | undefined, options: WhatIfOptions) =>
      guarded(async () => {
        const trades = options.trade.map((text) => parseTrade(text));
        const { rules, dividendModel } = options;
        const read = await readTables(snapshot, options);
        const engine = await loadEngine();
        const account = options.account === undefined ? {} : { account: options.account };
        const result = engine.whatIf(read, { trades, rules, dividendModel, ...account });
        writeResult(options.json ? JSON.stringify(result, null, 1) : whatIfText(result), options.out);
        if (options.json) writeFailures(result.failures);
        return exitCodeOf(result.failures);
      }),
    );
}
