/**
 * Entry of the bench build only: the gather of netting by itself. Of each account's holdings in each group it makes the profits by
 * scenario and takes the smallest; no terms, no offsets, no records. The piece and the scratch are those of `fillNetting`.
 */
import { sumProfits } from "./net-account";
import { readAhead } from "./net";
import {
  GROUPS, GROUP_BYTES, GROUP_COUNT, GROUP_ENDS, HOLDINGS, HOLDING_SIZE, STRIDE, at, endOfAccount, word,
} from "./net-layout";

/** @returns sum of the smallest profits */
export function gatherAll(piecePtr: usize, scratchPtr: usize): f64 {
  const groups = <i32>word(piecePtr, GROUP_COUNT);
  const size = word(piecePtr, HOLDING_SIZE);
  const holdingsPtr = word(piecePtr, HOLDINGS);
  let sum: f64 = 0;
  let fromPtr = holdingsPtr;
  for (let group = 0; group < groups; group++) {
    const groupPtr = word(piecePtr, GROUPS) + <usize>group * GROUP_BYTES;
    const endPtr = holdingsPtr + <usize>load<i32>(at(word(piecePtr, GROUP_ENDS), group, 2)) * size;
    readAhead(groupPtr, (endPtr - fromPtr) / size, scratchPtr);
    while (fromPtr < endPtr) {
      const toPtr = endOfAccount(fromPtr, endPtr, size);
      sumProfits(groupPtr, fromPtr, toPtr, size, scratchPtr);
      sum += leastOf(scratchPtr, word(groupPtr, STRIDE) << 3);
      fromPtr = toPtr;
    }
  }
  return sum;
}

function leastOf(rowPtr: usize, bytes: usize): f64 {
  let low = v128.load(rowPtr);
  for (let offset: usize = 16; offset < bytes; offset += 16) low = f64x2.pmin(low, v128.load(rowPtr + offset));
  return f64x2.extract_lane(f64x2.pmin(low, v128.shuffle<f64>(low, low, 1, 0)), 0);
}
