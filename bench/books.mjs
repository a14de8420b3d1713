// Books: ordering lots once, netting them in the order of class groups and in that of accounts, against the speed of reading memory
// and against valuing each position; two workers against one; and whole runs of the command, Parquet to Parquet.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadEngine } from "../dist/engine.js";
import { accountsAPiece } from "../dist/books/net-book.js";
import { lotsByAccount, piecesOf } from "../dist/books/lots.js";
import { Valuation } from "../dist/valuation/valuation.js";
import { WorkerPool } from "../dist/workers/worker-pool.js";
import { summarise } from "./harness.mjs";
import { americanChain, cells, priceFactors, volCount } from "./inputs.mjs";
import { draws } from "./reg-t-books.mjs";
import { scalingOf, sliceRounds } from "./threads.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Lots of one account in one group, and of one account in all. */
const lotsAGroup = 6;
const lotsAnAccount = 30;

/** Contracts with made-up risk arrays. */
function madeContracts(count, scenarioCount, draw) {
  const column = () => Float64Array.from({ length: count }, () => 1 + draw());
  return {
    scenarioCount,
    profit: Float64Array.from({ length: count * scenarioCount }, () => draw() - 0.5),
    classOf: new Int32Array(count),
    multiplier: new Float64Array(count).fill(100),
    price: column(),
    minimum: column(),
    kind: new Uint8Array(count).fill(2),
  };
}

/** How a group of one class group that stands alone nets. */
const alone = {
  productOf: Int32Array.of(0),
  productShare: Float64Array.of(1),
  portfolioShare: 1,
  carriedGain: "reduced",
  minimumPer: "portfolio_group",
  tellsHeld: false,
};

/**
 * A book of `accountCount` accounts over 100,000 contracts in a thousand groups, lots in the order of accounts; those of an
 * account are six in each of five groups.
 *
 * Netted by class group, the holdings of one group in all accounts follow one another. By account, those of one account do: here
 * all contracts make one group, and six holdings of an account stand as an account of their own, so that as many sums are made, of
 * the same rows, in the other order: of six contracts of one true group or, at random, of any six.
 *
 * @param {{ accountCount: number, scenarioCount: number, order?: "by class group" | "by account" | "at random" }} shape
 */
function madeBook(valuation, { accountCount, scenarioCount, order: inOrder = "by class group" }, draw) {
  const contractCount = 100_000;
  const groups = 1000;
  const perGroup = contractCount / groups;
  const isByAccount = inOrder !== "by class group";
  const nettedGroups = isByAccount ? 1 : groups;
  const perNettedGroup = contractCount / nettedGroups;
  const contracts = madeContracts(contractCount, scenarioCount, draw);
  const rows = Int32Array.from({ length: contractCount }, (_, row) => row);
  const rowsOf = (group) => rows.subarray(group * perNettedGroup, (group + 1) * perNettedGroup);
  const units = new Float64Array(contractCount).fill(100);
  const netting = valuation.netting({
    groups: Array.from({ length: nettedGroups }, (_, group) => ({
      contracts,
      rows: rowsOf(group),
      ...alone,
    })),
    groupOf: rows.map((row) => Math.floor(row / perNettedGroup)),
    rankOf: rows.map((row) => row % perNettedGroup),
    apart: new Uint8Array(contractCount),
    units,
    quotedUnits: units,
  });
  const count = accountCount * lotsAnAccount;
  const lots = valuation.lots({ count, hasMarks: false });
  const lotsANetted = isByAccount ? lotsAGroup : lotsAnAccount;
  let group = 0;
  for (let i = 0; i < count; i++) {
    if (i % lotsAGroup === 0 || inOrder === "at random") group = Math.floor(draw() * groups);
    lots.account[i] = Math.floor(i / lotsANetted);
    lots.contract[i] = group * perGroup + Math.floor(draw() * perGroup);
    lots.millionths[i] = 1e6 * (1 + Math.floor(draw() * 9));
  }
  const nettedCount = count / lotsANetted;
  const accounts = netting.accounts(nettedCount);
  accounts.marks.fill(0);
  const accountsPerPiece = (accountsAPiece * lotsAnAccount) / lotsANetted;
  const pieces = piecesOf(lotsByAccount(lots, nettedCount, valuation), nettedCount, accountsPerPiece);
  const order = netting.order(lots, accounts, pieces);
  valuation.run(order.calls);
  const question = netting.ask(order.holdings, accounts);
  const release = () => {
    for (const each of [question, order.holdings, accounts, lots, netting]) each.release();
  };
  return { orderCalls: order.calls, calls: question.calls, count, release };
}

