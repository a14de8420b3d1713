// Ties the calling worker thread to one core, where Linux's taskset is there: a system that packs threads onto few cores, as
// virtual machines may, otherwise decides what a figure for two threads says. Only the bench does this.
import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { availableParallelism } from "node:os";
import { threadId } from "node:worker_threads";

/** Whether threads can be pinned here. */
export const canPin = spawnSync("taskset", ["-p", String(process.pid)]).status === 0;

export function pinThread() {
  if (!canPin) return;
  const thread = readlinkSync("/proc/thread-self").split("/").at(-1);
  const core = String(threadId % availableParallelism());
  const { status, stderr } = spawnSync("taskset", ["-p", "-c", core, thread], { encoding: "utf8" });
  if (status !== 0) throw new Error(`taskset: ${stderr}`);
}
