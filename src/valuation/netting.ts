import { AccountColumns } from "./account-columns.js";
import { kernelError } from "./kernel.js";
import type { KernelCall } from "./kernel-call.js";
import type { LotColumns } from "./lot-columns.js";
import {
  layGroups,
  type LaidGroups,
  layNetting,
  layOrder,
  type OrderedPiece,
  strideOf,
} from "./netting-memory.js";
import type { KernelSpace } from "./placed-options.js";

/** What netting knows of contracts, by contract row: one set of columns for all groups. */
export interface NettingContracts {
  readonly scenarioCount: number;
  /** USD per long contract; rows of `scenarioCount`. */
  readonly profit: Float64Array;
  /** Class group within the contract's group. */
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
  /** Its contracts' rows in the order of netting: product group, class group, contract. */
  readonly rows: Int32Array;
  /** By class group: product group within the group, never falling. */
  readonly productOf: Int32Array;
  /** Part of a gain that offsets, by product group. */
  readonly productShare: Float64Array;
  readonly portfolioShare: number;
  readonly carriedGain: "reduced" | "remainder";
  readonly minimumPer: "portfolio_group" | "class_group";
  /** Whether an account is told which class groups it holds, where the group is its costliest. */
  readonly tellsHeld: boolean;
}

/** The groups of a book, in the order in which they are netted, and where each contract stands. */
export interface NettingBook {
  readonly groups: readonly NettingGroup[];
  /** By contract row: its group; -1 for contracts that stand in none. */
  readonly groupOf: Int32Array;
  /** By contract row: its place within the group. */
  readonly rankOf: Int32Array;
  /** By contract row: 1 = the netting leaves out who holds it. */
  readonly apart: Uint8Array;
  /** By contract row: units that a contract delivers, and those that its quoted price is of. */
  readonly units: Float64Array;
  readonly quotedUnits: Float64Array;
}

/** Lots from `start` to `end - 1`, the accounts of which never fall. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/** Accounts that one call nets: all their lots, and no others. */
export interface NettingPiece {
  readonly firstAccount: number;
  readonly accountCount: number;
  /** In their order accounts never fall. */
  readonly runs: readonly Run[];
}

/** Lots to be put in the order of netting: calls to be made, in any order and on any thread. The lots can go after. */
export interface OrderQuestion {
  readonly calls: readonly KernelCall[];
  readonly holdings: Holdings;
}

/** What the accounts of a book hold, in the order of netting, once the calls of its question have been made. */
export interface Holdings {
  readonly pieces: readonly OrderedPiece[];
  readonly release: () => void;
}

/** Holdings laid out to be netted: calls to be made, in any order and on any thread, and results to be read after. */
export interface NettingQuestion {
  readonly calls: readonly KernelCall[];
  /**
   * By group and class group: sum of profits by scenario, padded to pairs | cost | accounts, `sumsStride` numbers. A view
   * that holds until the release.
   */
  readonly classSums: (piece: number) => Float64Array;
  readonly release: () => void;
}

/** Most rows and numbers of scratch that the kernel has room for: `nettingScratchBytes` of assembly/net-layout.ts. */
export function nettingScratchNeeded({ contracts, productShare, productOf }: NettingGroup): number {
  const rows = 2 * productOf.length + productShare.length + 1;
  return rows * strideOf(contracts) * 8 + (3 * productOf.length + productShare.length + 1) * 8;
}

/** The groups of a book, laid out in the kernel's memory once for all its accounts. */
export class Netting {
  /** u32 by account that say which class groups it holds. */
  readonly #heldWords: number;
  readonly #space: KernelSpace;
  readonly #laid: LaidGroups;

  /** @throws MarginError `INTERNAL` where a group has more class groups or scenarios than the kernel has room for. */
  constructor(space: KernelSpace, book: NettingBook) {
    const room = space.kernel.exports.nettingScratchBytes();
    for (const group of book.groups)
      if (nettingScratchNeeded(group) > room)
        throw kernelError(
          `a portfolio group of ${group.productOf.length} class groups at ${group.contracts.scenarioCount} scenarios`,
        );
    const telling = book.groups.filter(({ tellsHeld }) => tellsHeld);
    this.#heldWords = Math.max(0, ...telling.map(({ productOf }) => Math.ceil(productOf.length / 32)));
    this.#space = space;
    this.#laid = layGroups(space, book);
  }

  /** Room for the results of accounts 0 to `count - 1`. The caller gives it back by `release()`. */
  accounts(count: number): AccountColumns {
    return new AccountColumns(this.#space, count, this.#heldWords);
  }

  /**
   * Puts the lots of pieces in the order of netting. Marks the accounts that hold what cannot be used or what is computed apart;
   * no account with a mark has holdings.
   */
  order(lots: LotColumns, accounts: AccountColumns, pieces: readonly NettingPiece[]): OrderQuestion {
    const { marks } = accounts.ptrs;
    const ordered = pieces.map((piece) => layOrder(this.#space, this.#laid, { lots, marks, piece }));
    return {
      calls: ordered.map(({ block, lotCount }) => ({
        fill: "fillHoldings",
        rows: lotCount,
        cells: 1,
        parameters: [block],
        scratchAt: -1,
      })),
      holdings: {
        pieces: ordered,
        release: () => {
          for (const { region } of ordered) this.#space.regions.give(region);
        },
      },
    };
  }

  /** Asks for the results of accounts by what they hold. */
  ask({ pieces }: Holdings, accounts: AccountColumns): NettingQuestion {
    const { ptrs, region } = layNetting(this.#space, this.#laid, { pieces, accounts });
    const scratch = this.#space.scratch;
    const { buffer } = this.#space.kernel.memory;
    return {
      calls: pieces.map(({ lotCount }, k) => ({
        fill: "fillNetting",
        rows: lotCount,
        cells: 1,
        parameters: [ptrs[k]?.block ?? 0, scratch],
        scratchAt: 1,
      })),
      classSums: (piece) => new Float64Array(buffer, ptrs[piece]?.sums, this.#laid.sumsBytes / 8),
      release: () => {
        this.#space.regions.give(region);
      },
    };
  }

  release(): void {
    this.#space.regions.give(this.#laid.region);
  }
}
