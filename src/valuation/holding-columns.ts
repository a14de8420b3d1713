import type { Ptr } from "./kernel.js";
import type { KernelSpace } from "./placed-options.js";
import type { Region } from "./regions.js";

/**
 * Holdings of a book as columns in the kernel's memory, one after another group by group, within a group by account.
 *
 *     account n i32 | rank n i32 | millionths n f64 | mark n f64, where any account gives one
 */
export class HoldingColumns {
  readonly space: KernelSpace;
  readonly count: number;
  readonly ptrs: { readonly account: Ptr; readonly rank: Ptr; readonly millionths: Ptr; readonly mark: Ptr };
  readonly accountCount: number;
  /** By account: 1 = left out of the netting. */
  readonly skipPtr: Ptr;
  readonly #held: Region[] = [];

  constructor(
    space: KernelSpace,
    shape: { readonly count: number; readonly accountCount: number; readonly hasMarks: boolean },
  ) {
    this.space = space;
    this.count = shape.count;
    this.accountCount = shape.accountCount;
    const take = (bytes: number): Ptr => {
      const region = space.regions.take(bytes);
      this.#held.push(region);
      return region.ptr;
    };
    const { count } = shape;
    this.ptrs = {
      account: take(count * 4),
      rank: take(count * 4),
      millionths: take(count * 8),
      mark: shape.hasMarks ? take(count * 8) : 0,
    };
    this.skipPtr = take(shape.accountCount);
  }

  /** Views that are made anew because the memory may have grown. */
  get account(): Int32Array {
    return new Int32Array(this.space.kernel.memory.buffer, this.ptrs.account, this.count);
  }

  get rank(): Int32Array {
    return new Int32Array(this.space.kernel.memory.buffer, this.ptrs.rank, this.count);
  }

  get millionths(): Float64Array {
    return new Float64Array(this.space.kernel.memory.buffer, this.ptrs.millionths, this.count);
  }

  get mark(): Float64Array | null {
    const { mark } = this.ptrs;
    return mark === 0 ? null : new Float64Array(this.space.kernel.memory.buffer, mark, this.count);
  }

  get skip(): Uint8Array {
    return new Uint8Array(this.space.kernel.memory.buffer, this.skipPtr, this.accountCount);
  }

  release(): void {
    for (const region of this.#held.splice(0)) this.space.regions.give(region);
  }
}
