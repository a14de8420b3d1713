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
export interface Task extends SharedCalls {
  readonly kind: "calls";
  readonly scratch: Ptr;
}

/**
 * Parts of a run, in memory that all threads see. Whoever is free draws the next one, so that nobody waits for the main
 * thread, which may be busy with something else.
 *
 *     calls      packed, part after part: see {@link packCalls}
 *     starts     [parts + 1] where each part begins
 *     progress   next part to draw | by part: 1 = its calls are made
 */
export interface SharedCalls {
  readonly calls: Int32Array;
  readonly starts: Int32Array;
  readonly progress: Int32Array;
}

export function shareCalls(parts: readonly (readonly KernelCall[])[]): SharedCalls {
  const packed = parts.map(packCalls);
  const starts = sharedWords(parts.length + 1);
  packed.forEach((words, k) => {
    starts[k + 1] = (starts[k] ?? 0) + words.length;
  });
  const calls = sharedWords(starts[parts.length] ?? 0);
  packed.forEach((words, k) => {
    calls.set(words, starts[k]);
  });
  return { calls, starts, progress: sharedWords(1 + parts.length) };
}

function sharedWords(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}

/** Draws one part after another and makes its calls. */
export function makeSharedCalls(
  exports: Fills,
  { calls, starts, progress, scratch }: Omit<Task, "kind">,
): void {
  const count = starts.length - 1;
  for (let k = Atomics.add(progress, 0, 1); k < count; k = Atomics.add(progress, 0, 1)) {
    makeCalls(exports, { calls: calls.subarray(starts[k], starts[k + 1]), scratch });
    Atomics.store(progress, 1 + k, 1);
  }
}

/** Whether the calls of part `k` are made. */
export function isMade({ progress }: SharedCalls, k: number): boolean {
  return Atomics.load(progress, 1 + k) === 1;
}

type Fills = Readonly<Record<FillName, (...parameters: number[]) => void>>;

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
export function makeCalls(exports: Fills, { calls, scratch }: Pick<Task, "calls" | "scratch">): void {
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
