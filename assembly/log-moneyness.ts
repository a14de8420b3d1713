/** ln(F/X) of one option to absolute accuracy next to the money: where Greeks and implied volatilities divide by it. */
import { log, log1p } from "./elementary";

/**
 * ln(spot/strike) + (rate - carry) years; near the money the first term is ln(1 + (spot - strike)/strike), whose argument
 * is exact (Sterbenz), so it has full relative accuracy. spot, strike > 0.
 */
export function logMoneyness(spot: f64, strike: f64, years: f64, rate: f64, carry: f64): f64 {
  const ratio = spot / strike;
  const first = ratio > 0.5 && ratio < 2.0 ? log1p((spot - strike) / strike) : log(ratio);
  return first + (rate - carry) * years;
}
