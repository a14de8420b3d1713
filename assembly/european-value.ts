/** One European value, scalar: the twin of european.ts, the same operations in the same order, equal to the bit. */
import { exp, log } from "./elementary";
import { LEAST_DEVIATION, LOG_OF_ZERO, MOST_DEVIATION } from "./european-setup";
import { gaussian } from "./gaussian";
import { CALL_FLAG } from "./memory";
import { FARTHEST, tailP, tailQ } from "./normal";

// @ts-ignore: decorator
@inline
function isAmount(x: f64): bool {
  return x >= 0.0 && x < Infinity;
}

/** ln(F/X), finite where an argument is 0; NaN where a term is not a number that an option can have. */
function logMoneyness(f: f64, x: f64, valid: bool): f64 {
  const bounded = min(max(log(f / x), LOG_OF_ZERO), -LOG_OF_ZERO);
  const moneyness = x == 0.0 ? -LOG_OF_ZERO : bounded;
  return valid ? moneyness : NaN;
}

/**
 * Value per share; formula, units, limits and accuracy as in european.ts.
 *
 * @param flags bit 0: call
 * @param carry continuous dividend yield plus borrow
 * @param factor spot factor of the scenario, 1 for none
 */
export function europeanValue(
  flags: i32, spot: f64, strike: f64, years: f64, rate: f64, carry: f64, vol: f64, factor: f64,
): f64 {
  const x = strike * exp(-(rate * years));
  const f = spot * exp(-(carry * years));
  const terms = isAmount(spot) && isAmount(strike) && isAmount(years) && isAmount(abs(rate)) && isAmount(abs(carry));
  const v = min(vol * sqrt(years), MOST_DEVIATION);
  const m = isAmount(vol) ? logMoneyness(f, x, terms) - 0.5 * v * v : NaN;
  const inverse = 1.0 / max(v, LEAST_DEVIATION);
  const d2 = (m + max(log(factor), LOG_OF_ZERO)) * inverse;
  const d1 = d2 + v;
  const a2 = min(abs(d2), FARTHEST);
  const a1 = min(abs(d1), FARTHEST);
  const q2 = tailQ(a2);
  const q1 = tailQ(a1);
  const p2 = d2 >= 0.0 ? tailP(a2) : -tailP(a2);
  const p1 = d1 >= 0.0 ? tailP(a1) : -tailP(a1);
  const h = (gaussian(a2) * (p2 * q1 - p1 * q2)) / (q1 * q2);
  const isPut = (flags & <i32>CALL_FLAG) == 0;
  const forward = d1 >= 0.0 != isPut ? f * factor : 0.0;
  const strikeValue = d2 >= 0.0 != isPut ? x : 0.0;
  const exercised = forward - strikeValue;
  const value = x * h + (isPut ? -exercised : exercised);
  return value < 0.0 ? 0.0 : value;
}
