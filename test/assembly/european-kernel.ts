import { existsSync, readFileSync } from "node:fs";

export interface Option {
  readonly isCall: boolean;
  readonly spot: number;
  readonly strike: number;
  readonly years: number;
  readonly rate: number;
  readonly carry: number;
}

export type Exports = Record<string, (...parameters: number[]) => number>;

const guard = 0xa5;
const guardBytes = 64;

/** One kernel instance whose blocks are laid out by the test, each followed by 64 guard bytes. */
export class TestKernel {
  readonly memory: WebAssembly.Memory;
  readonly exports: Exports;
  #next: number;
  #guards: number[] = [];

  constructor(bytes: Uint8Array<ArrayBuffer>, memory?: WebAssembly.Memory, start?: number) {
    this.memory = memory ?? new WebAssembly.Memory({ initial: 512, maximum: 1024, shared: true });
    const module = new WebAssembly.Module(bytes);
    this.exports = new WebAssembly.Instance(module, { env: { memory: this.memory } })
      .exports as unknown as Exports;
    this.#next = start ?? this.call("heapBase");
  }

  call(name: string, ...parameters: number[]): number {
    const f = this.exports[name];
    if (f === undefined) throw new Error(`the kernel has no ${name}`);
    return f(...parameters);
  }

  block(bytes: number): number {
    const ptr = (this.#next + 15) & ~15;
    const end = ptr + bytes;
    this.#next = end + guardBytes;
    new Uint8Array(this.memory.buffer, end, guardBytes).fill(guard);
    this.#guards.push(end);
    return ptr;
  }

  doubles(values: ArrayLike<number>): number {
    const ptr = this.block(values.length * 8);
    new Float64Array(this.memory.buffer, ptr, values.length).set(values);
    return ptr;
  }

  read(ptr: number, count: number): number[] {
    return Array.from(new Float64Array(this.memory.buffer, ptr, count));
  }

  readBytes(ptr: number, count: number): number[] {
    return Array.from(new Uint8Array(this.memory.buffer, ptr, count));
  }

  /** Guard bytes that a call has changed. */
  brokenGuards(): number {
    return this.#guards.reduce(
      (sum, at) => sum + this.readBytes(at, guardBytes).filter((byte) => byte !== guard).length,
      0,
    );
  }

  /** n | terms | flags, as every function of the kernel begins. */
  options(options: readonly Option[]): number[] {
    const columns = ["spot", "strike", "years", "rate", "carry"] as const;
    const terms = this.doubles(columns.flatMap((column) => options.map((option) => option[column])));
    const flags = this.block(options.length);
    new Uint8Array(this.memory.buffer, flags, options.length).set(
      options.map((option) => (option.isCall ? 1 : 0)),
    );
    return [options.length, terms, flags];
  }

  /** Values [option][vol column][factor] by the two-lane path; throws when a guard is broken. */
  grid(
    options: readonly Option[],
    vols: readonly (readonly number[])[],
    factors: readonly number[],
  ): number[] {
    const head = this.options(options);
    const volsPtr = this.doubles(vols.flat());
    const factorsPtr = this.doubles(factors);
    const scratch = this.block(this.call("europeanScratchBytes", vols.length, factors.length));
    const count = options.length * vols.length * factors.length;
    const out = this.block(count * 8);
    this.call("fillEuropeanValues", ...head, vols.length, volsPtr, factors.length, factorsPtr, scratch, out);
    if (this.brokenGuards() > 0) throw new Error("the kernel wrote behind a block");
    return this.read(out, count);
  }

  /** The same by the scalar path. */
  scalarGrid(
    options: readonly Option[],
    vols: readonly (readonly number[])[],
    factors: readonly number[],
  ): number[] {
    return options.flatMap((o, i) =>
      vols.flatMap((column) =>
        factors.map((factor) =>
          this.call(
            "europeanValue",
            o.isCall ? 1 : 0,
            o.spot,
            o.strike,
            o.years,
            o.rate,
            o.carry,
            column[i] ?? Number.NaN,
            factor,
          ),
        ),
      ),
    );
  }

  /** Value and Greeks of each option, by name of column. */
  greeks(options: readonly Option[], vols: readonly number[]): Record<string, number>[] {
    const n = options.length;
    const out = this.block(n * 64);
    this.call("fillEuropeanGreeks", ...this.options(options), this.doubles(vols), out);
    const names = ["value", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga"];
    const columns = this.read(out, n * 8);
    return options.map((_, i) =>
      Object.fromEntries(names.map((name, c) => [name, columns[c * n + i] ?? Number.NaN])),
    );
  }

  impliedVolatilities(
    options: readonly Option[],
    prices: readonly number[],
  ): { volatility: number; status: number }[] {
    const n = options.length;
    const [out, status] = [this.block(n * 8), this.block(n)];
    this.call("fillEuropeanImpliedVolatilities", ...this.options(options), this.doubles(prices), out, status);
    const statuses = this.readBytes(status, n);
    return this.read(out, n).map((volatility, i) => ({ volatility, status: statuses[i] ?? -1 }));
  }

  /** Forgets all blocks. */
  reset(): void {
    this.#next = this.call("heapBase");
    this.#guards = [];
  }
}

export const kernelBytes = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL("../../build/kernel.wasm", import.meta.url)));

export function loadTestKernel(): TestKernel {
  return new TestKernel(kernelBytes());
}

/** One record of the shared European and implied-volatility vectors. */
export interface VectorRecord {
  readonly id: string;
  readonly group: string;
  readonly type: "call" | "put";
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly sigma: number;
  readonly expected: number | null;
  readonly greeks: Readonly<Record<string, number>>;
  readonly price: number;
  readonly vega: number;
  readonly reason?: string;
}

const vectorFolder = new URL("../../../shared/data/vectors/", import.meta.url);
export const hasVectors = existsSync(vectorFolder);
export const skipped = hasVectors ? "" : " (skipped: the shared vectors are not here)";

export function readVectors(name: string): VectorRecord[] {
  return JSON.parse(readFileSync(new URL(name, vectorFolder), "utf8")) as VectorRecord[];
}

export function optionOf(record: VectorRecord): Option {
  const { S: spot, K: strike, T: years, r: rate, q: carry } = record;
  return { isCall: record.type === "call", spot, strike, years, rate, carry };
}
