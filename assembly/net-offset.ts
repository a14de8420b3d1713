/**
 * Offsets between the class groups of one account, the requirement, and what it adds to the firm's sums. The scratch is as
 * net-account.ts draws it. The same rule as `offsetProfits` in the requirement:
 *
 *     L = sum of min(part, 0)      G = sum of max(part, 0)      net = L + share G
 *     remainder, where net > 0:    G + L / share
 */
import { rowsBytes } from "./net-account";
import {
  ACCOUNTS, ACCOUNT_BYTES, BINDING_MINIMUM, BINDING_NONE, BINDING_SCAN_LOSS, BINDING_SHIFT, CARRIED_REMAINDER, CLASSES, CLASS_SHIFT,
  CLASS_SUMS, FIRST_CLASS_BYTES, GROUPS, GROUP_BYTES, HELD, HELD_WORDS, MARKET_VALUE, MINIMUM_BY_CLASS, MOST, PORTFOLIO_SHARE, PRODUCTS,
  PRODUCT_OF, PRODUCT_SHARE, READINGS, REQUIREMENT, SCENARIOS, STANDS_ALONE, STRIDE, TELLS_HELD, WORST, at, word,
} from "./net-layout";

/** Requirement and worst scenario of the `held` class groups of one account, added to what the account has so far. */
export function offsetGroup(piecePtr: usize, group: i32, scratchPtr: usize, account: i32, held: i32, marketValue: f64): void {
  const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
  if ((<i32>word(groupPtr, READINGS) & STANDS_ALONE) != 0)
    return standAlone(piecePtr, group, scratchPtr, account, marketValue);
  const rowBytes = word(groupPtr, STRIDE) << 3;
  const classes = word(groupPtr, CLASSES);
  const products = word(groupPtr, PRODUCTS);
  const minimumPtr = scratchPtr + rowsBytes(groupPtr);
  const classPtr = minimumPtr + (classes << 4);
  const productPtr = scratchPtr + 2 * classes * rowBytes;
  const totalPtr = productPtr + products * rowBytes;
  const parts = fillProducts(groupPtr, scratchPtr, held);
  offsetParts(groupPtr, productPtr, parts, load<f64>(word(groupPtr, PORTFOLIO_SHARE)), totalPtr);
  let minimum: f64 = 0;
  for (let k = 0; k < held; k++) minimum += load<f64>(at(minimumPtr, k, 3));
  const worst = worstIndex(totalPtr, <i32>word(groupPtr, SCENARIOS));
  const scanLoss = max<f64>(0, -leastOf(totalPtr, <i32>word(groupPtr, SCENARIOS)));
  const heldAgainst = (<i32>word(groupPtr, READINGS) & MINIMUM_BY_CLASS) != 0 ? 0 : minimum;
  const binding = heldAgainst > scanLoss ? BINDING_MINIMUM : scanLoss > 0 ? BINDING_SCAN_LOSS : BINDING_NONE;
  const worstClass = load<i32>(at(classPtr, losesMost(scratchPtr, held, rowBytes, worst), 3));
  const reason = worst | (worstClass << CLASS_SHIFT) | (binding << BINDING_SHIFT);
  const isMost = addToAccount(piecePtr, group, account, max(scanLoss, heldAgainst), marketValue, reason);
  if (isMost && (<i32>word(groupPtr, READINGS) & TELLS_HELD) != 0) tellHeld(piecePtr, classPtr, account, held);
  fillWeights(groupPtr, scratchPtr, held, worst);
  addSums(piecePtr, groupPtr, scratchPtr, held, worst, binding);
}

/** Bits of the classes that the account holds. */
function tellHeld(piecePtr: usize, classPtr: usize, account: i32, held: i32): void {
  const bytes = word(piecePtr, HELD_WORDS) << 2;
  const maskPtr = word(piecePtr, HELD) + <usize>account * bytes;
  memory.fill(maskPtr, 0, bytes);
  for (let k = 0; k < held; k++) {
    const classGroup = load<i32>(at(classPtr, k, 3));
    const ptr = at(maskPtr, classGroup >> 5, 2);
    store<u32>(ptr, load<u32>(ptr) | (1 << (classGroup & 31)));
  }
}

