/**
 * Lots of a piece put group by group, within a group as the lots stand. Three passes over the lots: which accounts take part, how
 * many lots each group has, then each to its place. The picture of the memory is in order.ts.
 */
import { HOLDING_BYTES, MARK, MARKED_HOLDING_BYTES, QUANTITY, RANK, at, word } from "./net-layout";

/** Words of the block that describes a piece. */
const RUNS: i32 = 0;
const RUN_COUNT: i32 = 1;
const LOT_ACCOUNT: i32 = 2;
const LOT_CONTRACT: i32 = 3;
const LOT_MILLIONTHS: i32 = 4;
const LOT_MARK: i32 = 5;
const CONTRACT_CODES: i32 = 6;
const APART: i32 = 7;
export const GROUP_COUNT: i32 = 8;
const MARKS: i32 = 9;
export const GROUP_ENDS: i32 = 10;
export const HOLDINGS: i32 = 11;
const UNITS_OF: i32 = 12;

/** Bits of an account's mark. */
const UNUSABLE: u8 = 1;
const COMPUTED_APART: u8 = 2;

/** Bytes of a holding of this piece. */
// @ts-ignore: decorator
@inline
export function orderedBytes(piecePtr: usize): usize {
  return word(piecePtr, LOT_MARK) == 0 ? HOLDING_BYTES : MARKED_HOLDING_BYTES;
}

/** Marks the accounts that take no part. */
export function markAccounts(piecePtr: usize): void {
  const contractPtr = word(piecePtr, LOT_CONTRACT);
  const accountPtr = word(piecePtr, LOT_ACCOUNT);
  const apartPtr = word(piecePtr, APART);
  const marksPtr = word(piecePtr, MARKS);
  const runsPtr = word(piecePtr, RUNS);
  const runs = <i32>word(piecePtr, RUN_COUNT);
  for (let run = 0; run < runs; run++) {
    const end = load<i32>(at(runsPtr, run, 3), 4);
    for (let i = load<i32>(at(runsPtr, run, 3)); i < end; i++) {
      const contract = load<i32>(at(contractPtr, i, 2));
      if (contract >= 0 && load<u8>(apartPtr + <usize>contract) == 0) continue;
      const markPtr = marksPtr + <usize>load<i32>(at(accountPtr, i, 2));
      store<u8>(markPtr, load<u8>(markPtr) | (contract < 0 ? UNUSABLE : COMPUTED_APART));
    }
  }
}

/** Writes the holdings and, by group, where its own end. Lots of a contract in no group and of marked accounts are not placed. */
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
  const marksPtr = word(piecePtr, MARKS);
  const runsPtr = word(piecePtr, RUNS);
  const runs = <i32>word(piecePtr, RUN_COUNT);
  memory.fill(endsPtr, 0, word(piecePtr, GROUP_COUNT) << 2);
  for (let run = 0; run < runs; run++) {
    const end = load<i32>(at(runsPtr, run, 3), 4);
    for (let i = load<i32>(at(runsPtr, run, 3)); i < end; i++) {
      if (load<u8>(marksPtr + <usize>load<i32>(at(accountPtr, i, 2))) != 0) continue;
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
  const marksPtr = word(piecePtr, MARKS);
  const runsPtr = word(piecePtr, RUNS);
  const holdingsPtr = word(piecePtr, HOLDINGS);
  const size = orderedBytes(piecePtr);
  const runs = <i32>word(piecePtr, RUN_COUNT);
  for (let run = 0; run < runs; run++) {
    const end = load<i32>(at(runsPtr, run, 3), 4);
    for (let i = load<i32>(at(runsPtr, run, 3)); i < end; i++) {
      const account = load<i32>(at(accountPtr, i, 2));
      if (load<u8>(marksPtr + <usize>account) != 0) continue;
      const contract = load<i32>(at(contractPtr, i, 2));
      const codePtr = at(codesPtr, contract, 3);
      const group = load<i32>(codePtr);
      if (group < 0) continue;
      const nextPtr = at(endsPtr, group, 2);
      const to = load<i32>(nextPtr);
      store<i32>(nextPtr, to + 1);
      const holdingPtr = holdingsPtr + <usize>to * size;
      store<i32>(holdingPtr, account);
      store<i32>(holdingPtr, load<i32>(codePtr, 4), RANK);
      store<f64>(holdingPtr, load<f64>(at(millionthsPtr, i, 3)), QUANTITY);
      if (markPtr != 0) store<f64>(holdingPtr, perUnit(piecePtr, load<f64>(at(markPtr, i, 3)), contract), MARK);
    }
  }
}

/** A quoted price per unit that the contract delivers: as `pricePerShare`. */
function perUnit(piecePtr: usize, quoted: f64, contract: i32): f64 {
  const unitsPtr = at(word(piecePtr, UNITS_OF), contract, 4);
  const units = load<f64>(unitsPtr);
  const quotedUnits = load<f64>(unitsPtr, 8);
  return units == quotedUnits ? quoted : (quoted * quotedUnits) / units;
}
