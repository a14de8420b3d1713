/**
 * What the European grid computes once a contract and once a (contract, volatility): discounted forward and strike, their
 * log ratio, the deviation. Formulas, units and limits: european.ts.
 */
import { expPair, logPair } from "./elementary";
import { CALL_FLAG, RATE, SPOT, STRIKE, YEARS, YIELD } from "./memory";
import { atLeast, atMost, both, div, mul, sub } from "./vector";

/** ln 0 is taken as this, and ln(F/0) as its negative: far beyond any distance, and still finite. */
export const LOG_OF_ZERO: f64 = -1e6;
/** From v = 1000 on, N(d1) = 1 and N(d2) = 0 to the last bit. */
export const MOST_DEVIATION: f64 = 1000.0;
/** Below this, every cell is at its limit v = 0; keeps 1/v finite. */
export const LEAST_DEVIATION: f64 = 1e-290;

/** Contracts set up at a time. */
export const BLOCK: i32 = 16;
/** Bytes of one row's record. */
export const ROW_BYTES: usize = 64;

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
export function prepareFactors(priceCount: i32, factorsPtr: usize, scratchPtr: usize): void {
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
export function prepareContracts(n: i32, termsPtr: usize, first: i32, count: i32, contractsPtr: usize): void {
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
export function prepareRows(
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
