import { readFileSync } from "node:fs";
import { sha256 } from "../basics/sha256.js";
import { failure, MarginError } from "../basics/failure.js";

/** A byte address in the kernel's memory. */
export type Ptr = number;
type Fill = (...parameters: number[]) => void;

/** What the WebAssembly module exports; parameters are numbers and byte addresses (`assembly/*.ts` tell which). */
export interface KernelExports {
  version(): number;
  heapBase(): Ptr;
  maxContractCount(): number;
  maxPriceCount(): number;
  maxScenarioCount(): number;
  maxVolCount(): number;
  maxDividendCount(): number;
  europeanScratchBytes(volCount: number, priceCount: number): number;
  americanScratchBytes(): number;
  dividendScratchBytes(): number;
  nettingScratchBytes(): number;
  europeanValue(...parameters: number[]): number;
  fillEuropeanValues: Fill;
  fillEuropeanGreeks: Fill;
  fillEuropeanImpliedVolatilities: Fill;
  fillRiskArray: Fill;
  fillHoldings: Fill;
  fillNetting: Fill;
  fillDividendValues: Fill;
  fillDividendGreeks: Fill;
  fillDividendImpliedVolatilities: Fill;
  fillAmericanValues: Fill;
  fillAmericanGreeks: Fill;
  fillAmericanImpliedVolatilities: Fill;
}

export type FillName = Extract<keyof KernelExports, `fill${string}`>;

/** Hands out consecutive blocks of linear memory, each 16-byte aligned. Never takes one back. */
export class Arena {
  #next: Ptr;

  constructor(start: Ptr) {
    this.#next = start;
  }

  take(bytes: number): Ptr {
    const ptr = (this.#next + 15) & ~15;
    this.#next = ptr + bytes;
    return ptr;
  }

  /** First byte after the last block. */
  get end(): Ptr {
    return this.#next;
  }
}

/** Bytes of the block in which everything that a plan takes has room. */
export function bytesOf(plan: (arena: Arena) => unknown): number {
  const arena = new Arena(0);
  plan(arena);
  return arena.end;
}

type ScratchSize = (volCount: number, priceCount: number) => number;

const pageBytes = 65_536;
/** 2 GiB of addresses, so that each fits a signed 32-bit number; pages are not touched before they are used. */
const maximumPages = 32_768;
const builtKernel = new URL("../../build/kernel.wasm", import.meta.url);

/**
 * One instance of the kernel with a linear memory of its own. It lays nothing out itself: {@link Arena} and the
 * caller do. The memory is shared memory, so growing it detaches no view; views made before do not see what was
 * added, therefore callers reserve first and make views then.
 */
export class Kernel {
  /** As compiled: worker threads make instances of their own of it, on the same memory. */
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly exports: KernelExports;
  readonly arena: Arena;
  readonly #bytes: Buffer;
  #hash: string | null = null;

  private constructor(module: WebAssembly.Module, bytes: Buffer) {
    this.module = module;
    this.memory = new WebAssembly.Memory({ initial: 16, maximum: maximumPages, shared: true });
    this.exports = kernelInstance(module, this.memory);
    this.#bytes = bytes;
    this.arena = new Arena(this.exports.heapBase());
  }

  /** SHA-256 of the module's bytes, hexadecimal. */
  get hash(): string {
    return (this.#hash ??= sha256().update(this.#bytes).digest("hex"));
  }

  static async load(url: URL = builtKernel): Promise<Kernel> {
    const bytes = readFileSync(url);
    return new Kernel(await WebAssembly.compile(bytes), bytes);
  }

  /**
   * Grows the memory so that everything the arena has handed out exists.
   *
   * @throws MarginError `INTERNAL` beyond the maximum.
   */
  reserve(): void {
    const missing = this.arena.end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    if (this.arena.end > maximumPages * pageBytes)
      throw kernelError(`${this.arena.end} bytes of kernel memory, at most ${maximumPages * pageBytes}`);
    this.memory.grow(Math.ceil(missing / pageBytes));
  }

  /** Whether the module has this function. */
  has(name: keyof KernelExports): boolean {
    return typeof this.exports[name] === "function";
  }

  /** The function `name`; an error that says so where the module does not have it. */
  fill(name: FillName): Fill {
    if (!this.has(name)) throw kernelError(`the kernel has no ${name}`);
    return this.exports[name];
  }

  /** Scratch for one thread: the most that any function asks for, every export `...ScratchBytes` at its greatest counts. */
  takeScratch(): Ptr {
    const [vols, prices] = [this.exports.maxVolCount(), this.exports.maxPriceCount()];
    const sizes = Object.entries(this.exports).filter(([name]) => name.endsWith("ScratchBytes"));
    const ptr = this.arena.take(Math.max(...sizes.map(([, size]) => (size as ScratchSize)(vols, prices))));
    this.reserve();
    return ptr;
  }
}

/** What an instance of the module on this memory exports. Its constant tables are written again, with the same bytes. */
export function kernelInstance(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}

/** A wrong use of the kernel: our mistake, not the input's. */
export function kernelError(text: string): MarginError {
  return new MarginError([failure("INTERNAL", { value: text })]);
}
