import { existsSync, rmSync } from "node:fs";
import type { BookResult } from "../books/book-result.js";
import { checkStore } from "../books/store-file.js";
import { type StoredAsked, storeRun } from "../books/store-run.js";
import type { MarginResult } from "../requirement/result.js";
import { orUndone } from "./interrupt.js";
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

/**
 * Stores a run. Where the program is interrupted meanwhile, a store that was not there is gone again; one that was is as it was,
 * for DuckDB keeps what is committed.
 *
 * @returns a line that says so
 */
export async function storeResult(
  store: string,
  result: MarginResult | BookResult,
  asked: StoredAsked,
): Promise<string> {
  const isNew = !existsSync(store);
  const { run, isNew: isFirst } = await orUndone(
    () => {
      if (isNew) for (const part of [store, `${store}.wal`]) rmSync(part, { force: true });
    },
    () => storeRun(store, result, asked),
  );
  const done = isFirst ? "stored in" : "is already in";
  return `run ${run.slice(0, 12)} ${done} ${store}\n`;
}
