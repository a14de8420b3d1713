// Two worker threads against one, twice: by slices, timed inside the workers of a pool like the engine's; and by wall clock,
// a long list of contracts through the engine's own pool against the same calls on one thread.
import { loadavg } from "node:os";
import { Piscina } from "piscina";
import { Valuation } from "../dist/valuation/valuation.js";
import { WorkerPool } from "../dist/workers/worker-pool.js";
import { canPin } from "./pin.mjs";
import { agree, summarise } from "./harness.mjs";
import { americanChain, cells, europeanBlocks, priceFactors, volCount } from "./inputs.mjs";

/** Some 60 ms a task: long enough for the system to move a woken thread to the other core. */
const pricingSlices = { callsPerSlice: 4, slicesPerTask: 200, unitsPerCall: 256 * cells };

/** `times` copies of the options of some blocks as one list, placed, with their volatilities set. */
function placedList(valuation, blocks, times) {
  const all = Array.from({ length: times }, () => blocks).flat();
  const join = (of) => {
    const parts = all.map(of);
    const joined = new parts[0].constructor(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  };
  const columns = ["isCall", "isAmerican", "spot", "strike", "years", "rate", "dividendYield"];
  const options = Object.fromEntries(columns.map((name) => [name, join((block) => block.options[name])]));
  const count = options.spot.length;
  const placed = valuation.place({ ...options, count, dividends: Array.from({ length: count }, () => null) });
  const grid = valuation.grid(placed, { volCount, priceFactors });
  const volatility = join((block) => block.volatility);
  for (let i = 0; i < count; i++)
    [0.85, 1, 1.15].forEach((move, j) => grid.setVolatility(i, j, volatility[i] * move));
  return { count, grid };
}

/**
 * Rounds of: one worker at work, both at once; worker w takes the even or the odd calls.
 *
 * @param {{ callsPerSlice: number, slicesPerTask: number, unitsPerCall: number }} slices
 */
export async function sliceRounds(valuation, calls, { rounds, ...slices }) {
  const { callsPerSlice, slicesPerTask } = slices;
  const { kernel } = valuation;
  const pool = new Piscina({
    filename: new URL("slices-worker.mjs", import.meta.url).href,
    name: "runTask",
    minThreads: 2,
    maxThreads: 2,
    atomics: "disabled",
    workerData: { module: kernel.module, memory: kernel.memory },
  });
  const tasks = [0, 1].map((w) => ({
    scratch: kernel.takeScratch(),
    calls: calls.filter((_, i) => i % 2 === w),
    callsPerSlice,
  }));
  const ask = async (w, count) => sliceTimes(await pool.run({ ...tasks[w], count }), slices);
  await Promise.all([ask(0, 20), ask(1, 20)]);
  const samples = { alone: [], first: [], second: [] };
  const wall = [];
  for (let round = 0; round < rounds; round++) {
    const clock = performance.now();
    samples.alone.push(...(await ask(round % 2, slicesPerTask)));
    const between = performance.now();
    const [first, second] = await Promise.all([ask(0, slicesPerTask), ask(1, slicesPerTask)]);
    wall.push((2 * (between - clock)) / (performance.now() - between));
    samples.first.push(...first);
    samples.second.push(...second);
  }
  await pool.destroy();
  return { samples, wall };
}

/** Start, end (ms) and seconds per unit. */
function sliceTimes(times, { callsPerSlice, unitsPerCall }) {
  return Array.from({ length: times.length / 2 }, (_, s) => {
    const [start, end] = [times[2 * s], times[2 * s + 1]];
    return { start, end, seconds: (end - start) / 1000 / (callsPerSlice * unitsPerCall) };
  });
}

/** Quantiles of slices, and how many times as much two workers do as one. */
export function scalingOf({ samples, wall }) {
  const seconds = (list) => summarise(list.map((one) => one.seconds));
  const [alone, first, second] = [samples.alone, samples.first, samples.second].map(seconds);
  const by = (q) => alone[q] / first[q] + alone[q] / second[q];
  const scaling = {
    byQ10: by("q10"),
    byQ25: by("q25"),
    byMedian: by("median"),
    byWall: summarise(wall).median,
  };
  return { alone, first, second, scaling };
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

/** One list on one thread and on two workers, in turns; the values must be the same bits. */
async function wallRounds(name, valuation, { count, grid }, { rounds, workerFile }) {
  const pool = new WorkerPool(valuation.kernel, 2, workerFile);
  const units = count * (name.startsWith("European") ? cells : 1);
  valuation.run(grid.calls);
  const wanted = grid.values.slice();
  grid.values.fill(Number.NaN);
  const notes = await pool.run(grid.calls);
  if (notes.length > 0) throw new Error(notes.join());
  agree(`${name} on two workers`, grid.values, wanted, 0);
  const samples = { one: [], two: [] };
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    valuation.run(grid.calls);
    const between = performance.now();
    await pool.run(grid.calls);
    const end = performance.now();
    samples.one.push((between - start) / 1000 / units);
    samples.two.push((end - between) / 1000 / units);
  }
  await pool.close();
  const [one, two] = [samples.one, samples.two].map(summarise);
  const rows = [
    { name: `${name}, one thread`, ...one },
    { name: `${name}, two workers of the engine's pool`, ...two },
  ];
  const best = (Math.min(...samples.one) / Math.min(...samples.two)).toFixed(2);
  const ratios = ["q10", "q25", "median"].map((q) => `${(one[q] / two[q]).toFixed(2)} by ${q}`);
  const fact = `${name}, wall clock, ${(1000 * units * one.median).toFixed(0)} ms of work: ${best} by the shortest, ${ratios.join(", ")} of the runs`;
  return { rows, fact };
}

export async function threadsResult({ rounds }) {
  const valuation = await Valuation.load();
  const european = placedList(valuation, europeanBlocks(), 32);
  const american = placedList(valuation, [americanChain()], 16);
  const load = [loadavg()[0]];
  const calls = european.grid.calls.slice(0, 16);
  const slices = await sliceRounds(valuation, calls, { rounds, ...pricingSlices });
  const { alone, first, second, scaling } = scalingOf(slices);
  const pinned = { rounds, workerFile: new URL("pinned-worker.mjs", import.meta.url) };
  const free = { rounds, workerFile: new URL("../dist/workers/worker.js", import.meta.url) };
  const lists = [
    ...(canPin
      ? [
          await wallRounds("European list, workers pinned", valuation, european, pinned),
          await wallRounds("American list per grid, workers pinned", valuation, american, pinned),
        ]
      : []),
    await wallRounds("European list", valuation, european, free),
    await wallRounds("American list per grid", valuation, american, free),
  ];
  load.push(loadavg()[0]);
  const share = (100 * simultaneousShare(slices.samples, alone.median)).toFixed(0);
  return {
    title: "Two worker threads of one piscina pool, 30-cell grids",
    unit: "cell",
    rows: [
      { name: "slices of one worker", ...alone },
      { name: "slices of the first of two workers", ...first },
      { name: "slices of the second of two workers", ...second },
      ...lists.flatMap((list) => list.rows),
    ],
    errors: {},
    scaling,
    facts: [
      `two against one by slices: ${scaling.byQ10.toFixed(2)} by q10, ${scaling.byQ25.toFixed(2)} by q25, ` +
        `${scaling.byMedian.toFixed(2)} by median; ${scaling.byWall.toFixed(2)} by wall clock; both inside a short slice at once: ${share} % of slices`,
      canPin
        ? "slices: workers pinned to a core each (taskset)"
        : "slices: workers not pinned, there is no taskset here",
      ...lists.map((list) => list.fact),
      `load average (1 minute): ${load.map((x) => x.toFixed(2)).join(" before, ")} after; a wall clock says little above 0.3`,
    ],
  };
}
