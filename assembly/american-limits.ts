/**
 * Exact values of the American put, K = 1, where no boundary is needed.
 *
 * Never exercised: r <= 0 and q >= r. While the option is held after exercise would have paid 1 - s, the gain of exercise
 * per unit of time is r - q s. Where s < 1 and r <= 0: for q >= 0 it is <= 0; for r <= q < 0 it is r + |q| s <= r + |q|
 * <= 0. So waiting never costs, V is the European value (Kim's premium integral is <= 0 for every region). By the
 * symmetry of McDonald and Schroder (C(S,K,r,q) = P(K,S,q,r)) a call is never exercised early for q <= 0 and r >= q.
 *
 * Two boundaries: q < r < 0. There r - q s > 0 for s > r/q, below 1: exercise pays between two boundaries.
 */
import { exp, log } from "./elementary";
import { normalCdf } from "./normal";

export function isEuropeanPut(rate: f64, yieldRate: f64): bool {
  return rate <= 0.0 && yieldRate >= rate;
}

export function hasTwoBoundaries(rate: f64, yieldRate: f64): bool {
  return rate < 0.0 && yieldRate < rate;
}

/** e^{-rT} Phi(-d-) - s e^{-qT} Phi(-d+); absolute error below 1e-15 (1 + s). */
export function europeanPut(s: f64, lnS: f64, sigma: f64, years: f64, rate: f64, yieldRate: f64): f64 {
  const v = sigma * sqrt(years);
  const strike = exp(-rate * years);
  const forward = s * exp(-yieldRate * years);
  if (!(v > 0.0) || s == 0.0) return max(strike - forward, 0.0);
  const d = (lnS + (rate - yieldRate) * years) / v;
  return max(strike * normalCdf(0.5 * v - d) - forward * normalCdf(-0.5 * v - d), 0.0);
}

/**
 * Value without volatility: the largest of e^{-rt} - s e^{-qt} over 0 <= t <= T and 0, at an end or where
 * r e^{-rt} = q s e^{-qt}.
 */
export function certainPut(s: f64, years: f64, rate: f64, yieldRate: f64): f64 {
  let best = max(max(1.0 - s, exp(-rate * years) - s * exp(-yieldRate * years)), 0.0);
  const ratio = rate / (yieldRate * s);
  if (ratio > 0.0 && rate != yieldRate) {
    const t = min(max(log(ratio) / (rate - yieldRate), 0.0), years);
    if (t == t) best = max(best, exp(-rate * t) - s * exp(-yieldRate * t));
  }
  return best;
}
