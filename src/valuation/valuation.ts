import { Kernel, kernelError } from "./kernel.js";
import { finishSteps, runCalls, type KernelCall, type Steps } from "./kernel-call.js";
import { LotColumns, type LotShape } from "./lot-columns.js";
import { Netting, type NettingBook } from "./netting.js";
import type { OptionColumns, ScenarioAxes } from "./option-columns.js";
import { type KernelSpace, PlacedOptions } from "./placed-options.js";
import {
  type Accuracy,
  askGreeks,
  askGrid,
  askImplied,
  type GreekName,
  greekNames,
  type GreekQuestion,
  type GridQuestion,
  type ImpliedQuestion,
  type ImpliedVolatilityStatus,
} from "./question.js";
import { Regions } from "./regions.js";

export type { Accuracy, ImpliedVolatilityStatus } from "./question.js";

export interface ImpliedVolatilities {
  /** Per square-root year; NaN unless the status is `ok`. */
  readonly volatility: Float64Array;
  readonly status: ImpliedVolatilityStatus[];
}

/**
 * Value and derivatives per share, a column each. theta = -dV/dT per year; vega and rho per 1.00; vanna = d2V/dS dvol;
 * volga = d2V/dvol2. NaN where a derivative does not exist or the method does not give it.
 */
export type Greeks = Readonly<Record<GreekName, Float64Array>>;

/** Results of one question at most, in bytes: what is larger is asked in parts. */
const mostResultBytes = 67_108_864;

/**
 * Values of options on one kernel instance. An option goes to the closed form, to the exercise-boundary method or to the
 * cash-dividend method by its own terms; its value depends on nothing else. NaN terms give NaN in that row alone.
 *
 * `place` and the questions work in the kernel's memory: columns are written there once, results are read there, nothing
 * is copied. `values`, `greeks` and `impliedVolatilities` are for lists of moderate size: they give columns that belong to
 * the caller. Two objects share nothing.
 */
export class Valuation {
  readonly kernel: Kernel;
  readonly kernelVersion: number;
  readonly #space: KernelSpace;

