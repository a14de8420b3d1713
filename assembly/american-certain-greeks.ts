/**
 * Derivatives of an American option where no volatility is at work: time, volatility, spot or strike is 0, or the drift
 * leaves no choice. With w = 1 for a call and -1 for a put, V = max(0, max over 0 <= t <= T of w (S e^{-qt} - K e^{-rt})), and
 * by the envelope theorem, t the best moment,
 *
 *     delta = w e^{-qt}    rho = w t K e^{-rt}    vega = vanna = volga = 0
 *     gamma = w q e^{-qt} / (S (r - q)) where t lies inside the life, else 0
 *     theta = w (q S e^{-qT} - r K e^{-rT}) where t = T, else 0.
 *
 * Source: the definition of the value (certainPut). Exact to rounding. Where two moments tie: the derivative to higher
 * spots. At the kink, value 0 and the best exercise worth exactly 0 with a strike above 0: delta is half, gamma is NaN, and so
 * is theta when T = 0; they do not exist there.
 */
import { exp, log } from "./elementary";

/** w (S e^{-qt} - K e^{-rt}). */
// @ts-ignore: decorator
@inline
function exerciseAt(w: f64, spot: f64, strike: f64, rate: f64, yieldRate: f64, t: f64): f64 {
  return w * (spot * exp(-yieldRate * t) - strike * exp(-rate * t));
}

/** The best moment of exercise, in years from now. */
function bestMoment(w: f64, spot: f64, strike: f64, years: f64, rate: f64, yieldRate: f64): f64 {
  const now = exerciseAt(w, spot, strike, rate, yieldRate, 0.0);
  const end = exerciseAt(w, spot, strike, rate, yieldRate, years);
  const endIsSteeper = w * exp(-yieldRate * years) > w;
  let best = end > now || (end == now && endIsSteeper) ? years : 0.0;
  const ratio = (rate * strike) / (yieldRate * spot);
  if (!(ratio > 0.0 && ratio < Infinity) || rate == yieldRate) return best;
  const inner = log(ratio) / (rate - yieldRate);
  if (!(inner > 0.0 && inner < years)) return best;
  if (exerciseAt(w, spot, strike, rate, yieldRate, inner) > max(now, end)) best = inner;
  return best;
}

/** Fills delta, gamma, vega, theta, rho, vanna, volga; `out` is the row's value, columns are `column` bytes apart. */
export function storeCertainGreeks(
  out: usize, column: usize, isCall: bool, spot: f64, strike: f64, years: f64, rate: f64, yieldRate: f64,
): void {
  const w = isCall ? 1.0 : -1.0;
  const t = bestMoment(w, spot, strike, years, rate, yieldRate);
  const worth = exerciseAt(w, spot, strike, rate, yieldRate, t);
  const kink = worth == 0.0 && strike > 0.0 && spot > 0.0;
  const held = worth > 0.0 || (strike == 0.0 && isCall) ? 1.0 : kink ? 0.5 : 0.0;
  const spotDiscount = exp(-yieldRate * t);
  const inside = t > 0.0 && t < years;
  const decay = w * (yieldRate * spot * exp(-yieldRate * years) - rate * strike * exp(-rate * years));
  const theta = years == 0.0 ? min(decay, 0.0) : t == years ? decay : 0.0;
  store<f64>(out + column, held * w * spotDiscount);
  store<f64>(out + 2 * column, kink ? NaN : inside ? (held * w * yieldRate * spotDiscount) / (spot * (rate - yieldRate)) : 0.0);
  store<f64>(out + 3 * column, 0.0);
  store<f64>(out + 4 * column, kink && years == 0.0 ? NaN : held * theta);
  store<f64>(out + 5 * column, held * w * t * strike * exp(-rate * t));
  store<f64>(out + 6 * column, 0.0);
  store<f64>(out + 7 * column, 0.0);
}
