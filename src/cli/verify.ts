import type { Command } from "commander";
import { firstDifference } from "../analysis/receipt/compare.js";
import type { Receipt } from "../analysis/receipt/document.js";
import { type ReceiptFault, verifyReceipt } from "../analysis/receipt/verify.js";
import { readFileBytes } from "../tables/file-bytes.js";
import { parseJsonFile } from "../tables/json.js";
import { loadEngine } from "./late-engine.js";
import { guarded, writeResult } from "./output.js";
import { readTables } from "./given-tables.js";
import { type TableOptions, usage, withTables } from "./table-options.js";

interface VerifyOptions extends TableOptions {
  readonly recompute?: boolean;
  readonly account?: string;
  readonly json?: boolean;
}

export function addVerifyCommand(program: Command): void {
  withTables(program.command("verify").argument("<receipt>", "the receipt to check"))
    .description("re-add a receipt without the engine; with --recompute, compute it again from its inputs")
    .option("--recompute", "compute the run again from the tables given, and compare")
    .option("--account <account>", "the account that the receipt is of, where it is of one")
    .option("--json", "the finding as JSON")
    .action(async (file: string, snapshot: string | undefined, options: VerifyOptions) =>
      guarded(async () => {
        if (options.recompute !== true && snapshot !== undefined)
          throw usage("tables are used with --recompute alone");
        const document = parseJsonFile(readFileBytes(file)).document;
        const fault = verifyReceipt(document) ?? (await recomputed(document as Receipt, snapshot, options));
        const found = { holds: fault === null, root: (document as Receipt).root, fault };
        writeResult(options.json ? JSON.stringify(found, null, 1) : verdict(found, options), undefined);
        return fault === null ? 0 : 1;
      }),
    );
}

/** Only a receipt that holds by itself is computed again. */
async function recomputed(
  receipt: Receipt,
  snapshot: string | undefined,
  options: VerifyOptions,
): Promise<ReceiptFault | null> {
  if (options.recompute !== true) return null;
  const { rules, dividendModel, account } = options;
  const engine = await loadEngine();
  const asked = { rules, dividendModel, ...(account === undefined ? {} : { account }) };
  return firstDifference(receipt, engine.receipt(await readTables(snapshot, options), asked));
}

function verdict(
  { root, fault }: { readonly root: string; readonly fault: ReceiptFault | null },
  { recompute }: VerifyOptions,
): string {
  if (fault === null)
    return `The receipt holds${recompute === true ? ", and computes again to the same" : ""}: root ${root}`;
  return `The receipt does not hold.\n  ${fault.path.join(" > ") || "head"}\n  ${fault.what}`;
}
