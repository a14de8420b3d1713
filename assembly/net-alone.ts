/**
 * The netting of a group of one class group that offsets nothing, at ten scenarios and without marks of the accounts' own: nearly
 * every group of a book. What net-account.ts and net-offset.ts compute, with the same operations in the same order, in one loop
 * whose numbers stay in registers; sharing the loop of fillNetting cost 15 %. The picture of the memory is in net.ts.
 */
import { keepHoldings } from "./net-holdings";
import {
  ACCOUNT, BINDING_MINIMUM, BINDING_NONE, BINDING_SCAN_LOSS, BINDING_SHIFT, CLASS_SUMS, HOLDINGS, KEPT_QUANTITY, KEPT_RANK, KIND,
  MARK, MARKET_VALUE, MILLIONTHS, MINIMUM, MINIMUM_CAPPED, MINIMUM_OF_SHORTS, MULTIPLIER, PIECE_SHIFT, PRICE, PROFIT, RANK, READINGS,
  REQUIREMENT, ROW_ACCOUNT, ROW_START, SCENARIOS, SETTLED_DAILY, SKIP, STANDS_ALONE, WORST, at, word,
} from "./net-layout";

const ROW_BYTES: usize = 80;
const SUMS_BYTES: usize = 96;
const FEW: i32 = 12;
const UNITS: f64 = 1e6;

/** Whether `netAlone` does what the group asks for. */
export function isPlainAlone(groupPtr: usize): bool {
  return (
    (<i32>word(groupPtr, READINGS) & STANDS_ALONE) != 0 && word(groupPtr, MARK) == 0 && <i32>word(groupPtr, SCENARIOS) == 10
  );
}

/** @returns rows written, with the first kept holding of each, and of the end, in `row start`. */
export function netAlone(groupPtr: usize): i32 {
  const n = <i32>word(groupPtr, HOLDINGS);
  const accountPtr = word(groupPtr, ACCOUNT);
  const skipPtr = word(groupPtr, SKIP);
  const rowStartPtr = word(groupPtr, ROW_START);
  const rowAccountPtr = word(groupPtr, ROW_ACCOUNT);
  let rows = 0;
  let kept = 0;
  for (let from = 0; from < n; ) {
    const account = load<i32>(at(accountPtr, from, 2));
    let to = from + 1;
    while (to < n && load<i32>(at(accountPtr, to, 2)) == account) to++;
    if (load<u8>(skipPtr + <usize>account) == 0) {
      const end = to - from <= FEW ? keepFew(groupPtr, from, to, kept) : keepHoldings(groupPtr, from, to, kept);
      if (end > kept) {
        store<i32>(at(rowAccountPtr, rows, 2), account);
        store<i32>(at(rowStartPtr, rows, 2), kept);
        netRow(groupPtr, rows, account, kept, end);
        rows++;
        kept = end;
      }
    }
    from = to;
  }
  store<i32>(at(rowStartPtr, rows, 2), kept);
  return rows;
}

/** As `keepHoldings`: each lot goes to its place among those before it, or is added to its like. */
// @ts-ignore: decorator
@inline
function keepFew(groupPtr: usize, from: i32, to: i32, start: i32): i32 {
  const rankPtr = word(groupPtr, RANK);
  const millionthsPtr = word(groupPtr, MILLIONTHS);
  const keptRankPtr = word(groupPtr, KEPT_RANK);
  const keptPtr = word(groupPtr, KEPT_QUANTITY);
  let end = start;
  for (let i = from; i < to; i++) {
    const rank = load<i32>(at(rankPtr, i, 2));
    const millionths = load<f64>(at(millionthsPtr, i, 3));
    let j = end;
    while (j > start && load<i32>(at(keptRankPtr, j - 1, 2)) > rank) j--;
    if (j > start && load<i32>(at(keptRankPtr, j - 1, 2)) == rank) {
      const samePtr = at(keptPtr, j - 1, 3);
      store<f64>(samePtr, load<f64>(samePtr) + millionths);
      continue;
    }
    for (let k = end; k > j; k--) {
      store<i32>(at(keptRankPtr, k, 2), load<i32>(at(keptRankPtr, k - 1, 2)));
      store<f64>(at(keptPtr, k, 3), load<f64>(at(keptPtr, k - 1, 3)));
    }
    store<i32>(at(keptRankPtr, j, 2), rank);
    store<f64>(at(keptPtr, j, 3), millionths);
    end++;
  }
  let left = start;
  for (let k = start; k < end; k++) {
    const sum = load<f64>(at(keptPtr, k, 3));
    if (sum == 0) continue;
    store<i32>(at(keptRankPtr, left, 2), load<i32>(at(keptRankPtr, k, 2)));
    store<f64>(at(keptPtr, left, 3), sum / UNITS);
    left++;
  }
  return left;
}

