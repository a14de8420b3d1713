/**
 * The netting of a group of one class group that offsets nothing, at an even number of scenarios and without marks of the accounts'
 * own: nearly every group of a book. What net-account.ts and net-offset.ts compute, with the same operations in the same order, in
 * loops whose numbers stay in registers: ten scenarios in one, more in as many as they take. The picture of the memory is in net.ts.
 */
import {
  CLASS_SUMS, CONTRACT_ROWS, FIRST_CLASS_BYTES, GROUPS, GROUP_BYTES, HOLDING_BYTES, HOLDING_SIZE, PRICE, QUANTITY, RANK, READINGS,
  SCENARIOS, STANDS_ALONE, STRIDE, TERMS_BYTES, contractBytes, word,
} from "./net-layout";
import { TEN_BYTES, minimumOf, sumProfits, valueOf } from "./net-account";
import { addNetted } from "./net-offset";
import { smallerLane } from "./vector";

/** Of a row of ten profits and the terms after them. */
const ROW_BYTES: usize = TEN_BYTES + TERMS_BYTES;

/** Profits that are looked through at once; rows of a batch are whole numbers of them. */
const SEARCHED_BYTES: usize = 128;
/** Of a batch's rows: half of the nearest cache of usual processors. */
const BATCH_BYTES: usize = 16384;

/** Bytes of a figure: account i32 | worst scenario i32 | market value f64 | minimum f64 | smallest profit f64. */
const FIGURE_BYTES: usize = 32;
const FIGURE_WORST: usize = 4;
const FIGURE_VALUE: usize = 8;
const FIGURE_MINIMUM: usize = 16;
const FIGURE_LEAST: usize = 24;

/** Whether `netAlone` does what the group asks for. */
export function isPlainAlone(piecePtr: usize, groupPtr: usize): bool {
  const isAlone = (<i32>word(groupPtr, READINGS) & STANDS_ALONE) != 0;
  const isEven = word(groupPtr, SCENARIOS) == word(groupPtr, STRIDE);
  return isAlone && isEven && word(piecePtr, HOLDING_SIZE) == HOLDING_BYTES;
}

/** Nets the holdings from startPtr to endPtr. */
export function netAlone(piecePtr: usize, group: i32, startPtr: usize, endPtr: usize, scratchPtr: usize): void {
  const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
  if (word(groupPtr, SCENARIOS) == 10) netTen(piecePtr, group, startPtr, endPtr);
  else netWide(piecePtr, group, startPtr, endPtr, scratchPtr);
}

function netTen(piecePtr: usize, group: i32, startPtr: usize, endPtr: usize): void {
  const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
  const rowsPtr = word(groupPtr, CONTRACT_ROWS);
  let sumA = f64x2.splat(0);
  let sumB = sumA;
  let sumC = sumA;
  let sumD = sumA;
  let sumE = sumA;
  let cost: f64 = 0;
  let accounts: f64 = 0;
  for (let ptr = startPtr; ptr < endPtr; ) {
    const account = load<i32>(ptr);
    let a = f64x2.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let e = a;
    let marketValue: f64 = 0;
    let minimum: f64 = 0;
    do {
      const rowPtr = rowsPtr + <usize>load<i32>(ptr, RANK) * ROW_BYTES;
      const quantity = load<f64>(ptr, QUANTITY);
      const both = f64x2.splat(quantity);
      a = f64x2.add(a, f64x2.mul(both, v128.load(rowPtr)));
      b = f64x2.add(b, f64x2.mul(both, v128.load(rowPtr, 16)));
      c = f64x2.add(c, f64x2.mul(both, v128.load(rowPtr, 32)));
      d = f64x2.add(d, f64x2.mul(both, v128.load(rowPtr, 48)));
      e = f64x2.add(e, f64x2.mul(both, v128.load(rowPtr, 64)));
      const value = valueOf(rowPtr + TEN_BYTES, quantity, load<f64>(rowPtr, TEN_BYTES + PRICE));
      marketValue += value;
      minimum += minimumOf(rowPtr + TEN_BYTES, quantity, value);
      ptr += HOLDING_BYTES;
    } while (ptr < endPtr && load<i32>(ptr) == account);
    const least = leastOf(a, b, c, d, e);
    const worst = firstAt(least, a, b, c, d, e);
    cost += addNetted(piecePtr, group, account, least, minimum, marketValue, worst);
    sumA = f64x2.add(sumA, a);
    sumB = f64x2.add(sumB, b);
    sumC = f64x2.add(sumC, c);
    sumD = f64x2.add(sumD, d);
    sumE = f64x2.add(sumE, e);
    accounts += 1;
  }
  const sumsPtr = word(piecePtr, CLASS_SUMS) + word(groupPtr, FIRST_CLASS_BYTES);
  v128.store(sumsPtr, sumA);
  v128.store(sumsPtr, sumB, 16);
  v128.store(sumsPtr, sumC, 32);
  v128.store(sumsPtr, sumD, 48);
  v128.store(sumsPtr, sumE, 64);
  store<f64>(sumsPtr, cost, 80);
  store<f64>(sumsPtr, accounts, 88);
}