/** The one class group of a group that offsets nothing: what the general way gives, without its steps. */
function standAlone(piecePtr: usize, group: i32, scratchPtr: usize, account: i32, marketValue: f64): void {
  const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
  const rowBytes = word(groupPtr, STRIDE) << 3;
  const minimum = load<f64>(scratchPtr + rowsBytes(groupPtr));
  const scenarios = <i32>word(groupPtr, SCENARIOS);
  const worst = worstIndex(scratchPtr, scenarios);
  const least = leastOf(scratchPtr, scenarios);
  const requirement = addNetted(piecePtr, group, account, least, minimum, marketValue, worst);
  const toPtr = word(piecePtr, CLASS_SUMS) + word(groupPtr, FIRST_CLASS_BYTES);
  for (let offset: usize = 0; offset < rowBytes; offset += 16)
    v128.store(toPtr + offset, f64x2.add(v128.load(toPtr + offset), v128.load(scratchPtr + offset)));
  store<f64>(toPtr + rowBytes, load<f64>(toPtr + rowBytes) + requirement);
  store<f64>(toPtr + rowBytes, load<f64>(toPtr + rowBytes, 8) + 1, 8);
}

/** Adds one class group that stands alone to an account. @param least its smallest profit @returns the requirement */
// @ts-ignore: decorator
@inline
export function addNetted(
  piecePtr: usize, group: i32, account: i32, least: f64, minimum: f64, marketValue: f64, worst: i32,
): f64 {
  const scanLoss = max<f64>(0, -least);
  const binding = minimum > scanLoss ? BINDING_MINIMUM : scanLoss > 0 ? BINDING_SCAN_LOSS : BINDING_NONE;
  const requirement = max(scanLoss, minimum);
  addToAccount(piecePtr, group, account, requirement, marketValue, worst | (binding << BINDING_SHIFT));
  return requirement;
}

/** Adds one group to an account. @returns whether it is the costliest so far; the first of equals stays, a NaN never is. */
// @ts-ignore: decorator
@inline
function addToAccount(
  piecePtr: usize, group: i32, account: i32, requirement: f64, marketValue: f64, reason: i32,
): bool {
  const ptr = word(piecePtr, ACCOUNTS) + <usize>account * ACCOUNT_BYTES;
  store<f64>(ptr, load<f64>(ptr, REQUIREMENT) + requirement, REQUIREMENT);
  store<f64>(ptr, load<f64>(ptr, MARKET_VALUE) + marketValue, MARKET_VALUE);
  // Without a branch: which group is the costliest follows no pattern, and the answer comes late.
  const isMost = requirement > load<f64>(ptr, MOST);
  const told = <u64>(<u32>reason) | ((<u64>group) << 32);
  store<u64>(ptr, select<u64>(reinterpret<u64>(requirement), load<u64>(ptr, MOST), isMost), MOST);
  store<u64>(ptr, select<u64>(told, load<u64>(ptr, WORST), isMost), WORST);
  return isMost;
}

/**
 * Part rows (a class group's profits, under the reading "by class group" not above its minimum) and product rows.
 *
 * @returns number of product groups held; the first class of each, and the end, stand in the scratch.
 */
