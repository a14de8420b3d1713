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
import { BLOCK, prepareContracts, prepareFactors, prepareRows, ROW_BYTES } from "./european-setup";
import { gaussianFractionPair, gaussianPowerPair, gaussianRoundPair, gaussianScalePair } from "./gaussian";
import { FARTHEST, tailPPair, tailQPair } from "./normal";
import { add, atLeast, atMost, both, div, mul, sub } from "./vector";

/** Vectors (pairs of cells) a stage runs over: 8 arrays of 1 KB stay in the first-level cache. */
const CHUNK: i32 = 64;
/**
 * Bytes from one array of a chunk to the next: constant, so that it stands in the instructions. Room for 128 vectors
 * (256 price factors), and no multiple of 1 KB, so that a store delays no load of another array (4 KB aliasing).
 */
const STRIDE: usize = 2112;
/** Arrays of a chunk; P takes nothing else's place, Q that of a, the exponential that of the fraction. */
const D2: usize = 0;
const D1: usize = 1 * STRIDE;
const A2: usize = 2 * STRIDE;
const A1: usize = 3 * STRIDE;
const FRACTION: usize = 4 * STRIDE;
const INTEGER: usize = 5 * STRIDE;
const P2: usize = 6 * STRIDE;
const P1: usize = 7 * STRIDE;
const CELLS_BYTES: usize = 8 * STRIDE;
/**
 * Scratch bytes of {@link fillEuropeanValues}:
 *
 *     factors    [pairs]           f64x2   spot factors, the last doubled when their number is odd
 *     logs       [pairs]           f64x2   their logarithms
 *     contracts  [16]              f64     X | F | L | sqrt T, a column each
 *     rows       [16 * volCount]   64 B    L - v^2/2 | v | 1/v | X | F | mask of puts | sign of puts | -
 *     cells      8 x [132]         f64x2   d2 | d1 | a2, Q(a2) | a1, Q(a1) | fraction, exponential | integer | P(a2) | P(a1)
 */
export function europeanScratchBytes(volCount: i32, priceCount: i32): usize {
  const pairs = <usize>((priceCount + 1) >> 1);
  return pairs * 32 + BLOCK * 32 + <usize>(BLOCK * volCount) * ROW_BYTES + CELLS_BYTES;
}

/**
 * Stage 1. Rows and logs -> d2 | d1, distances a = min(|d|, 37), and of y = -a2^2 log2(e)/2 the integer and the rest.
 */
function fillDistances(rows: i32, rowsPtr: usize, pairs: i32, logsPtr: usize, cellsPtr: usize): void {
  const magnitude = i64x2.splat(i64.MAX_VALUE);
  const farthest = both(FARTHEST);
  let at = cellsPtr;
  for (let r = 0; r < rows; r++) {
    const rowPtr = rowsPtr + <usize>r * ROW_BYTES;
    const m = v128.load64_splat(rowPtr);
    const v = v128.load64_splat(rowPtr, 8);
    const inverse = v128.load64_splat(rowPtr, 16);
    for (let k = 0; k < pairs; k++) {
      const d2 = mul(add(m, v128.load(logsPtr + (<usize>k << 4))), inverse);
      const d1 = add(d2, v);
      const a2 = atMost(v128.and(d2, magnitude), farthest);
      v128.store(at, d2, D2);
      v128.store(at, d1, D1);
      v128.store(at, a2, A2);
      v128.store(at, atMost(v128.and(d1, magnitude), farthest), A1);
      const y = gaussianPowerPair(a2);
      const t = gaussianRoundPair(y);
      v128.store(at, t, INTEGER);
      v128.store(at, gaussianFractionPair(y, t), FRACTION);
      at += 16;
    }
  }
}

/** Stage 2. Fraction and integer -> exp(-d2^2/2), in place of the fraction. */
function fillExponentials(cellsPtr: usize, endPtr: usize): void {
  for (let at = cellsPtr; at < endPtr; at += 16) {
    v128.store(at, gaussianScalePair(v128.load(at, FRACTION), v128.load(at, INTEGER)), FRACTION);
  }
}

/** Stage 3. a -> P(a). */
function fillNumerators(cellsPtr: usize, endPtr: usize): void {
  for (let at = cellsPtr; at < endPtr; at += 16) {
    v128.store(at, tailPPair(v128.load(at, A2)), P2);
  }
  for (let at = cellsPtr; at < endPtr; at += 16) {
    v128.store(at, tailPPair(v128.load(at, A1)), P1);
  }
}

/** Stage 4. a -> Q(a), in place. */
function fillDenominators(cellsPtr: usize, endPtr: usize): void {
  for (let at = cellsPtr; at < endPtr; at += 16) {
    v128.store(at, tailQPair(v128.load(at, A2)), A2);
  }
  for (let at = cellsPtr; at < endPtr; at += 16) {
    v128.store(at, tailQPair(v128.load(at, A1)), A1);
  }
}

/** Value of the pair of cells at `at` from their distances, exponential, P and Q, and the row's terms. */
// @ts-ignore: decorator
@inline
function combine(at: usize, x: v128, f: v128, isPut: v128, putSign: v128): v128 {
  const zero = both(0.0);
  const sign = i64x2.splat(i64.MIN_VALUE);
  const above2 = f64x2.ge(v128.load(at, D2), zero);
  const above1 = f64x2.ge(v128.load(at, D1), zero);
  const q2 = v128.load(at, A2);
  const q1 = v128.load(at, A1);
  const p2 = v128.or(v128.load(at, P2), v128.andnot(sign, above2));
  const p1 = v128.or(v128.load(at, P1), v128.andnot(sign, above1));
  const n = mul(v128.load(at, FRACTION), sub(mul(p2, q1), mul(p1, q2)));
  const h = div(n, mul(q1, q2));
  const forward = v128.and(v128.xor(above1, isPut), f);
  const strike = v128.and(v128.xor(above2, isPut), x);
  return atLeast(add(mul(x, h), v128.xor(sub(forward, strike), putSign)), zero);
}

/** Stage 5. value = X h +- ..., h = exponential (s2 P2 Q1 - s1 P1 Q2) / (Q1 Q2), s = 1 where d >= 0 and -1 elsewhere. */
function fillCells(
  rows: i32, rowsPtr: usize, priceCount: i32, factorsPtr: usize, cellsPtr: usize, outPtr: usize,
): void {
  let at = cellsPtr;
  let toPtr = outPtr;
  for (let r = 0; r < rows; r++) {
    const rowPtr = rowsPtr + <usize>r * ROW_BYTES;
    const x = v128.load64_splat(rowPtr, 24);
    const f = v128.load64_splat(rowPtr, 32);
    const isPut = v128.load64_splat(rowPtr, 40);
    const putSign = v128.load64_splat(rowPtr, 48);
    for (let k = 0; k < priceCount; k += 2) {
      const moved = mul(f, v128.load(factorsPtr + (<usize>k << 3)));
      const value = combine(at, x, moved, isPut, putSign);
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
  const cellsPtr = rowsPtr + <usize>(BLOCK * volCount) * ROW_BYTES;
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
      const endPtr = cellsPtr + (<usize>(rows * pairs) << 4);
      fillDistances(rows, chunkPtr, pairs, logsPtr, cellsPtr);
      fillExponentials(cellsPtr, endPtr);
      fillNumerators(cellsPtr, endPtr);
      fillDenominators(cellsPtr, endPtr);
      fillCells(rows, chunkPtr, priceCount, scratchPtr, cellsPtr, toPtr);
      toPtr += <usize>(rows * priceCount) << 3;
    }
  }
}
