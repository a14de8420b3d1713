/** Volatilities implied by European prices. */
import { exp, expm1 } from "./elementary";
import { logMoneyness } from "./log-moneyness";
import {
  CALL_FLAG, RATE, SPOT, STATUS_ABOVE_MAXIMUM, STATUS_BAD_INPUT, STATUS_BELOW_INTRINSIC, STATUS_NO_TIME, STATUS_OK,
  STRIKE, term, YEARS, YIELD,
} from "./memory";
import { normalisedDeviation } from "./normalised-solve";

/** Up to this much discounting, spot and strike are better numbers to subtract than F and X; beyond it, worse. */
const FAR_DISCOUNT: f64 = 0.5;

// @ts-ignore: decorator
@inline
function isAmount(x: f64): bool {
  return x >= 0.0 && x < Infinity;
}

/**
 * Price less the discounted exercise value F - X of a call (X - F of a put), without the rounding of F and X: spot - strike
 * is exact near the money, and what the discounting adds is small: spot expm1(-qT) - strike expm1(-rT).
 */
function timeValue(isCall: bool, price: f64, spot: f64, strike: f64, spotDrift: f64, strikeDrift: f64): f64 {
  const exercise = isCall ? spot - strike : strike - spot;
  const drift = isCall ? spotDrift - strikeDrift : strikeDrift - spotDrift;
  const other = isCall ? strike : spot;
  const one = isCall ? spot : strike;
  const back = one - exercise;
  const lost = one - (exercise + back) + (back - other);
  return price - exercise - lost - drift;
}

/**
 * Volatility of one price, and its status.
 *
 * Status 4 when a term or the price is NaN, infinite or negative, or so far out (price below 1e-300 of the strike) that no
 * double tells the volatility; 3 when years = 0; 1 when the price is not above the
 * discounted exercise value of the forward (or 0); 2 when it is not below F (call) or X (put); 0 otherwise. The volatility is
 * NaN unless the status is 0.
 *
 * Accuracy: relative error <= 1e-13 + 2^-52 price/(vega vol): the second term is what the last bit of the price leaves open
 * (215 vectors at 80 digits; docs/numerics.md).
 */
function impliedVolatility(
  isCall: bool, price: f64, spot: f64, strike: f64, years: f64, rate: f64, carry: f64, statusPtr: usize,
): f64 {
  const terms = isAmount(spot) && isAmount(strike) && isAmount(years) && isAmount(abs(rate)) && isAmount(abs(carry));
  if (!terms || !isAmount(price)) {
    store<u8>(statusPtr, STATUS_BAD_INPUT);
    return NaN;
  }
  if (years == 0.0) {
    store<u8>(statusPtr, STATUS_NO_TIME);
    return NaN;
  }
  const far = max(abs(carry), abs(rate)) * years > FAR_DISCOUNT;
  const spotBase = far ? spot * exp(-(carry * years)) : spot;
  const strikeBase = far ? strike * exp(-(rate * years)) : strike;
  const spotDrift = far ? 0.0 : spot * expm1(-(carry * years));
  const strikeDrift = far ? 0.0 : strike * expm1(-(rate * years));
  const inside = timeValue(isCall, price, spotBase, strikeBase, spotDrift, strikeDrift);
  if (!(inside > 0.0 && price > 0.0)) {
    store<u8>(statusPtr, STATUS_BELOW_INTRINSIC);
    return NaN;
  }
  const missing = isCall ? spotBase - price + spotDrift : strikeBase - price + strikeDrift;
  if (!(missing > 0.0)) {
    store<u8>(statusPtr, STATUS_ABOVE_MAXIMUM);
    return NaN;
  }
  const x = logMoneyness(spot, strike, years, rate, carry);
  const scale = sqrt(spotBase + spotDrift) * sqrt(strikeBase + strikeDrift);
  const outside = isCall ? x <= 0.0 : x >= 0.0;
  const deviation = normalisedDeviation(-abs(x), (outside ? price : inside) / scale, missing / scale);
  const volatility = deviation / sqrt(years);
  const solved = volatility > 0.0 && volatility < Infinity;
  store<u8>(statusPtr, solved ? STATUS_OK : STATUS_BAD_INPUT);
  return solved ? volatility : NaN;
}

/**
 * Volatilities implied by n European prices.
 *
 *     termsPtr   5 columns of n f64   spot | strike | years | rate | yield
 *     flagsPtr   n u8                 bit 0: call
 *     pricesPtr  n f64                per share
 *     outPtr     n f64                volatility per square-root year, NaN unless the status is 0
 *     statusPtr  n u8                 0 ok, 1 below_intrinsic, 2 above_maximum, 3 no_time, 4 bad_input
 */
export function fillEuropeanImpliedVolatilities(
  n: i32, termsPtr: usize, flagsPtr: usize, pricesPtr: usize, outPtr: usize, statusPtr: usize,
): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 3;
    const isCall = (load<u8>(flagsPtr + i) & CALL_FLAG) != 0;
    const volatility = impliedVolatility(
      isCall, load<f64>(pricesPtr + at), term(termsPtr, n, SPOT, i), term(termsPtr, n, STRIKE, i),
      term(termsPtr, n, YEARS, i), term(termsPtr, n, RATE, i), term(termsPtr, n, YIELD, i), statusPtr + i,
    );
    store<f64>(outPtr + at, volatility);
  }
}
