import { DividendSolve, placeSolve } from "./dividends-grid";
import { limitValue } from "./dividends-limits";
import { isFiniteNumber, priceAt, readRow } from "./dividends";
import {
  SPOT,
  STATUS_ABOVE_MAXIMUM,
  STATUS_BAD_INPUT,
  STATUS_BELOW_INTRINSIC,
  STATUS_NO_TIME,
  STATUS_OK,
  term,
} from "./memory";

/** Greatest total volatility searched; 2 cdf(-4) = 6e-5 of the spot is what a higher one could still add. */
const GREATEST_DEVIATION: f64 = 8.0;
/** The search ends when the price is met within this part of the strike, far inside the promised 1e-7. */
const PRICE_TOLERANCE: f64 = 1e-11;
/** ... or when the bracket is this narrow, relative. */
const BRACKET_TOLERANCE: f64 = 4e-16;
const FIRST_GUESS: f64 = 0.3;
const MOST_STEPS: i32 = 100;

/**
 * Volatilities implied by prices of options with cash dividends, by the model and the numerics of fillDividendValues.
 *
 *     prices     n f64     per share
 *     scratch    dividendScratchBytes()
 *     out        n f64     volatility, NaN unless the status is 0
 *     status     n u8      0 ok | 1 below_intrinsic | 2 above_maximum | 3 no_time | 4 bad_input
 *
 * below_intrinsic: the price is not above the value at zero volatility (for an American option: of the best exercise
 * moment on the forward path), so no volatility, or any small one, explains it. above_maximum: not reached at a total
 * volatility (vol sqrt(years)) of 8. The price of the result is the given one within 1e-7 of the strike.
 * Other blocks as in fillDividendValues.
 */
export function fillDividendImpliedVolatilities(
  n: i32,
  termsPtr: usize,
  flagsPtr: usize,
  dividendOffsetsPtr: usize,
  dividendYearsPtr: usize,
  dividendAmountsPtr: usize,
  pricesPtr: usize,
  scratchPtr: usize,
  outPtr: usize,
  statusPtr: usize,
): void {
  const solve = placeSolve(scratchPtr);
  for (let i = 0; i < n; i++) {
    const valid = readRow(
      solve,
      i,
      n,
      termsPtr,
      flagsPtr,
      dividendOffsetsPtr,
      dividendYearsPtr,
      dividendAmountsPtr,
    );
    const spot = term(termsPtr, n, SPOT, i);
    const price = load<f64>(pricesPtr + ((<usize>i) << 3));
    const out = outPtr + ((<usize>i) << 3);
    store<f64>(out, NaN);
    if (!valid || !(spot >= 0 && isFiniteNumber(spot)) || !(price >= 0 && isFiniteNumber(price))) {
      store<u8>(statusPtr + i, STATUS_BAD_INPUT);
    } else if (solve.years == 0) {
      store<u8>(statusPtr + i, STATUS_NO_TIME);
    } else {
      store<u8>(statusPtr + i, <u8>searchVolatility(solve, spot, price, out));
    }
  }
}

/** Brackets the volatility by doubling or halving a first guess, then closes in; returns the status. */
function searchVolatility(solve: DividendSolve, spot: f64, price: f64, outPtr: usize): u8 {
  const least = limitValue(solve, spot);
  const tolerance = PRICE_TOLERANCE * max(solve.strike, price);
  if (price <= least + tolerance) return STATUS_BELOW_INTRINSIC;
  const greatest = GREATEST_DEVIATION / sqrt(solve.years);
  let low: f64 = 0;
  let lowExcess = least - price;
  let high = min(FIRST_GUESS, greatest);
  let highExcess = priceAt(solve, spot, high) - price;
  while (highExcess < 0) {
    if (high >= greatest) return STATUS_ABOVE_MAXIMUM;
    low = high;
    lowExcess = highExcess;
    high = min(2.0 * high, greatest);
    highExcess = priceAt(solve, spot, high) - price;
  }
  if (low == 0) {
    for (let k = 0; k < MOST_STEPS; k++) {
      const vol = 0.5 * high;
      const excess = priceAt(solve, spot, vol) - price;
      if (excess < 0) {
        low = vol;
        lowExcess = excess;
        break;
      }
      high = vol;
      highExcess = excess;
    }
  }
  store<f64>(outPtr, closeIn(solve, spot, price, low, lowExcess, high, highExcess, tolerance));
  return STATUS_OK;
}

/**
 * Root of the price excess between low (excess < 0) and high (>= 0): secant through the two latest points where it falls
 * inside the bracket and the bracket shrinks, bisection otherwise.
 */
function closeIn(
  solve: DividendSolve,
  spot: f64,
  price: f64,
  bracketLow: f64,
  lowExcess: f64,
  bracketHigh: f64,
  highExcess: f64,
  tolerance: f64,
): f64 {
  let low = bracketLow;
  let high = bracketHigh;
  let older = low;
  let olderExcess = lowExcess;
  let latest = high;
  let latestExcess = highExcess;
  let slowSteps = 0;
  for (let k = 0; k < MOST_STEPS; k++) {
    const width = high - low;
    if (abs(latestExcess) <= tolerance || width <= BRACKET_TOLERANCE * high) return latest;
    let vol = latest - (latestExcess * (latest - older)) / (latestExcess - olderExcess);
    if (!(vol > low && vol < high) || slowSteps > 2) {
      vol = 0.5 * (low + high);
      slowSteps = 0;
    }
    if (vol == low || vol == high) return latest;
    older = latest;
    olderExcess = latestExcess;
    latest = vol;
    latestExcess = priceAt(solve, spot, vol) - price;
    if (latestExcess < 0) low = vol;
    else high = vol;
    slowSteps = high - low > 0.5 * width ? slowSteps + 1 : 0;
  }
  return latest;
}
