/**
 * The netting of a group of one class group that offsets nothing, at ten scenarios and without marks of the accounts' own: nearly
 * every group of a book. What net-account.ts and net-offset.ts compute, with the same operations in the same order, in one loop
 * whose numbers stay in registers. The picture of the memory is in net.ts.
 */
import { addLots, keepHoldings } from "./net-holdings";
import {
  BINDING_MINIMUM, BINDING_NONE, BINDING_SCAN_LOSS, BINDING_SHIFT, CLASS_SUMS, CONTRACT_ROWS, FIRST_CLASS_BYTES, GROUPS, GROUP_BYTES,
  HOLDING_BYTES, KIND, LOT_MARK, MINIMUM, MINIMUM_CAPPED, MINIMUM_OF_SHORTS, MULTIPLIER, PRICE, QUANTITY, RANK, READINGS, SCENARIOS,
  SETTLED_DAILY, STANDS_ALONE, word,
} from "./net-layout";
import { addToAccount } from "./net-offset";

/** Ten profits, and the terms after them. */
const PROFIT_BYTES: usize = 80;
const ROW_BYTES: usize = 112;
const UNITS: f64 = 1e6;
const FEW: usize = 6;

/** Whether `netAlone` does what the group asks for. */
export function isPlainAlone(piecePtr: usize, groupPtr: usize): bool {
  const isAlone = (<i32>word(groupPtr, READINGS) & STANDS_ALONE) != 0;
  return isAlone && word(piecePtr, LOT_MARK) == 0 && <i32>word(groupPtr, SCENARIOS) == 10;
}

/** Nets the holdings from startPtr to endPtr. */
export function netAlone(piecePtr: usize, group: i32, startPtr: usize, endPtr: usize): void {
  const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
  const rowsPtr = word(groupPtr, CONTRACT_ROWS);
  let sumA = f64x2.splat(0);
  let sumB = sumA;
  let sumC = sumA;
  let sumD = sumA;
  let sumE = sumA;
  let cost: f64 = 0;
  let accounts: f64 = 0;
  for (let fromPtr = startPtr; fromPtr < endPtr; ) {
    const account = load<i32>(fromPtr);
    let toPtr = fromPtr + HOLDING_BYTES;
    while (toPtr < endPtr && load<i32>(toPtr) == account) toPtr += HOLDING_BYTES;
    const keptPtr = keep(fromPtr, toPtr);
    let a = f64x2.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let e = a;
    let marketValue: f64 = 0;
    let minimum: f64 = 0;
    for (let ptr = fromPtr; ptr < keptPtr; ptr += HOLDING_BYTES) {
      const rowPtr = rowsPtr + <usize>load<i32>(ptr, RANK) * ROW_BYTES;
      const quantity = load<f64>(ptr, QUANTITY);
      const both = f64x2.splat(quantity);
      a = f64x2.add(a, f64x2.mul(both, v128.load(rowPtr)));
      b = f64x2.add(b, f64x2.mul(both, v128.load(rowPtr, 16)));
      c = f64x2.add(c, f64x2.mul(both, v128.load(rowPtr, 32)));
      d = f64x2.add(d, f64x2.mul(both, v128.load(rowPtr, 48)));
      e = f64x2.add(e, f64x2.mul(both, v128.load(rowPtr, 64)));
      const kind = load<i32>(rowPtr, PROFIT_BYTES + KIND);
      const gross = quantity * load<f64>(rowPtr, PROFIT_BYTES + MULTIPLIER) * load<f64>(rowPtr, PROFIT_BYTES + PRICE);
      const value = either(0, gross, kind & SETTLED_DAILY);
      marketValue += value;
      const cap = either(value, Infinity, (kind & MINIMUM_CAPPED) * i32(quantity > 0));
      const charge = min(load<f64>(rowPtr, PROFIT_BYTES + MINIMUM) * abs(quantity), cap);
      minimum += either(charge, 0, i32((kind & MINIMUM_OF_SHORTS) == 0) | i32(quantity < 0));
    }
    const isNone = keptPtr == fromPtr;
    fromPtr = toPtr;
    if (isNone) continue;
    const least = leastOf(a, b, c, d, e);
    const scanLoss = max<f64>(0, -least);
    const binding = minimum > scanLoss ? BINDING_MINIMUM : scanLoss > 0 ? BINDING_SCAN_LOSS : BINDING_NONE;
    const requirement = max(scanLoss, minimum);
    const worst = firstAt(least, a, b, c, d, e);
    addToAccount(piecePtr, group, account, requirement, marketValue, worst | (binding << BINDING_SHIFT));
    sumA = f64x2.add(sumA, a);
    sumB = f64x2.add(sumB, b);
    sumC = f64x2.add(sumC, c);
    sumD = f64x2.add(sumD, d);
    sumE = f64x2.add(sumE, e);
    cost += requirement;
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

/** a where `is` is not 0, else b. Signs of quantities and kinds of contracts follow no pattern: a wrong guess costs more. */
// @ts-ignore: decorator
@inline
function either(a: f64, b: f64, is: i32): f64 {
  return reinterpret<f64>(select<i64>(reinterpret<i64>(a), reinterpret<i64>(b), is));
}

/** As `keepHoldings`, which takes the accounts of many lots and those with lots to be added up. */
// @ts-ignore: decorator
@inline
function keep(fromPtr: usize, toPtr: usize): usize {
  if (toPtr - fromPtr > FEW * HOLDING_BYTES) return keepHoldings(fromPtr, toPtr, HOLDING_BYTES);
  for (let ptr = fromPtr + HOLDING_BYTES; ptr < toPtr; ptr += HOLDING_BYTES)
    for (let place = ptr; place > fromPtr; place -= HOLDING_BYTES) putInOrder(place - HOLDING_BYTES, place);
  let before = -1;
  let odd = 0;
  for (let ptr = fromPtr; ptr < toPtr; ptr += HOLDING_BYTES) {
    const rank = load<i32>(ptr, RANK);
    odd |= i32(rank == before) | i32(load<f64>(ptr, QUANTITY) == 0);
    before = rank;
  }
  if (odd != 0) return addLots(fromPtr, toPtr, HOLDING_BYTES);
  for (let ptr = fromPtr; ptr < toPtr; ptr += HOLDING_BYTES) store<f64>(ptr, load<f64>(ptr, QUANTITY) / UNITS, QUANTITY);
  return toPtr;
}

/** The lower rank first, without a branch. */
// @ts-ignore: decorator
@inline
function putInOrder(aPtr: usize, bPtr: usize): void {
  const a = v128.load(aPtr);
  const b = v128.load(bPtr);
  const isFalling = i32x4.splat(-i32(load<i32>(aPtr, RANK) > load<i32>(bPtr, RANK)));
  v128.store(aPtr, v128.bitselect(b, a, isFalling));
  v128.store(bPtr, v128.bitselect(a, b, isFalling));
}

/** The smallest of ten; NaN where any is. */
// @ts-ignore: decorator
@inline
function leastOf(a: v128, b: v128, c: v128, d: v128, e: v128): f64 {
  const low = f64x2.pmin(f64x2.pmin(f64x2.pmin(a, b), f64x2.pmin(c, d)), e);
  // A comparison loses a NaN; the sum of all keeps it (and may be NaN without one, of infinities).
  const all = f64x2.add(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)), e);
  const sum = f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1);
  if (sum == sum) return f64x2.extract_lane(f64x2.pmin(low, v128.shuffle<f64>(low, low, 1, 0)), 0);
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
