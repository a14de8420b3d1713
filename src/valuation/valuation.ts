import { Kernel, kernelError } from "./kernel.js";
import { isRun, KernelBlock } from "./kernel-block.js";
import { partitionRows, type ValuationMethod, valuationMethods } from "./methods.js";
import type { OptionColumns, ScenarioAxes } from "./option-columns.js";

/** `default`: the accuracy of docs/numerics.md; `reference`: slower, for checks (American options only). */
export type Accuracy = "default" | "reference";

const statusNames = ["ok", "below_intrinsic", "above_maximum", "no_time", "bad_input"] as const;

/**
 * `ok`; the price is not above what exercise is worth (`below_intrinsic`), not below the most the option can be worth
 * (`above_maximum`); no time left (`no_time`); a term or the price is missing or impossible (`bad_input`).
 */
export type ImpliedVolatilityStatus = (typeof statusNames)[number];

export interface ImpliedVolatilities {
  /** Per square-root year; NaN unless the status is `ok`. */
  readonly volatility: Float64Array;
  readonly status: ImpliedVolatilityStatus[];
}

const greekNames = ["value", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga"] as const;

/**
 * Value and derivatives per share, a column each. theta = -dV/dT per year; vega and rho per 1.00; vanna = d2V/dS dvol;
 * volga = d2V/dvol2. NaN where a derivative does not exist or the method does not give it.
 */
export type Greeks = Readonly<Record<(typeof greekNames)[number], Float64Array>>;

interface Call {
  readonly method: ValuationMethod;
  readonly rows: Int32Array;
}

/**
 * Values of options on one kernel instance. An option goes to the closed form, to the exercise-boundary method or to the
 * cash-dividend method by its own terms; its value depends on nothing else. NaN terms give NaN in that row alone.
 *
 * Not re-entrant, and need not be: every method returns before another can start. Two objects share nothing.
 */
export class Valuation {
  readonly kernel: Kernel;
  readonly kernelVersion: number;
  /** SHA-256 of the kernel's bytes, hexadecimal. */
  readonly kernelHash: string;
  readonly #block: KernelBlock;

  private constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.kernelVersion = kernel.exports.version();
    this.kernelHash = kernel.hash;
    this.#block = new KernelBlock(kernel);
  }

  static async load(): Promise<Valuation> {
    return new Valuation(await Kernel.load());
  }

  /**
   * Values per share at every price factor under every volatility.
   *
   * @returns `count` rows of `volCount` rows of `priceFactors.length`.
   * @throws MarginError `INTERNAL` when the axes do not fit the options or the kernel.
   */
  values(options: OptionColumns, axes: ScenarioAxes, accuracy: Accuracy = "default"): Float64Array {
    const { priceFactors, volatilities, volCount } = axes;
    const cells = volCount * priceFactors.length;
    checkLength("volatilities", volatilities.length, volCount * options.count);
    const values = new Float64Array(options.count * cells);
    if (values.length === 0) return values;
    const block = this.#block;
    block.checkAxes(volCount, priceFactors.length);
    block.setFactors(priceFactors);
    const { at } = block;
    for (const { method, rows } of this.#calls(options, cells)) {
      block.setVolatilities(volatilities, rows, volCount, options.count);
      const grid = [volCount, at.volatilities, priceFactors.length, at.factors];
      const result = [...(method === "american" ? [accuracyCode(accuracy)] : []), at.scratch, at.out];
      this.#run(valueFills[method], { method, rows }, options, [...grid, ...result]);
      scatterRows(block.out, rows, cells, values);
    }
    return values;
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
    const volatility = new Float64Array(options.count).fill(Number.NaN);
    const status = Array.from({ length: options.count }, (): ImpliedVolatilityStatus => "bad_input");
    const block = this.#block;
    const { at } = block;
    for (const { method, rows } of this.#calls(options, 1)) {
      block.setPrices(prices, rows);
      const scratch = scratchParameters(method, accuracy, at.scratch);
      const parameters = [at.prices, ...scratch, at.out, at.statuses];
      this.#run(impliedFills[method], { method, rows }, options, parameters);
      scatterRows(block.out, rows, 1, volatility);
      rows.forEach((row, i) => {
        status[row] = statusNames[block.statuses[i] ?? 4] ?? "bad_input";
      });
    }
    return { volatility, status };
  }

  /**
   * Value and Greeks at one volatility each.
   *
   * @throws MarginError `INTERNAL` when there are not as many volatilities as options.
   */
  greeks(options: OptionColumns, volatility: Float64Array, accuracy: Accuracy = "default"): Greeks {
    checkLength("volatility", volatility.length, options.count);
    const column = (): Float64Array => new Float64Array(options.count);
    const greeks: Greeks = {
      value: column(),
      delta: column(),
      gamma: column(),
      vega: column(),
      theta: column(),
      rho: column(),
      vanna: column(),
      volga: column(),
    };
    const block = this.#block;
    const { at } = block;
    for (const { method, rows } of this.#calls(options, greekNames.length)) {
      block.setVolatilities(volatility, rows, 1, options.count);
      const scratch = scratchParameters(method, accuracy, at.scratch);
      this.#run(greekFills[method], { method, rows }, options, [at.volatilities, ...scratch, at.out]);
      greekNames.forEach((name, c) => {
        scatterRows(block.out.subarray(c * rows.length), rows, 1, greeks[name]);
      });
    }
    return greeks;
  }

  /** The calls that cover all options: each method's rows, cut where the block is full. */
  *#calls(options: OptionColumns, resultsPerRow: number): Generator<Call> {
    const rowsOf = partitionRows(options);
    const perCall = this.#block.rowsPerCall(resultsPerRow);
    for (const method of valuationMethods) {
      let rest = rowsOf[method];
      while (rest.length > 0) {
        const most = rest.subarray(0, perCall);
        const fit =
          method === "dividends" ? this.#block.rowsWithinDividends(options.dividends, most) : most.length;
        yield { method, rows: most.subarray(0, fit) };
        rest = rest.subarray(fit);
      }
    }
  }

  /** Copies terms and dividends in and calls the kernel; `parameters` are those after them. */
  #run(
    name: Parameters<Kernel["fill"]>[0],
    { method, rows }: Call,
    options: OptionColumns,
    parameters: readonly number[],
  ): void {
    const block = this.#block;
    const { at } = block;
    const fill = this.kernel.fill(name);
    block.setTerms(options, rows);
    if (method === "dividends") block.setDividends(options.dividends, rows);
    const dividends =
      method === "dividends" ? [at.dividendOffsets, at.dividendYears, at.dividendAmounts] : [];
    fill(rows.length, at.terms, at.flags, ...dividends, ...parameters);
  }
}

