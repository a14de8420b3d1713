/** European Greeks in closed form, to relative accuracy. */
import { exp } from "./elementary";
import { LEAST_DEVIATION, LOG_OF_ZERO, MOST_DEVIATION } from "./european-setup";
import { europeanValue } from "./european-value";
import { logMoneyness } from "./log-moneyness";
import { CALL_FLAG, RATE, SPOT, STRIKE, term, YEARS, YIELD } from "./memory";
import { normalCdfRelative, normalDensity } from "./normal";

/** Distances are cut here, where the density is 0: their squares stay finite. */
const FARTHEST_DISTANCE: f64 = 1e100;

/** ln(F/X), finite where spot or strike is 0; NaN where the value is (a term that no option can have). */
function moneyness(spot: f64, strike: f64, years: f64, rate: f64, carry: f64, value: f64): f64 {
  if (isNaN(value)) return NaN;
  if (strike == 0.0) return -LOG_OF_ZERO;
  if (spot == 0.0) return LOG_OF_ZERO;
  return logMoneyness(spot, strike, years, rate, carry);
}

/**
 * Greeks of one option into 8 columns of n f64 at row i:
 *
 *     outPtr   value | delta | gamma | vega | theta | rho | vanna | volga
 *
 * theta = -dV/dT per year; vega and rho per 1.00; vanna = d2V/dS dvol, volga = d2V/dvol2. With w = +1 for a call, -1 for a put:
 *
 *     delta = w e^(-qT) N(w d1)                gamma = e^(-qT) phi(d1) / (S v)      vega = F phi(d1) sqrt T
 *     theta = -F phi(d1) vol / (2 sqrt T) + w (q F N(w d1) - r X N(w d2))           rho = w T X N(w d2)
 *     vanna = -e^(-qT) phi(d1) d2/vol          volga = vega d1 d2/vol
 *
 * Limits. v = 0 off the money: the derivatives of the exercise value. v = 0 and F = X, the kink: delta one half of
 * e^(-qT), gamma NaN, theta NaN when years = 0 (they do not exist there).
 * Accuracy: 1e-10 relative to the greatest term where that term is not negligible (docs/numerics.md).
 */
function storeGreeks(
  n: i32, i: i32, flags: i32, spot: f64, strike: f64, years: f64, rate: f64, carry: f64, vol: f64, outPtr: usize,
): void {
  const value = europeanValue(flags, spot, strike, years, rate, carry, vol, 1.0);
  const root = sqrt(years);
  const v = min(vol * root, MOST_DEVIATION);
  const bounded = max(v, LEAST_DEVIATION);
  const log = moneyness(spot, strike, years, rate, carry, value);
  const d2 = min(max(log / bounded - 0.5 * v, -FARTHEST_DISTANCE), FARTHEST_DISTANCE);
  const d1 = min(d2 + v, FARTHEST_DISTANCE);
  const w = (flags & <i32>CALL_FLAG) != 0 ? 1.0 : -1.0;
  const spotDiscount = exp(-(carry * years));
  const x = strike * exp(-(rate * years));
  const density = spotDiscount * normalDensity(d1);
  const n1 = w * normalCdfRelative(w * d1);
  const n2 = w * normalCdfRelative(w * d2);
  const kink = v == 0.0 && log == 0.0;
  const vega = spot * density * root;
  const decay = root > 0.0 ? (spot * density * vol) / (2.0 * root) : kink ? NaN : value * 0.0;
  const d2OverVol = kink ? -0.5 * root : d2 / max(vol, LEAST_DEVIATION);
  const column = <usize>n << 3;
  const toPtr = outPtr + (<usize>i << 3);
  store<f64>(toPtr, value);
  store<f64>(toPtr + column, spotDiscount * n1);
  store<f64>(toPtr + 2 * column, kink ? NaN : density == 0.0 ? 0.0 : density / (spot * bounded));
  store<f64>(toPtr + 3 * column, vega);
  store<f64>(toPtr + 4 * column, carry * spot * spotDiscount * n1 - rate * x * n2 - decay);
  store<f64>(toPtr + 5 * column, years * x * n2);
  store<f64>(toPtr + 6 * column, density == 0.0 ? 0.0 : -density * d2OverVol);
  store<f64>(toPtr + 7 * column, vega == 0.0 ? 0.0 : vega * d1 * d2OverVol);
}

/**
 * Greeks of n European options.
 *
 *     termsPtr   5 columns of n f64   spot | strike | years | rate | yield
 *     flagsPtr   n u8                 bit 0: call
 *     volPtr     n f64
 *     outPtr     8 columns of n f64   value | delta | gamma | vega | theta | rho | vanna | volga
 */
export function fillEuropeanGreeks(n: i32, termsPtr: usize, flagsPtr: usize, volPtr: usize, outPtr: usize): void {
  for (let i = 0; i < n; i++) {
    storeGreeks(
      n, i, load<u8>(flagsPtr + i), term(termsPtr, n, SPOT, i), term(termsPtr, n, STRIKE, i),
      term(termsPtr, n, YEARS, i), term(termsPtr, n, RATE, i), term(termsPtr, n, YIELD, i),
      load<f64>(volPtr + (<usize>i << 3)), outPtr,
    );
  }
}
