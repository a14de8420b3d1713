/**
 * The holdings of one account in one group: copied, put in the order of their ranks, lots added up.
 *
 *     in    rank | millionths | mark        from .. to - 1, in any order
 *     out   kept rank | quantity | mark     start .. end - 1, ranks rise, quantity in contracts or shares, never 0
 */
import { KEPT_MARK, KEPT_QUANTITY, KEPT_RANK, MARK, MILLIONTHS, RANK, at, word } from "./net-layout";

const UNITS: f64 = 1e6;
/** Up to here moving neighbours is the quicker way. */
const FEW: i32 = 24;

/** @returns end, one past the last holding kept. */
export function keepHoldings(groupPtr: usize, from: i32, to: i32, start: i32): i32 {
  const rankPtr = at(word(groupPtr, KEPT_RANK), start, 2);
  const quantityPtr = at(word(groupPtr, KEPT_QUANTITY), start, 3);
  const hasMarks = word(groupPtr, MARK) != 0;
  const markPtr = hasMarks ? at(word(groupPtr, KEPT_MARK), start, 3) : 0;
  const count = to - from;
  memory.copy(rankPtr, at(word(groupPtr, RANK), from, 2), <usize>count << 2);
  memory.copy(quantityPtr, at(word(groupPtr, MILLIONTHS), from, 3), <usize>count << 3);
  if (hasMarks) memory.copy(markPtr, at(word(groupPtr, MARK), from, 3), <usize>count << 3);
  if (count <= FEW) orderFew(count, rankPtr, quantityPtr, markPtr);
  else orderMany(count, rankPtr, quantityPtr, markPtr);
  return start + addLots(count, rankPtr, quantityPtr, markPtr);
}

/** Insertion sort by rank. */
function orderFew(count: i32, rankPtr: usize, quantityPtr: usize, markPtr: usize): void {
  for (let i = 1; i < count; i++)
    for (let j = i; j > 0 && load<i32>(at(rankPtr, j - 1, 2)) > load<i32>(at(rankPtr, j, 2)); j--)
      swap(j - 1, j, rankPtr, quantityPtr, markPtr);
}

/** Heap sort by rank; equal ranks come out in any order, which the sum of whole millionths does not see. */
function orderMany(count: i32, rankPtr: usize, quantityPtr: usize, markPtr: usize): void {
  let ordered = true;
  for (let i = 1; i < count; i++)
    if (load<i32>(at(rankPtr, i - 1, 2)) > load<i32>(at(rankPtr, i, 2))) ordered = false;
  if (ordered) return;
  for (let root = (count >> 1) - 1; root >= 0; root--) sink(root, count, rankPtr, quantityPtr, markPtr);
  for (let last = count - 1; last > 0; last--) {
    swap(0, last, rankPtr, quantityPtr, markPtr);
    sink(0, last, rankPtr, quantityPtr, markPtr);
  }
}

function sink(start: i32, count: i32, rankPtr: usize, quantityPtr: usize, markPtr: usize): void {
  let root = start;
  for (;;) {
    let child = 2 * root + 1;
    if (child >= count) return;
    if (child + 1 < count && load<i32>(at(rankPtr, child + 1, 2)) > load<i32>(at(rankPtr, child, 2))) child++;
    if (load<i32>(at(rankPtr, root, 2)) >= load<i32>(at(rankPtr, child, 2))) return;
    swap(root, child, rankPtr, quantityPtr, markPtr);
    root = child;
  }
}

// @ts-ignore: decorator
@inline
function swap(i: i32, j: i32, rankPtr: usize, quantityPtr: usize, markPtr: usize): void {
  const rank = load<i32>(at(rankPtr, i, 2));
  store<i32>(at(rankPtr, i, 2), load<i32>(at(rankPtr, j, 2)));
  store<i32>(at(rankPtr, j, 2), rank);
  swapNumbers(at(quantityPtr, i, 3), at(quantityPtr, j, 3));
  if (markPtr != 0) swapNumbers(at(markPtr, i, 3), at(markPtr, j, 3));
}

// @ts-ignore: decorator
@inline
function swapNumbers(aPtr: usize, bPtr: usize): void {
  const a = load<f64>(aPtr);
  store<f64>(aPtr, load<f64>(bPtr));
  store<f64>(bPtr, a);
}

/** Adds lots up in place and leaves out what is 0 then. Lots share one mark; NaN is none. @returns holdings left. */
function addLots(count: i32, rankPtr: usize, quantityPtr: usize, markPtr: usize): i32 {
  let kept = 0;
  for (let i = 0; i < count; ) {
    const rank = load<i32>(at(rankPtr, i, 2));
    let sum: f64 = 0;
    let mark = NaN;
    for (; i < count && load<i32>(at(rankPtr, i, 2)) == rank; i++) {
      sum += load<f64>(at(quantityPtr, i, 3));
      if (markPtr != 0 && isNaN(mark)) mark = load<f64>(at(markPtr, i, 3));
    }
    if (sum == 0) continue;
    store<i32>(at(rankPtr, kept, 2), rank);
    store<f64>(at(quantityPtr, kept, 3), sum / UNITS);
    if (markPtr != 0) store<f64>(at(markPtr, kept, 3), mark);
    kept++;
  }
  return kept;
}
