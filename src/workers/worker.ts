import { workerData } from "node:worker_threads";
import { kernelInstance } from "../valuation/kernel.js";
import { makeCalls, type Task, type WorkerStart } from "./task.js";

const { module, memory } = workerData as WorkerStart;
const exports = kernelInstance(module, memory);

/** Makes a task's calls; their results are in the shared memory when it returns. */
export function runTask(task: Task): void {
  makeCalls(exports, task);
}
