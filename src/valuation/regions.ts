import type { Kernel, Ptr } from "./kernel.js";

/** A piece of kernel memory that somebody holds. */
export interface Region {
  readonly ptr: Ptr;
  readonly bytes: number;
}

const leastBytes = 65_536;

/** Sizes between one power of two and the next, so that at most an eighth is given away. */
const sizesAnOctave = 8;

/** @returns the next size of which blocks are made, 64 KiB at least */
function blockBytes(bytes: number): number {
  let power = leastBytes;
  while (power * 2 <= bytes) power *= 2;
  const step = power / sizesAnOctave;
  return Math.max(leastBytes, Math.ceil(bytes / step) * step);
}

/**
 * Blocks of kernel memory that are taken and given back, so that runs after one another use the same memory and runs
 * at the same time do not. There is a list of free blocks for each size; a block that is free is taken for up to half of it. What
 * was taken once stays with this object. Nothing is cleared.
 */
export class Regions {
  readonly #kernel: Kernel;
  readonly #free = new Map<number, Ptr[]>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  take(bytes: number): Region {
    const wanted = blockBytes(bytes);
    const size = this.#freeSize(wanted) ?? wanted;
    const ptr = this.#free.get(size)?.pop() ?? this.#kernel.arena.take(size);
    this.#kernel.reserve();
    return { ptr, bytes: size };
  }

  /** The smallest size of a free block that serves; null where there is none. */
  #freeSize(wanted: number): number | null {
    let best: number | null = null;
    for (const [size, { length }] of this.#free)
      if (length > 0 && size >= wanted && size <= 2 * wanted && (best === null || size < best)) best = size;
    return best;
  }

  give({ ptr, bytes }: Region): void {
    const free = this.#free.get(bytes);
    if (free === undefined) this.#free.set(bytes, [ptr]);
    else free.push(ptr);
  }
}