const valueFills = {
  european: "fillEuropeanValues",
  american: "fillAmericanValues",
  dividends: "fillDividendValues",
} as const;

const greekFills = {
  european: "fillEuropeanGreeks",
  american: "fillAmericanGreeks",
  dividends: "fillDividendGreeks",
} as const;

const impliedFills = {
  european: "fillEuropeanImpliedVolatilities",
  american: "fillAmericanImpliedVolatilities",
  dividends: "fillDividendImpliedVolatilities",
} as const;

function accuracyCode(accuracy: Accuracy): number {
  return accuracy === "reference" ? 1 : 0;
}

/** The parameters between inputs and results of the methods that need scratch for Greeks and implied volatilities. */
function scratchParameters(method: ValuationMethod, accuracy: Accuracy, scratch: number): number[] {
  if (method === "european") return [];
  return method === "american" ? [accuracyCode(accuracy), scratch] : [scratch];
}

function checkLength(name: string, found: number, wanted: number): void {
  if (found !== wanted) throw kernelError(`${name} has ${found} numbers, expected ${wanted}`);
}

/** Row i of `width` results in `source` to row rows[i] of `target`. */
function scatterRows(source: Float64Array, rows: Int32Array, width: number, target: Float64Array): void {
  if (isRun(rows)) {
    target.set(source.subarray(0, rows.length * width), (rows[0] ?? 0) * width);
    return;
  }
  rows.forEach((row, i) => {
    target.set(source.subarray(i * width, (i + 1) * width), row * width);
  });
}
