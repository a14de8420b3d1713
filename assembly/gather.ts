/**
 * Entry of the bench build only: the gather of netting by itself. Of each account's holdings in each group it makes the profits by
 * scenario and takes the smallest; no terms, no offsets, no records. The piece and the scratch are those of `fillNetting`, holdings
 * without marks.
 */
import { sumProfits } from "./net-account";
import { readAhead } from "./net";
import {
  CONTRACT_ROWS, GROUPS, GROUP_BYTES, GROUP_COUNT, GROUP_ENDS, HOLDINGS, HOLDING_BYTES, STRIDE, at, contractBytes, endOfAccount, word,
} from "./net-layout";
import { smallerLane } from "./vector";

/** @returns sum of the smallest profits */
export function gatherAll(piecePtr: usize, scratchPtr: usize): f64 {
  const groups = <i32>word(piecePtr, GROUP_COUNT);
  const holdingsPtr = word(piecePtr, HOLDINGS);
  let sum: f64 = 0;
  let fromPtr = holdingsPtr;
  for (let group = 0; group < groups; group++) {
    const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
    const endPtr = holdingsPtr + <usize>load<i32>(at(word(piecePtr, GROUP_ENDS), group, 2)) * HOLDING_BYTES;
    const rowsPtr = word(groupPtr, CONTRACT_ROWS);
    const rowBytes = contractBytes(groupPtr);
    const profitBytes = word(groupPtr, STRIDE) << 3;
    readAhead(groupPtr, (endPtr - fromPtr) / HOLDING_BYTES, scratchPtr);
    while (fromPtr < endPtr) {
      const toPtr = endOfAccount(fromPtr, endPtr, HOLDING_BYTES);
      sumProfits(rowsPtr, rowBytes, profitBytes, fromPtr, toPtr, HOLDING_BYTES, scratchPtr);
      sum += leastOf(scratchPtr, profitBytes);
      fromPtr = toPtr;
    }
  }
  return sum;
}

function leastOf(rowPtr: usize, bytes: usize): f64 {
  let low = v128.load(rowPtr);
  for (let offset: usize = 16; offset < bytes; offset += 16) low = f64x2.pmin(low, v128.load(rowPtr + offset));
  return smallerLane(low);
}
