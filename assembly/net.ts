/**
 * Nets the holdings of one piece of a book, the accounts from `first account` on: each account's class groups, product groups and
 * portfolio groups, and its requirement. One group of all accounts is netted after another, while the rows of its contracts are
 * in the cache. Sums run in the order account, portfolio group, product group, class group, contract; nothing else has an
 * influence on any result.
 *
 * The piece is described by a block of 32-bit words at piecePtr; P in a name is a byte address:
 *
 *      0 groups P          1 groups G         2 group ends P      3 holdings P          4 bytes of a holding: 16 or 24
 *      5 first account     6 accounts         7 accounts P        8 held P or 0         9 held words W
 *     10 class sums P     11 their bytes
 *
 *     holdings           as order.ts writes them: by group, account, contract;  group ends: G i32, where those of each group end
 *
 * A group's block, at groups P + 48 times its number:
 *
 *      0 contract rows P   1 scenarios S      2 stride (even, S <= stride, the rest 0)     3 classes C   4 product of P
 *      5 products          6 product share P  7 portfolio share P     8 readings           9 bytes of class sums before its own
 *     10 contracts
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
 * What is not written is only read, and what is written is written anew, so that a call can be made again. The rule:
 * docs/methodology.md; FINRA 4210(g)(7), (g)(8).
 */
import { netAccount } from "./net-account";
import { isPlainAlone, netAlone } from "./net-alone";
import {
  ACCOUNTS, ACCOUNT_BYTES, ACCOUNT_COUNT, CACHE_LINE_BYTES, CLASS_SUMS, CLASS_SUMS_BYTES, CONTRACTS, CONTRACT_ROWS, FIRST_ACCOUNT, GROUPS,
  GROUP_BYTES, GROUP_COUNT, GROUP_ENDS, HOLDINGS, HOLDING_SIZE, MOST, NETTING_SCRATCH_BYTES, WORST_GROUP, at, contractBytes,
  endOfAccount, word,
} from "./net-layout";

/** Scratch of one call: room for 2 C + products + 1 rows of `stride` f64 and 3 C + products + 1 f64. */
export function nettingScratchBytes(): i32 {
  return NETTING_SCRATCH_BYTES;
}

/** Nets one piece; see the head of this file. */
export function fillNetting(piecePtr: usize, scratchPtr: usize): void {
  clearAccounts(piecePtr);
  memory.fill(word(piecePtr, CLASS_SUMS), 0, word(piecePtr, CLASS_SUMS_BYTES));
  const groups = <i32>word(piecePtr, GROUP_COUNT);
  const endsPtr = word(piecePtr, GROUP_ENDS);
  const holdingsPtr = word(piecePtr, HOLDINGS);
  const size = word(piecePtr, HOLDING_SIZE);
  let fromPtr = holdingsPtr;
  for (let group = 0; group < groups; group++) {
    const toPtr = holdingsPtr + <usize>load<i32>(at(endsPtr, group, 2)) * size;
    const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
    readAhead(groupPtr, (toPtr - fromPtr) / size, scratchPtr);
    if (isPlainAlone(piecePtr, groupPtr)) netAlone(piecePtr, group, fromPtr, toPtr, scratchPtr);
    else netGroup(piecePtr, group, fromPtr, toPtr, scratchPtr);
    fromPtr = toPtr;
  }
}

/**
 * Reads the rows of a group's contracts from one end to the other. Its holdings ask for them in no order, which memory answers
 * several times as slowly; so it is worth it where there are as many holdings as contracts, and not done where there are fewer.
 */
export function readAhead(groupPtr: usize, holdings: usize, scratchPtr: usize): void {
  if (holdings < word(groupPtr, CONTRACTS)) return;
  const startPtr = word(groupPtr, CONTRACT_ROWS);
  const endPtr = startPtr + word(groupPtr, CONTRACTS) * contractBytes(groupPtr);
  let sum: u64 = 0;
  for (let ptr = startPtr; ptr < endPtr; ptr += CACHE_LINE_BYTES) sum += load<u64>(ptr);
  // Kept nowhere, nothing would be read.
  store<u64>(scratchPtr, sum);
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
  const size = word(piecePtr, HOLDING_SIZE);
  for (let fromPtr = startPtr; fromPtr < endPtr; ) {
    const toPtr = endOfAccount(fromPtr, endPtr, size);
    netAccount(piecePtr, group, fromPtr, toPtr, scratchPtr);
    fromPtr = toPtr;
  }
}
