/**
 * European values on a grid of spot factors and volatilities, two lanes at a time, in stages.
 *
 *     F = S e^(-qT), X = K e^(-rT), L = ln(F/X), v = vol sqrt T; at spot factor f, with l = ln f:
 *     d2 = (L - v^2/2 + l)/v, d1 = d2 + v, A = X exp(-d2^2/2)
 *     value = A (+-g(|d2|) -+ g(|d1|)) +- ([+-d1 >= 0] f F - [+-d2 >= 0] X),   upper signs for a call
 *
 * where g(a) = exp(a^2/2) N(-a) = P/Q (normal.ts); fF phi(d1) = X phi(d2) leaves one exponential and one division a cell.
 *
 * Limits, all exact. v = 0 (no time or no volatility): the discounted exercise value of the forward. Spot or factor 0:
 * a call 0, a put X. Strike 0: a call fF, a put 0. Any NaN, infinite or negative spot, strike, years or volatility: NaN in
 * the cells that use it, and in no others.
 *
 * Accuracy: |error| <= 2e-15 max(spot, strike) (measured 1334 vectors at 60 digits: docs/numerics.md).
 * Source: Black and Scholes, J. Political Economy 81 (1973); Merton, Bell J. Economics 4 (1973); Black, J. Financial
 * Economics 3 (1976).
 */
import { expPair, gaussianPair, logPair } from "./elementary";
import { CALL_FLAG, RATE, SPOT, STRIKE, YEARS, YIELD } from "./memory";
import { FARTHEST, tailPPair, tailQPair } from "./normal";
import { add, atLeast, atMost, both, div, mul, sub } from "./vector";

/** ln 0 is taken as this, and ln(F/0) as its negative: far beyond any distance, and still finite. */
export const LOG_OF_ZERO: f64 = -1e6;
/** From v = 1000 on, N(d1) = 1 and N(d2) = 0 to the last bit. */
export const MOST_DEVIATION: f64 = 1000.0;
/** Below this, every cell is at its limit v = 0; keeps 1/v finite. */
export const LEAST_DEVIATION: f64 = 1e-290;

/** Contracts set up at a time. */
const BLOCK: i32 = 16;
/** Vectors (pairs of cells) a stage runs over: 5 arrays of 2 KB stay in the first-level cache. */
const CHUNK: i32 = 128;
/** Bytes of one row's record. */
const ROW_BYTES: usize = 64;

/**
 * Scratch bytes of {@link fillEuropeanValues}:
 *
 *     factors    [pairs]           f64x2   spot factors, the last doubled when their number is odd
 *     logs       [pairs]           f64x2   their logarithms
 *     contracts  [16]              f64     X | F | L | sqrt T, a column each
 *     rows       [16 * volCount]   64 B    L - v^2/2 | v | 1/v | X | F | mask of puts | sign of puts | -
 *     cells      5 x [chunk]       f64x2   d2 | d1 | exponential | P(d2) | P(d1)
 */
export function europeanScratchBytes(volCount: i32, priceCount: i32): usize {
  const pairs = <usize>((priceCount + 1) >> 1);
  return pairs * 32 + BLOCK * 32 + <usize>(BLOCK * volCount) * ROW_BYTES + chunkVectors(pairs) * 80;
}

// @ts-ignore: decorator
@inline
function chunkVectors(pairs: usize): usize {
  return max(<usize>CHUNK, pairs);
}

/** A pair of f64 at ptr, or the one there twice. */
// @ts-ignore: decorator
@inline
export function loadPair(ptr: usize, single: bool): v128 {
  return single ? v128.load64_splat(ptr) : v128.load(ptr);
}

/** Lanes where 0 <= x < infinity. */
// @ts-ignore: decorator
@inline
function isAmount(x: v128): v128 {
  return v128.and(f64x2.ge(x, both(0.0)), f64x2.lt(x, both(Infinity)));
}