/** Seconds a lot: ordered, netted, and their profits gathered alone, in each order; seconds a byte: memory read in order. */
function nettingSpeeds(valuation, shape, { draw, rounds, readers }) {
  const [own, other, random] = ["by class group", "by account", "at random"].map((order) =>
    madeBook(valuation, { ...shape, order }, draw),
  );
  const net =
    ({ calls }) =>
    () =>
      valuation.run(calls);
  const { gatherAll } = entryOf("gather", valuation.kernel.memory);
  const gather =
    ({ calls }) =>
    () => {
      for (const { parameters } of calls) gatherAll(...parameters);
    };
  const ways = {
    ...readers,
    order: () => valuation.run(own.orderCalls),
    byClass: net(own),
    byAccount: net(other),
    gatherByClass: gather(own),
    gatherByAccount: gather(other),
    gatherAtRandom: gather(random),
  };
  const units = (name) => (name in readers ? readBytes : own.count);
  const samples = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  // By turns, so that what else the machine does meets all alike.
  for (let round = 0; round < rounds + 3; round++)
    for (const [name, run] of Object.entries(ways)) {
      const clock = performance.now();
      run();
      if (round >= 3) samples[name].push((performance.now() - clock) / 1000 / units(name));
    }
  for (const book of [own, other, random]) book.release();
  return Object.fromEntries(Object.entries(samples).map(([name, each]) => [name, summarise(each)]));
}

/** What an entry of the bench build exports: assembly/read.ts or assembly/gather.ts, on a memory like the kernel's. */
function entryOf(name, memory) {
  const file = join(root, "build", `bench-${name}.wasm`);
  const compiler = join(root, "node_modules/assemblyscript/bin/asc.js");
  const source = join(root, `assembly/${name}.ts`);
  const code = "--config none --runtime stub --noAssert --enable simd --enable threads -O3".split(" ");
  const shared = "--importMemory --sharedMemory --initialMemory 16 --maximumMemory 65536".split(" ");
  execFileSync(process.execPath, [compiler, source, ...code, ...shared, "-o", file]);
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), { env: { memory } }).exports;
}

/** Read in order, bytes: a buffer that a cache holds, as often as makes up one that none does. */
const cachedBytes = 5_242_880;
const cachedTimes = 50;
const readBytes = cachedBytes * cachedTimes;

/** A WebAssembly loop that reads `bytes` of memory in order, `times` over. */
function memoryReader(bytes, times) {
  const initial = Math.ceil(bytes / 65_536) + 16;
  const memory = new WebAssembly.Memory({ initial, maximum: 65_536, shared: true });
  new Float64Array(memory.buffer).fill(1);
  const { readAll } = entryOf("read", memory);
  const start = 65_536;
  if (readAll(start, bytes) !== bytes / 8) throw new Error("the sum of ones");
  return () => {
    for (let time = 0; time < times; time++) readAll(start, bytes);
  };
}

function timed(run, rounds, units) {
  const samples = [];
  for (let round = 0; round < rounds + 3; round++) {
    const clock = performance.now();
    run();
    if (round >= 3) samples.push((performance.now() - clock) / 1000 / units);
  }
  return summarise(samples);
}

/** Whole calls on one thread and on two workers, by turns: seconds by wall clock. */
async function wallOfTwo(valuation, calls, rounds) {
  const pool = new WorkerPool(valuation.kernel, 2, new URL("../dist/workers/worker.js", import.meta.url));
  const samples = { one: [], two: [] };
  for (let round = 0; round < rounds + 3; round++) {
    const start = performance.now();
    valuation.run(calls);
    const between = performance.now();
    await pool.run(calls);
    if (round < 3) continue;
    samples.one.push((between - start) / 1000);
    samples.two.push((performance.now() - between) / 1000);
  }
  await pool.close();
  return [samples.one, samples.two].map(summarise);
}

const tables = ["positions", "underlyings", "options", "accounts", "dividends", "rates"];

