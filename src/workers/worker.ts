import { workerData } from "node:worker_threads";
import type { Ptr } from "../valuation/kernel.js";
import { kernelInstance } from "../valuation/kernel.js";
import type { KernelCall } from "../valuation/kernel-call.js";

/** What every worker is given when it starts: the module as the main thread compiled it, and the one memory. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/**
 * Work for one worker: counts, codes and byte addresses, never columns. The scratch is lent with the task, so a worker
 * keeps nothing between tasks, and one that takes another's place needs nothing from it.
 */
export interface Task {
  readonly kind: "calls";
  readonly scratch: Ptr;
  readonly calls: readonly Pick<KernelCall, "fill" | "parameters" | "scratchAt">[];
}

const { module, memory } = workerData as WorkerStart;
const exports = kernelInstance(module, memory);

/** Makes a task's calls; their results are in the shared memory when it returns. */
export function runTask({ scratch, calls }: Task): void {
  for (const { fill, parameters, scratchAt } of calls) {
    exports[fill](...(scratchAt < 0 ? parameters : parameters.with(scratchAt, scratch)));
  }
}
