import { workerData } from "node:worker_threads";
import { kernelInstance } from "../valuation/kernel.js";
import { makeSharedCalls, type Task, type WorkerStart } from "./task.js";

const { module, memory } = workerData as WorkerStart;
const exports = kernelInstance(module, memory);

/** Makes the calls that nobody else has drawn; their results are in the shared memory when it returns. */
export function runTask(task: Task): void {
  makeSharedCalls(exports, task);
}
