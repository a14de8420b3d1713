import type { BookResult } from "../books/book-result.js";
import { checkStore } from "../books/store-file.js";
import { type StoredAsked, storeRun } from "../books/store-run.js";
import type { MarginResult } from "../requirement/result.js";
import { usage } from "./table-options.js";

interface StoreOptions {
  readonly store?: string;
  readonly compare?: string;
  readonly regTRules?: string;
}

/**
 * Before a run that takes a while: whether it can be stored.
 *
 * @throws MarginError `USAGE` where the run would rest on more than its name in a store says; as `checkStore`.
 */
export async function refuseStore({ store, compare, regTRules }: StoreOptions): Promise<void> {
  if (store === undefined) return;
  if (compare !== undefined || regTRules !== undefined)
    throw usage("--store goes without --compare and --reg-t-rules");
  await checkStore(store);
}

/** Stores a run and says so on standard error. */
export async function storeResult(
  store: string,
  result: MarginResult | BookResult,
  asked: StoredAsked,
): Promise<void> {
  const { run, isNew } = await storeRun(store, result, asked);
  const done = isNew ? "stored in" : "is already in";
  process.stderr.write(`run ${run.slice(0, 12)} ${done} ${store}\n`);
}
