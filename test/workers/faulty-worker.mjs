// Stands for the built worker in tests. PLIMSOLL_TEST_FAULT, as the workers find it when they start:
//   throw   a task throws after the first call of the third part that it draws
//   exit    the thread ends there
//   never   the module cannot be loaded
import { runTask as work } from "../../dist/workers/worker.js";

const fault = process.env.PLIMSOLL_TEST_FAULT;
if (fault === "never") throw new Error("told not to load");

export function runTask(task) {
  const { calls, starts, progress } = task;
  if (starts.length === 1) return;
  const made = (k) => work({ ...task, ...partOf(calls.subarray(starts[k], starts[k + 1])) });
  const parts = [0, 1, 2].map(() => Atomics.add(progress, 0, 1)).filter((k) => k < starts.length - 1);
  for (const k of parts.slice(0, -1)) {
    made(k);
    Atomics.store(progress, 1 + k, 1);
  }
  const last = calls.subarray(starts[parts.at(-1) ?? 0]);
  if (parts.length > 0) work({ ...task, ...partOf(last.subarray(0, 3 + last[2])) });
  if (fault === "exit") process.exit(3);
  throw new Error("told to throw");
}

/** Calls as the only part of a task. */
function partOf(calls) {
  return { calls, starts: Int32Array.of(0, calls.length), progress: new Int32Array(2) };
}
