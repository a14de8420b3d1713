import type { FillName, KernelExports } from "./kernel.js";

/** One call of the kernel over one piece of options, apart from the thread that makes it. */
export interface KernelCall {
  readonly fill: FillName;
  /** Options of the piece. */
  readonly rows: number;
  /** Results of each. */
  readonly cells: number;
  /** As the kernel takes them: counts, codes and byte addresses. */
  readonly parameters: readonly number[];
  /** Index within `parameters` of the main thread's scratch, which another thread replaces by its own; -1 without. */
  readonly scratchAt: number;
}

/**
 * A computation that stops wherever the kernel has work to do, with the calls to be made; it goes on when they have been
 * made, on whatever threads. The calls of one stop write to places of their own and may run in any order.
 */
export type Steps<Result> = Generator<readonly KernelCall[], Result, void>;

/** Makes calls one after another on the main thread. */
export function runCalls(exports: Pick<KernelExports, FillName>, calls: readonly KernelCall[]): void {
  for (const { fill, parameters } of calls) exports[fill](...parameters);
}

/**
 * Runs a computation to its end on the main thread. When a call throws, the computation's `finally` blocks run, so that
 * its memory is given back, and the error goes on.
 */
export function finishSteps<Result>(steps: Steps<Result>, exports: Pick<KernelExports, FillName>): Result {
  let step = steps.next();
  while (step.done !== true) {
    try {
      runCalls(exports, step.value);
    } catch (error) {
      steps.throw(error);
      throw error;
    }
    step = steps.next();
  }
  return step.value;
}
