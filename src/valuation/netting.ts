import type { HoldingColumns } from "./holding-columns.js";
import { Arena, kernelError } from "./kernel.js";
import type { KernelCall } from "./kernel-call.js";
import { readGroup, strideOf, takeGroup, writeGroup } from "./netting-memory.js";

/** The contracts of one portfolio group in the order of netting: product group, class group, contract. */
export interface NettingContracts {
  readonly count: number;
  readonly scenarioCount: number;
  /** USD per long contract; `count` rows of `scenarioCount`. */
  readonly profit: Float64Array;
  /** Class group within the group, never falling. */
  readonly classOf: Int32Array;
  readonly multiplier: Float64Array;
  /** USD per unit, where an account gives no mark of its own. */
  readonly price: Float64Array;
  /** USD per contract. */
  readonly minimum: Float64Array;
  /** Bits: {@link nettingKind}. */
  readonly kind: Uint8Array;
}

/** Bits of a contract's kind, as the kernel reads them. */
export const nettingKind = { minimumOfShorts: 1, minimumCapped: 2, settledDaily: 4 } as const;

/** A portfolio group and its offsets. */
export interface NettingGroup {
  readonly contracts: NettingContracts;
  /** By class group: product group within the group, never falling. */
  readonly productOf: Int32Array;
  /** Part of a gain that offsets, by product group. */
  readonly productShare: Float64Array;
  readonly portfolioShare: number;
  readonly carriedGain: "reduced" | "remainder";
  readonly minimumPer: "portfolio_group" | "class_group";
}

/** The part of the holding columns that belongs to a group, and the number of accounts in it. */
export interface NettingSlice {
  readonly first: number;
  readonly count: number;
  readonly accounts: number;
}

/** What every group of one book shares. */
export interface NettingBook {
  readonly columns: HoldingColumns;
  /** Accounts of one piece of the firm's sums, a power of two; a piece is the same whatever the cut of the work. */
  readonly accountsPerPiece: number;
}

/** What one group came to. Views of the kernel's memory: they hold until the netting is released. */
export interface NettedGroup {
  /** Accounts that hold something in the group, ascending; the other columns by its index. */
  readonly account: Int32Array;
  readonly requirementUsd: Float64Array;
  readonly marketValueUsd: Float64Array;
  /** Index of the worst scenario, from 0. */
  readonly worstScenario: (row: number) => number;
  /** The class group that loses most there, within the group. */
  readonly worstClass: (row: number) => number;
  readonly binding: (row: number) => "none" | "scan_loss" | "minimum";
  /** Holdings `start[row]` to `start[row + 1] - 1` of `rank`: contracts within the group, ascending. */
  readonly start: Int32Array;
  readonly rank: Int32Array;
  /** By piece and class group: sum of profits by scenario | cost | accounts. */
  readonly classSums: Float64Array;
  /** Numbers of one class group in `classSums`. */
  readonly sumsStride: number;
}

/** Groups laid out for the kernel: calls to be made, in any order and on any thread, and results to be read after. */
export interface NettingQuestion {
  readonly calls: readonly KernelCall[];
  /** After the calls were made. */
  readonly results: () => NettedGroup[];
  readonly release: () => void;
}

/** Most rows and numbers of scratch that the kernel has room for: `nettingScratchBytes` of assembly/net-layout.ts. */
export function nettingScratchNeeded({ contracts, productShare, productOf }: NettingGroup): number {
  const rows = 2 * productOf.length + productShare.length + 1;
  return rows * strideOf(contracts) * 8 + (3 * productOf.length + productShare.length + 1) * 8;
}

/**
 * Writes groups and room for their results into the kernel's memory.
 *
 * @throws MarginError `INTERNAL` where a group has more class groups or scenarios than the kernel has room for.
 */
export function askNetting(
  groups: readonly { readonly group: NettingGroup; readonly slice: NettingSlice }[],
  { columns, accountsPerPiece }: NettingBook,
): NettingQuestion {
  const { space } = columns;
  const pieces = Math.ceil(Math.max(1, columns.accountCount) / accountsPerPiece);
  const room = space.kernel.exports.nettingScratchBytes();
  for (const { group } of groups)
    if (nettingScratchNeeded(group) > room)
      throw kernelError(
        `a portfolio group of ${group.productOf.length} class groups at ${group.contracts.scenarioCount} scenarios`,
      );
  const plan = new Arena(0);
  for (const each of groups)
    takeGroup(plan, each.group, each.slice, { pieces, hasMarks: columns.ptrs.mark !== 0 });
  const region = space.regions.take(plan.end);
  const arena = new Arena(region.ptr);
  const laid = groups.map(({ group, slice }) => {
    const ptrs = takeGroup(arena, group, slice, { pieces, hasMarks: columns.ptrs.mark !== 0 });
    writeGroup(space.kernel.memory.buffer, ptrs, group, {
      slice,
      columns,
      shift: 31 - Math.clz32(accountsPerPiece),
      pieces,
    });
    return { group, ptrs, slice };
  });
  return {
    calls: laid.map(({ ptrs, slice }) => ({
      fill: "fillNetting",
      rows: slice.count,
      cells: 1,
      parameters: [ptrs.block, space.scratch],
      scratchAt: 1,
    })),
    results: () => laid.map((each) => readGroup(space.kernel.memory.buffer, each, pieces)),
    release: () => {
      space.regions.give(region);
    },
  };
}
