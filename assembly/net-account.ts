/**
 * One account's class groups in one portfolio group, and what they come to.
 *
 *     scratch   class rows, C of stride f64 | part rows, C | product rows, products | total, 1 row
 *               | minimum, C f64 | weight, C f64 | class, C i32, in rooms of 8 bytes | product's first class, products + 1 likewise
 *
 * Only the class groups that the account holds take rows, in the order of their classes.
 */
import { offsetGroup } from "./net-offset";
import {
  CLASSES, CLASS_OF, CONTRACT_ROWS, GROUPS, GROUP_BYTES, HOLDING_SIZE, KIND, MARK, MARKED_HOLDING_BYTES, MINIMUM, MINIMUM_CAPPED,
  MINIMUM_OF_SHORTS, MULTIPLIER, PRICE, PRODUCTS, QUANTITY, RANK, SETTLED_DAILY, STRIDE, at, contractBytes, word,
} from "./net-layout";

/** Of the profits of ten scenarios, and of thirty. */
export const TEN_BYTES: usize = 80;
const THIRTY_BYTES: usize = 240;

/** Bytes of the rows before the minimums. */
// @ts-ignore: decorator
@inline
export function rowsBytes(groupPtr: usize): usize {
  return (2 * word(groupPtr, CLASSES) + word(groupPtr, PRODUCTS) + 1) * (word(groupPtr, STRIDE) << 3);
}

/** @param fromPtr the account's holdings in the group, ranks rising, up to toPtr */
export function netAccount(piecePtr: usize, group: i32, fromPtr: usize, toPtr: usize, scratchPtr: usize): void {
  const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
  const size = word(piecePtr, HOLDING_SIZE);
  const profitBytes = word(groupPtr, STRIDE) << 3;
  const contractSize = contractBytes(groupPtr);
  const rowsPtr = word(groupPtr, CONTRACT_ROWS);
  const termsPtr = rowsPtr + profitBytes;
  const minimumPtr = scratchPtr + rowsBytes(groupPtr);
  const classPtr = minimumPtr + (word(groupPtr, CLASSES) << 4);
  let held = 0;
  let marketValue: f64 = 0;
  for (let ptr = fromPtr; ptr < toPtr; ) {
    const firstPtr = ptr;
    let ownPtr = termsPtr + <usize>load<i32>(ptr, RANK) * contractSize;
    const classGroup = load<i32>(ownPtr, CLASS_OF);
    let minimum: f64 = 0;
    do {
      const quantity = load<f64>(ptr, QUANTITY);
      const mark = size == MARKED_HOLDING_BYTES ? load<f64>(ptr, MARK) : NaN;
      const value = valueOf(ownPtr, quantity, isNaN(mark) ? load<f64>(ownPtr, PRICE) : mark);
      marketValue += value;
      minimum += minimumOf(ownPtr, quantity, value);
      ptr += size;
      if (ptr >= toPtr) break;
      ownPtr = termsPtr + <usize>load<i32>(ptr, RANK) * contractSize;
    } while (load<i32>(ownPtr, CLASS_OF) == classGroup);
    const outPtr = scratchPtr + <usize>held * profitBytes;
    sumProfits(rowsPtr, contractSize, profitBytes, firstPtr, ptr, size, outPtr);
    store<f64>(at(minimumPtr, held, 3), minimum);
    store<i32>(at(classPtr, held, 3), classGroup);
    held++;
  }
  offsetGroup(piecePtr, group, scratchPtr, load<i32>(fromPtr), held, marketValue);
}

/** quantity x units x price, USD; 0 for what is settled daily. */
// @ts-ignore: decorator
@inline
export function valueOf(termsPtr: usize, quantity: f64, price: f64): f64 {
  const gross = quantity * load<f64>(termsPtr, MULTIPLIER) * price;
  return either(0, gross, load<i32>(termsPtr, KIND) & SETTLED_DAILY);
}

