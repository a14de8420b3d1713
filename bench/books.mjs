// Books: netting in the order of class groups and in that of accounts, against the speed of reading memory and against valuing
// each position; two workers against one; and whole runs of the command, Parquet to Parquet.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadEngine } from "../dist/engine.js";
import { askNetting } from "../dist/valuation/netting.js";
import { Valuation } from "../dist/valuation/valuation.js";
import { WorkerPool } from "../dist/workers/worker-pool.js";
import { summarise } from "./harness.mjs";
import { americanChain, cells, priceFactors, volCount } from "./inputs.mjs";
import { draws } from "./reg-t-books.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const scenarioCount = 10;
const accountsPerPiece = 65_536;

/** A group of one class group that stands alone, with made-up risk arrays. */
function madeGroup(count, draw) {
  const column = () => Float64Array.from({ length: count }, () => 1 + draw());
  return {
    contracts: {
      count,
      scenarioCount,
      profit: Float64Array.from({ length: count * scenarioCount }, () => draw() - 0.5),
      classOf: new Int32Array(count),
      multiplier: new Float64Array(count).fill(100),
      price: column(),
      minimum: column(),
      kind: new Uint8Array(count).fill(2),
    },
    productOf: Int32Array.of(0),
    productShare: Float64Array.of(1),
    portfolioShare: 1,
    carriedGain: "reduced",
    minimumPer: "portfolio_group",
  };
}

/** Holdings of `groups` groups of `contracts`, six to an account and group, accounts ascending in each. */
function netting(valuation, { groups, contracts, holdings, spread }, draw) {
  const accountCount = 1_000_000;
  const columns = valuation.holdings({ count: holdings, accountCount, hasMarks: false });
  const { account, rank, millionths, skip } = columns;
  skip.fill(0);
  const perGroup = holdings / groups;
  const asked = [];
  for (let g = 0; g < groups; g++) {
    for (let i = 0; i < perGroup; i++) {
      const at = g * perGroup + i;
      account[at] = Math.floor(((Math.floor(i / 6) * 6) / perGroup) * (accountCount - 1));
      // In the order of accounts an account's holdings are anywhere among the contracts.
      rank[at] = Math.floor(draw() * spread);
      millionths[at] = 1e6 * (1 + Math.floor(draw() * 9));
    }
    const slice = { first: g * perGroup, count: perGroup, accounts: Math.ceil(perGroup / 6) };
    asked.push({ group: madeGroup(contracts, draw), slice });
  }
  return { columns, question: askNetting(asked, { columns, accountsPerPiece }) };
}

/** A WebAssembly loop that reads memory in order, bytes per second. */
function readSpeed(bytes, rounds) {
  const file = join(root, "build", "bench-read.wasm");
  execFileSync(process.execPath, [
    join(root, "node_modules/assemblyscript/bin/asc.js"),
    join(root, "assembly/read.ts"),
    "--config",
    "none",
    "--runtime",
    "stub",
    "--enable",
    "simd",
    "-O3",
    "--importMemory",
    "-o",
    file,
  ]);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) + 2 });
  new Float64Array(memory.buffer).fill(1);
  const module = new WebAssembly.Module(readFileSync(file));
  const { readAll } = new WebAssembly.Instance(module, { env: { memory, abort: () => null } }).exports;
  const start = 65_536;
  if (readAll(start, bytes) !== bytes / 8) throw new Error("the sum of ones");
  const samples = [];
  for (let round = 0; round < rounds + 5; round++) {
    const clock = performance.now();
    readAll(start, bytes);
    if (round >= 5) samples.push((performance.now() - clock) / 1000 / bytes);
  }
  return summarise(samples);
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

async function wallOfTwo(valuation, question, rounds) {
  const pool = new WorkerPool(valuation.kernel, 2, new URL("../dist/workers/worker.js", import.meta.url));
  const samples = { one: [], two: [] };
  for (let round = 0; round < rounds + 3; round++) {
    const start = performance.now();
    valuation.run(question.calls);
    const between = performance.now();
    await pool.run(question.calls);
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
      const clock = performance.now();
      const run = spawnSync("/usr/bin/time", ["-f", "%M", process.execPath, ...command], {
        encoding: "utf8",
      });
      if (run.status !== 0) throw new Error(run.stderr ?? String(run.error));
      return {
        seconds: (performance.now() - clock) / 1000,
        kilobytes: Number(run.stderr.trim().split("\n").at(-1)),
      };
    });
    return { steps, times };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds of the steps of a run in this process, by the times at which they begin. */
