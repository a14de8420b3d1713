import type { Piscina } from "piscina";
import type { Kernel, Ptr } from "../valuation/kernel.js";
import { type KernelCall, runCalls, type Steps } from "../valuation/kernel-call.js";
import { callUs, cutTasks } from "./cut.js";
import { isMade, type SharedCalls, shareCalls, type Task, type WorkerStart } from "./task.js";

/** Below this estimate the main thread makes the calls itself: measured, docs/performance.md, "Worker threads". */
const leastUs = 1500;
/** What starting the threads takes, about: they start once the work would have been shortened by as much. */
const startUs = 60_000;

const builtWorker = new URL("./worker.js", import.meta.url);

export interface PoolRun<Result> {
  readonly result: Result;
  /** What a reader should know: workers that failed, and what was computed again. Empty when all went well. */
  readonly notes: readonly string[];
}

/**
 * Worker threads on one kernel's memory. They start with the first work that is worth them and do not keep the process
 * alive. The same bytes come out for any number of threads: every call is the same kernel call over the same piece, and
 * writes to places of its own.
 *
 * A worker that throws or dies loses nothing: the calls of its task are made again on the main thread, which writes the
 * same bytes to the same places, and a note says so.
 */
export class WorkerPool {
  readonly threads: number;
  readonly #kernel: Kernel;
  readonly #workerFile: URL;
  readonly #startUs: number;
  /** Estimate of what threads would have saved since they were last started. */
  #savedUs = 0;
  /** Scratch of each lane: one for each thread, one task under way at a time. */
  readonly #lanes: readonly Ptr[];
  #pool: Promise<Piscina<Task, void>> | null = null;
  /** What went wrong on the threads that were started ahead of any work. */
  #ahead: Promise<readonly string[]> = Promise.resolve([]);
  #broken = false;
  /** Runs take turns: one at a time uses the lanes. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param workerFile the module that workers load; the built one where it is left out
   *   (another is there to be used: it starts with the first work that is worth sharing)
   */
  constructor(kernel: Kernel, threads: number, workerFile: URL = builtWorker) {
    this.#startUs = workerFile === builtWorker ? startUs : 0;
    this.#kernel = kernel;
    this.threads = threads;
    this.#workerFile = workerFile;
    const lanes = threads < 2 ? 0 : threads;
    this.#lanes = Array.from({ length: lanes }, () => kernel.takeScratch());
  }

  /** Runs a computation to its end, its kernel calls on the workers where that is worth it. */
  async finish<Result>(steps: Steps<Result>): Promise<PoolRun<Result>> {
    const notes: string[] = [];
    let step = steps.next();
    while (step.done !== true) {
      try {
        notes.push(...(await this.run(step.value)));
      } catch (error) {
        steps.throw(error);
        throw error;
      }
      step = steps.next();
    }
    return { result: step.value, notes };
  }

  /** Makes kernel calls, in any order, and returns the notes. Results are in the kernel's memory. */
  async run(calls: readonly KernelCall[]): Promise<string[]> {
    const turn = this.#turn.then(() => this.#runNow(calls));
    // The next run waits for this one, whether it fails or not; its caller hears of it.
    this.#turn = turn.catch(() => null);
    return turn;
  }

  /** Ends the workers, after the runs under way. The pool can be used again: workers then start anew. */
  async close(): Promise<void> {
    await this.#turn;
    const pool = this.#pool;
    this.#pool = null;
    this.#ahead = Promise.resolve([]);
    if (pool !== null) await (await pool).destroy();
  }

  async #runNow(calls: readonly KernelCall[]): Promise<string[]> {
    const total = calls.reduce((sum, call) => sum + callUs(call), 0);
    if (!this.#isWorth(total)) {
      runCalls(this.#kernel.exports, calls);
      return [];
    }
    this.#pool ??= this.#start();
    const pool = await this.#pool;
    const tasks = cutTasks(calls);
    const shared = shareCalls(tasks);
    const before = await this.#ahead;
    // Threads that could not be loaded are not started again, and would take work without ever doing it.
    const failed = before.length === this.#lanes.length ? before : await this.#onThreads(pool, shared);
    const left = tasks.filter((_, k) => !isMade(shared, k));
    this.#broken = failed.length === this.#lanes.length;
    for (const task of left) runCalls(this.#kernel.exports, task);
    if (failed.length === 0) return [];
    return [
      `Worker threads failed (${[...new Set(failed)].join("; ")}); ${left.length} pieces of work were computed on the main thread.`,
    ];
  }

  #isWorth(us: number): boolean {
    if (this.threads < 2 || this.#broken || us < leastUs) return false;
    if (this.#pool === null) this.#savedUs += us * (1 - 1 / this.threads);
    return this.#pool !== null || this.#savedUs >= this.#startUs;
  }

  /** Starts the threads ahead of work that is worth them: they come up while the main thread still prepares it. */
  expect(us: number): void {
    if (
      this.#pool !== null ||
      this.#broken ||
      this.threads < 2 ||
      us * (1 - 1 / this.threads) < this.#startUs
    )
      return;
    const pool = this.#start();
    this.#pool = pool;
    // Whoever asks for the threads hears of it.
    pool.catch(() => null);
    this.#ahead = pool.then(async (started) => this.#onThreads(started, shareCalls([]))).catch(() => []);
  }

  /** Gives the calls to all threads. @returns what failed, thread by thread */
  async #onThreads(pool: Piscina<Task, void>, shared: SharedCalls): Promise<readonly string[]> {
    const tried = this.#lanes.map((scratch) => tryTask(pool, { kind: "calls", scratch, ...shared }));
    return (await Promise.all(tried)).filter((error) => error !== null);
  }

  async #start(): Promise<Piscina<Task, void>> {
    const { Piscina: Pool } = await import("./piscina.js");
    const start: WorkerStart = { module: this.#kernel.module, memory: this.#kernel.memory };
    const pool = new Pool<Task, void>({
      filename: this.#workerFile.href,
      name: "runTask",
      minThreads: this.threads,
      maxThreads: this.threads,
      // Waiting workers that block in Atomics.wait answer late when the machine is busy.
      atomics: "disabled",
      workerData: start,
    });
    // An idle worker that dies takes nothing with it; the pool starts another. Without a listener this would end the process.
    pool.on("error", () => null);
    return pool;
  }
}

/** Null when nothing went wrong, else what did. */
async function tryTask(pool: Piscina<Task, void>, task: Task): Promise<string | null> {
  try {
    await pool.run(task);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
