import type { HoldingColumns } from "./holding-columns.js";
import type { Arena, Ptr } from "./kernel.js";
import type { NettedGroup, NettingContracts, NettingGroup, NettingSlice } from "./netting.js";

/** Rows are padded to pairs of numbers. */
export function strideOf({ scenarioCount }: NettingContracts): number {
  return scenarioCount + (scenarioCount % 2);
}

export type GroupPtrs = Readonly<
  Record<
    | "block"
    | "profit"
    | "classOf"
    | "multiplier"
    | "price"
    | "minimum"
    | "kind"
    | "productOf"
    | "productShare"
    | "portfolioShare"
    | "keptRank"
    | "keptQuantity"
    | "keptMark"
    | "rowAccount"
    | "rowStart"
    | "requirement"
    | "marketValue"
    | "worst"
    | "sums"
    | "counts",
    Ptr
  >
>;

export function takeGroup(
  arena: Arena,
  { contracts, productOf, productShare }: NettingGroup,
  { count, accounts }: NettingSlice,
  { pieces, hasMarks }: { readonly pieces: number; readonly hasMarks: boolean },
): GroupPtrs {
  const n = contracts.count;
  const stride = strideOf(contracts);
  return {
    block: arena.take(blockWords * 4),
    profit: arena.take(n * stride * 8),
    classOf: arena.take(n * 4),
    multiplier: arena.take(n * 8),
    price: arena.take(n * 8),
    minimum: arena.take(n * 8),
    kind: arena.take(n),
    productOf: arena.take(productOf.length * 4),
    productShare: arena.take(productShare.length * 8),
    portfolioShare: arena.take(8),
    keptRank: arena.take(count * 4),
    keptQuantity: arena.take(count * 8),
    keptMark: hasMarks ? arena.take(count * 8) : 0,
    rowAccount: arena.take(accounts * 4),
    rowStart: arena.take((accounts + 1) * 4),
    requirement: arena.take(accounts * 8),
    marketValue: arena.take(accounts * 8),
    worst: arena.take(accounts * 4),
    sums: arena.take(pieces * productOf.length * (stride + 2) * 8),
    counts: arena.take(8),
  };
}

const blockWords = 32;
const readingBits = { remainder: 1, byClass: 2, alone: 4 } as const;

/** A group of one class group that offsets nothing. */
function standsAlone({ productOf, productShare, portfolioShare, minimumPer }: NettingGroup): boolean {
  const isWhole = productShare[0] === 1 && portfolioShare === 1;
  return productOf.length === 1 && isWhole && minimumPer === "portfolio_group";
}

export function writeGroup(
  buffer: ArrayBufferLike,
  ptrs: GroupPtrs,
  group: NettingGroup,
  {
    slice,
    columns,
    shift,
    pieces,
  }: { slice: NettingSlice; columns: HoldingColumns; shift: number; pieces: number },
): void {
  const { contracts, productOf, productShare } = group;
  const stride = strideOf(contracts);
  const { account, rank, millionths, mark } = columns.ptrs;
  const { first, count } = slice;
  const readings =
    (group.carriedGain === "remainder" ? readingBits.remainder : 0) |
    (group.minimumPer === "class_group" ? readingBits.byClass : 0) |
    (standsAlone(group) ? readingBits.alone : 0);
  const sumsBytes = pieces * productOf.length * (stride + 2) * 8;
  // In the order of the picture at the head of assembly/net.ts.
  const words = [
    [count, account + first * 4, rank + first * 4, millionths + first * 8, mark === 0 ? 0 : mark + first * 8],
    [sumsBytes, ptrs.profit, contracts.scenarioCount, stride, ptrs.classOf],
    [ptrs.multiplier, ptrs.price, ptrs.minimum, ptrs.kind],
    [productOf.length, ptrs.productOf, productShare.length, ptrs.productShare, ptrs.portfolioShare, readings],
    [columns.skipPtr, shift, ptrs.keptRank, ptrs.keptQuantity, ptrs.keptMark],
    [ptrs.rowAccount, ptrs.rowStart, ptrs.requirement, ptrs.marketValue, ptrs.worst, ptrs.sums, ptrs.counts],
  ];
  new Int32Array(buffer, ptrs.block, blockWords).set(words.flat());
  writeProfits(new Float64Array(buffer, ptrs.profit, contracts.count * stride), contracts, stride);
  new Int32Array(buffer, ptrs.classOf, contracts.count).set(contracts.classOf);
  new Float64Array(buffer, ptrs.multiplier, contracts.count).set(contracts.multiplier);
  new Float64Array(buffer, ptrs.price, contracts.count).set(contracts.price);
  new Float64Array(buffer, ptrs.minimum, contracts.count).set(contracts.minimum);
  new Uint8Array(buffer, ptrs.kind, contracts.count).set(contracts.kind);
  new Int32Array(buffer, ptrs.productOf, productOf.length).set(productOf);
  new Float64Array(buffer, ptrs.productShare, productShare.length).set(productShare);
  new Float64Array(buffer, ptrs.portfolioShare, 1)[0] = group.portfolioShare;
}

function writeProfits(
  into: Float64Array,
  { profit, scenarioCount, count }: NettingContracts,
  stride: number,
): void {
  if (stride === scenarioCount) {
    into.set(profit);
    return;
  }
  for (let row = 0; row < count; row++) {
    into.set(profit.subarray(row * scenarioCount, (row + 1) * scenarioCount), row * stride);
    into[row * stride + scenarioCount] = 0;
  }
}

const bindings = ["none", "scan_loss", "minimum"] as const;

export function readGroup(
  buffer: ArrayBufferLike,
  { group, ptrs }: { readonly group: NettingGroup; readonly ptrs: GroupPtrs },
  pieces: number,
): NettedGroup {
  const [rows = 0, kept = 0] = new Int32Array(buffer, ptrs.counts, 2);
  const worst = new Int32Array(buffer, ptrs.worst, rows);
  const sumsStride = strideOf(group.contracts) + 2;
  return {
    account: new Int32Array(buffer, ptrs.rowAccount, rows),
    requirementUsd: new Float64Array(buffer, ptrs.requirement, rows),
    marketValueUsd: new Float64Array(buffer, ptrs.marketValue, rows),
    worstScenario: (row) => (worst[row] ?? 0) & 0x3fff,
    worstClass: (row) => ((worst[row] ?? 0) >> 14) & 0x3fff,
    binding: (row) => bindings[(worst[row] ?? 0) >> 28] ?? "none",
    start: new Int32Array(buffer, ptrs.rowStart, rows + 1),
    rank: new Int32Array(buffer, ptrs.keptRank, kept),
    classSums: new Float64Array(buffer, ptrs.sums, pieces * group.productOf.length * sumsStride),
    sumsStride,
  };
}