async function stepsOf(folder) {
  const files = Object.fromEntries(tables.map((name) => [name, [join(folder, `${name}.parquet`)]]));
  const engine = await loadEngine({ threads: 2 });
  const seconds = {};
  let last = { name: "start", clock: performance.now() };
  const onProgress = ({ name }) => {
    const clock = performance.now();
    seconds[last.name] = (seconds[last.name] ?? 0) + (clock - last.clock) / 1000;
    last = { name, clock };
  };
  await engine.book({ ...files, asOf: "2026-11-20T16:00:00-05:00" }, { onProgress });
  onProgress({ name: "end" });
  await engine.close();
  return seconds;
}

export async function booksResult({ rounds }) {
  const isQuick = rounds < 50;
  const valuation = await Valuation.load();
  const draw = draws(20261120);
  const holdings = 6_000_000;
  const byClass = netting(valuation, { groups: 1000, contracts: 100, holdings, spread: 100 }, draw);
  const byAccount = netting(valuation, { groups: 1, contracts: 100_000, holdings, spread: 100_000 }, draw);
  const few = isQuick ? 5 : 15;
  const rowBytes = scenarioCount * 8;
  const read = readSpeed(268_435_456, few);
  const classMajor = timed(() => valuation.run(byClass.question.calls), few, holdings);
  const accountMajor = timed(() => valuation.run(byAccount.question.calls), few, holdings);
  const [one, two] = await wallOfTwo(valuation, byClass.question, few);
  const { options, volatility } = americanChain();
  const placed = valuation.place({ ...options, count: options.spot.length });
  const grid = valuation.grid(placed, { volCount, priceFactors });
  volatility.forEach((vol, i) => [0.85, 1, 1.15].forEach((move, j) => grid.setVolatility(i, j, vol * move)));
  const pricing = timed(() => valuation.run(grid.calls), few, (options.spot.length * cells) / scenarioCount);
  const small = await commandRun(1000, [], 5);
  const large = await commandRun(
    isQuick ? 100_000 : 1_000_000,
    ["--underlyings", "3000", "--strategies", "14"],
    isQuick ? 1 : 3,
  );
  // Of a holding: its row of the risk arrays | account, rank, millionths | rank and quantity kept | multiplier, price, minimum, kind.
  const bytesRead = rowBytes + 16 + 12 + 25;
  const bandwidth = bytesRead / classMajor.q25 / (1 / read.q25);
  const perBook = pricing.q25 / (classMajor.q25 + pricing.q25 / 290);
  const row = (name, { times }) => ({ name, ...summarise(times.map(({ seconds }) => seconds)) });
  const least = ({ times }) => Math.min(...times.map(({ seconds }) => seconds));
  const megabytes = Math.max(...large.times.map(({ kilobytes }) => kilobytes)) / 1000;
  return {
    title: "Books: netting by class group, and whole runs",
    unit: "holding (netting), byte (reading), position (valuing each), run (commands)",
    rows: [
      { name: "netting, in the order of class groups", ...classMajor },
      { name: "netting, in the order of accounts over 100,000 contracts", ...accountMajor },
      { name: "valuing each position, American, ten scenarios", ...pricing },
      { name: "reading memory in order", ...read },
      { name: "netting of the book, one thread", ...one },
      { name: "netting of the book, two workers", ...two },
      row("plimsoll margin, 1,000 accounts, Parquet to Parquet", small),
      row(`plimsoll margin, ${isQuick ? "100,000" : "1,000,000"} accounts, Parquet to Parquet`, large),
    ],
    errors: {},
    books: {
      bandwidth,
      byClass: accountMajor.q25 / classMajor.q25,
      perBook,
      workers: one.median / two.median,
      small: least(small),
      large: isQuick ? null : least(large),
      valuationAndNetting: isQuick ? null : large.steps["value contracts"] + large.steps.net,
      megabytes,
    },
    facts: [
      `netting reads ${bytesRead} bytes a holding at ${(bytesRead / classMajor.q25 / 1e9).toFixed(1)} GB/s (rows of risk arrays alone ${(rowBytes / classMajor.q25 / 1e9).toFixed(1)}), memory in order is read at ${(1 / read.q25 / 1e9).toFixed(1)} GB/s: ${(100 * bandwidth).toFixed(0)} %`,
      `class groups against accounts: ${(accountMajor.q25 / classMajor.q25).toFixed(1)} times as fast`,
      `two workers against one: ${(one.median / two.median).toFixed(2)} by wall clock`,
      `steps of the large run in a process that is warm: ${Object.entries(large.steps)
        .map(([name, seconds]) => `${name} ${seconds.toFixed(2)} s`)
        .join(", ")}`,
      `largest memory of the large run: ${megabytes.toFixed(0)} MB`,
    ],
  };
}
