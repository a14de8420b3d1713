import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../../src/engine.js";
import type { KernelCall, Steps } from "../../src/valuation/kernel-call.js";
import { type OptionColumns, optionColumns } from "../../src/valuation/option-columns.js";
import { Valuation } from "../../src/valuation/valuation.js";
import { callUs, cutTasks } from "../../src/workers/cut.js";
import { isMade, makeCalls, makeSharedCalls, packCalls, shareCalls } from "../../src/workers/task.js";
import { WorkerPool } from "../../src/workers/worker-pool.js";
import { snapshot } from "./snapshot.js";

const builtWorker = new URL("../../dist/workers/worker.js", import.meta.url);
const faultyWorker = new URL("faulty-worker.mjs", import.meta.url);

/** Options of every method, in no order: enough work for dozens of tasks. */
function mixed(count: number): { options: OptionColumns; vols: Float64Array } {
  const options = optionColumns(count);
  for (let i = 0; i < count; i++) {
    options.isCall[i] = i % 2;
    options.isAmerican[i] = i % 3 === 0 ? 1 : 0;
    options.spot[i] = 100;
    options.strike[i] = 70 + (i % 61);
    options.years[i] = 0.1 + 0.07 * (i % 7);
    options.rate[i] = 0.03;
    options.dividendYield[i] = 0.01;
    if (i % 17 === 0) options.dividends[i] = { years: Float64Array.of(0.05), amounts: Float64Array.of(1) };
  }
  return { options, vols: Float64Array.from({ length: count }, (_, i) => 0.15 + 0.002 * (i % 97)) };
}

const { options, vols } = mixed(6000);
const priceFactors = Float64Array.of(0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15);

/** Values and implied volatilities, the second from the first: two stops. Copied out before the memory goes back. */
function* computation(valuation: Valuation): Steps<Float64Array> {
  const placed = valuation.place(options);
  try {
    const grid = valuation.grid(placed, { volCount: 1, priceFactors });
    vols.forEach((vol, i) => {
      grid.setVolatility(i, 0, vol);
    });
    yield grid.calls;
    const implied = valuation.impliedQuestion(placed);
    vols.forEach((_, i) => {
      implied.setPrice(i, grid.values[grid.at(i) + 3]!);
    });
    yield implied.calls;
    const cells = vols.length * priceFactors.length;
    const all = new Float64Array(cells + vols.length);
    vols.forEach((_, i) => {
      all.set(grid.values.subarray(grid.at(i), grid.at(i) + priceFactors.length), i * priceFactors.length);
      all[cells + i] = implied.volatility(i);
    });
    return all;
  } finally {
    placed.release();
  }
}

