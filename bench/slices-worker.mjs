// A worker of the pool that times what it does: the kernel calls of src/workers/worker.ts, in slices.
import { workerData } from "node:worker_threads";
import { pinThread } from "./pin.mjs";

pinThread();
const { module, memory } = workerData;
const exports = new WebAssembly.Instance(module, { env: { memory } }).exports;

/** A worker's performance.now() starts with the worker; this clock is the same in all threads. Milliseconds. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Start and end of `count` slices of `callsPerSlice` calls, which go round the calls of the task. */
export function runTask({ scratch, calls, count, callsPerSlice }) {
  const times = new Float64Array(2 * count);
  let next = 0;
  for (let s = 0; s < count; s++) {
    times[2 * s] = now();
    for (let c = 0; c < callsPerSlice; c++) {
      const { fill, parameters, scratchAt } = calls[next];
      next = (next + 1) % calls.length;
      exports[fill](...parameters.with(scratchAt, scratch));
    }
    times[2 * s + 1] = now();
  }
  return times;
}
