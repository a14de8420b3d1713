import { sum } from "../basics/collections.js";
import type { AccountColumns } from "./account-columns.js";
import { Arena, bytesOf, type Ptr } from "./kernel.js";
import type { LotColumns } from "./lot-columns.js";
import type { NettingBook, NettingContracts, NettingGroup, NettingPiece } from "./netting.js";
import type { KernelSpace } from "./placed-options.js";
import type { Region } from "./regions.js";

/** Numbers of the sizes that assembly/net-layout.ts names. */
const groupBytes = 48;
const termsBytes = 32;
const orderWords = 13;
const nettingWords = 12;
const readingBits = { remainder: 1, byClass: 2, alone: 4, tellsHeld: 8 } as const;

/** Rows are padded to pairs of numbers. */
export function strideOf({ scenarioCount }: Pick<NettingContracts, "scenarioCount">): number {
  return scenarioCount + (scenarioCount % 2);
}

/** Numbers of one class group in the sums: scenarios, padded, cost and accounts. */
export function sumsStride(scenarioCount: number): number {
  return strideOf({ scenarioCount }) + 2;
}

/** A book's groups in the kernel's memory. */
export interface LaidGroups {
  readonly region: Region;
  readonly groups: Ptr;
  readonly groupCount: number;
  readonly codes: Ptr;
  readonly apart: Ptr;
  readonly units: Ptr;
  /** Of the sums of one piece. */
  readonly sumsBytes: number;
}

export function layGroups(space: KernelSpace, book: NettingBook): LaidGroups {
  const { groups, groupOf } = book;
  const plan = (arena: Arena) => ({
    groups: arena.take(groups.length * groupBytes),
    codes: arena.take(groupOf.length * 8),
    apart: arena.take(groupOf.length),
    units: arena.take(groupOf.length * 16),
    each: groups.map((group) => takeGroup(arena, group)),
  });
  const region = space.regions.take(bytesOf(plan));
  const ptrs = plan(new Arena(region.ptr));
  const { buffer } = space.kernel.memory;
  writePlaces(buffer, ptrs, book);
  let sumsBytes = 0;
  groups.forEach((group, g) => {
    const own = ptrs.each[g];
    if (own === undefined) throw new RangeError(`group ${g}`);
    const words = writeGroup(buffer, own, group);
    new Int32Array(buffer, ptrs.groups + g * groupBytes, groupBytes / 4).set([
      ...words,
      sumsBytes,
      group.rows.length,
    ]);
    sumsBytes += group.productOf.length * sumsStride(group.contracts.scenarioCount) * 8;
  });
  const { each: _, ...own } = ptrs;
  return { ...own, region, groupCount: groups.length, sumsBytes };
}

/** What ordering the lots asks of a contract, by its row. */
function writePlaces(
  buffer: ArrayBufferLike,
  ptrs: Readonly<Record<"codes" | "apart" | "units", Ptr>>,
  { groupOf, rankOf, apart, units, quotedUnits }: NettingBook,
): void {
  const count = groupOf.length;
  const codes = new Int32Array(buffer, ptrs.codes, count * 2);
  const both = new Float64Array(buffer, ptrs.units, count * 2);
  for (let row = 0; row < count; row++) {
    codes[2 * row] = groupOf[row] ?? -1;
    codes[2 * row + 1] = rankOf[row] ?? -1;
    both[2 * row] = units[row] ?? Number.NaN;
    both[2 * row + 1] = quotedUnits[row] ?? Number.NaN;
  }
  new Uint8Array(buffer, ptrs.apart, count).set(apart);
}

type GroupPtrs = Readonly<Record<"rows" | "productOf" | "productShare" | "portfolioShare", Ptr>>;

function takeGroup(arena: Arena, { contracts, rows, productOf, productShare }: NettingGroup): GroupPtrs {
  return {
    rows: arena.take(rows.length * (strideOf(contracts) * 8 + termsBytes)),
    productOf: arena.take(productOf.length * 4),
    productShare: arena.take(productShare.length * 8),
    portfolioShare: arena.take(8),
  };
}

/** A group of one class group that offsets nothing. */
function standsAlone({ productOf, productShare, portfolioShare, minimumPer }: NettingGroup): boolean {
  const isWhole = productShare[0] === 1 && portfolioShare === 1;
  return productOf.length === 1 && isWhole && minimumPer === "portfolio_group";
}

/** @returns the words of the group's block, in the order of the picture at the head of assembly/net.ts. */
function writeGroup(buffer: ArrayBufferLike, ptrs: GroupPtrs, group: NettingGroup): number[] {
  const { contracts, productOf, productShare } = group;
  const readings =
    (group.carriedGain === "remainder" ? readingBits.remainder : 0) |
    (group.minimumPer === "class_group" ? readingBits.byClass : 0) |
    (standsAlone(group) ? readingBits.alone : 0) |
    (group.tellsHeld ? readingBits.tellsHeld : 0);
  writeContracts(buffer, ptrs.rows, group);
  new Int32Array(buffer, ptrs.productOf, productOf.length).set(productOf);
  new Float64Array(buffer, ptrs.productShare, productShare.length).set(productShare);
  new Float64Array(buffer, ptrs.portfolioShare, 1)[0] = group.portfolioShare;
  const shares = [ptrs.productOf, productShare.length, ptrs.productShare, ptrs.portfolioShare];
  return [ptrs.rows, contracts.scenarioCount, strideOf(contracts), productOf.length, ...shares, readings];
}