/** One run of the command on a book made here: seconds, and the most memory it held. */
async function commandRun(accounts, more, runs) {
  const folder = join(tmpdir(), `plimsoll-bench-${process.pid}-${accounts}`);
  mkdirSync(folder, { recursive: true });
  try {
    const made = ["--accounts", String(accounts), "--out", folder, ...more];
    execFileSync(process.execPath, [join(root, "scripts/make-book.mjs"), ...made], { stdio: "ignore" });
    const steps = await stepsOf(folder);
    const files = tables.flatMap((name) => [`--${name}`, join(folder, `${name}.parquet`)]);
    const out = ["--format", "parquet", "--out", join(folder, "result.parquet"), "--threads", "2"];
    const asOf = ["--as-of", "2026-11-20T16:00:00-05:00"];
    const command = [join(root, "dist/cli/main.js"), "margin", ...files, ...asOf, ...out];
    const times = Array.from({ length: runs }, () => {
      const bareSeconds = bareStart(plainEnvironment);
      const ownSeconds = bareStart(process.env);
      const clock = performance.now();
      const run = spawnSync("/usr/bin/time", ["-f", "%M", process.execPath, ...command], {
        encoding: "utf8",
        env: plainEnvironment,
      });
      if (run.status !== 0) throw new Error(run.stderr ?? String(run.error));
      return {
        seconds: (performance.now() - clock) / 1000,
        kilobytes: Number(run.stderr.trim().split("\n").at(-1)),
        bareSeconds,
        ownSeconds,
      };
    });
    return { steps, times };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without the file of certificates that Node, where it is told of one, reads at every start: nothing is fetched here. */
const { NODE_EXTRA_CA_CERTS: certificates, ...plainEnvironment } = process.env;

/** Seconds that Node takes to start and end without a program: what a short run is to be seen against. */
function bareStart(env) {
  const clock = performance.now();
  spawnSync(process.execPath, ["-e", "0"], { env });
  return (performance.now() - clock) / 1000;
}

/** Seconds of the steps of a run in this process, by the times at which they begin, and of the kernel calls in each. */
async function stepsOf(folder) {
  const files = Object.fromEntries(tables.map((name) => [name, [join(folder, `${name}.parquet`)]]));
  const engine = await loadEngine({ threads: 2 });
  const [seconds, kernel] = [{}, {}];
  let last = { name: "start", clock: performance.now() };
  const onProgress = ({ name }) => {
    const clock = performance.now();
    seconds[last.name] = (seconds[last.name] ?? 0) + (clock - last.clock) / 1000;
    last = { name, clock };
  };
  const run = Object.getOwnPropertyDescriptor(WorkerPool.prototype, "run");
  WorkerPool.prototype.run = async function timed(calls) {
    const [{ name }, clock] = [last, performance.now()];
    const notes = await run.value.call(this, calls);
    kernel[name] = (kernel[name] ?? 0) + (performance.now() - clock) / 1000;
    return notes;
  };
  try {
    await engine.book({ ...files, asOf: "2026-11-20T16:00:00-05:00" }, { onProgress, hashesInput: false });
  } finally {
    Object.defineProperty(WorkerPool.prototype, "run", run);
  }
  onProgress({ name: "end" });
  await engine.close();
  return { seconds, kernel };
}

function told(steps) {
  return Object.entries(steps)
    .map(([name, seconds]) => `${name} ${seconds.toFixed(2)} s`)
    .join(", ");
}

/** Bytes that are read of a lot: its holding and its contract's profits, by netting the contract's terms too. */
const gatheredBytes = (scenarioCount) => 16 + scenarioCount * 8;
const nettedBytes = (scenarioCount) => gatheredBytes(scenarioCount) + 32;

export async function booksResult({ rounds }) {
  const isQuick = rounds < 50;
  const few = isQuick ? 5 : 15;
  const valuation = await Valuation.load();
  const next = draws(20261120);
  const draw = () => next(2_147_483_647) / 2_147_483_647;
  const accountCount = (isQuick ? 8 : 16) * accountsAPiece;
  const readers = {
    read: memoryReader(readBytes, 1),
    readCached: memoryReader(cachedBytes, cachedTimes),
  };
  const asked = { draw, rounds: few, readers };
  const ten = nettingSpeeds(valuation, { accountCount, scenarioCount: 10 }, asked);
  const thirty = nettingSpeeds(valuation, { accountCount, scenarioCount: 30 }, asked);
  const book = madeBook(valuation, { accountCount, scenarioCount: 10 }, draw);
  const [one, two] = await wallOfTwo(valuation, book.calls, few);
  const slices = { rounds: few, callsPerSlice: 1, slicesPerTask: book.calls.length };
  const unitsPerCall = book.count / book.calls.length;
  const { scaling } = scalingOf(await sliceRounds(valuation, book.calls, { ...slices, unitsPerCall }));
  book.release();
  const { options, volatility } = americanChain();
  const placed = valuation.place({ ...options, count: options.spot.length });
  const grid = valuation.grid(placed, { volCount, priceFactors });
  volatility.forEach((vol, i) => [0.85, 1, 1.15].forEach((move, j) => grid.setVolatility(i, j, vol * move)));
  const pricing = timed(() => valuation.run(grid.calls), few, (options.spot.length * cells) / 10);
  const small = await commandRun(1000, [], 9);
  const large = await commandRun(
    isQuick ? 100_000 : 1_000_000,
    ["--underlyings", "3000", "--strategies", "14"],
    isQuick ? 1 : 3,
  );
  const shareOf = (bytes, speed, read) => (bytes / speed.q25) * read.q25;
  const perBook = pricing.q25 / (ten.order.q25 + ten.byClass.q25 + pricing.q25 / 290);
  const runs = ({ times }, key = "seconds") => summarise(times.map((time) => time[key]));
  const megabytes = Math.max(...large.times.map(({ kilobytes }) => kilobytes)) / 1000;
  const perSecond = (bytes, { q25 }) => `${(bytes / q25 / 1e9).toFixed(1)} GB/s`;
  const reading = (name, { read, readCached, gatherByClass, byClass }, count) => {
    const of = (bytes, speed) =>
      `${perSecond(bytes, speed)} (${(100 * shareOf(bytes, speed, read)).toFixed(0)} and ${(100 * shareOf(bytes, speed, readCached)).toFixed(0)} %)`;
    return `${name} scenarios, memory in order is read at ${perSecond(1, read)}, a buffer of 5 MB at ${perSecond(1, readCached)}: the gather alone reads ${of(gatheredBytes(count), gatherByClass)}, netting ${of(nettedBytes(count), byClass)}`;
  };
  const timesAsFast = (slow, fast) => (slow.q25 / fast.q25).toFixed(1);
  const orders = (name, speeds) =>
    `${name} scenarios, by class group against account by account: netting ${timesAsFast(speeds.byAccount, speeds.byClass)} times as fast; the gather alone ${timesAsFast(speeds.gatherByAccount, speeds.gatherByClass)}, against contracts in no order ${timesAsFast(speeds.gatherAtRandom, speeds.gatherByClass)}`;
  return {
    title: "Books: netting by class group, and whole runs",
    unit: "lot (ordering, netting), byte (reading), position (valuing each), run (commands)",
    rows: [
      { name: "ordering lots, once a book", ...ten.order },
      { name: "netting, in the order of class groups, ten scenarios", ...ten.byClass },
      { name: "netting, in the order of accounts, ten scenarios", ...ten.byAccount },
      { name: "netting, in the order of class groups, thirty scenarios", ...thirty.byClass },
      { name: "netting, in the order of accounts, thirty scenarios", ...thirty.byAccount },
      { name: "its gather alone, in the order of class groups, thirty scenarios", ...thirty.gatherByClass },
      { name: "its gather alone, in the order of accounts, thirty scenarios", ...thirty.gatherByAccount },
      { name: "its gather alone, contracts in no order, thirty scenarios", ...thirty.gatherAtRandom },
      { name: "valuing each position, American, ten scenarios", ...pricing },
      { name: "reading memory in order", ...thirty.read },
      { name: "reading a buffer of 5 MB in order, time and again", ...thirty.readCached },
      { name: "netting of the book, one thread", ...one },
      { name: "netting of the book, two workers", ...two },
      { name: "node by itself, start and end", ...runs(small, "bareSeconds") },
      { name: "plimsoll margin, 1,000 accounts, Parquet to Parquet", ...runs(small) },
      {
        name: `plimsoll margin, ${isQuick ? "100,000" : "1,000,000"} accounts, Parquet to Parquet`,
        ...runs(large),
      },
    ],
    errors: {},
    books: {
      ofMemory: shareOf(gatheredBytes(30), thirty.gatherByClass, thirty.read),
      ofCache: shareOf(gatheredBytes(30), thirty.gatherByClass, thirty.readCached),
      netting: {
        ten: shareOf(nettedBytes(10), ten.byClass, ten.read),
        thirty: shareOf(nettedBytes(30), thirty.byClass, thirty.read),
      },
      gather: thirty.gatherAtRandom.q25 / thirty.gatherByClass.q25,
      perBook,
      workers: scaling,
      small: runs(small).median,
      large: isQuick ? null : runs(large).median,
      kernel: isQuick ? null : large.steps.kernel["value contracts"] + large.steps.kernel.net,
      valuationAndNetting: isQuick ? null : large.steps.seconds["value contracts"] + large.steps.seconds.net,
      megabytes,
    },
    facts: [
      reading("ten", ten, 10),
      reading("thirty", thirty, 30),
      orders("ten", ten),
      orders("thirty", thirty),
      `two workers against one, netting: by slices ${scaling.byQ10.toFixed(2)} by q10, ${scaling.byMedian.toFixed(2)} by median; by wall clock ${scaling.byWall.toFixed(2)}; the engine's pool by wall clock ${(one.median / two.median).toFixed(2)} by median, ${(one.q25 / two.q25).toFixed(2)} by q25`,
      `steps of the large run in this process: ${told(large.steps.seconds)}`,
      `  of them calls of the kernel on two threads: ${told(large.steps.kernel)}`,
      `largest memory of the large run: ${megabytes.toFixed(0)} MB`,
      ...(certificates === undefined
        ? []
        : [
            `commands run without NODE_EXTRA_CA_CERTS, which is set here: with it Node by itself takes ${runs(small, "ownSeconds").median.toFixed(3)} s`,
          ]),
    ],
  };
}
