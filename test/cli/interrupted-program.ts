// A program that is interrupted where it says "ready": interrupt.test.ts bundles and runs it, told what to do, a file to write,
// and a file that is there as soon as the signal has been sent.
import { existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { columnsOfTrees } from "../../src/books/tree-columns.js";
import { orUndoneAtOnce } from "../../src/cli/interrupt.js";
import { writeWhole } from "../../src/cli/output.js";
import { storeResult } from "../../src/cli/store.js";
import type { MarginResult } from "../../src/requirement/result.js";

const [, , task = "", out = "", sent = "", given = ""] = process.argv;

function ready(): void {
  writeSync(1, "ready");
}

function goOn(): void {
  writeSync(1, " and went on");
}

/** Keeps the main thread until the signal is there. */
function busy(): void {
  ready();
  while (!existsSync(sent)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

const tasks: Readonly<Record<string, () => Promise<void> | void>> = {
  "write for ever": () =>
    writeWhole(out, async (temporary) => {
      writeFileSync(temporary, "half");
      ready();
      await new Promise(() => setInterval(() => null, 1000));
    }),
  "write at once": () => {
    const undo = (): void => {
      writeFileSync(out, "undone");
    };
    orUndoneAtOnce(undo, () => {
      writeFileSync(out, "whole");
      busy();
    });
    setTimeout(goOn, 100);
  },
  "be busy after writing": async () => {
    await writeWhole(out, (temporary) => {
      writeFileSync(temporary, "whole");
    });
    setTimeout(() => {
      if (process.listenerCount("SIGINT") > 0) goOn();
      busy();
      goOn();
    }, 20);
  },
  store: async () => {
    const result = columnsOfTrees(JSON.parse(readFileSync(given, "utf8")) as MarginResult);
    const { totals } = result;
    // Asked for in the midst of the transaction.
    Object.defineProperty(result, "totals", {
      get: () => {
        busy();
        return totals;
      },
    });
    await storeResult(out, result, {});
    goOn();
  },
};

await tasks[task]?.();
