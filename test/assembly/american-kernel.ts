import { readFileSync } from "node:fs";

export interface AmericanRow {
  readonly isCall: boolean;
  readonly spot: number;
  readonly strike: number;
  readonly years: number;
  readonly rate: number;
  readonly dividendYield: number;
  readonly volatility: number;
}

type Kernel = Record<string, (...args: number[]) => number>;
const guard = 0x5a;

/** A kernel instance that fills blocks, calls, and checks that no byte behind a block changed. */
export class AmericanKernel {
  private readonly memory = new WebAssembly.Memory({ initial: 128, maximum: 65536, shared: true });
  private readonly kernel: Kernel;

  constructor() {
    const bytes = readFileSync(new URL("../../build/kernel.wasm", import.meta.url));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.memory },
    });
    this.kernel = instance.exports as unknown as Kernel;
  }

  /** Writes each block with a guard of 64 bytes behind it, calls, and returns copies of all blocks. */
  private run(name: string, blocks: Uint8Array[], args: (at: number[]) => number[]): Uint8Array[] {
    let free = this.kernel["heapBase"]!();
    const all = new Uint8Array(this.memory.buffer);
    const at = blocks.map((block) => {
      const start = free;
      all.set(block, start);
      all.fill(guard, start + block.length, start + block.length + 64);
      free = (start + block.length + 64 + 15) & ~15;
      return start;
    });
    this.kernel[name]!(...args(at));
    return blocks.map((block, b) => {
      const end = at[b]! + block.length;
      if (all.slice(end, end + 64).some((byte) => byte !== guard))
        throw new Error(`overrun behind block ${b}`);
      return all.slice(at[b], end);
    });
  }

  private common(rows: readonly AmericanRow[]): Uint8Array[] {
    const terms = (["spot", "strike", "years", "rate", "dividendYield"] as const).flatMap((key) =>
      rows.map((row) => row[key]),
    );
    const scratch = new Uint8Array(this.kernel["americanScratchBytes"]!());
    return [bytesOf(terms), Uint8Array.from(rows, (row) => (row.isCall ? 3 : 2)), scratch];
  }

  /** [row][volatility factor][price factor] */
  values(rows: readonly AmericanRow[], accuracy = 0, factors = [1], volFactors = [1]): number[] {
    const vols = volFactors.flatMap((factor) => rows.map((row) => row.volatility * factor));
    const out = new Uint8Array(8 * rows.length * vols.length * factors.length);
    const size = 8 * rows.length * volFactors.length * factors.length;
    const blocks = [...this.common(rows), bytesOf(vols), bytesOf(factors), out.subarray(0, size)];
    const done = this.run("fillAmericanValues", blocks, ([t, f, s, v, p, o]) => [
      rows.length,
      t!,
      f!,
      volFactors.length,
      v!,
      factors.length,
      p!,
      accuracy,
      s!,
      o!,
    ]);
    return numbersOf(done[5]!);
  }

  /** 8 columns: value delta gamma vega theta rho vanna volga */
  greeks(rows: readonly AmericanRow[], accuracy = 0): number[] {
    const blocks = [
      ...this.common(rows),
      bytesOf(rows.map((row) => row.volatility)),
      new Uint8Array(64 * rows.length),
    ];
    const done = this.run("fillAmericanGreeks", blocks, ([t, f, s, v, o]) => [
      rows.length,
      t!,
      f!,
      v!,
      accuracy,
      s!,
      o!,
    ]);
    return numbersOf(done[4]!);
  }

  impliedVolatilities(
    rows: readonly AmericanRow[],
    prices: readonly number[],
    accuracy = 0,
  ): { volatility: number[]; status: number[] } {
    const blocks = [
      ...this.common(rows),
      bytesOf(prices),
      new Uint8Array(8 * rows.length),
      new Uint8Array(rows.length),
    ];
    const done = this.run("fillAmericanImpliedVolatilities", blocks, ([t, f, s, p, o, u]) => [
      rows.length,
      t!,
      f!,
      p!,
      accuracy,
      s!,
      o!,
      u!,
    ]);
    return { volatility: numbersOf(done[4]!), status: Array.from(done[5]!) };
  }
}

const bytesOf = (values: readonly number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
const numbersOf = (bytes: Uint8Array): number[] => Array.from(new Float64Array(bytes.slice().buffer));

/** Cox-Ross-Rubinstein tree, mean of n and n + 1 steps, one Richardson step: an independent method, good to 1e-3 per 100. */
export function treeValue(row: AmericanRow, steps = 800): number {
  const smooth = (n: number): number => 0.5 * (tree(row, n) + tree(row, n + 1));
  return 2 * smooth(2 * steps) - smooth(steps);
}

function tree(row: AmericanRow, n: number): number {
  const dt = row.years / n;
  const up = Math.exp(row.volatility * Math.sqrt(dt));
  const p = (Math.exp((row.rate - row.dividendYield) * dt) - 1 / up) / (up - 1 / up);
  const discount = Math.exp(-row.rate * dt);
  const sign = row.isCall ? 1 : -1;
  const exercise = (level: number): number => Math.max(sign * (row.spot * up ** level - row.strike), 0);
  const values = Array.from({ length: n + 1 }, (_, i) => exercise(2 * i - n));
  for (let m = n - 1; m >= 0; m--) {
    for (let i = 0; i <= m; i++) {
      values[i] = Math.max(discount * (p * values[i + 1]! + (1 - p) * values[i]!), exercise(2 * i - m));
    }
  }
  return values[0]!;
}
