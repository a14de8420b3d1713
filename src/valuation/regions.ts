import type { Kernel, Ptr } from "./kernel.js";

/** A piece of kernel memory that somebody holds. */
export interface Region {
  readonly ptr: Ptr;
  readonly bytes: number;
}

const leastBytes = 65_536;

/**
 * Blocks of kernel memory that are taken and given back, so that runs after one another use the same memory and runs
 * at the same time do not. Sizes are powers of two from 64 KiB, with a list of free blocks for each; what was taken once
 * stays with this object. Nothing is cleared.
 */
export class Regions {
  readonly #kernel: Kernel;
  readonly #free = new Map<number, Ptr[]>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  take(bytes: number): Region {
    let size = leastBytes;
    while (size < bytes) size *= 2;
    const ptr = this.#free.get(size)?.pop() ?? this.#kernel.arena.take(size);
    this.#kernel.reserve();
    return { ptr, bytes: size };
  }

  give({ ptr, bytes }: Region): void {
    const free = this.#free.get(bytes);
    if (free === undefined) this.#free.set(bytes, [ptr]);
    else free.push(ptr);
  }
}