function fillProducts(groupPtr: usize, scratchPtr: usize, held: i32): i32 {
  const rowBytes = word(groupPtr, STRIDE) << 3;
  const classes = word(groupPtr, CLASSES);
  const minimumPtr = scratchPtr + rowsBytes(groupPtr);
  const classPtr = minimumPtr + (classes << 4);
  const firstPtr = classPtr + (classes << 3);
  const partPtr = scratchPtr + classes * rowBytes;
  const productPtr = partPtr + classes * rowBytes;
  const byClass = (<i32>word(groupPtr, READINGS) & MINIMUM_BY_CLASS) != 0;
  const partsOffset = classes * rowBytes;
  for (let k = 0; k < held; k++) {
    const most = f64x2.splat(byClass ? -load<f64>(at(minimumPtr, k, 3)) : Infinity);
    const rowPtr = scratchPtr + <usize>k * rowBytes;
    for (let ptr = rowPtr; ptr < rowPtr + rowBytes; ptr += 16)
      v128.store(ptr + partsOffset, f64x2.min(v128.load(ptr), most));
  }
  let parts = 0;
  for (let k = 0; k < held; ) {
    const product = load<i32>(at(word(groupPtr, PRODUCT_OF), load<i32>(at(classPtr, k, 3)), 2));
    let stop = k + 1;
    while (stop < held && load<i32>(at(word(groupPtr, PRODUCT_OF), load<i32>(at(classPtr, stop, 3)), 2)) == product)
      stop++;
    const share = load<f64>(at(word(groupPtr, PRODUCT_SHARE), product, 3));
    offsetParts(groupPtr, partPtr + <usize>k * rowBytes, stop - k, share, productPtr + <usize>parts * rowBytes);
    store<i32>(at(firstPtr, parts, 3), k);
    parts++;
    k = stop;
  }
  store<i32>(at(firstPtr, parts, 3), held);
  return parts;
}

/** Two scenarios at once. A pair of the smaller (larger) of profit and 0 keeps a NaN, because the profit comes first. */
function offsetParts(groupPtr: usize, partPtr: usize, parts: i32, share: f64, outPtr: usize): void {
  const rowBytes = word(groupPtr, STRIDE) << 3;
  const remainder = (<i32>word(groupPtr, READINGS) & CARRIED_REMAINDER) != 0;
  const none = f64x2.splat(0);
  const shares = f64x2.splat(share);
  const endPtr = partPtr + <usize>parts * rowBytes;
  for (let offset: usize = 0; offset < rowBytes; offset += 16) {
    let losses = none;
    let gains = none;
    for (let ptr = partPtr + offset; ptr < endPtr; ptr += rowBytes) {
      const profit = v128.load(ptr);
      losses = f64x2.add(losses, f64x2.pmin(profit, none));
      gains = f64x2.add(gains, f64x2.pmax(profit, none));
    }
    let net = f64x2.add(losses, f64x2.mul(shares, gains));
    if (remainder) net = v128.bitselect(f64x2.add(gains, f64x2.div(losses, shares)), net, f64x2.gt(net, none));
    v128.store(outPtr + offset, net);
  }
}

/** The smallest; NaN where any is. */
function leastOf(rowPtr: usize, count: i32): f64 {
  let least = load<f64>(rowPtr);
  for (let s = 1; s < count; s++) least = min(least, load<f64>(at(rowPtr, s, 3)));
  return least;
}

/** Index of the smallest; the first of equals. */
function worstIndex(rowPtr: usize, count: i32): i32 {
  let worst = 0;
  for (let s = 1; s < count; s++) if (load<f64>(at(rowPtr, s, 3)) < load<f64>(at(rowPtr, worst, 3))) worst = s;
  return worst;
}

/** Which of the class rows is smallest at scenario s; the first of equals. */
function losesMost(rowsPtr: usize, held: i32, rowBytes: usize, s: i32): i32 {
  let least = 0;
  for (let k = 1; k < held; k++)
    if (load<f64>(at(rowsPtr + <usize>k * rowBytes, s, 3)) < load<f64>(at(rowsPtr + <usize>least * rowBytes, s, 3)))
      least = k;
  return least;
}

