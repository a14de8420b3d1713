import type { Command } from "commander";
import { diffBooks } from "../analysis/diff/diff-books.js";
import type { DividendModel } from "../valuation/escrowed.js";
import { loadEngine } from "./late-engine.js";
import { readSide } from "./diff-sides.js";
import { diffText } from "./diff-text.js";
import { guarded, writeFailures, writeResult } from "./output.js";
import { dividendModelOption, usage } from "./table-options.js";

interface DiffCommandOptions {
  readonly inputs?: string[];
  readonly asOfA?: string;
  readonly asOfB?: string;
  readonly rules?: string;
  readonly rulesA?: string;
  readonly rulesB?: string;
  readonly dividendModel: DividendModel;
  readonly account?: string;
  readonly json?: boolean;
  readonly out?: string;
}

export function addDiffCommand(program: Command): void {
  program
    .command("diff")
    .description("why a requirement changed: steps from A to B that add up, each by valuing the book anew")
    .argument("<a>", "a snapshot, a folder of tables, or a receipt")
    .argument("<b>", "the same, of the later run")
    .option("--inputs <paths...>", "snapshots and folders that the receipts were made of; globs allowed")
    .option("--account <account>", "only this account")
    .option("--as-of-a <time>", "as-of time of A, where it is no receipt")
    .option("--as-of-b <time>", "as-of time of B, where it is no receipt")
    .option("--rules <name>", "rule set of both: built-in, or path of a rule file")
    .option("--rules-a <name>", "rule set of A")
    .option("--rules-b <name>", "rule set of B")
    .addOption(dividendModelOption())
    .option("--json", "the result as JSON, exactly what the library returns")
    .option("--out <file>", "write the result to a file")
    .action(async (a: string, b: string, options: DiffCommandOptions) =>
      guarded(async () => {
        const { dividendModel, inputs = [], rules } = options;
        const engine = await loadEngine();
        const common = { inputs, dividendModel };
        const [first, second] = [
          await readSide(a, { ...common, asOf: options.asOfA, rules: options.rulesA ?? rules }, engine),
          await readSide(b, { ...common, asOf: options.asOfB, rules: options.rulesB ?? rules }, engine),
        ];
        const account = oneAccount(options.account, first.account, second.account);
        const result = diffBooks(engine, first.input, second.input, {
          rulesA: first.rules,
          rulesB: second.rules,
          dividendModel,
          ...(account === undefined ? {} : { account }),
        });
        const sources = { a: `${first.source} ${a}`, b: `${second.source} ${b}` };
        writeResult(options.json ? JSON.stringify(result, null, 1) : diffText(result, sources), options.out);
        const failures = [...result.failures.a, ...result.failures.b];
        writeFailures(failures);
        return failures.length === 0 && result.totals.incomplete === 0 ? 0 : 1;
      }),
    );
}

/** The account asked for; a receipt of one account asks for that one. */
function oneAccount(asked: string | undefined, ...receipts: readonly (string | null)[]): string | undefined {
  const names = [asked, ...receipts].filter((name) => name !== null && name !== undefined);
  const [only, ...others] = [...new Set(names)];
  if (others.length > 0) throw usage(`the receipts are of other accounts: ${[...new Set(names)].join(", ")}`);
  return only;
}
