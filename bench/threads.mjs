// Two worker threads against one: one shared memory, one compiled module, an instance and a scratch block each; the
// contracts' columns are shared and read in place. Worker w prices the even or the odd blocks.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Arena } from "../dist/valuation/kernel.js";
import { agree, summarise } from "./harness.mjs";
import { cells, europeanBlocks, priceFactors, volCount } from "./inputs.mjs";

const callsPerSlice = 4;
/** Some 60 ms: long enough for the system to move a woken thread to the other core. */
const slicesPerTask = 200;

/** A worker's performance.now() starts with the worker. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

function instance({ module, memory }) {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

function lay() {
  const blocks = europeanBlocks();
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 1024, shared: true });
  const module = new WebAssembly.Module(readFileSync(new URL("../build/kernel.wasm", import.meta.url)));
  const exports = instance({ module, memory });
  const arena = new Arena(exports.heapBase());
  const factors = arena.take(priceFactors.byteLength);
  const put = (array) => {
    const at = arena.take(array.byteLength);
    new Uint8Array(memory.buffer).set(new Uint8Array(array.buffer), at);
    return at;
  };
  new Float64Array(memory.buffer, factors, priceFactors.length).set(priceFactors);
  const at = blocks.map(({ options, terms, volatilities }) => {
    const placed = { terms: put(terms), flags: put(options.isCall), vols: put(volatilities) };
    return { ...placed, n: options.count, out: arena.take(options.count * cells * 8) };
  });
  const scratch = [0, 1].map(() => arena.take(exports.europeanScratchBytes(volCount, priceFactors.length)));
  if (arena.end > memory.buffer.byteLength) throw new Error("the threads' memory is too small");
  return { module, memory, factors, at, scratch };
}

function price(exports, { factors, at, scratch }, block, worker) {
  const { n, terms, flags, vols, out } = at[block];
  const count = priceFactors.length;
  exports.fillEuropeanValues(n, terms, flags, volCount, vols, count, factors, scratch[worker], out);
}

/** Start, end (ms of the clock that all threads share) and seconds per cell of `count` slices. */
function slices(exports, plan, worker, count) {
  const taken = [];
  for (let s = 0; s < count; s++) {
    const start = now();
    for (let c = 0; c < callsPerSlice; c++) price(exports, plan, 2 * ((s + c) % 8) + worker, worker);
    const end = now();
    const seconds = (end - start) / 1000 / (callsPerSlice * 256 * cells);
    taken.push({ start, end, seconds });
  }
  return taken;
}

if (!isMainThread && workerData?.plan) {
  const { plan, worker } = workerData;
  const exports = instance(plan);
  slices(exports, plan, worker, 20);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  parentPort.on("message", (count) => parentPort.postMessage(slices(exports, plan, worker, count)));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort.postMessage("ready");
}

const answer = async (worker) => (await once(worker, "message"))[0];

/** Rounds of: worker 0 alone, worker 1 alone, both at once. */
export async function threadsResult({ rounds }) {
  const plan = lay();
  const workers = [0, 1].map(
    (worker) => new Worker(new URL(import.meta.url), { workerData: { plan, worker } }),
  );
  await Promise.all(workers.map(answer));
  const ask = (worker, count) => {
    const reply = answer(worker);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage(count);
    return reply;
  };
  const samples = { alone: [], first: [], second: [] };
  const wall = [];
  for (let round = 0; round < rounds; round++) {
    const clock = performance.now();
    samples.alone.push(...(await ask(workers[round % 2], slicesPerTask)));
    const between = performance.now();
    const [first, second] = await Promise.all(workers.map((worker) => ask(worker, slicesPerTask)));
    wall.push((2 * (between - clock)) / (performance.now() - between));
    samples.first.push(...first);
    samples.second.push(...second);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  check(plan);
  const seconds = (list) => summarise(list.map((one) => one.seconds));
  const [alone, first, second] = [samples.alone, samples.first, samples.second].map(seconds);
  const simultaneous = simultaneousShare(samples, alone.median);
  const scaling = (q) => alone[q] / first[q] + alone[q] / second[q];
  const rows = [
    { name: "one worker", ...alone },
    { name: "first of two workers", ...first },
    { name: "second of two workers", ...second },
  ];
  const facts = {
    byQ10: scaling("q10"),
    byQ25: scaling("q25"),
    byMedian: scaling("median"),
    byWall: summarise(wall).median,
    simultaneous,
  };
  return { title: "Two worker threads, European grid", unit: "cell", rows, errors: {}, scaling: facts };
}

/**
 * Share of the first worker's slices that took no longer than 1.3 times what one worker needs, while the second worker
 * was inside a slice as short for at least nine tenths of them: that cannot happen on one core. The quantiles of the
 * slices alone prove no overlap, because threads that take turns on one core have short slices too.
 */
function simultaneousShare({ first, second }, median) {
  const short = (list) => list.filter((one) => one.seconds < 1.3 * median);
  const others = short(second);
  const shared = ({ start, end }) =>
    others.reduce(
      (sum, other) => sum + Math.max(0, Math.min(end, other.end) - Math.max(start, other.start)),
      0,
    );
  return short(first).filter((one) => shared(one) > 0.9 * (one.end - one.start)).length / first.length;
}

/** The workers' values must be the bits that one thread computes. */
function check(plan) {
  const exports = instance(plan);
  plan.at.forEach(({ n, out }, block) => {
    const found = new Float64Array(plan.memory.buffer, out, n * cells).slice();
    if (!found.some((value) => value > 0)) throw new Error("a worker wrote nothing");
    price(exports, plan, block, 0);
    agree("workers", found, new Float64Array(plan.memory.buffer, out, n * cells), 0);
  });
}