/** One account: profits, minimum and market value of its holdings, its requirement, and its part of the sums. */
// @ts-ignore: decorator
@inline
function netRow(groupPtr: usize, row: i32, account: i32, start: i32, end: i32): void {
  const rankPtr = word(groupPtr, KEPT_RANK);
  const quantityPtr = word(groupPtr, KEPT_QUANTITY);
  const profitPtr = word(groupPtr, PROFIT);
  const kindPtr = word(groupPtr, KIND);
  const multiplierPtr = word(groupPtr, MULTIPLIER);
  const pricePtr = word(groupPtr, PRICE);
  const minimumPtr = word(groupPtr, MINIMUM);
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let marketValue: f64 = 0;
  let minimum: f64 = 0;
  for (let h = start; h < end; h++) {
    const rank = load<i32>(at(rankPtr, h, 2));
    const quantity = load<f64>(at(quantityPtr, h, 3));
    const ptr = profitPtr + <usize>rank * ROW_BYTES;
    const both = f64x2.splat(quantity);
    a = f64x2.add(a, f64x2.mul(both, v128.load(ptr)));
    b = f64x2.add(b, f64x2.mul(both, v128.load(ptr, 16)));
    c = f64x2.add(c, f64x2.mul(both, v128.load(ptr, 32)));
    d = f64x2.add(d, f64x2.mul(both, v128.load(ptr, 48)));
    e = f64x2.add(e, f64x2.mul(both, v128.load(ptr, 64)));
    const kind = load<u8>(kindPtr + <usize>rank);
    let value = quantity * load<f64>(at(multiplierPtr, rank, 3)) * load<f64>(at(pricePtr, rank, 3));
    if ((kind & SETTLED_DAILY) != 0) value = 0;
    marketValue += value;
    if ((kind & MINIMUM_OF_SHORTS) != 0 && !(quantity < 0)) continue;
    const charge = load<f64>(at(minimumPtr, rank, 3)) * abs(quantity);
    minimum += (kind & MINIMUM_CAPPED) != 0 && quantity > 0 ? min(charge, value) : charge;
  }
  const worst = worstOf(a, b, c, d, e);
  // Not the profit at `worst`: a NaN anywhere makes the requirement NaN.
  const low = f64x2.min(f64x2.min(f64x2.min(a, b), f64x2.min(c, d)), e);
  const least = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  const scanLoss = max<f64>(0, -least);
  const binding = minimum > scanLoss ? BINDING_MINIMUM : scanLoss > 0 ? BINDING_SCAN_LOSS : BINDING_NONE;
  const requirement = max(scanLoss, minimum);
  store<f64>(at(word(groupPtr, REQUIREMENT), row, 3), requirement);
  store<f64>(at(word(groupPtr, MARKET_VALUE), row, 3), marketValue);
  store<i32>(at(word(groupPtr, WORST), row, 2), worst | (binding << BINDING_SHIFT));
  const sumsPtr = word(groupPtr, CLASS_SUMS) + <usize>(account >> <i32>word(groupPtr, PIECE_SHIFT)) * SUMS_BYTES;
  v128.store(sumsPtr, f64x2.add(v128.load(sumsPtr), a));
  v128.store(sumsPtr, f64x2.add(v128.load(sumsPtr, 16), b), 16);
  v128.store(sumsPtr, f64x2.add(v128.load(sumsPtr, 32), c), 32);
  v128.store(sumsPtr, f64x2.add(v128.load(sumsPtr, 48), d), 48);
  v128.store(sumsPtr, f64x2.add(v128.load(sumsPtr, 64), e), 64);
  store<f64>(sumsPtr, load<f64>(sumsPtr, 80) + requirement, 80);
  store<f64>(sumsPtr, load<f64>(sumsPtr, 88) + 1, 88);
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
