import type { FillName, Ptr } from "../valuation/kernel.js";
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
  /** Packed, because a message of objects takes longer to copy than a short call to make: see {@link packCalls}. */
  readonly calls: Int32Array;
}

/** By their code in packed calls. */
const fillNames = [
  "fillEuropeanValues",
  "fillAmericanValues",
  "fillDividendValues",
  "fillEuropeanGreeks",
  "fillAmericanGreeks",
  "fillDividendGreeks",
  "fillEuropeanImpliedVolatilities",
  "fillAmericanImpliedVolatilities",
  "fillDividendImpliedVolatilities",
  "fillRiskArray",
  "fillHoldings",
  "fillNetting",
] as const satisfies FillName[];

const headLength = 3;

/** Each call as: code of the function | index of the scratch among the parameters, or -1 | their number | parameters. */
export function packCalls(calls: readonly KernelCall[]): Int32Array {
  const packed = new Int32Array(calls.reduce((sum, call) => sum + headLength + call.parameters.length, 0));
  let at = 0;
  for (const { fill, parameters, scratchAt } of calls) {
    const code = fillNames.indexOf(fill);
    if (code < 0) throw new TypeError(`${fill} is not a function of the kernel`);
    packed.set([code, scratchAt, parameters.length], at);
    packed.set(parameters, at + headLength);
    at += headLength + parameters.length;
  }
  return packed;
}

/** Makes packed calls with this scratch. */
export function makeCalls(
  exports: Readonly<Record<FillName, (...parameters: number[]) => void>>,
  { calls, scratch }: Pick<Task, "calls" | "scratch">,
): void {
  for (let at = 0; at < calls.length;) {
    const [code = -1, scratchAt = -1, count = 0] = calls.subarray(at, at + headLength);
    const parameters = Array.from(calls.subarray(at + headLength, at + headLength + count));
    if (scratchAt >= 0) parameters[scratchAt] = scratch;
    const fill = fillNames[code];
    if (fill === undefined) throw new TypeError(`${code} is no code of a function of the kernel`);
    exports[fill](...parameters);
    at += headLength + count;
  }
}