/**
 * Accounts are summed a batch at a time, then looked through, then added to: each of the three loops goes on to the next account
 * while the last is under way. The scratch holds the profits of a batch, a row an account, and a figure of each.
 */
function netWide(piecePtr: usize, group: i32, startPtr: usize, endPtr: usize, scratchPtr: usize): void {
  const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
  const profitBytes = word(groupPtr, STRIDE) << 3;
  const rowBytes = (profitBytes + SEARCHED_BYTES - 1) & ~(SEARCHED_BYTES - 1);
  const sumsPtr = word(piecePtr, CLASS_SUMS) + word(groupPtr, FIRST_CLASS_BYTES);
  const figuresPtr = scratchPtr + batchOf(rowBytes) * rowBytes;
  // What fills a row up is NaN, which equals nothing.
  memory.fill(scratchPtr, 0xff, figuresPtr - scratchPtr);
  let cost: f64 = 0;
  let accounts: f64 = 0;
  for (let holdingPtr = startPtr; holdingPtr < endPtr; ) {
    let figurePtr = figuresPtr;
    for (let rowPtr = scratchPtr; rowPtr < figuresPtr && holdingPtr < endPtr; rowPtr += rowBytes) {
      holdingPtr = sumAccount(groupPtr, holdingPtr, endPtr, rowPtr, figurePtr);
      figurePtr += FIGURE_BYTES;
      accounts += 1;
    }
    let rowPtr = scratchPtr;
    for (let ptr = figuresPtr; ptr < figurePtr; ptr += FIGURE_BYTES) {
      const least = addRow(rowPtr, sumsPtr, profitBytes);
      store<f64>(ptr, least, FIGURE_LEAST);
      store<i32>(ptr, indexOf(least, rowPtr, rowBytes), FIGURE_WORST);
      rowPtr += rowBytes;
    }
    for (let ptr = figuresPtr; ptr < figurePtr; ptr += FIGURE_BYTES) cost += addFigure(piecePtr, group, ptr);
  }
  store<f64>(sumsPtr + profitBytes, cost);
  store<f64>(sumsPtr + profitBytes, accounts, 8);
}

/** Accounts whose profits stay in the nearest cache together; at least one. */
function batchOf(rowBytes: usize): usize {
  return max<usize>(BATCH_BYTES / rowBytes, 1);
}

/** Sums the holdings of the account that stands at fromPtr: its profits to rowPtr, the rest to figurePtr. @returns where they end */
function sumAccount(groupPtr: usize, fromPtr: usize, endPtr: usize, rowPtr: usize, figurePtr: usize): usize {
  const contractSize = contractBytes(groupPtr);
  const rowsPtr = word(groupPtr, CONTRACT_ROWS);
  const profitBytes = word(groupPtr, STRIDE) << 3;
  const termsPtr = rowsPtr + profitBytes;
  const account = load<i32>(fromPtr);
  let marketValue: f64 = 0;
  let minimum: f64 = 0;
  let ptr = fromPtr;
  do {
    const quantity = load<f64>(ptr, QUANTITY);
    const ownPtr = termsPtr + <usize>load<i32>(ptr, RANK) * contractSize;
    const value = valueOf(ownPtr, quantity, load<f64>(ownPtr, PRICE));
    marketValue += value;
    minimum += minimumOf(ownPtr, quantity, value);
    ptr += HOLDING_BYTES;
  } while (ptr < endPtr && load<i32>(ptr) == account);
  sumProfits(rowsPtr, contractSize, profitBytes, fromPtr, ptr, HOLDING_BYTES, rowPtr);
  store<i32>(figurePtr, account);
  store<f64>(figurePtr, marketValue, FIGURE_VALUE);
  store<f64>(figurePtr, minimum, FIGURE_MINIMUM);
  return ptr;
}

