/**
 * Nets the lots of one piece of a book, the accounts from `first account` on: each account's class groups, product groups and
 * portfolio groups, and its requirement. Lots are put in the order of groups, then one group of all accounts is netted after
 * another, while the rows of its contracts are in the cache. Sums run in the order account, portfolio group, product group, class
 * group, contract; nothing else has an influence on any result.
 *
 * The piece is described by a block of 32-bit words at piecePtr; P in a name is a byte address:
 *
 *      0 runs P            1 runs             2 lot account P     3 lot contract P      4 lot millionths P
 *      5 lot mark P or 0   6 codes P          7 groups P          8 groups G            9 skip P
 *     10 first account    11 accounts        12 accounts P       13 held P or 0        14 held words W
 *     15 class sums P     16 their bytes     17 group ends P     18 holdings P
 *
 *     runs               pairs of i32: lots start .. end - 1; over all runs in their order accounts never fall
 *     lot account        i32; lot contract: i32, row of `codes`; lot millionths: f64, whole
 *     lot mark           f64: the account's price per share, NaN where it gives none
 *     codes              by contract 2 i32: group or -1 | rank: contract within the group, by product group, class group
 *     skip               u8 by account: 1 = leave out
 *     group ends         room for G i32;  holdings: room for 16 bytes a lot, 24 with marks
 *
 * A group's block, at groups P + 48 times its number:
 *
 *      0 contract rows P   1 scenarios S      2 stride (even, S <= stride, the rest 0)     3 classes C   4 product of P
 *      5 products          6 product share P  7 portfolio share P     8 readings           9 bytes of class sums before its own
 *
 *     contract rows      stride f64 USD per long contract | multiplier f64 units | price f64 USD a unit | minimum f64 USD a contract
 *                        | kind u32 | class of i32, never falls
 *     kind               bits: 1 minimum for shorts only, 2 a long's minimum is capped at its value, 4 settled daily
 *     product of         C i32, never falls;  product share: f64 each;  portfolio share: 1 f64
 *     readings           bits: 1 carried gain is the remainder, 2 the minimum counts by class group, 4 one class group, its
 *                        shares 1 and not bit 2, 8 tell the classes held
 *
 * Written:
 *
 *     accounts           32 bytes by account: requirement f64 USD | market value f64 USD | requirement of the costliest group f64
 *                        (-1: holds nothing) | worst i32: scenario | class group << 14 | binding << 28 (0 none, 1 scan loss,
 *                        2 minimum), of the costliest group | that group i32, -1 = none
 *     held               W u32 by account, where the costliest group tells it: bit k = class group k is held
 *     class sums         by group and class group stride + 2 f64: profit by scenario | cost | accounts
 *
 * What is neither room nor result is only read, and both are written anew, so that a call can be made again. The rule:
 * docs/methodology.md; FINRA 4210(g)(7), (g)(8).
 */
import { keepHoldings } from "./net-holdings";
import { netAccount } from "./net-account";
import { isPlainAlone, netAlone } from "./net-alone";
import {
  ACCOUNTS, ACCOUNT_BYTES, ACCOUNT_COUNT, CLASS_SUMS, CLASS_SUMS_BYTES, FIRST_ACCOUNT, GROUPS, GROUP_BYTES, GROUP_COUNT, GROUP_ENDS,
  HOLDINGS, MOST, NETTING_SCRATCH_BYTES, WORST_GROUP, at, holdingBytes, word,
} from "./net-layout";
import { placeLots } from "./net-place";

/** Scratch of one call: room for 2 C + products + 1 rows of `stride` f64 and 3 C + products + 1 f64. */
export function nettingScratchBytes(): i32 {
  return NETTING_SCRATCH_BYTES;
}

/** Nets one piece; see the head of this file. */
export function fillNetting(piecePtr: usize, scratchPtr: usize): void {
  clearAccounts(piecePtr);
  memory.fill(word(piecePtr, CLASS_SUMS), 0, word(piecePtr, CLASS_SUMS_BYTES));
  placeLots(piecePtr);
  const groups = <i32>word(piecePtr, GROUP_COUNT);
  const endsPtr = word(piecePtr, GROUP_ENDS);
  const holdingsPtr = word(piecePtr, HOLDINGS);
  const size = holdingBytes(piecePtr);
  let fromPtr = holdingsPtr;
  for (let group = 0; group < groups; group++) {
    const toPtr = holdingsPtr + <usize>load<i32>(at(endsPtr, group, 2)) * size;
    const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
    if (isPlainAlone(piecePtr, groupPtr)) netAlone(piecePtr, group, fromPtr, toPtr);
    else netGroup(piecePtr, group, fromPtr, toPtr, scratchPtr);
    fromPtr = toPtr;
  }
}

function clearAccounts(piecePtr: usize): void {
  const startPtr = word(piecePtr, ACCOUNTS) + word(piecePtr, FIRST_ACCOUNT) * ACCOUNT_BYTES;
  const endPtr = startPtr + word(piecePtr, ACCOUNT_COUNT) * ACCOUNT_BYTES;
  memory.fill(startPtr, 0, endPtr - startPtr);
  for (let ptr = startPtr; ptr < endPtr; ptr += ACCOUNT_BYTES) {
    store<f64>(ptr, -1, MOST);
    store<i32>(ptr, -1, WORST_GROUP);
  }
}

/** Any group, account by account. */
function netGroup(piecePtr: usize, group: i32, startPtr: usize, endPtr: usize, scratchPtr: usize): void {
  const size = holdingBytes(piecePtr);
  for (let fromPtr = startPtr; fromPtr < endPtr; ) {
    const account = load<i32>(fromPtr);
    let toPtr = fromPtr + size;
    while (toPtr < endPtr && load<i32>(toPtr) == account) toPtr += size;
    const keptPtr = keepHoldings(fromPtr, toPtr, size);
    if (keptPtr > fromPtr) netAccount(piecePtr, group, fromPtr, keptPtr, scratchPtr);
    fromPtr = toPtr;
  }
}
