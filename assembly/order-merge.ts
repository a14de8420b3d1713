/**
 * The lots of one account in one group: put in the order of their ranks, added up by rank, what comes to nothing left out,
 * millionths made quantities.
 */
import { HOLDING_BYTES, MARK, MARKED_HOLDING_BYTES, QUANTITY, RANK } from "./net-layout";

const UNITS: f64 = 1e6;
/** Up to here moving neighbours is the quicker way. */
const FEW: usize = 24;
/** Up to here moving them without looking is. */
const FEWEST: usize = 6;

/** @param size bytes of a holding */
export function orderByRank(fromPtr: usize, toPtr: usize, size: usize): void {
  if (size == HOLDING_BYTES && toPtr - fromPtr <= FEWEST * HOLDING_BYTES) orderFewest(fromPtr, toPtr);
  else if (toPtr - fromPtr <= FEW * size) orderFew(fromPtr, toPtr, size);
  else orderMany(fromPtr, toPtr, size);
}

/** The most that are in nearly every account: without a branch. */
function orderFewest(fromPtr: usize, toPtr: usize): void {
  for (let ptr = fromPtr + HOLDING_BYTES; ptr < toPtr; ptr += HOLDING_BYTES)
    for (let place = ptr; place > fromPtr; place -= HOLDING_BYTES) putInOrder(place - HOLDING_BYTES, place);
}

/** The lower rank first. */
// @ts-ignore: decorator
@inline
function putInOrder(aPtr: usize, bPtr: usize): void {
  const a = v128.load(aPtr);
  const b = v128.load(bPtr);
  const isFalling = i32x4.splat(-i32(rankAt(aPtr) > rankAt(bPtr)));
  v128.store(aPtr, v128.bitselect(b, a, isFalling));
  v128.store(bPtr, v128.bitselect(a, b, isFalling));
}

// @ts-ignore: decorator
@inline
function rankAt(ptr: usize): i32 {
  return load<i32>(ptr, RANK);
}

/** Insertion sort by rank. */
function orderFew(fromPtr: usize, toPtr: usize, size: usize): void {
  for (let ptr = fromPtr + size; ptr < toPtr; ptr += size)
    for (let jPtr = ptr; jPtr > fromPtr && rankAt(jPtr - size) > rankAt(jPtr); jPtr -= size) swap(jPtr - size, jPtr, size);
}

/** Heap sort by rank; equal ranks come out in any order, which the sum of whole millionths does not see. */
function orderMany(fromPtr: usize, toPtr: usize, size: usize): void {
  let ordered = true;
  for (let ptr = fromPtr + size; ptr < toPtr; ptr += size) if (rankAt(ptr - size) > rankAt(ptr)) ordered = false;
  if (ordered) return;
  const count = <i32>((toPtr - fromPtr) / size);
  for (let root = (count >> 1) - 1; root >= 0; root--) sink(fromPtr, root, count, size);
  for (let last = count - 1; last > 0; last--) {
    swap(fromPtr, fromPtr + <usize>last * size, size);
    sink(fromPtr, 0, last, size);
  }
}

function sink(fromPtr: usize, start: i32, count: i32, size: usize): void {
  let root = start;
  for (;;) {
    let child = 2 * root + 1;
    if (child >= count) return;
    let childPtr = fromPtr + <usize>child * size;
    if (child + 1 < count && rankAt(childPtr + size) > rankAt(childPtr)) {
      child++;
      childPtr += size;
    }
    const rootPtr = fromPtr + <usize>root * size;
    if (rankAt(rootPtr) >= rankAt(childPtr)) return;
    swap(rootPtr, childPtr, size);
    root = child;
  }
}

/** The accounts are the same. */
// @ts-ignore: decorator
@inline
function swap(aPtr: usize, bPtr: usize, size: usize): void {
  const a = v128.load(aPtr);
  v128.store(aPtr, v128.load(bPtr));
  v128.store(bPtr, a);
  if (size == HOLDING_BYTES) return;
  const mark = load<f64>(aPtr, MARK);
  store<f64>(aPtr, load<f64>(bPtr, MARK), MARK);
  store<f64>(bPtr, mark, MARK);
}

/**
 * Adds the lots of each rank up, which share one mark (NaN is none), and writes what is left to keptPtr, which is not above
 * fromPtr.
 *
 * @returns end of what is kept
 */
export function addLots(fromPtr: usize, toPtr: usize, keptPtr: usize, size: usize): usize {
  const account = load<i32>(fromPtr);
  const hasMarks = size == MARKED_HOLDING_BYTES;
  for (let ptr = fromPtr; ptr < toPtr; ) {
    const rank = rankAt(ptr);
    let sum: f64 = 0;
    let mark = NaN;
    for (; ptr < toPtr && rankAt(ptr) == rank; ptr += size) {
      sum += load<f64>(ptr, QUANTITY);
      if (hasMarks && isNaN(mark)) mark = load<f64>(ptr, MARK);
    }
    if (sum == 0) continue;
    store<i32>(keptPtr, account);
    store<i32>(keptPtr, rank, RANK);
    store<f64>(keptPtr, sum / UNITS, QUANTITY);
    if (hasMarks) store<f64>(keptPtr, mark, MARK);
    keptPtr += size;
  }
  return keptPtr;
}