/** factorsPtr: priceCount f64 -> factors and logs in scratch, padded to pairs. */
function prepareFactors(priceCount: i32, factorsPtr: usize, scratchPtr: usize): void {
  const pairs = (priceCount + 1) >> 1;
  const logsPtr = scratchPtr + (<usize>pairs << 4);
  for (let k = 0; k < pairs; k++) {
    const at = <usize>k << 4;
    const factor = loadPair(factorsPtr + at, 2 * k + 1 >= priceCount);
    v128.store(scratchPtr + at, factor);
    v128.store(logsPtr + at, atLeast(logPair(factor), both(LOG_OF_ZERO)));
  }
}

/** Terms of contracts first .. first + count - 1 -> X | F | L | sqrt T in scratch. */
function prepareContracts(n: i32, termsPtr: usize, first: i32, count: i32, contractsPtr: usize): void {
  const column = <usize>n << 3;
  for (let c = 0; c < count; c += 2) {
    const single = c + 1 >= count;
    const fromPtr = termsPtr + (<usize>(first + c) << 3);
    const spot = loadPair(fromPtr + <usize>SPOT * column, single);
    const strike = loadPair(fromPtr + <usize>STRIKE * column, single);
    const years = loadPair(fromPtr + <usize>YEARS * column, single);
    const rate = loadPair(fromPtr + <usize>RATE * column, single);
    const carry = loadPair(fromPtr + <usize>YIELD * column, single);
    const x = mul(strike, expPair(f64x2.neg(mul(rate, years))));
    const f = mul(spot, expPair(f64x2.neg(mul(carry, years))));
    const log = atMost(atLeast(logPair(div(f, x)), both(LOG_OF_ZERO)), both(-LOG_OF_ZERO));
    const moneyness = v128.bitselect(both(-LOG_OF_ZERO), log, f64x2.eq(x, both(0.0)));
    const amounts = v128.and(v128.and(isAmount(spot), isAmount(strike)), isAmount(years));
    const rates = v128.and(isAmount(f64x2.abs(rate)), isAmount(f64x2.abs(carry)));
    const toPtr = contractsPtr + (<usize>c << 3);
    v128.store(toPtr, x);
    v128.store(toPtr + BLOCK * 8, f);
    v128.store(toPtr + BLOCK * 16, v128.bitselect(moneyness, both(NaN), v128.and(amounts, rates)));
    v128.store(toPtr + BLOCK * 24, f64x2.sqrt(years));
  }
}

/** Contracts and one volatility column (volsPtr at its first contract) -> the records of rows c * volCount + j. */
function prepareRows(
  count: i32, volCount: i32, j: i32, volsPtr: usize, flagsPtr: usize, contractsPtr: usize, rowsPtr: usize,
): void {
  const stride = <usize>volCount * ROW_BYTES;
  for (let c = 0; c < count; c += 2) {
    const fromPtr = contractsPtr + (<usize>c << 3);
    const vol = loadPair(volsPtr + (<usize>c << 3), c + 1 >= count);
    const v = atMost(mul(vol, v128.load(fromPtr + BLOCK * 24)), both(MOST_DEVIATION));
    const m = sub(v128.load(fromPtr + BLOCK * 16), mul(mul(both(0.5), v), v));
    const valid = v128.bitselect(m, both(NaN), isAmount(vol));
    const inverse = div(both(1.0), atLeast(v, both(LEAST_DEVIATION)));
    const x = v128.load(fromPtr);
    const f = v128.load(fromPtr + BLOCK * 8);
    const toPtr = rowsPtr + <usize>c * stride + <usize>j * ROW_BYTES;
    v128.store64_lane(toPtr, valid, 0);
    v128.store64_lane(toPtr, v, 0, 8);
    v128.store64_lane(toPtr, inverse, 0, 16);
    v128.store64_lane(toPtr, x, 0, 24);
    v128.store64_lane(toPtr, f, 0, 32);
    storeRight(flagsPtr + <usize>c, toPtr);
    if (c + 1 >= count) break;
    v128.store64_lane(toPtr + stride, valid, 1);
    v128.store64_lane(toPtr + stride, v, 1, 8);
    v128.store64_lane(toPtr + stride, inverse, 1, 16);
    v128.store64_lane(toPtr + stride, x, 1, 24);
    v128.store64_lane(toPtr + stride, f, 1, 32);
    storeRight(flagsPtr + <usize>c + 1, toPtr + stride);
  }
}