/** The weights with which the class groups' profits at scenario s make up the group's: the offsets undone, level by level. */
function fillWeights(groupPtr: usize, scratchPtr: usize, held: i32, s: i32): void {
  const rowBytes = word(groupPtr, STRIDE) << 3;
  const classes = word(groupPtr, CLASSES);
  const weightPtr = scratchPtr + rowsBytes(groupPtr) + (classes << 3);
  const classPtr = weightPtr + (classes << 3);
  const firstPtr = classPtr + (classes << 3);
  const partPtr = scratchPtr + classes * rowBytes;
  const productPtr = partPtr + classes * rowBytes;
  let parts = 0;
  while (load<i32>(at(firstPtr, parts, 3)) < held) parts++;
  const portfolioShare = load<f64>(word(groupPtr, PORTFOLIO_SHARE));
  const whole = netAt(productPtr, 0, parts, rowBytes, s, portfolioShare);
  for (let p = 0; p < parts; p++) {
    const first = load<i32>(at(firstPtr, p, 3));
    const end = load<i32>(at(firstPtr, p + 1, 3));
    const product = load<i32>(at(word(groupPtr, PRODUCT_OF), load<i32>(at(classPtr, first, 3)), 2));
    const share = load<f64>(at(word(groupPtr, PRODUCT_SHARE), product, 3));
    const own = netAt(partPtr, first, end, rowBytes, s, share);
    const outer = weightOf(groupPtr, load<f64>(at(productPtr + <usize>p * rowBytes, s, 3)), whole, portfolioShare);
    for (let k = first; k < end; k++) {
      const inner = weightOf(groupPtr, load<f64>(at(partPtr + <usize>k * rowBytes, s, 3)), own, share);
      store<f64>(at(weightPtr, k, 3), inner * outer);
    }
  }
}

function netAt(partPtr: usize, first: i32, end: i32, rowBytes: usize, s: i32, share: f64): f64 {
  let net: f64 = 0;
  for (let k = first; k < end; k++) {
    const profit = load<f64>(at(partPtr + <usize>k * rowBytes, s, 3));
    net += profit < 0 ? profit : share * profit;
  }
  return net;
}

function weightOf(groupPtr: usize, profit: f64, net: f64, share: f64): f64 {
  const remainder = (<i32>word(groupPtr, READINGS) & CARRIED_REMAINDER) != 0 && net > 0;
  if (profit < 0) return remainder ? 1 / share : 1;
  return remainder ? 1 : share;
}

/** Adds the account's class groups to the sums of the piece: profits by scenario | cost | 1. */
function addSums(piecePtr: usize, groupPtr: usize, scratchPtr: usize, held: i32, worst: i32, binding: i32): void {
  const stride = <i32>word(groupPtr, STRIDE);
  const rowBytes = <usize>stride << 3;
  const classes = word(groupPtr, CLASSES);
  const minimumPtr = scratchPtr + rowsBytes(groupPtr);
  const weightPtr = minimumPtr + (classes << 3);
  const classPtr = weightPtr + (classes << 3);
  const sumsPtr = word(piecePtr, CLASS_SUMS) + word(groupPtr, FIRST_CLASS_BYTES);
  const byClass = (<i32>word(groupPtr, READINGS) & MINIMUM_BY_CLASS) != 0;
  for (let k = 0; k < held; k++) {
    const fromPtr = scratchPtr + <usize>k * rowBytes;
    const toPtr = sumsPtr + <usize>load<i32>(at(classPtr, k, 3)) * (rowBytes + 16);
    for (let s = 0; s < stride; s += 2)
      v128.store(at(toPtr, s, 3), f64x2.add(v128.load(at(toPtr, s, 3)), v128.load(at(fromPtr, s, 3))));
    const minimum = load<f64>(at(minimumPtr, k, 3));
    const profit = load<f64>(at(fromPtr, worst, 3));
    let cost: f64 = 0;
    if (binding == BINDING_MINIMUM) cost = minimum;
    else if (binding == BINDING_SCAN_LOSS)
      cost = byClass && -profit < minimum ? minimum : 0 - load<f64>(at(weightPtr, k, 3)) * profit;
    store<f64>(toPtr + rowBytes, load<f64>(toPtr + rowBytes) + cost);
    store<f64>(toPtr + rowBytes, load<f64>(toPtr + rowBytes, 8) + 1, 8);
  }
}
