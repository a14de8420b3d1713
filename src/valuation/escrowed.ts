import { nulls } from "../basics/collections.js";
import { type OptionColumns, optionColumns } from "./option-columns.js";
import type { Valuation } from "./valuation.js";

/**
 * How cash dividends enter a price. `spot`: the price itself is lognormal between ex-dates and drops by the dividend.
 * `escrowed`: the present value of the dividends to come lies aside, and the rest is lognormal.
 */
export type DividendModel = "spot" | "escrowed";

/** What the escrowed model makes of options. */
export interface EscrowedOptions {
  /** The same options on the rest of the price, without dividends. */
  readonly options: OptionColumns;
  /** Present value of the dividends up to expiry, USD per share. */
  readonly presentValue: Float64Array;
  /** Its derivative by the rate, with the sign turned: the sum of t D e^(-rt). */
  readonly duration: Float64Array;
}

/**
 * Puts dividends aside:
 *
 *     S' = max(S - sum of D e^(-rt), 0)     over the dividends up to expiry
 *
 * and values the option on S' with its own yield. European values are then exact in the model (error as of the closed
 * form); American ones are those of the continuous-yield model on S', which exercises as if no dividend came: a model
 * difference against `spot`, not an error. Source: J. Hull, Options, Futures and Other Derivatives, "Known dollar
 * dividends". Checked by test/valuation/escrowed.test.ts against 40-digit closed forms.
 *
 * The discount factors are taken from the kernel, as a European call with strike 0 whose yield is the rate: D e^(-rt).
 */
export function escrowedOptions(options: OptionColumns, valuation: Valuation): EscrowedOptions {
  const owners: number[] = [];
  const dividends = options.dividends.flatMap((schedule, row) =>
    [...(schedule?.years ?? [])].map((years, k) => {
      owners.push(row);
      return { row, years, amount: schedule?.amounts[k] ?? Number.NaN };
    }),
  );
  const claims = optionColumns(dividends.length);
  dividends.forEach(({ row, years, amount }, k) => {
    claims.isCall[k] = 1;
    claims.spot[k] = amount;
    claims.years[k] = years;
    claims.rate[k] = options.rate[row] ?? Number.NaN;
    claims.dividendYield[k] = options.rate[row] ?? Number.NaN;
  });
  const axes = {
    priceFactors: Float64Array.of(1),
    volCount: 1,
    volatilities: new Float64Array(claims.count),
  };
  const worth = valuation.values(claims, axes);
  const presentValue = new Float64Array(options.count);
  const duration = new Float64Array(options.count);
  owners.forEach((row, k) => {
    const value = worth[k] ?? Number.NaN;
    presentValue[row] = (presentValue[row] ?? 0) + value;
    duration[row] = (duration[row] ?? 0) + value * (claims.years[k] ?? Number.NaN);
  });
  const spot = options.spot.map((price, row) => Math.max(price - (presentValue[row] ?? 0), 0));
  const none = nulls(options.count);
  return { options: { ...options, spot, dividends: none }, presentValue, duration };
}

/**
 * The factor on S' that stands for a factor on the whole price: dividends stay in cash, so S' moves by more than S.
 *
 * @param share present value of the dividends as a share of the price; at 1 and above nothing is left to move: NaN
 */
export function escrowedFactor(factor: number, share: number): number {
  if (share === 0) return factor;
  if (share >= 1) return Number.NaN;
  return Math.max((factor - share) / (1 - share), 0);
}
