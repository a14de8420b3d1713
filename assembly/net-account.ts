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
  CLASS_OF, CLASSES, KEPT_MARK, KEPT_QUANTITY, KEPT_RANK, KIND, MARKET_VALUE, MINIMUM, MINIMUM_CAPPED, MINIMUM_OF_SHORTS,
  MULTIPLIER, PRICE, PRODUCTS, PROFIT, SETTLED_DAILY, STRIDE, at, word,
} from "./net-layout";

/** Bytes of the rows before the minimums. */
// @ts-ignore: decorator
@inline
export function rowsBytes(groupPtr: usize): usize {
  return (2 * word(groupPtr, CLASSES) + word(groupPtr, PRODUCTS) + 1) * (word(groupPtr, STRIDE) << 3);
}

export function netAccount(groupPtr: usize, scratchPtr: usize, row: i32, account: i32, start: i32, end: i32): void {
  const rankPtr = word(groupPtr, KEPT_RANK);
  const classOfPtr = word(groupPtr, CLASS_OF);
  const rowBytes = word(groupPtr, STRIDE) << 3;
  const classes = word(groupPtr, CLASSES);
  const minimumPtr = scratchPtr + rowsBytes(groupPtr);
  const classPtr = minimumPtr + (classes << 4);
  let held = 0;
  let marketValue: f64 = 0;
  for (let h = start; h < end; ) {
    const classGroup = load<i32>(at(classOfPtr, load<i32>(at(rankPtr, h, 2)), 2));
    let stop = h + 1;
    while (stop < end && load<i32>(at(classOfPtr, load<i32>(at(rankPtr, stop, 2)), 2)) == classGroup) stop++;
    sumProfits(groupPtr, h, stop, scratchPtr + <usize>held * rowBytes);
    let minimum: f64 = 0;
    for (let i = h; i < stop; i++) {
      const value = holdingValue(groupPtr, i);
      marketValue += value;
      minimum += holdingMinimum(groupPtr, i, value);
    }
    store<f64>(at(minimumPtr, held, 3), minimum);
    store<i32>(at(classPtr, held, 3), classGroup);
    held++;
    h = stop;
  }
  store<f64>(at(word(groupPtr, MARKET_VALUE), row, 3), marketValue);
  offsetGroup(groupPtr, scratchPtr, row, account, held);
}

/** quantity x units x price, USD; 0 for what is settled daily. */
// @ts-ignore: decorator
@inline
function holdingValue(groupPtr: usize, h: i32): f64 {
  const rank = load<i32>(at(word(groupPtr, KEPT_RANK), h, 2));
  if ((load<u8>(word(groupPtr, KIND) + <usize>rank) & SETTLED_DAILY) != 0) return 0;
  const markPtr = word(groupPtr, KEPT_MARK);
  const mark = markPtr == 0 ? NaN : load<f64>(at(markPtr, h, 3));
  const price = isNaN(mark) ? load<f64>(at(word(groupPtr, PRICE), rank, 3)) : mark;
  const quantity = load<f64>(at(word(groupPtr, KEPT_QUANTITY), h, 3));
  return quantity * load<f64>(at(word(groupPtr, MULTIPLIER), rank, 3)) * price;
}

// @ts-ignore: decorator
@inline
function holdingMinimum(groupPtr: usize, h: i32, value: f64): f64 {
  const rank = load<i32>(at(word(groupPtr, KEPT_RANK), h, 2));
  const kind = load<u8>(word(groupPtr, KIND) + <usize>rank);
  const quantity = load<f64>(at(word(groupPtr, KEPT_QUANTITY), h, 3));
  if ((kind & MINIMUM_OF_SHORTS) != 0 && !(quantity < 0)) return 0;
  const charge = load<f64>(at(word(groupPtr, MINIMUM), rank, 3)) * abs(quantity);
  return (kind & MINIMUM_CAPPED) != 0 && quantity > 0 ? min(charge, value) : charge;
}

/** out[s] = sum over the holdings of quantity x profit[s], in their order. */
function sumProfits(groupPtr: usize, from: i32, to: i32, outPtr: usize): void {
  const stride = <i32>word(groupPtr, STRIDE);
  let s = 0;
  for (; s + 10 <= stride; s += 10) sumTen(groupPtr, from, to, s, outPtr);
  for (; s < stride; s += 2) sumTwo(groupPtr, from, to, s, outPtr);
}

/** Ten scenarios at once in five registers: a grid of ten is one pass over the holdings. */
function sumTen(groupPtr: usize, from: i32, to: i32, s: i32, outPtr: usize): void {
  const rankPtr = word(groupPtr, KEPT_RANK);
  const quantityPtr = word(groupPtr, KEPT_QUANTITY);
  const rowBytes = word(groupPtr, STRIDE) << 3;
  const profitPtr = at(word(groupPtr, PROFIT), s, 3);
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  for (let h = from; h < to; h++) {
    const ptr = profitPtr + <usize>load<i32>(at(rankPtr, h, 2)) * rowBytes;
    const quantity = v128.load64_splat(at(quantityPtr, h, 3));
    a = f64x2.add(a, f64x2.mul(quantity, v128.load(ptr)));
    b = f64x2.add(b, f64x2.mul(quantity, v128.load(ptr, 16)));
    c = f64x2.add(c, f64x2.mul(quantity, v128.load(ptr, 32)));
    d = f64x2.add(d, f64x2.mul(quantity, v128.load(ptr, 48)));
    e = f64x2.add(e, f64x2.mul(quantity, v128.load(ptr, 64)));
  }
  const toPtr = at(outPtr, s, 3);
  v128.store(toPtr, a);
  v128.store(toPtr, b, 16);
  v128.store(toPtr, c, 32);
  v128.store(toPtr, d, 48);
  v128.store(toPtr, e, 64);
}

function sumTwo(groupPtr: usize, from: i32, to: i32, s: i32, outPtr: usize): void {
  const rankPtr = word(groupPtr, KEPT_RANK);
  const quantityPtr = word(groupPtr, KEPT_QUANTITY);
  const rowBytes = word(groupPtr, STRIDE) << 3;
  const profitPtr = at(word(groupPtr, PROFIT), s, 3);
  let a = f64x2.splat(0);
  for (let h = from; h < to; h++) {
    const ptr = profitPtr + <usize>load<i32>(at(rankPtr, h, 2)) * rowBytes;
    a = f64x2.add(a, f64x2.mul(v128.load64_splat(at(quantityPtr, h, 3)), v128.load(ptr)));
  }
  v128.store(at(outPtr, s, 3), a);
}
