import { type Kernel, kernelError } from "./kernel.js";
import type { DividendSchedule, OptionColumns } from "./option-columns.js";

const termColumns = 5;
const greekColumns = 8;
const callFlag = 1;
const americanFlag = 2;

/** Contracts of one kernel call. */
const rowCapacity = 256;
/** Doubles of one call's results: 4 MiB. */
const outCapacity = 524_288;
/** Cash dividends of one call. */
const dividendCapacity = 65_536;

type ScratchSize = (volCount: number, priceCount: number) => number;

/** Byte addresses of a block's columns, in the order in which they lie in memory. */
interface BlockPlan {
  readonly terms: number;
  readonly flags: number;
  readonly volatilities: number;
  readonly factors: number;
  readonly prices: number;
  readonly statuses: number;
  readonly dividendOffsets: number;
  readonly dividendYears: number;
  readonly dividendAmounts: number;
  readonly out: number;
  readonly scratch: number;
}

/**
 * The piece of kernel memory that one valuation reuses for every call: columns of up to 256 contracts, their results,
 * and scratch. Laid out once, when it is made; no call allocates.
 */
export class KernelBlock {
  readonly kernel: Kernel;
  readonly at: BlockPlan;
  readonly out: Float64Array;
  readonly statuses: Uint8Array;
  readonly #terms: Float64Array;
  readonly #flags: Uint8Array;
  readonly #volatilities: Float64Array;
  readonly #factors: Float64Array;
  readonly #prices: Float64Array;
  readonly #dividendOffsets: Int32Array;
  readonly #dividendYears: Float64Array;
  readonly #dividendAmounts: Float64Array;
  readonly #maxPriceCount: number;
  readonly #maxVolCount: number;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    const { exports } = kernel;
    if (rowCapacity > exports.maxContractCount()) throw kernelError(`blocks of ${rowCapacity} contracts`);
    this.#maxPriceCount = exports.maxPriceCount();
    this.#maxVolCount = exports.maxVolCount();
    this.at = planBlock(kernel);
    kernel.reserve();
    const { buffer } = kernel.memory;
    this.#terms = new Float64Array(buffer, this.at.terms, termColumns * rowCapacity);
    this.#flags = new Uint8Array(buffer, this.at.flags, rowCapacity);
    this.#volatilities = new Float64Array(buffer, this.at.volatilities, this.#maxVolCount * rowCapacity);
    this.#factors = new Float64Array(buffer, this.at.factors, this.#maxPriceCount);
    this.#prices = new Float64Array(buffer, this.at.prices, rowCapacity);
    this.statuses = new Uint8Array(buffer, this.at.statuses, rowCapacity);
    this.#dividendOffsets = new Int32Array(buffer, this.at.dividendOffsets, rowCapacity + 1);
    this.#dividendYears = new Float64Array(buffer, this.at.dividendYears, dividendCapacity);
    this.#dividendAmounts = new Float64Array(buffer, this.at.dividendAmounts, dividendCapacity);
    this.out = new Float64Array(buffer, this.at.out, outCapacity);
  }

  /** Contracts that fit into one call with this many results each. */
  rowsPerCall(resultsPerRow: number): number {
    return Math.max(1, Math.min(rowCapacity, Math.floor(outCapacity / resultsPerRow)));
  }

  /** Refuses axes that the kernel's blocks cannot hold. */
  checkAxes(volCount: number, priceCount: number): void {
    if (priceCount > this.#maxPriceCount)
      throw kernelError(`${priceCount} price factors, at most ${this.#maxPriceCount}`);
    if (volCount > this.#maxVolCount)
      throw kernelError(`${volCount} volatility moves, at most ${this.#maxVolCount}`);
  }

  /** Copies the terms of the options `rows` in; column c of row i of n lies at c * n + i. */
  setTerms(options: OptionColumns, rows: Int32Array): void {
    const columns = [options.spot, options.strike, options.years, options.rate, options.dividendYield];
    columns.forEach((column, c) => gather(column, rows, 0, this.#terms.subarray(c * rows.length)));
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0;
      this.#flags[i] =
        (options.isCall[row] === 1 ? callFlag : 0) | (options.isAmerican[row] === 1 ? americanFlag : 0);
    }
  }

  setVolatilities(volatilities: Float64Array, rows: Int32Array, volCount: number, count: number): void {
    for (let j = 0; j < volCount; j++) {
      gather(volatilities, rows, j * count, this.#volatilities.subarray(j * rows.length));
    }
  }

  setFactors(factors: Float64Array): void {
    this.#factors.set(factors);
  }

  setPrices(prices: Float64Array, rows: Int32Array): void {
    gather(prices, rows, 0, this.#prices);
  }

  /** Copies the dividends of the options `rows` in: those of row i lie at offsets[i] .. offsets[i + 1] - 1. */
  setDividends(schedules: readonly (DividendSchedule | null)[], rows: Int32Array): void {
    let end = 0;
    this.#dividendOffsets[0] = 0;
    rows.forEach((row, i) => {
      const schedule = schedules[row];
      if (schedule !== null && schedule !== undefined) {
        this.#dividendYears.set(schedule.years, end);
        this.#dividendAmounts.set(schedule.amounts, end);
        end += schedule.years.length;
      }
      this.#dividendOffsets[i + 1] = end;
    });
  }

  /** How many of `rows` can go into one call before their dividends overflow the block; at least 1. */
  rowsWithinDividends(schedules: readonly (DividendSchedule | null)[], rows: Int32Array): number {
    const most = this.kernel.exports.maxDividendCount();
    let end = 0;
    for (let i = 0; i < rows.length; i++) {
      const length = schedules[rows[i] ?? -1]?.years.length ?? 0;
      if (length > most) throw kernelError(`${length} cash dividends in one option, at most ${most}`);
      end += length;
      if (end > dividendCapacity) return i;
    }
    return rows.length;
  }
}

/** target[i] = source[first + rows[i]]; one copy where the rows are consecutive. */
function gather(source: Float64Array, rows: Int32Array, first: number, target: Float64Array): void {
  const start = first + (rows[0] ?? 0);
  if (isRun(rows)) {
    target.set(source.subarray(start, start + rows.length));
    return;
  }
  for (let i = 0; i < rows.length; i++) target[i] = source[first + (rows[i] ?? 0)] ?? Number.NaN;
}

/** Whether ascending rows are consecutive. */
export function isRun(rows: Int32Array): boolean {
  for (let i = 1; i < rows.length; i++) if (rows[i] !== (rows[i - 1] ?? 0) + 1) return false;
  return true;
}

function planBlock({ arena, exports }: Kernel): BlockPlan {
  const [maxVolCount, maxPriceCount] = [exports.maxVolCount(), exports.maxPriceCount()];
  const doubles = (count: number): number => arena.take(count * 8);
  const plan = {
    terms: doubles(termColumns * rowCapacity),
    flags: arena.take(rowCapacity),
    volatilities: doubles(maxVolCount * rowCapacity),
    factors: doubles(maxPriceCount),
    prices: doubles(rowCapacity),
    statuses: arena.take(rowCapacity),
    dividendOffsets: arena.take((rowCapacity + 1) * 4),
    dividendYears: doubles(dividendCapacity),
    dividendAmounts: doubles(dividendCapacity),
    out: doubles(Math.max(outCapacity, greekColumns * rowCapacity)),
  };
  return { ...plan, scratch: arena.take(scratchBytes(exports, maxVolCount, maxPriceCount)) };
}

/** The most that any function of the kernel asks for: every export `...ScratchBytes` at the greatest counts. */
function scratchBytes(exports: Kernel["exports"], maxVolCount: number, maxPriceCount: number): number {
  const sizes = Object.entries(exports).filter(([name]) => name.endsWith("ScratchBytes"));
  return Math.max(...sizes.map(([, size]) => (size as ScratchSize)(maxVolCount, maxPriceCount)));
}
