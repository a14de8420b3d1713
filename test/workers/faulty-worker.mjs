// Stands for the built worker in tests. PLIMSOLL_TEST_FAULT, as the workers find it when they start:
//   throw   every third task throws after its first call
//   exit    the thread ends in the middle of its second task
//   never   the module cannot be loaded
import { runTask as work } from "../../dist/workers/worker.js";

const fault = process.env.PLIMSOLL_TEST_FAULT;
if (fault === "never") throw new Error("told not to load");
const seen = { tasks: 0 };

export function runTask(task) {
  seen.tasks += 1;
  const due = { throw: seen.tasks % 3 === 0, exit: seen.tasks === 2 }[fault];
  if (!due) return work(task);
  work({ ...task, calls: task.calls.slice(0, 3 + task.calls[2]) });
  if (fault === "exit") process.exit(3);
  throw new Error("told to throw");
}