  private constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.kernelVersion = kernel.exports.version();
    this.#space = { kernel, regions: new Regions(kernel), scratch: kernel.takeScratch() };
  }

  static async load(): Promise<Valuation> {
    return new Valuation(await Kernel.load());
  }

  /** SHA-256 of the kernel's bytes, hexadecimal. */
  get kernelHash(): string {
    return this.kernel.hash;
  }

  /** Writes the terms of options into the kernel's memory. The caller gives them back by `release()`. */
  place(options: OptionColumns, rows: ArrayLike<number> = consecutive(0, options.count)): PlacedOptions {
    return new PlacedOptions(this.#space, options, rows);
  }

  /** @throws MarginError `INTERNAL` when the axes do not fit the kernel. */
  grid(
    placed: PlacedOptions,
    { volCount, priceFactors }: Pick<ScenarioAxes, "volCount" | "priceFactors">,
    accuracy: Accuracy = "default",
  ): GridQuestion {
    return askGrid(placed, volCount, priceFactors, accuracy);
  }

  greekQuestion(placed: PlacedOptions, accuracy: Accuracy = "default"): GreekQuestion {
    return askGreeks(placed, accuracy);
  }

  impliedQuestion(placed: PlacedOptions, accuracy: Accuracy = "default"): ImpliedQuestion {
    return askImplied(placed, accuracy);
  }

  /** Columns for the lots of a book. The caller gives them back by `release()`. */
  lots(shape: LotShape): LotColumns {
    return new LotColumns(this.#space, shape);
  }

  /** Lays out the groups of a book. The caller gives them back by `release()`. */
  netting(book: NettingBook): Netting {
    return new Netting(this.#space, book);
  }

  /** Options of one grid question at most. */
  gridRows(cells: number): number {
    return Math.max(1, Math.floor(mostResultBytes / (8 * cells)));
  }

  /** Makes kernel calls here, one after another. */
  run(calls: readonly KernelCall[]): void {
    runCalls(this.kernel.exports, calls);
  }

  /** Runs a computation to its end here. */
  finish<Result>(steps: Steps<Result>): Result {
    return finishSteps(steps, this.kernel.exports);
  }

  /**
   * Values per share at every price factor under every volatility.
   *
   * @returns `count` rows of `volCount` rows of `priceFactors.length`.
   * @throws MarginError `INTERNAL` when the axes do not fit the options or the kernel.
   */
  values(options: OptionColumns, axes: ScenarioAxes, accuracy: Accuracy = "default"): Float64Array {
    const cells = axes.volCount * axes.priceFactors.length;
    checkLength("volatilities", axes.volatilities.length, axes.volCount * options.count);
    const values = new Float64Array(options.count * cells);
    if (values.length === 0) return values;
    const most = this.gridRows(cells);
    for (let first = 0; first < options.count; first += most) {
      const rows = consecutive(first, Math.min(most, options.count - first));
      this.#fillValues(values, rows, { options, axes, accuracy });
    }
    return values;
  }

  /** @param rows consecutive */
  #fillValues(
    values: Float64Array,
    rows: Int32Array,
    { options, axes, accuracy }: { options: OptionColumns; axes: ScenarioAxes; accuracy: Accuracy },
  ): void {
    const placed = this.place(options, rows);
    try {
      const grid = askGrid(placed, axes.volCount, axes.priceFactors, accuracy);
      const cells = grid.values.length / rows.length;
      const first = rows[0] ?? 0;
      for (let j = 0; j < axes.volCount; j++) {
        const column = j * options.count + first;
        for (let i = 0; i < rows.length; i++)
          grid.setVolatility(i, j, axes.volatilities[column + i] ?? Number.NaN);
      }
      this.run(grid.calls);
      for (let i = 0; i < rows.length; i++) {
        const from = grid.at(i);
        const to = (first + i) * cells;
        for (let c = 0; c < cells; c++) values[to + c] = grid.values[from + c] ?? Number.NaN;
      }
    } finally {
      placed.release();
    }
  }

  /**
   * Volatilities implied by prices per share, under the method that values the option.
   *
   * @throws MarginError `INTERNAL` when there are not as many prices as options.
   */
  impliedVolatilities(
    options: OptionColumns,
    prices: Float64Array,
    accuracy: Accuracy = "default",
  ): ImpliedVolatilities {
    checkLength("prices", prices.length, options.count);
    const placed = this.place(options);
    try {
      const question = askImplied(placed, accuracy);
      for (let i = 0; i < prices.length; i++) question.setPrice(i, prices[i] ?? Number.NaN);
      this.run(question.calls);
      const volatility = new Float64Array(prices.length);
      const status: ImpliedVolatilityStatus[] = [];
      for (let i = 0; i < prices.length; i++) {
        volatility[i] = question.volatility(i);
        status.push(question.status(i));
      }
      return { volatility, status };
    } finally {
      placed.release();
    }
  }

  /**
   * Value and Greeks at one volatility each.
   *
   * @throws MarginError `INTERNAL` when there are not as many volatilities as options.
   */
  greeks(options: OptionColumns, volatility: Float64Array, accuracy: Accuracy = "default"): Greeks {
    checkLength("volatility", volatility.length, options.count);
    const placed = this.place(options);
    try {
      const question = askGreeks(placed, accuracy);
      for (let i = 0; i < volatility.length; i++) question.setVolatility(i, volatility[i] ?? Number.NaN);
      this.run(question.calls);
      const column = (name: GreekName): Float64Array => {
        const numbers = new Float64Array(volatility.length);
        for (let i = 0; i < numbers.length; i++) numbers[i] = question.greek(i, name);
        return numbers;
      };
      return Object.fromEntries(greekNames.map((name) => [name, column(name)])) as Greeks;
    } finally {
      placed.release();
    }
  }
}

/** first .. first + count - 1. */
function consecutive(first: number, count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = first + i;
  return rows;
}

function checkLength(name: string, found: number, wanted: number): void {
  if (found !== wanted) throw kernelError(`${name} has ${found} numbers, expected ${wanted}`);
}
