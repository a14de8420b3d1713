/**
 * The netting of a group of one class group that offsets nothing, at ten scenarios and without marks of the accounts' own: nearly
 * every group of a book. What net-account.ts and net-offset.ts compute, with the same operations in the same order, in one loop
 * whose numbers stay in registers. The picture of the memory is in net.ts.
 */
import { keepHoldings } from "./net-holdings";
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
      let value = quantity * load<f64>(rowPtr, PROFIT_BYTES + MULTIPLIER) * load<f64>(rowPtr, PROFIT_BYTES + PRICE);
      if ((kind & SETTLED_DAILY) != 0) value = 0;
      marketValue += value;
      if ((kind & MINIMUM_OF_SHORTS) != 0 && !(quantity < 0)) continue;
      const charge = load<f64>(rowPtr, PROFIT_BYTES + MINIMUM) * abs(quantity);
      minimum += (kind & MINIMUM_CAPPED) != 0 && quantity > 0 ? min(charge, value) : charge;
    }
    const isNone = keptPtr == fromPtr;
    fromPtr = toPtr;
    if (isNone) continue;
    // Not the profit at `worst`: a NaN anywhere makes the requirement NaN.
    const low = f64x2.min(f64x2.min(f64x2.min(a, b), f64x2.min(c, d)), e);
    const least = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
    const scanLoss = max<f64>(0, -least);
    const binding = minimum > scanLoss ? BINDING_MINIMUM : scanLoss > 0 ? BINDING_SCAN_LOSS : BINDING_NONE;
    const requirement = max(scanLoss, minimum);
    addToAccount(piecePtr, group, account, requirement, marketValue, worstOf(a, b, c, d, e) | (binding << BINDING_SHIFT));
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

/** As `keepHoldings`, which takes accounts of more than two lots. */
// @ts-ignore: decorator
@inline
function keep(fromPtr: usize, toPtr: usize): usize {
  const count = toPtr - fromPtr;
  if (count > 2 * HOLDING_BYTES || (count == 2 * HOLDING_BYTES && load<i32>(fromPtr, RANK) >= load<i32>(fromPtr, HOLDING_BYTES + RANK)))
    return keepHoldings(fromPtr, toPtr, HOLDING_BYTES);
  for (let ptr = fromPtr; ptr < toPtr; ptr += HOLDING_BYTES) store<f64>(ptr, load<f64>(ptr, QUANTITY) / UNITS, QUANTITY);
  return toPtr;
}

/** Index of the smallest of ten; the first of equals, and never a NaN behind the first. */
// @ts-ignore: decorator
@inline
function worstOf(a: v128, b: v128, c: v128, d: v128, e: v128): i32 {
  let least = f64x2.extract_lane(a, 0);
  let worst = 0;
  let next = f64x2.extract_lane(a, 1);
  if (next < least) { least = next; worst = 1; }
  next = f64x2.extract_lane(b, 0);
  if (next < least) { least = next; worst = 2; }
  next = f64x2.extract_lane(b, 1);
  if (next < least) { least = next; worst = 3; }
  next = f64x2.extract_lane(c, 0);
  if (next < least) { least = next; worst = 4; }
  next = f64x2.extract_lane(c, 1);
  if (next < least) { least = next; worst = 5; }
  next = f64x2.extract_lane(d, 0);
  if (next < least) { least = next; worst = 6; }
  next = f64x2.extract_lane(d, 1);
  if (next < least) { least = next; worst = 7; }
  next = f64x2.extract_lane(e, 0);
  if (next < least) { least = next; worst = 8; }
  next = f64x2.extract_lane(e, 1);
  if (next < least) worst = 9;
  return worst;
}
