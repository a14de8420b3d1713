import type { Ptr } from "./kernel.js";
import type { KernelSpace } from "./placed-options.js";
import type { Region } from "./regions.js";

/** Lots of a book as columns in the kernel's memory, in any order: what is not set holds anything. */
export class LotColumns {
  readonly count: number;
  /** Number of the account. */
  readonly account: Int32Array;
  /** Row of the contract; below 0 where nothing can be done with it. */
  readonly contract: Int32Array;
  /** Quantity in millionths, whole: lots add up exactly in any order. */
  readonly millionths: Float64Array;
  /** The account's own price as it is quoted, NaN where it gives none; null where no lot has one. */
  readonly mark: Float64Array | null;
  readonly ptrs: {
    readonly account: Ptr;
    readonly contract: Ptr;
    readonly millionths: Ptr;
    readonly mark: Ptr;
  };
  readonly #space: KernelSpace;
  readonly #held: Region[] = [];

  constructor(space: KernelSpace, { count, hasMarks }: LotShape) {
    this.#space = space;
    this.count = count;
    const take = (bytes: number): Ptr => {
      const region = space.regions.take(bytes);
      this.#held.push(region);
      return region.ptr;
    };
    this.ptrs = {
      account: take(count * 4),
      contract: take(count * 4),
      millionths: take(count * 8),
      mark: hasMarks ? take(count * 8) : 0,
    };
    // The memory is shared: views made now stay good when it grows.
    const { buffer } = space.kernel.memory;
    this.account = new Int32Array(buffer, this.ptrs.account, count);
    this.contract = new Int32Array(buffer, this.ptrs.contract, count);
    this.millionths = new Float64Array(buffer, this.ptrs.millionths, count);
    this.mark = hasMarks ? new Float64Array(buffer, this.ptrs.mark, count) : null;
  }

  release(): void {
    for (const region of this.#held.splice(0)) this.#space.regions.give(region);
  }
}

export interface LotShape {
  readonly count: number;
  readonly hasMarks: boolean;
}
