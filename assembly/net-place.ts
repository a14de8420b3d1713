/**
 * Lots of a piece put in the order of netting: group by group, within a group by account as the lots stand. Two passes over the
 * lots: how many each group has, then each to its place.
 */
import {
  CONTRACT_CODES, GROUP_COUNT, GROUP_ENDS, HOLDINGS, LOT_ACCOUNT, LOT_CONTRACT, LOT_MARK, LOT_MILLIONTHS, MARK,
  QUANTITY, RANK, RUNS, RUN_COUNT, SKIP, at, holdingBytes, word,
} from "./net-layout";

/** Writes the holdings and, by group, where its own end. Lots of a contract in no group and of accounts left out are not placed. */
export function placeLots(piecePtr: usize): void {
  const endsPtr = word(piecePtr, GROUP_ENDS);
  const groups = <i32>word(piecePtr, GROUP_COUNT);
  countLots(piecePtr, endsPtr);
  let next = 0;
  for (let group = 0; group < groups; group++) {
    const count = load<i32>(at(endsPtr, group, 2));
    store<i32>(at(endsPtr, group, 2), next);
    next += count;
  }
  moveLots(piecePtr, endsPtr);
}

function countLots(piecePtr: usize, endsPtr: usize): void {
  const contractPtr = word(piecePtr, LOT_CONTRACT);
  const accountPtr = word(piecePtr, LOT_ACCOUNT);
  const codesPtr = word(piecePtr, CONTRACT_CODES);
  const skipPtr = word(piecePtr, SKIP);
  const runsPtr = word(piecePtr, RUNS);
  const runs = <i32>word(piecePtr, RUN_COUNT);
  memory.fill(endsPtr, 0, word(piecePtr, GROUP_COUNT) << 2);
  for (let run = 0; run < runs; run++) {
    const end = load<i32>(at(runsPtr, run, 3), 4);
    for (let i = load<i32>(at(runsPtr, run, 3)); i < end; i++) {
      if (load<u8>(skipPtr + <usize>load<i32>(at(accountPtr, i, 2))) != 0) continue;
      const group = load<i32>(at(codesPtr, load<i32>(at(contractPtr, i, 2)), 3));
      if (group < 0) continue;
      const countPtr = at(endsPtr, group, 2);
      store<i32>(countPtr, load<i32>(countPtr) + 1);
    }
  }
}

function moveLots(piecePtr: usize, endsPtr: usize): void {
  const contractPtr = word(piecePtr, LOT_CONTRACT);
  const accountPtr = word(piecePtr, LOT_ACCOUNT);
  const millionthsPtr = word(piecePtr, LOT_MILLIONTHS);
  const markPtr = word(piecePtr, LOT_MARK);
  const codesPtr = word(piecePtr, CONTRACT_CODES);
  const skipPtr = word(piecePtr, SKIP);
  const runsPtr = word(piecePtr, RUNS);
  const holdingsPtr = word(piecePtr, HOLDINGS);
  const size = holdingBytes(piecePtr);
  const runs = <i32>word(piecePtr, RUN_COUNT);
  for (let run = 0; run < runs; run++) {
    const end = load<i32>(at(runsPtr, run, 3), 4);
    for (let i = load<i32>(at(runsPtr, run, 3)); i < end; i++) {
      const account = load<i32>(at(accountPtr, i, 2));
      if (load<u8>(skipPtr + <usize>account) != 0) continue;
      const codePtr = at(codesPtr, load<i32>(at(contractPtr, i, 2)), 3);
      const group = load<i32>(codePtr);
      if (group < 0) continue;
      const nextPtr = at(endsPtr, group, 2);
      const to = load<i32>(nextPtr);
      store<i32>(nextPtr, to + 1);
      const holdingPtr = holdingsPtr + <usize>to * size;
      store<i32>(holdingPtr, account);
      store<i32>(holdingPtr, load<i32>(codePtr, 4), RANK);
      store<f64>(holdingPtr, load<f64>(at(millionthsPtr, i, 3)), QUANTITY);
      if (markPtr != 0) store<f64>(holdingPtr, load<f64>(at(markPtr, i, 3)), MARK);
    }
  }
}
