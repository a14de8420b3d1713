/**
 * Nets the holdings of one portfolio group of a book: every account's class groups, product groups and the group itself, with
 * the requirement, in one pass over holdings that stand by account. Sums run in the order account, product group, class group,
 * contract; nothing else has an influence on any result.
 *
 * The group is described by a block of 32 words of i32 at groupPtr; P in a name is a byte address:
 *
 *      0 holdings n      1 account P     2 rank P        3 millionths P   4 mark P or 0
 *      5 class sums bytes  6 profit P      7 scenarios S   8 stride         9 class of P
 *     10 multiplier P   11 price P      12 minimum P    13 kind P
 *     14 classes C      15 product of P 16 products     17 product share P  18 portfolio share P   19 readings
 *     20 skip P         21 piece shift  22 kept rank P  23 kept quantity P  24 kept mark P or 0
 *     25 row account P  26 row start P  27 requirement P  28 market value P  29 worst P  30 class sums P  31 counts P
 *
 *     account, rank      n i32      accounts never fall; rank: contract within the group, ordered by product group, class group
 *     millionths         n f64      quantity in millionths, whole; lots of one contract in one account are added up
 *     mark               n f64      the account's price per share, NaN where it gives none
 *     profit             m rows of stride f64 (stride even, S <= stride, the rest 0)   USD per long contract
 *     class of           m i32, never falls;  multiplier, price, minimum: m f64 (units, USD per unit, USD per contract)
 *     kind               m u8       bits: 1 minimum for shorts only, 2 a long's minimum is capped at its value, 4 settled daily
 *     product of         C i32, never falls;  product share: f64 each;  portfolio share: 1 f64
 *     readings           bits: 1 carried gain is the remainder, 2 the minimum counts by class group, 4 one class group, its
 *                        shares 1 and not bit 2
 *     skip               u8 by account: 1 = leave out
 *
 * Written, k rows and h holdings; there is room for n holdings and for as many rows as there are accounts:
 *
 *     kept rank, quantity, mark   h     lots added up, holdings of nothing left out
 *     row account   k i32;  row start   k + 1 i32: first kept holding
 *     requirement, market value   k f64 USD
 *     worst         k i32   scenario | class group << 14 | binding << 28 (0 none, 1 scan loss, 2 minimum)
 *     class sums    pieces x C rows of stride + 2 f64: profit by scenario | cost | accounts; piece = account >> piece shift
 *     counts        2 i32   k | h
 *
 * The input is only read and every output is written anew, so that a call can be made again. The rule: docs/methodology.md; FINRA 4210(g)(7), (g)(8).
 */
import { keepHoldings } from "./net-holdings";
import { netAccount } from "./net-account";
import { isPlainAlone, netAlone } from "./net-alone";
import { ACCOUNT, CLASS_SUMS, CLASS_SUMS_BYTES, COUNTS, HOLDINGS, NETTING_SCRATCH_BYTES, ROW_ACCOUNT, ROW_START, SKIP, at, word } from "./net-layout";

/** Scratch of one call: room for 2 C + products + 1 rows of `stride` f64 and 3 C + products + 1 f64. */
export function nettingScratchBytes(): i32 {
  return NETTING_SCRATCH_BYTES;
}

/** Nets one group; see the head of this file. */
export function fillNetting(groupPtr: usize, scratchPtr: usize): void {
  const n = <i32>word(groupPtr, HOLDINGS);
  const accountPtr = word(groupPtr, ACCOUNT);
  const skipPtr = word(groupPtr, SKIP);
  const rowAccountPtr = word(groupPtr, ROW_ACCOUNT);
  const rowStartPtr = word(groupPtr, ROW_START);
  memory.fill(word(groupPtr, CLASS_SUMS), 0, word(groupPtr, CLASS_SUMS_BYTES));
  const countsPtr = word(groupPtr, COUNTS);
  if (isPlainAlone(groupPtr)) {
    const alone = netAlone(groupPtr);
    store<i32>(countsPtr, alone);
    store<i32>(countsPtr, load<i32>(at(rowStartPtr, alone, 2)), 4);
    return;
  }
  let rows = 0;
  let kept = 0;
  for (let from = 0; from < n; ) {
    const account = load<i32>(at(accountPtr, from, 2));
    let to = from + 1;
    while (to < n && load<i32>(at(accountPtr, to, 2)) == account) to++;
    if (load<u8>(skipPtr + <usize>account) == 0) {
      const end = keepHoldings(groupPtr, from, to, kept);
      if (end > kept) {
        store<i32>(at(rowAccountPtr, rows, 2), account);
        store<i32>(at(rowStartPtr, rows, 2), kept);
        netAccount(groupPtr, scratchPtr, rows, account, kept, end);
        rows++;
        kept = end;
      }
    }
    from = to;
  }
  store<i32>(at(rowStartPtr, rows, 2), kept);
  store<i32>(countsPtr, rows);
  store<i32>(countsPtr, kept, 4);
}
