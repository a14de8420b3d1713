// Writes a made-up book of any size as Parquet: the same arguments give the same rows.
//   node scripts/make-book.mjs --accounts 1000 --out DIR [--underlyings 300] [--strategies 10] [--bad 0.01] [--seed 1]
// docs/books.md says what is in it.
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, VARCHAR } from "@duckdb/node-api";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: given } = parseArgs({
  options: {
    accounts: { type: "string" },
    out: { type: "string" },
    underlyings: { type: "string", default: "300" },
    strategies: { type: "string", default: "10" },
    bad: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
  },
});
const accountCount = whole("accounts", 1);
const underlyingCount = whole("underlyings", 5);
const strategyCount = whole("strategies", 1);
const seed = whole("seed", 0);
const badPart = Number(given.bad);
if (!(badPart >= 0 && badPart <= 1)) throw new Error("--bad is a part between 0 and 1");
if (given.out === undefined) throw new Error("--out DIR is needed");
const folder = given.out;

function whole(name, least) {
  const value = Number(given[name]);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name} is a whole number >= ${least}`);
  return value;
}

/** Mulberry32: 32 bits of state, uniform in [0, 1). One generator per account: a larger book begins as a smaller one. */
function generator(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const indexes = [
  ["SPX", 6600, "index"],
  ["SPY", 660, "etf"],
  ["NDX", 24500, "index"],
  ["QQQ", 600, "etf"],
  ["RUT", 2400, "index"],
];
const expiries = ["2026-12-18", "2027-01-15", "2027-03-19", "2027-06-18"];
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** `Z` and three letters: no root of a listed product that the rule sets know. */
function nameOf(k) {
  return `Z${letters[Math.floor(k / 676) % 26]}${letters[Math.floor(k / 26) % 26]}${letters[k % 26]}`;
}

function makeUnderlying(k) {
  const random = generator(Math.imul(seed, 7919) + k);
  const [symbol, price, kind] = indexes[k] ?? [
    nameOf(k),
    Math.round(100 * (8 + 400 * random() ** 3)) / 100,
    "stock",
  ];
  // The widely held have long chains.
  const perSide = k < underlyingCount / 50 ? 12 : k < underlyingCount / 5 ? 5 : 2;
  const dates = expiries.slice(0, k < underlyingCount / 5 ? 4 : 2);
  const step = [1, 2.5, 5, 10, 25, 100].find((each) => each >= price / 60) ?? 250;
  const middle = Math.round(price / step);
  const strikes = [];
  for (let i = -perSide; i <= perSide; i++) if (middle + i > 0) strikes.push((middle + i) * step);
  return {
    symbol,
    price,
    kind,
    strikes,
    dates,
    volatility: 0.15 + 0.5 * random(),
    pays: kind === "stock" && random() < 0.4,
  };
}

function optionSymbol(root, date, side, strike) {
  return `${root}${date.slice(2).replaceAll("-", "")}${side}${String(Math.round(strike * 1000)).padStart(8, "0")}`;
}

const all = Array.from({ length: underlyingCount }, (_, k) => makeUnderlying(k));
/** Zipf by rank: weight 1 / (rank + 1), as sums from the first. */
const sums = [];
for (let k = 0; k < underlyingCount; k++) sums.push((sums[k - 1] ?? 0) + 1 / (k + 1));

function drawn(random) {
  const target = random() * sums[sums.length - 1];
  let [low, high] = [0, underlyingCount - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > target) high = middle;
    else low = middle + 1;
  }
  return all[low];
}

/** One strategy as `[symbol, quantity]` legs. */
function strategy(random) {
  const u = drawn(random);
  const date = u.dates[Math.floor(random() * u.dates.length)];
  const size = 1 + Math.floor(20 * random() ** 4);
  const middle = Math.floor(u.strikes.length / 2);
  const leg = (side, offset, count) => {
    const strike = u.strikes[Math.max(0, Math.min(u.strikes.length - 1, middle + offset))];
    return [optionSymbol(u.symbol, date, side, strike), count * size];
  };
  const shares = (count) => (u.kind === "index" ? [] : [[u.symbol, 100 * count * size]]);
  const kind = Math.floor(random() * 9);
  if (kind === 0) return u.kind === "index" ? [leg("P", -1, 1)] : shares(1);
  if (kind === 1) return [...shares(1), leg("C", 1, -1)];
  if (kind === 2) return [...shares(1), leg("P", -1, 1)];
  if (kind === 3) return [leg("P", 0, -1), leg("P", -2, 1)];
  if (kind === 4) return [leg("P", -2, 1), leg("P", -1, -1), leg("C", 1, -1), leg("C", 2, 1)];
  if (kind === 5) return [leg("P", -2, -1), leg("C", 2, -1)];
  if (kind === 6) return [leg("C", 1, 1)];
  if (kind === 7) return [leg("C", 0, 1), leg("C", 1, -2), leg("C", 2, 1)];
  return u.kind === "index" ? [leg("C", 1, -1)] : [...shares(-1), leg("C", 2, 1)];
}

/** A row with one thing wrong: no quantity, no such underlying, half a contract, not a number. */
function spoilt([account, symbol, quantity, price], random) {
  const kind = Math.floor(random() * 4);
  if (kind === 0) return [account, symbol, null, price];
  if (kind === 1) return [account, "NOSUCH", quantity, price];
  if (kind === 2) return [account, symbol, 1.0000005, price];
  return [account, symbol, Number.NaN, price];
}

function* positionRows() {
  for (let a = 0; a < accountCount; a++) {
    const random = generator(Math.imul(seed, 104729) + Math.imul(a + 1, 0x9e3779b1));
    const held = new Map();
    const count = 1 + Math.floor(2 * strategyCount * random());
    for (let s = 0; s < count; s++)
      for (const [symbol, quantity] of strategy(random)) held.set(symbol, (held.get(symbol) ?? 0) + quantity);
    for (const [symbol, quantity] of held) {
      if (quantity === 0) continue;
      const row = [accountName(a), symbol, quantity, null];
      yield badPart > 0 && random() < badPart ? spoilt(row, random) : row;
    }
  }
}

function accountName(a) {
  return `A${String(a + 1).padStart(8, "0")}`;
}

function* underlyingRows() {
  for (const { symbol, price, kind, pays } of all)
    yield [symbol, price, kind, kind === "stock" && !pays ? 0 : kind === "stock" ? null : 0.013];
}

function* optionRows() {
  for (const { symbol, dates, strikes, price, volatility } of all)
    for (const date of dates)
      for (const strike of strikes)
        for (const side of ["C", "P"]) {
          // A skew: lower strikes are dearer.
          const skewed = Math.max(0.05, volatility * (1 - 0.4 * (strike / price - 1)));
          yield [optionSymbol(symbol, date, side, strike), Math.round(1e4 * skewed) / 1e4];
        }
}

function* dividendRows() {
  for (const { symbol, price, pays } of all)
    if (pays)
      for (const date of ["2027-01-08", "2027-04-09"]) yield [symbol, date, Math.round(0.4 * price) / 100];
}

function* accountRows() {
  for (let a = 0; a < accountCount; a++) {
    const random = generator(Math.imul(seed, 15485863) + a);
    yield [accountName(a), Math.round(1e7 * random() ** 2) / 100];
  }
}

const tables = {
  positions: [{ account: VARCHAR, symbol: VARCHAR, quantity: DOUBLE, price: DOUBLE }, positionRows()],
  underlyings: [{ symbol: VARCHAR, price: DOUBLE, kind: VARCHAR, dividend_yield: DOUBLE }, underlyingRows()],
  options: [{ symbol: VARCHAR, volatility: DOUBLE }, optionRows()],
  dividends: [{ symbol: VARCHAR, ex_date: VARCHAR, amount: DOUBLE }, dividendRows()],
  rates: [
    { years: DOUBLE, rate: DOUBLE },
    [
      [0.08, 0.041],
      [0.5, 0.039],
      [1, 0.037],
    ],
  ],
  accounts: [{ account: VARCHAR, cash: DOUBLE }, accountRows()],
};

mkdirSync(folder, { recursive: true });
// One thread: the same bytes each time.
const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await instance.connect();
for (const [name, [columns, rows]] of Object.entries(tables)) {
  const types = Object.values(columns);
  await connection.run(
    `create table ${name} (${Object.entries(columns)
      .map(([n, t]) => `${n} ${t}`)
      .join(", ")})`,
  );
  const appender = await connection.createAppender(name);
  let [pending, count] = [[], 0];
  const flush = () => {
    const chunk = DuckDBDataChunk.create(types);
    chunk.setRows(pending);
    appender.appendDataChunk(chunk);
    count += pending.length;
    pending = [];
  };
  for (const row of rows) if (pending.push(row) === 2048) flush();
  if (pending.length > 0) flush();
  appender.closeSync();
  const file = join(folder, `${name}.parquet`).replaceAll("'", "''");
  await connection.run(`copy ${name} to '${file}' (format parquet, compression zstd)`);
  await connection.run(`drop table ${name}`);
  console.log(`${name}: ${count} rows`);
}
connection.closeSync();
instance.closeSync();
