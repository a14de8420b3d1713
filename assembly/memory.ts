/**
 * What the host must know to lay out memory. The kernel allocates nothing and keeps no state: linear memory below
 * `heapBase()` holds the constant tables, everything above belongs to the host, which passes each block's byte address.
 */

/** Columns of the terms block, each of n f64: column c of row i is at termsPtr + (c * n + i) * 8. */
export const SPOT: i32 = 0;
export const STRIKE: i32 = 1;
export const YEARS: i32 = 2;
export const RATE: i32 = 3;
export const YIELD: i32 = 4;

/** Bits of the flags column. */
export const CALL_FLAG: u8 = 1;
export const AMERICAN_FLAG: u8 = 2;

/** Statuses of implied volatilities. */
export const STATUS_OK: u8 = 0;
export const STATUS_BELOW_INTRINSIC: u8 = 1;
export const STATUS_ABOVE_MAXIMUM: u8 = 2;
export const STATUS_NO_TIME: u8 = 3;
export const STATUS_BAD_INPUT: u8 = 4;

/** Term `column` of row i of n. */
// @ts-ignore: decorator
@inline
export function term(termsPtr: usize, n: i32, column: i32, i: i32): f64 {
  return load<f64>(termsPtr + (((<usize>column * <usize>n + <usize>i) as usize) << 3));
}

/** First byte that the host may use, a multiple of 16. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~(<usize>15);
}

/** Most contracts per call. */
export function maxContractCount(): i32 {
  return 4096;
}

/** Most spot factors per call. */
export function maxPriceCount(): i32 {
  return 256;
}

/** Most volatility columns per call. */
export function maxVolCount(): i32 {
  return 64;
}

/** Most scenarios per risk array. */
export function maxScenarioCount(): i32 {
  return 16384;
}