/** @param value of the holding: a long's minimum may be capped at it */
// @ts-ignore: decorator
@inline
export function minimumOf(termsPtr: usize, quantity: f64, value: f64): f64 {
  const kind = load<i32>(termsPtr, KIND);
  const cap = either(value, Infinity, (kind & MINIMUM_CAPPED) * i32(quantity > 0));
  const charge = min(load<f64>(termsPtr, MINIMUM) * abs(quantity), cap);
  return either(charge, 0, i32((kind & MINIMUM_OF_SHORTS) == 0) | i32(quantity < 0));
}

/** a where `is` is not 0, else b. Signs of quantities and kinds of contracts follow no pattern: a wrong guess costs more. */
// @ts-ignore: decorator
@inline
function either(a: f64, b: f64, is: i32): f64 {
  return reinterpret<f64>(select<i64>(reinterpret<i64>(a), reinterpret<i64>(b), is));
}

/**
 * out[s] = sum over the holdings of quantity x profit[s], in their order.
 *
 * @param rowsPtr of the group's contracts, rows of rowBytes that begin with the profits, profitBytes in all
 */
// @ts-ignore: decorator
@inline
export function sumProfits(
  rowsPtr: usize, rowBytes: usize, profitBytes: usize, fromPtr: usize, endPtr: usize, size: usize, outPtr: usize,
): void {
  let offset: usize = 0;
  for (; offset + THIRTY_BYTES <= profitBytes; offset += THIRTY_BYTES)
    sumThirty(rowsPtr + offset, rowBytes, fromPtr, endPtr, size, outPtr + offset);
  for (; offset + TEN_BYTES <= profitBytes; offset += TEN_BYTES)
    sumTen(rowsPtr + offset, rowBytes, fromPtr, endPtr, size, outPtr + offset);
  for (; offset < profitBytes; offset += 16)
    sumTwo(rowsPtr + offset, rowBytes, fromPtr, endPtr, size, outPtr + offset);
}

/** Three tens without a loop over them, which takes longer where an account holds few contracts. */
// @ts-ignore: decorator
@inline
function sumThirty(rowsPtr: usize, rowBytes: usize, fromPtr: usize, endPtr: usize, size: usize, outPtr: usize): void {
  sumTen(rowsPtr, rowBytes, fromPtr, endPtr, size, outPtr);
  sumTen(rowsPtr + TEN_BYTES, rowBytes, fromPtr, endPtr, size, outPtr + TEN_BYTES);
  sumTen(rowsPtr + 2 * TEN_BYTES, rowBytes, fromPtr, endPtr, size, outPtr + 2 * TEN_BYTES);
}

/** Ten scenarios at once in five registers: a grid of ten is one pass over the holdings. */
// @ts-ignore: decorator
@inline
function sumTen(profitPtr: usize, rowBytes: usize, fromPtr: usize, endPtr: usize, size: usize, toPtr: usize): void {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  for (let holdingPtr = fromPtr; holdingPtr < endPtr; holdingPtr += size) {
    const ptr = profitPtr + <usize>load<i32>(holdingPtr, RANK) * rowBytes;
    const quantity = v128.load64_splat(holdingPtr, QUANTITY);
    a = f64x2.add(a, f64x2.mul(quantity, v128.load(ptr)));
    b = f64x2.add(b, f64x2.mul(quantity, v128.load(ptr, 16)));
    c = f64x2.add(c, f64x2.mul(quantity, v128.load(ptr, 32)));
    d = f64x2.add(d, f64x2.mul(quantity, v128.load(ptr, 48)));
    e = f64x2.add(e, f64x2.mul(quantity, v128.load(ptr, 64)));
  }
  v128.store(toPtr, a);
  v128.store(toPtr, b, 16);
  v128.store(toPtr, c, 32);
  v128.store(toPtr, d, 48);
  v128.store(toPtr, e, 64);
}

function sumTwo(profitPtr: usize, rowBytes: usize, fromPtr: usize, endPtr: usize, size: usize, toPtr: usize): void {
  let a = f64x2.splat(0);
  for (let holdingPtr = fromPtr; holdingPtr < endPtr; holdingPtr += size) {
    const ptr = profitPtr + <usize>load<i32>(holdingPtr, RANK) * rowBytes;
    a = f64x2.add(a, f64x2.mul(v128.load64_splat(holdingPtr, QUANTITY), v128.load(ptr)));
  }
  v128.store(toPtr, a);
}