// @ts-ignore: decorator
@inline
function storeRight(flagPtr: usize, toPtr: usize): void {
  const put = (load<u8>(flagPtr) & CALL_FLAG) == 0;
  store<i64>(toPtr, put ? -1 : 0, 40);
  store<i64>(toPtr, put ? i64.MIN_VALUE : 0, 48);
}

/** Stage 1. Rows and logs -> d2 | d1. */
function fillDistances(rows: i32, rowsPtr: usize, pairs: i32, logsPtr: usize, d2Ptr: usize, d1Ptr: usize): void {
  let at: usize = 0;
  for (let r = 0; r < rows; r++) {
    const rowPtr = rowsPtr + <usize>r * ROW_BYTES;
    const m = v128.load64_splat(rowPtr);
    const v = v128.load64_splat(rowPtr, 8);
    const inverse = v128.load64_splat(rowPtr, 16);
    for (let k = 0; k < pairs; k++) {
      const d2 = mul(add(m, v128.load(logsPtr + (<usize>k << 4))), inverse);
      v128.store(d2Ptr + at, d2);
      v128.store(d1Ptr + at, add(d2, v));
      at += 16;
    }
  }
}

/** Stage 2. d2 -> exp(-d2^2/2). */
function fillExponentials(bytes: usize, d2Ptr: usize, ePtr: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(ePtr + at, gaussianPair(atMost(f64x2.abs(v128.load(d2Ptr + at)), both(FARTHEST))));
  }
}

/** Stage 3. d2 | d1 -> P(|d2|) | P(|d1|), one flat array of both. */
function fillNumerators(bytes: usize, dPtr: usize, pPtr: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(pPtr + at, tailPPair(atMost(f64x2.abs(v128.load(dPtr + at)), both(FARTHEST))));
  }
}

/** Stage 4. exponential *= (s2 P2 Q1 - s1 P1 Q2) / (Q1 Q2), s = 1 where d >= 0 and -1 elsewhere. */
function fillTails(bytes: usize, d2Ptr: usize, d1Ptr: usize, ePtr: usize, p2Ptr: usize, p1Ptr: usize): void {
  const sign = i64x2.splat(i64.MIN_VALUE);
  const zero = both(0.0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const d2 = v128.load(d2Ptr + at);
    const d1 = v128.load(d1Ptr + at);
    const q2 = tailQPair(atMost(f64x2.abs(d2), both(FARTHEST)));
    const q1 = tailQPair(atMost(f64x2.abs(d1), both(FARTHEST)));
    const p2 = v128.or(v128.load(p2Ptr + at), v128.andnot(sign, f64x2.ge(d2, zero)));
    const p1 = v128.or(v128.load(p1Ptr + at), v128.andnot(sign, f64x2.ge(d1, zero)));
    const n = sub(mul(p2, q1), mul(p1, q2));
    v128.store(ePtr + at, div(mul(v128.load(ePtr + at), n), mul(q1, q2)));
  }
}

/** Value of one pair of cells from its distances, its tails h and the row's terms. */
// @ts-ignore: decorator
@inline
function combine(d2: v128, d1: v128, h: v128, x: v128, f: v128, isPut: v128, putSign: v128): v128 {
  const zero = both(0.0);
  const forward = v128.and(v128.xor(f64x2.ge(d1, zero), isPut), f);
  const strike = v128.and(v128.xor(f64x2.ge(d2, zero), isPut), x);
  return atLeast(add(mul(x, h), v128.xor(sub(forward, strike), putSign)), zero);
}

