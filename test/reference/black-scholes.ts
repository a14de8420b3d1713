import erfc from "@stdlib/math-base-special-erfc";

/** One option on one market, as every model of the reference engine takes it. */
export interface Option {
  readonly isCall: boolean;
  /** USD per share. */
  readonly spot: number;
  readonly strike: number;
  /** ACT/365F. */
  readonly years: number;
  /** Continuously compounded, per year. */
  readonly rate: number;
  /** Continuous dividend yield (and borrow rate), per year. */
  readonly dividendYield: number;
  /** Per square-root year. */
  readonly volatility: number;
}

/** N(x), by the complementary error function, so that the tails keep their relative accuracy. */
export function normalDistribution(x: number): number {
  return 0.5 * erfc(-x / Math.SQRT2);
}

export function intrinsicValue({ isCall, spot, strike }: Pick<Option, "isCall" | "spot" | "strike">): number {
  return Math.max(0, isCall ? spot - strike : strike - spot);
}

/**
 * European option, USD per share:
 *
 *     call = S e^(-qT) N(d1) - K e^(-rT) N(d2)        d1 = (ln(S/K) + (r - q + σ²/2) T) / (σ √T)
 *     put  = K e^(-rT) N(-d2) - S e^(-qT) N(-d1)      d2 = d1 - σ √T
 *
 * Source: Black and Scholes (1973), Merton (1973). Error some 1e-15 of the larger of S and K. Without time or
 * volatility: the discounted forward's intrinsic value.
 */
export function europeanValue(option: Option): number {
  const { isCall, spot, strike, years, rate, dividendYield, volatility } = option;
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  const deviation = volatility * Math.sqrt(years);
  if (deviation === 0 || spot === 0)
    return intrinsicValue({ isCall, spot: discountedSpot, strike: discountedStrike });
  const d1 = Math.log(discountedSpot / discountedStrike) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  return isCall
    ? discountedSpot * normalDistribution(d1) - discountedStrike * normalDistribution(d2)
    : discountedStrike * normalDistribution(-d2) - discountedSpot * normalDistribution(-d1);
}

/**
 * The volatility between 1 % and 1000 % at which `value` gives `price`, by bisection to 1e-11.
 *
 * @param value increasing in the volatility
 * @returns NaN where the price lies outside what those volatilities give
 */
export function impliedVolatility(price: number, value: (volatility: number) => number): number {
  let low = 0.01;
  let high = 10;
  if (!(value(low) <= price && price <= value(high))) return Number.NaN;
  while (high - low > 1e-11) {
    const middle = (low + high) / 2;
    if (value(middle) < price) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
