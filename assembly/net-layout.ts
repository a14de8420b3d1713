/** Words of the blocks that describe a piece of a book and a portfolio group: the pictures are in net.ts. */

/** Of a piece. */
export const GROUPS: i32 = 0;
export const GROUP_COUNT: i32 = 1;
export const GROUP_ENDS: i32 = 2;
export const HOLDINGS: i32 = 3;
export const HOLDING_SIZE: i32 = 4;
export const FIRST_ACCOUNT: i32 = 5;
export const ACCOUNT_COUNT: i32 = 6;
export const ACCOUNTS: i32 = 7;
export const HELD: i32 = 8;
export const HELD_WORDS: i32 = 9;
export const CLASS_SUMS: i32 = 10;
export const CLASS_SUMS_BYTES: i32 = 11;

/** Of a group, in blocks of GROUP_BYTES. */
export const CONTRACT_ROWS: i32 = 0;
export const SCENARIOS: i32 = 1;
export const STRIDE: i32 = 2;
export const CLASSES: i32 = 3;
export const PRODUCT_OF: i32 = 4;
export const PRODUCTS: i32 = 5;
export const PRODUCT_SHARE: i32 = 6;
export const PORTFOLIO_SHARE: i32 = 7;
export const READINGS: i32 = 8;
export const FIRST_CLASS_BYTES: i32 = 9;
export const CONTRACTS: i32 = 10;
export const GROUP_BYTES: usize = 48;

/** Bytes of a contract's row after its profits. */
export const TERMS_BYTES: usize = 32;
/** Offsets within them. */
export const MULTIPLIER: usize = 0;
export const PRICE: usize = 8;
export const MINIMUM: usize = 16;
export const KIND: usize = 24;
export const CLASS_OF: usize = 28;

/** Bytes of a holding without and with an account's own mark; offsets within it. */
export const HOLDING_BYTES: usize = 16;
export const MARKED_HOLDING_BYTES: usize = 24;
export const RANK: usize = 4;
export const QUANTITY: usize = 8;
export const MARK: usize = 16;

/** Bytes of an account's result; offsets within it. */
export const ACCOUNT_BYTES: usize = 32;
export const REQUIREMENT: usize = 0;
export const MARKET_VALUE: usize = 8;
export const MOST: usize = 16;
export const WORST: usize = 24;
export const WORST_GROUP: usize = 28;

/** Bits of `kind`. */
export const MINIMUM_OF_SHORTS: i32 = 1;
export const MINIMUM_CAPPED: i32 = 2;
export const SETTLED_DAILY: i32 = 4;

/** Bits of `readings`. */
export const CARRIED_REMAINDER: i32 = 1;
export const MINIMUM_BY_CLASS: i32 = 2;
export const STANDS_ALONE: i32 = 4;
export const TELLS_HELD: i32 = 8;

/** What binds, as `worst` carries it. */
export const BINDING_NONE: i32 = 0;
export const BINDING_SCAN_LOSS: i32 = 1;
export const BINDING_MINIMUM: i32 = 2;
export const CLASS_SHIFT: i32 = 14;
export const BINDING_SHIFT: i32 = 28;

/** Of usual processors: only speed hangs on it. */
export const CACHE_LINE_BYTES: usize = 64;

export const NETTING_SCRATCH_BYTES: i32 = 1 << 20;

// @ts-ignore: decorator
@inline
export function word(blockPtr: usize, index: i32): usize {
  return <usize>load<u32>(blockPtr + (<usize>index << 2));
}

/** Address of element `index`, elements of 1 << shift bytes. */
// @ts-ignore: decorator
@inline
export function at(ptr: usize, index: i32, shift: i32): usize {
  return ptr + (<usize>index << shift);
}

/** Where the holdings (or ordered lots) of the account that stands at fromPtr end. */
// @ts-ignore: decorator
@inline
export function endOfAccount(fromPtr: usize, endPtr: usize, size: usize): usize {
  const account = load<i32>(fromPtr);
  let toPtr = fromPtr + size;
  while (toPtr < endPtr && load<i32>(toPtr) == account) toPtr += size;
  return toPtr;
}

/** Bytes of a row of a group's contracts: profits | terms. */
// @ts-ignore: decorator
@inline
export function contractBytes(groupPtr: usize): usize {
  return (word(groupPtr, STRIDE) << 3) + TERMS_BYTES;
}
