/** Words of the block that describes a portfolio group: the picture is in net.ts. */

export const HOLDINGS: i32 = 0;
export const ACCOUNT: i32 = 1;
export const RANK: i32 = 2;
export const MILLIONTHS: i32 = 3;
export const MARK: i32 = 4;
export const CLASS_SUMS_BYTES: i32 = 5;
export const PROFIT: i32 = 6;
export const SCENARIOS: i32 = 7;
export const STRIDE: i32 = 8;
export const CLASS_OF: i32 = 9;
export const MULTIPLIER: i32 = 10;
export const PRICE: i32 = 11;
export const MINIMUM: i32 = 12;
export const KIND: i32 = 13;
export const CLASSES: i32 = 14;
export const PRODUCT_OF: i32 = 15;
export const PRODUCTS: i32 = 16;
export const PRODUCT_SHARE: i32 = 17;
export const PORTFOLIO_SHARE: i32 = 18;
export const READINGS: i32 = 19;
export const SKIP: i32 = 20;
export const PIECE_SHIFT: i32 = 21;
export const KEPT_RANK: i32 = 22;
export const KEPT_QUANTITY: i32 = 23;
export const KEPT_MARK: i32 = 24;
export const ROW_ACCOUNT: i32 = 25;
export const ROW_START: i32 = 26;
export const REQUIREMENT: i32 = 27;
export const MARKET_VALUE: i32 = 28;
export const WORST: i32 = 29;
export const CLASS_SUMS: i32 = 30;
export const COUNTS: i32 = 31;

/** Bits of `kind`. */
export const MINIMUM_OF_SHORTS: u8 = 1;
export const MINIMUM_CAPPED: u8 = 2;
export const SETTLED_DAILY: u8 = 4;

/** Bits of `readings`. */
export const CARRIED_REMAINDER: i32 = 1;
export const MINIMUM_BY_CLASS: i32 = 2;
export const STANDS_ALONE: i32 = 4;

/** What binds, as `worst` carries it. */
export const BINDING_NONE: i32 = 0;
export const BINDING_SCAN_LOSS: i32 = 1;
export const BINDING_MINIMUM: i32 = 2;
export const CLASS_SHIFT: i32 = 14;
export const BINDING_SHIFT: i32 = 28;

export const NETTING_SCRATCH_BYTES: i32 = 1 << 20;

// @ts-ignore: decorator
@inline
export function word(groupPtr: usize, index: i32): usize {
  return <usize>load<u32>(groupPtr + (<usize>index << 2));
}

/** Address of element `index`, elements of 1 << shift bytes. */
// @ts-ignore: decorator
@inline
export function at(ptr: usize, index: i32, shift: i32): usize {
  return ptr + (<usize>index << shift);
}