const bytesOf = (values: Float64Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

let expected: Float64Array;
beforeAll(async () => {
  const valuation = await Valuation.load();
  expected = valuation.finish(computation(valuation));
});

/** What so many threads compute, and their notes. */
async function onThreads(
  threads: number,
  workerFile: URL,
): Promise<{ values: Float64Array; notes: readonly string[]; again: Float64Array }> {
  const valuation = await Valuation.load();
  const pool = new WorkerPool(valuation.kernel, threads, workerFile);
  try {
    const { result, notes } = await pool.finish(computation(valuation));
    const again = await pool.finish(computation(valuation));
    return { values: result, notes, again: again.result };
  } finally {
    await pool.close();
  }
}

describe("the same bytes", () => {
  test("of values that are nearly all numbers", () => {
    expect(expected.filter((x) => Number.isFinite(x)).length).toBeGreaterThan(0.95 * expected.length);
  });

  test.each([1, 2, 3, 8])("on %i threads", async (threads) => {
    const { values, notes, again } = await onThreads(threads, builtWorker);
    expect(notes).toEqual([]);
    expect(bytesOf(values).equals(bytesOf(expected))).toBe(true);
    expect(bytesOf(again).equals(bytesOf(expected))).toBe(true);
  });

  test("for runs at the same time on one pool", async () => {
    const valuation = await Valuation.load();
    const pool = new WorkerPool(valuation.kernel, 2, builtWorker);
    const runs = await Promise.all([1, 2, 3].map(() => pool.finish(computation(valuation))));
    for (const { result } of runs) expect(bytesOf(result).equals(bytesOf(expected))).toBe(true);
    await pool.close();
  });

  test("the workers do the work: with the kernel's functions taken from the main thread, values come out", async () => {
    const valuation = await Valuation.load();
    const pool = new WorkerPool(valuation.kernel, 2, builtWorker);
    // A pool whose main thread cannot compute at all.
    const crippled = Object.create(valuation.kernel, { exports: { value: {} } }) as Valuation["kernel"];
    Object.defineProperty(crippled, "takeScratch", { value: () => valuation.kernel.takeScratch() });
    const workersOnly = new WorkerPool(crippled, 2, builtWorker);
    const { result, notes } = await workersOnly.finish(computation(valuation));
    expect(notes).toEqual([]);
    expect(bytesOf(result).equals(bytesOf(expected))).toBe(true);
    await Promise.all([pool.close(), workersOnly.close()]);
  });
});

describe("a worker that fails loses nothing", () => {
  afterEach(() => {
    delete process.env["PLIMSOLL_TEST_FAULT"];
  });

  test.each([
    ["throws", "throw", /told to throw/],
    ["ends in the middle of a task", "exit", /exit/],
    ["cannot be started", "never", /told not to load/],
  ])("one that %s", async (_, fault, reason) => {
    process.env["PLIMSOLL_TEST_FAULT"] = fault;
    const { values, notes, again } = await onThreads(2, faultyWorker);
    expect(bytesOf(values).equals(bytesOf(expected))).toBe(true);
    expect(bytesOf(again).equals(bytesOf(expected))).toBe(true);
    expect(notes.length).toBeGreaterThan(0);
    expect(notes.join()).toMatch(reason);
    expect(notes.join()).toMatch(/\d+ pieces of work were computed on the main thread/);
  });

  test("what fails on the main thread too is an error, and the computation gives its memory back", async () => {
    const valuation = await Valuation.load();
    const pool = new WorkerPool(valuation.kernel, 2, builtWorker);
    let released = false;
    const bad = { fill: "fillNothing", rows: 1e6, cells: 1, parameters: [], scratchAt: -1 };
    const steps = function* (): Steps<never> {
      try {
        yield [bad as unknown as KernelCall];
        throw new Error("went on");
      } finally {
        released = true;
      }
    };
    await expect(pool.finish(steps())).rejects.toThrow(/not a function/);
    expect(released).toBe(true);
    const { result } = await pool.finish(computation(valuation));
    expect(bytesOf(result).equals(bytesOf(expected))).toBe(true);
    await pool.close();
  });
});

describe("tasks", () => {
  test("depend on the calls alone, hold each of them once, are of bounded size, the last ones short", async () => {
    const valuation = await Valuation.load();
    const placed = valuation.place(options);
    const { calls } = valuation.grid(placed, { volCount: 1, priceFactors });
    const tasks = cutTasks(calls);
    expect(new Set(tasks.flat())).toEqual(new Set(calls));
    expect(tasks.flat()).toHaveLength(calls.length);
    expect(tasks.length).toBeGreaterThan(5);
    expect(cutTasks(calls)).toEqual(tasks);
    for (const task of tasks) {
      const before = task.slice(0, -1).reduce((sum, call) => sum + callUs(call), 0);
      expect(before).toBeLessThan(4000);
    }
    const lengths = tasks.map((task) => task.reduce((sum, call) => sum + callUs(call), 0));
    expect(lengths.at(-1)).toBeLessThan(lengths[0]!);
    placed.release();
  });

  test("arrive as they were packed, with the scratch of the thread", () => {
    const made: [string, number[]][] = [];
    const exports = new Proxy({} as Parameters<typeof makeCalls>[0], {
      get:
        (_, fill) =>
        (...parameters: number[]) =>
          made.push([String(fill), parameters]),
    });
    const calls: KernelCall[] = [
      { fill: "fillAmericanGreeks", rows: 2, cells: 1, parameters: [2, 64, 128, 0, 7, 4096], scratchAt: 4 },
      { fill: "fillEuropeanGreeks", rows: 1, cells: 1, parameters: [1, 2 ** 30 - 16], scratchAt: -1 },
    ];
    makeCalls(exports, { calls: packCalls(calls), scratch: 99 });
    expect(made).toEqual([
      ["fillAmericanGreeks", [2, 64, 128, 0, 99, 4096]],
      ["fillEuropeanGreeks", [1, 2 ** 30 - 16]],
    ]);
  });

  test("are drawn once each, and known to be made or not", () => {
    const made: number[][] = [];
    const fails = new Set([5]);
    const fill = (...parameters: number[]): void => {
      if (fails.has(parameters[0]!)) throw new Error("told to throw");
      made.push(parameters);
    };
    const exports = new Proxy({} as Parameters<typeof makeCalls>[0], { get: () => fill });
    const call = (k: number): KernelCall => ({
      fill: "fillNetting",
      rows: 1,
      cells: 1,
      parameters: [k, 0],
      scratchAt: 1,
    });
    const parts = [[call(1), call(2)], [call(3)], [call(4), call(5)], [], [call(6)]];
    const shared = shareCalls(parts);
    expect(() => {
      makeSharedCalls(exports, { ...shared, scratch: 64 });
    }).toThrow(/told to throw/);
    expect(parts.map((_, k) => isMade(shared, k))).toEqual([true, true, false, false, false]);
    makeSharedCalls(exports, { ...shared, scratch: 128 });
    makeSharedCalls(exports, { ...shared, scratch: 256 });
    expect(parts.map((_, k) => isMade(shared, k))).toEqual([true, true, false, true, true]);
    expect(made).toEqual([
      [1, 64],
      [2, 64],
      [3, 64],
      [4, 64],
      [6, 128],
    ]);
  });

  test("carry addresses, no columns", async () => {
    const valuation = await Valuation.load();
    const placed = valuation.place(options);
    const { calls } = valuation.grid(placed, { volCount: 1, priceFactors });
    for (const { parameters } of calls) {
      expect(parameters.length).toBeLessThan(16);
      expect(parameters.every((parameter) => Number.isInteger(parameter))).toBe(true);
    }
    placed.release();
  });
});

describe("a margin run", () => {
  test("is the same document on 1, 2, 3 and 8 threads, and on none", async () => {
    const plain = await Valuation.load();
    const wanted = JSON.stringify(new Engine(plain, "0").margin(snapshot()));
    expect(wanted).toMatch(/"requirementUsd":\d/);
    for (const threads of [1, 2, 3, 8]) {
      const valuation = await Valuation.load();
      const engine = new Engine(valuation, "0", new WorkerPool(valuation.kernel, threads, builtWorker));
      expect(JSON.stringify(await engine.marginOnThreads(snapshot())), `${threads} threads`).toBe(wanted);
      await engine.close();
    }
  });

  test("says in its notes that workers failed", async () => {
    process.env["PLIMSOLL_TEST_FAULT"] = "exit";
    const valuation = await Valuation.load();
    const engine = new Engine(valuation, "0", new WorkerPool(valuation.kernel, 2, faultyWorker));
    const found = await engine.marginOnThreads(snapshot());
    delete process.env["PLIMSOLL_TEST_FAULT"];
    const wanted = engine.margin(snapshot());
    const ofWorkers = found.notes.filter((note) => note.startsWith("Worker threads failed"));
    expect(ofWorkers.length).toBeGreaterThan(0);
    expect(found.notes).toEqual([...wanted.notes, ...ofWorkers]);
    expect({ ...found, notes: wanted.notes }).toEqual(wanted);
    await engine.close();
  });

  test("with a mistake in the input is refused as without threads", async () => {
    const valuation = await Valuation.load();
    const engine = new Engine(valuation, "0", new WorkerPool(valuation.kernel, 2, builtWorker));
    await expect(engine.marginOnThreads({ ...snapshot(), asOf: "never" })).rejects.toThrow(/as-of|asOf/i);
    await engine.close();
  });
});