/** A contract's profits and terms side by side: a holding then reads one stretch of memory. */
function writeContracts(buffer: ArrayBufferLike, ptr: Ptr, { contracts, rows }: NettingGroup): void {
  const { scenarioCount, profit, multiplier, price, minimum, kind, classOf } = contracts;
  const stride = strideOf(contracts);
  const size = stride + termsBytes / 8;
  const numbers = new Float64Array(buffer, ptr, rows.length * size);
  const words = new Int32Array(buffer, ptr, rows.length * size * 2);
  let to = 0;
  for (const row of rows) {
    const from = row * scenarioCount;
    for (let s = 0; s < scenarioCount; s++) numbers[to + s] = profit[from + s] ?? Number.NaN;
    if (stride > scenarioCount) numbers[to + scenarioCount] = 0;
    numbers[to + stride] = multiplier[row] ?? Number.NaN;
    numbers[to + stride + 1] = price[row] ?? Number.NaN;
    numbers[to + stride + 2] = minimum[row] ?? Number.NaN;
    words[2 * (to + stride + 3)] = kind[row] ?? 0;
    words[2 * (to + stride + 3) + 1] = classOf[row] ?? -1;
    to += size;
  }
}

/** Bytes of a holding without and with a mark. */
const holdingBytes = 16;
const markedHoldingBytes = 24;

/** A piece of a book, its lots to be ordered by the kernel as its block says, or ordered. */
export interface OrderedPiece {
  readonly block: Ptr;
  readonly firstAccount: number;
  readonly accountCount: number;
  readonly lotCount: number;
  readonly groupEnds: Ptr;
  readonly holdings: Ptr;
  readonly holdingBytes: number;
  readonly region: Region;
}

/** Writes the block and the runs of a piece to be ordered, with room for its holdings. */
export function layOrder(
  space: KernelSpace,
  laid: LaidGroups,
  { lots, marks, piece }: { readonly lots: LotColumns; readonly marks: Ptr; readonly piece: NettingPiece },
): OrderedPiece {
  const { runs, firstAccount, accountCount } = piece;
  const size = lots.mark === null ? holdingBytes : markedHoldingBytes;
  const lotCount = sum(runs.map(({ start, end }) => end - start));
  const take = (arena: Arena) => ({
    block: arena.take(orderWords * 4),
    runs: arena.take(runs.length * 8),
    groupEnds: arena.take(laid.groupCount * 4),
    holdings: arena.take(lotCount * size),
  });
  const region = space.regions.take(bytesOf(take));
  const own = take(new Arena(region.ptr));
  const { buffer } = space.kernel.memory;
  new Int32Array(buffer, own.runs, runs.length * 2).set(runs.flatMap(({ start, end }) => [start, end]));
  const { account, contract, millionths, mark } = lots.ptrs;
  const read = [own.runs, runs.length, account, contract, millionths, mark, laid.codes, laid.apart];
  const words = [...read, laid.groupCount, marks, own.groupEnds, own.holdings, laid.units];
  new Int32Array(buffer, own.block, orderWords).set(words);
  const { block, groupEnds, holdings } = own;
  return { block, firstAccount, accountCount, lotCount, groupEnds, holdings, holdingBytes: size, region };
}

interface NettingPtrs {
  readonly block: Ptr;
  readonly sums: Ptr;
}

/** Writes the blocks of ordered pieces to be netted, with room for their sums. */
export function layNetting(
  space: KernelSpace,
  laid: LaidGroups,
  { pieces, accounts }: { readonly pieces: readonly OrderedPiece[]; readonly accounts: AccountColumns },
): { readonly region: Region; readonly ptrs: readonly NettingPtrs[] } {
  const take = (arena: Arena) =>
    pieces.map((piece) => ({
      piece,
      block: arena.take(nettingWords * 4),
      sums: arena.take(laid.sumsBytes),
    }));
  const region = space.regions.take(bytesOf(take));
  const ptrs = take(new Arena(region.ptr));
  const { buffer } = space.kernel.memory;
  for (const { piece, block, sums } of ptrs) {
    const { groupEnds, holdings, firstAccount, accountCount } = piece;
    const read = [laid.groups, laid.groupCount, groupEnds, holdings, piece.holdingBytes];
    const written = [accounts.ptrs.accounts, accounts.ptrs.held, accounts.heldWords, sums, laid.sumsBytes];
    new Int32Array(buffer, block, nettingWords).set([...read, firstAccount, accountCount, ...written]);
  }
  return { region, ptrs };
}
