import { readFileSync } from "node:fs";

/** One option with cash dividends; `dividends` are [years from now, cash per share]. */
export interface DividendRow {
  readonly isCall: boolean;
  readonly isAmerican: boolean;
  readonly spot: number;
  readonly strike: number;
  readonly years: number;
  readonly rate: number;
  readonly yield: number;
  readonly dividends: readonly (readonly [number, number])[];
}

type Kernel = Record<string, (...args: number[]) => number>;

export interface Block {
  readonly kernel: Kernel;
  readonly memory: WebAssembly.Memory;
  /** Writes the rows behind heapBase and returns the addresses that every cash-dividend function begins with. */
  place(rows: readonly DividendRow[]): { readonly head: number[]; readonly alloc: (bytes: number) => number };
}

/** A kernel instance of its own with 16 MiB. */
export function loadKernel(): Block {
  const bytes = readFileSync(new URL("../../build/kernel.wasm", import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const kernel = instance.exports as unknown as Kernel;
  const place = (rows: readonly DividendRow[]): { head: number[]; alloc: (bytes: number) => number } => {
    let free = kernel["heapBase"]!();
    const alloc = (count: number): number => {
      const ptr = free;
      free = (free + count + 15) & ~15;
      if (free > memory.buffer.byteLength) throw new Error("test block too large");
      return ptr;
    };
    const n = rows.length;
    const dividendCount = rows.reduce((sum, row) => sum + row.dividends.length, 0);
    const head = [
      alloc(n * 40),
      alloc(n),
      alloc(n * 4 + 4),
      alloc(dividendCount * 8 + 8),
      alloc(dividendCount * 8 + 8),
    ];
    const terms = new Float64Array(memory.buffer, head[0], n * 5);
    const flags = new Uint8Array(memory.buffer, head[1], n);
    const offsets = new Int32Array(memory.buffer, head[2], n + 1);
    const years = new Float64Array(memory.buffer, head[3], dividendCount);
    const amounts = new Float64Array(memory.buffer, head[4], dividendCount);
    let next = 0;
    rows.forEach((row, i) => {
      [row.spot, row.strike, row.years, row.rate, row.yield].forEach(
        (value, c) => (terms[c * n + i] = value),
      );
      flags[i] = (row.isCall ? 1 : 0) | (row.isAmerican ? 2 : 0);
      offsets[i] = next;
      for (const [time, cash] of row.dividends) {
        years[next] = time;
        amounts[next] = cash;
        next += 1;
      }
    });
    offsets[n] = next;
    return { head: [n, ...head], alloc };
  };
  return { kernel, memory, place };
}

const GUARD = 0x7ff4dead7ff4deadn;

/** Values [row][vol][factor]; throws when the kernel wrote past its scratch or output block. */
export function values(
  block: Block,
  rows: readonly DividendRow[],
  vols: readonly (readonly number[])[],
  factors: readonly number[] = [1],
): number[] {
  const n = rows.length;
  const volCount = vols[0]!.length;
  const { head, alloc } = block.place(rows);
  const volsPtr = alloc(n * volCount * 8);
  const factorsPtr = alloc(factors.length * 8);
  const scratchBytes = block.kernel["dividendScratchBytes"]!();
  const scratchPtr = alloc(scratchBytes + 8);
  const outCount = n * volCount * factors.length;
  const outPtr = alloc(outCount * 8 + 8);
  const column = new Float64Array(block.memory.buffer, volsPtr, n * volCount);
  vols.forEach((row, i) => row.forEach((vol, j) => (column[j * n + i] = vol)));
  new Float64Array(block.memory.buffer, factorsPtr, factors.length).set(factors);
  const guards = [scratchPtr + scratchBytes, outPtr + outCount * 8].map(
    (ptr) => new BigUint64Array(block.memory.buffer, ptr, 1),
  );
  guards.forEach((guard) => (guard[0] = GUARD));
  block.kernel["fillDividendValues"]!(
    ...head,
    volCount,
    volsPtr,
    factors.length,
    factorsPtr,
    scratchPtr,
    outPtr,
  );
  if (guards.some((guard) => guard[0] !== GUARD)) throw new Error("guard word overwritten");
  return [...new Float64Array(block.memory.buffer, outPtr, outCount)];
}

export interface GreekRow {
  readonly value: number;
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly rho: number;
  readonly vanna: number;
  readonly volga: number;
}

/** Greeks of each row at its volatility. */
export function greeks(block: Block, rows: readonly DividendRow[], vols: readonly number[]): GreekRow[] {
  const n = rows.length;
  const { head, alloc } = block.place(rows);
  const volPtr = alloc(n * 8);
  const scratchPtr = alloc(block.kernel["dividendScratchBytes"]!());
  const outPtr = alloc(n * 64 + 8);
  new Float64Array(block.memory.buffer, volPtr, n).set(vols);
  const guard = new BigUint64Array(block.memory.buffer, outPtr + n * 64, 1);
  guard[0] = GUARD;
  block.kernel["fillDividendGreeks"]!(...head, volPtr, scratchPtr, outPtr);
  if (guard[0] !== GUARD) throw new Error("guard word overwritten");
  const out = new Float64Array(block.memory.buffer, outPtr, n * 8);
  const at = (column: number, i: number): number => out[column * n + i]!;
  return rows.map((_, i) => ({
    value: at(0, i),
    delta: at(1, i),
    gamma: at(2, i),
    vega: at(3, i),
    theta: at(4, i),
    rho: at(5, i),
    vanna: at(6, i),
    volga: at(7, i),
  }));
}

/** Implied volatility and status of each row at its price. */
export function impliedVolatilities(
  block: Block,
  rows: readonly DividendRow[],
  prices: readonly number[],
): { volatility: number; status: number }[] {
  const n = rows.length;
  const { head, alloc } = block.place(rows);
  const pricesPtr = alloc(n * 8);
  const scratchPtr = alloc(block.kernel["dividendScratchBytes"]!());
  const outPtr = alloc(n * 8);
  const statusPtr = alloc(n);
  new Float64Array(block.memory.buffer, pricesPtr, n).set(prices);
  block.kernel["fillDividendImpliedVolatilities"]!(...head, pricesPtr, scratchPtr, outPtr, statusPtr);
  const out = new Float64Array(block.memory.buffer, outPtr, n);
  const statuses = new Uint8Array(block.memory.buffer, statusPtr, n);
  return rows.map((_, i) => ({ volatility: out[i]!, status: statuses[i]! }));
}