/** Stage 5. Distances, tails, rows and factors -> rows of priceCount values. */
function fillCells(
  rows: i32, rowsPtr: usize, priceCount: i32, factorsPtr: usize, d2Ptr: usize, d1Ptr: usize, hPtr: usize, outPtr: usize,
): void {
  let at: usize = 0;
  let toPtr = outPtr;
  for (let r = 0; r < rows; r++) {
    const rowPtr = rowsPtr + <usize>r * ROW_BYTES;
    const x = v128.load64_splat(rowPtr, 24);
    const f = v128.load64_splat(rowPtr, 32);
    const isPut = v128.load64_splat(rowPtr, 40);
    const putSign = v128.load64_splat(rowPtr, 48);
    for (let k = 0; k < priceCount; k += 2) {
      const moved = mul(f, v128.load(factorsPtr + (<usize>k << 3)));
      const value = combine(v128.load(d2Ptr + at), v128.load(d1Ptr + at), v128.load(hPtr + at), x, moved, isPut, putSign);
      if (k + 1 < priceCount) {
        v128.store(toPtr, value);
        toPtr += 16;
      } else {
        v128.store64_lane(toPtr, value, 0);
        toPtr += 8;
      }
      at += 16;
    }
  }
}

/**
 * Values of n European options at volCount x priceCount cells each, per share.
 *
 *     termsPtr    5 columns of n f64   spot | strike | years | rate | yield (years ACT/365F; rate, yield continuous a year)
 *     flagsPtr    n u8                 bit 0: call
 *     volsPtr     volCount columns of n f64, per square-root year (0.25 = 25 %)
 *     factorsPtr  priceCount f64       spot factors, >= 0
 *     scratchPtr  europeanScratchBytes(volCount, priceCount), 16-byte aligned
 *     outPtr      n rows of volCount rows of priceCount f64
 */
export function fillEuropeanValues(
  n: i32, termsPtr: usize, flagsPtr: usize, volCount: i32, volsPtr: usize, priceCount: i32, factorsPtr: usize,
  scratchPtr: usize, outPtr: usize,
): void {
  const pairs = (priceCount + 1) >> 1;
  const logsPtr = scratchPtr + (<usize>pairs << 4);
  const contractsPtr = logsPtr + (<usize>pairs << 4);
  const rowsPtr = contractsPtr + BLOCK * 32;
  const d2Ptr = rowsPtr + <usize>(BLOCK * volCount) * ROW_BYTES;
  const cellsBytes = chunkVectors(pairs) << 4;
  const d1Ptr = d2Ptr + cellsBytes;
  const ePtr = d1Ptr + cellsBytes;
  const p2Ptr = ePtr + cellsBytes;
  const p1Ptr = p2Ptr + cellsBytes;
  const chunkRows = max(1, CHUNK / pairs);
  prepareFactors(priceCount, factorsPtr, scratchPtr);
  let toPtr = outPtr;
  for (let first = 0; first < n; first += BLOCK) {
    const count = min(BLOCK, n - first);
    prepareContracts(n, termsPtr, first, count, contractsPtr);
    for (let j = 0; j < volCount; j++) {
      prepareRows(count, volCount, j, volsPtr + (<usize>(j * n + first) << 3), flagsPtr + first, contractsPtr, rowsPtr);
    }
    for (let r = 0; r < count * volCount; r += chunkRows) {
      const rows = min(chunkRows, count * volCount - r);
      const chunkPtr = rowsPtr + <usize>r * ROW_BYTES;
      const bytes = <usize>(rows * pairs) << 4;
      fillDistances(rows, chunkPtr, pairs, logsPtr, d2Ptr, d1Ptr);
      fillExponentials(bytes, d2Ptr, ePtr);
      fillNumerators(bytes, d2Ptr, p2Ptr);
      fillNumerators(bytes, d1Ptr, p1Ptr);
      fillTails(bytes, d2Ptr, d1Ptr, ePtr, p2Ptr, p1Ptr);
      fillCells(rows, chunkPtr, priceCount, scratchPtr, d2Ptr, d1Ptr, ePtr, toPtr);
      toPtr += <usize>(rows * priceCount) << 3;
    }
  }
}
