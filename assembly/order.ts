/**
 * Puts the lots of one piece of a book, the accounts from `first account` on, in the order of netting: by group, within a group
 * by account, within an account by contract; lots of one contract added up, what comes to nothing left out. It is done once a
 * book, netting (net.ts) as often as there are questions.
 *
 * The piece is described by a block of 32-bit words at piecePtr; P in a name is a byte address:
 *
 *      0 runs P            1 runs             2 lot account P     3 lot contract P      4 lot millionths P
 *      5 lot mark P or 0   6 codes P          7 apart P           8 groups G            9 marks P
 *     10 group ends P     11 holdings P      12 units P
 *
 *     runs               pairs of i32: lots start .. end - 1; over all runs in their order accounts never fall
 *     lot account        i32; lot contract: i32, row of `codes`, below 0 = nothing can be done with it
 *     lot millionths     f64, whole
 *     lot mark           f64: the account's own price as it is quoted, NaN where it gives none
 *     codes              by contract 2 i32: group or -1 | rank: contract within the group, by product group, class group
 *     apart              u8 by contract: 1 = who holds it is computed apart
 *     units              by contract 2 f64: units that it delivers | units that its quoted price is of
 *
 * Written, of the accounts of the piece alone:
 *
 *     marks              u8 by account, bits added: 1 holds what cannot be used, 2 is computed apart. Accounts with any bit take
 *                        no part in the netting: none of their lots becomes a holding
 *     group ends         G i32: where the holdings of each group end
 *     holdings           16 bytes: account i32 | rank i32 | quantity f64, in contracts or shares, never 0; with marks 24: and the
 *                        mark per unit delivered. Room for as many as there are lots
 */
import { addLots, orderByRank } from "./order-merge";
import { GROUP_COUNT, GROUP_ENDS, HOLDINGS, markAccounts, orderedBytes, placeLots } from "./order-place";
import { at, endOfAccount, word } from "./net-layout";

/** Orders one piece; see the head of this file. */
export function fillHoldings(piecePtr: usize): void {
  markAccounts(piecePtr);
  placeLots(piecePtr);
  const size = orderedBytes(piecePtr);
  const groups = <i32>word(piecePtr, GROUP_COUNT);
  const endsPtr = word(piecePtr, GROUP_ENDS);
  const holdingsPtr = word(piecePtr, HOLDINGS);
  let fromPtr = holdingsPtr;
  let keptPtr = holdingsPtr;
  for (let group = 0; group < groups; group++) {
    const endPtr = holdingsPtr + <usize>load<i32>(at(endsPtr, group, 2)) * size;
    while (fromPtr < endPtr) {
      const toPtr = endOfAccount(fromPtr, endPtr, size);
      orderByRank(fromPtr, toPtr, size);
      keptPtr = addLots(fromPtr, toPtr, keptPtr, size);
      fromPtr = toPtr;
    }
    store<i32>(at(endsPtr, group, 2), <i32>((keptPtr - holdingsPtr) / size));
  }
}