/** Adds what a figure tells to its account. @returns the requirement */
// @ts-ignore: decorator
@inline
function addFigure(piecePtr: usize, group: i32, ptr: usize): f64 {
  const least = load<f64>(ptr, FIGURE_LEAST);
  const minimum = load<f64>(ptr, FIGURE_MINIMUM);
  const marketValue = load<f64>(ptr, FIGURE_VALUE);
  return addNetted(piecePtr, group, load<i32>(ptr), least, minimum, marketValue, load<i32>(ptr, FIGURE_WORST));
}

/** The smallest of ten; NaN where any is. */
// @ts-ignore: decorator
@inline
function leastOf(a: v128, b: v128, c: v128, d: v128, e: v128): f64 {
  const low = f64x2.pmin(f64x2.pmin(f64x2.pmin(a, b), f64x2.pmin(c, d)), e);
  // A comparison loses a NaN; the sum of all keeps it (and may be NaN without one, of infinities).
  const all = f64x2.add(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)), e);
  const sum = f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1);
  if (sum == sum) return smallerLane(low);
  const exact = f64x2.min(f64x2.min(f64x2.min(a, b), f64x2.min(c, d)), e);
  return min(f64x2.extract_lane(exact, 0), f64x2.extract_lane(exact, 1));
}

/** Index of the first of ten that equals `least`; of a NaN, which no account is told, any. */
// @ts-ignore: decorator
@inline
function firstAt(least: f64, a: v128, b: v128, c: v128, d: v128, e: v128): i32 {
  const both = f64x2.splat(least);
  const bits =
    i64x2.bitmask(f64x2.eq(a, both)) |
    (i64x2.bitmask(f64x2.eq(b, both)) << 2) |
    (i64x2.bitmask(f64x2.eq(c, both)) << 4) |
    (i64x2.bitmask(f64x2.eq(d, both)) << 6) |
    (i64x2.bitmask(f64x2.eq(e, both)) << 8) |
    (1 << 10);
  return ctz(bits);
}

/** Adds a row to the sums. @returns its smallest; NaN where any is */
function addRow(rowPtr: usize, sumsPtr: usize, bytes: usize): f64 {
  let low = v128.load(rowPtr);
  let all = f64x2.splat(0);
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    const pair = v128.load(rowPtr + offset);
    low = f64x2.pmin(low, pair);
    all = f64x2.add(all, pair);
    v128.store(sumsPtr + offset, f64x2.add(v128.load(sumsPtr + offset), pair));
  }
  // As in `leastOf`.
  const sum = f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1);
  if (sum == sum) return smallerLane(low);
  let least = load<f64>(rowPtr);
  for (let ptr = rowPtr + 8; ptr < rowPtr + bytes; ptr += 8) least = min(least, load<f64>(ptr));
  return least;
}

/** Index of the first of a row that equals `least`; of a NaN, which no account is told, any. Sixteen at once, from the last on. */
function indexOf(least: f64, rowPtr: usize, rowBytes: usize): i32 {
  const both = f64x2.splat(least);
  let index = 0;
  for (let offset = rowBytes; offset > 0; ) {
    offset -= SEARCHED_BYTES;
    const ptr = rowPtr + offset;
    const first = v128.narrow<i32>(equalsOf(both, ptr), equalsOf(both, ptr + 32));
    const second = v128.narrow<i32>(equalsOf(both, ptr + 64), equalsOf(both, ptr + 96));
    const found = i8x16.bitmask(v128.narrow<i16>(first, second));
    index = select(<i32>(offset >> 3) + ctz(found), index, found);
  }
  return index;
}

/** Which of four numbers equal `both`, as i32. */
// @ts-ignore: decorator
@inline
function equalsOf(both: v128, ptr: usize): v128 {
  return v128.shuffle<i32>(f64x2.eq(v128.load(ptr), both), f64x2.eq(v128.load(ptr, 16), both), 0, 2, 4, 6);
}
