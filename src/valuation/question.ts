import { Arena, bytesOf, kernelError, type Ptr } from "./kernel.js";
import type { KernelCall } from "./kernel-call.js";
import type { Piece, PlacedOptions } from "./placed-options.js";

/** `default`: the accuracy of docs/numerics.md; `reference`: slower, for checks (American options only). */
export type Accuracy = "default" | "reference";

/**
 * A question about placed options: the caller writes its inputs in place, has `calls` made, and reads the results in place.
 * It can be asked again with other inputs without anything being allocated. Its views hold until the options are released,
 * not longer: the memory is then used again.
 */
export interface Question {
  readonly calls: readonly KernelCall[];
}

/** Values at every price factor under every volatility. */
export interface GridQuestion extends Question {
  /** USD per share: those of option i begin at `at(i)`, `volCount` rows of one value a price factor. */
  readonly values: Float64Array;
  at(option: number): number;
  /** Multiples of the spot, >= 0; written when the question was made. */
  readonly priceFactors: Float64Array;
  setVolatility(option: number, move: number, volatility: number): void;
}

/** Order of the Greeks in {@link GreekQuestion}. */
export const greekNames = ["value", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga"] as const;
export type GreekName = (typeof greekNames)[number];

const greekColumn = Object.fromEntries(greekNames.map((name, c) => [name, c])) as Record<GreekName, number>;

/** Value and Greeks at one volatility each. */
export interface GreekQuestion extends Question {
  setVolatility(option: number, volatility: number): void;
  greek(option: number, name: GreekName): number;
}

/** By the kernel's code. */
const impliedStatuses = ["ok", "below_intrinsic", "above_maximum", "no_time", "bad_input"] as const;

/**
 * `ok`; the price is not above what exercise is worth (`below_intrinsic`), not below the most the option can be worth
 * (`above_maximum`); no time left (`no_time`); a term or the price is missing or impossible (`bad_input`).
 */
export type ImpliedVolatilityStatus = (typeof impliedStatuses)[number];

/** Volatilities implied by prices. */
export interface ImpliedQuestion extends Question {
  /** USD per share. */
  setPrice(option: number, price: number): void;
  /** Per square-root year; NaN unless the status is 0. */
  volatility(option: number): number;
  status(option: number): ImpliedVolatilityStatus;
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

/**
 *     factors [priceCount] f64 | volatilities: by piece of n, volCount columns of n f64 | values: by slot, volCount rows of
 *     priceCount f64
 */
export function askGrid(
  placed: PlacedOptions,
  volCount: number,
  priceFactors: Float64Array,
  accuracy: Accuracy,
): GridQuestion {
  const priceCount = priceFactors.length;
  checkAxes(placed, volCount, priceCount);
  const cells = volCount * priceCount;
  const ptrs = takeColumns(placed, [priceCount, volCount * placed.count, cells * placed.count]);
  const [factorsPtr = 0, volsPtr = 0, outPtr = 0] = ptrs;
  const { kernel, scratch } = placed.space;
  const { buffer } = kernel.memory;
  const factors = new Float64Array(buffer, factorsPtr, priceCount);
  factors.set(priceFactors);
  const volatilities = new Float64Array(buffer, volsPtr, volCount * placed.count);
  const calls = callsOf(placed, cells, ({ method, first }) => {
    const grid = [volCount, volsPtr + first * volCount * 8, priceCount, factorsPtr];
    const code = method === "american" ? [accuracyCode(accuracy)] : [];
    const parameters = [...grid, ...code, scratch, outPtr + first * cells * 8];
    return { fill: valueFills[method], parameters, scratchAt: grid.length + code.length };
  });
  return {
    calls,
    values: new Float64Array(buffer, outPtr, cells * placed.count),
    at: (option) => slotOf(placed, option) * cells,
    priceFactors: factors,
    setVolatility: (option, move, volatility) => {
      volatilities[columnIndex(placed, option, volCount, move)] = volatility;
    },
  };
}

/**     volatilities [count] f64 by slot | by piece of n, 8 columns of n f64 in the order of `greekNames` */
export function askGreeks(placed: PlacedOptions, accuracy: Accuracy): GreekQuestion {
  const columns = greekNames.length;
  const ptrs = takeColumns(placed, [placed.count, columns * placed.count]);
  const [volsPtr = 0, outPtr = 0] = ptrs;
  const { buffer } = placed.space.kernel.memory;
  const volatilities = new Float64Array(buffer, volsPtr, placed.count);
  const found = new Float64Array(buffer, outPtr, columns * placed.count);
  const calls = callsOf(placed, 1, ({ method, first }) => {
    const { parameters, scratchAt } = scratchParameters(placed, method, accuracy);
    return {
      fill: greekFills[method],
      parameters: [volsPtr + first * 8, ...parameters, outPtr + first * columns * 8],
      scratchAt: scratchAt < 0 ? -1 : 1 + scratchAt,
    };
  });
  return {
    calls,
    setVolatility: (option, volatility) => {
      volatilities[slotOf(placed, option)] = volatility;
    },
    greek: (option, name) => found[columnIndex(placed, option, columns, greekColumn[name])] ?? Number.NaN,
  };
}

/**     prices [count] f64 by slot | volatilities [count] f64 by slot | statuses [count] u8 by slot */
export function askImplied(placed: PlacedOptions, accuracy: Accuracy): ImpliedQuestion {
  const { count } = placed;
  const ptrs = takeColumns(placed, [count, count, Math.ceil(count / 8)]);
  const [pricesPtr = 0, outPtr = 0, statusPtr = 0] = ptrs;
  const { buffer } = placed.space.kernel.memory;
  const prices = new Float64Array(buffer, pricesPtr, count);
  const found = new Float64Array(buffer, outPtr, count);
  const statuses = new Uint8Array(buffer, statusPtr, count);
  const calls = callsOf(placed, 1, ({ method, first }) => {
    const { parameters, scratchAt } = scratchParameters(placed, method, accuracy);
    return {
      fill: impliedFills[method],
      parameters: [pricesPtr + first * 8, ...parameters, outPtr + first * 8, statusPtr + first],
      scratchAt: scratchAt < 0 ? -1 : 1 + scratchAt,
    };
  });
  return {
    calls,
    setPrice: (option, price) => {
      prices[slotOf(placed, option)] = price;
    },
    volatility: (option) => found[slotOf(placed, option)] ?? Number.NaN,
    status: (option) => impliedStatuses[statuses[slotOf(placed, option)] ?? -1] ?? "bad_input",
  };
}

/** The calls of a question: every piece's own parameters, followed by what the question adds. */
function callsOf(
  placed: PlacedOptions,
  cells: number,
  call: (piece: Piece) => Pick<KernelCall, "fill" | "parameters" | "scratchAt">,
): KernelCall[] {
  return placed.pieces.map((piece) => {
    const { fill, parameters, scratchAt } = call(piece);
    const all = [...piece.parameters, ...parameters];
    return {
      fill,
      rows: piece.rows,
      cells,
      parameters: all,
      scratchAt: scratchAt < 0 ? -1 : piece.parameters.length + scratchAt,
    };
  });
}

/** Columns of so many f64, one after another in a block of their own. */
function takeColumns(placed: PlacedOptions, counts: readonly number[]): Ptr[] {
  const plan = (arena: Arena): Ptr[] => counts.map((count) => arena.take(count * 8));
  return plan(new Arena(placed.take(bytesOf(plan))));
}

function slotOf(placed: PlacedOptions, option: number): number {
  return placed.slotOf[option] ?? -1;
}

/** Index of an option's number in column `column` of `columns` columns that stand by piece. */
function columnIndex(placed: PlacedOptions, option: number, columns: number, column: number): number {
  const slot = slotOf(placed, option);
  const first = placed.firstOf[slot] ?? -1;
  const rows = placed.rowsOf[slot] ?? -1;
  return first * (columns - 1) + column * rows + slot;
}

/** The parameters between inputs and results of the methods that need scratch for Greeks and implied volatilities. */
function scratchParameters(
  { space }: PlacedOptions,
  method: Piece["method"],
  accuracy: Accuracy,
): { parameters: number[]; scratchAt: number } {
  if (method === "european") return { parameters: [], scratchAt: -1 };
  const code = method === "american" ? [accuracyCode(accuracy)] : [];
  return { parameters: [...code, space.scratch], scratchAt: code.length };
}

function accuracyCode(accuracy: Accuracy): number {
  return accuracy === "reference" ? 1 : 0;
}

/** Refuses axes that the kernel's scratch cannot hold. */
function checkAxes({ space }: PlacedOptions, volCount: number, priceCount: number): void {
  const { exports } = space.kernel;
  if (priceCount > exports.maxPriceCount())
    throw kernelError(`${priceCount} price factors, at most ${exports.maxPriceCount()}`);
  if (volCount > exports.maxVolCount())
    throw kernelError(`${volCount} volatility moves, at most ${exports.maxVolCount()}`);
}
