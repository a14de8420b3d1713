import { exp, log, logPair } from "./elementary";
import { normalCdf, normalCdfPair } from "./normal";
import { DividendSolve, nodeScale } from "./dividends-grid";

/** Below every discounted strike that matters; keeps log(forward / strike) defined at strike 0. */
const TINY: f64 = 1e-290;
/** Keeps 0 / 0 out of a zero total volatility at the money. */
const TINY_DEVIATION: f64 = 1e-150;
/** Farther than this many standard deviations from the strike the value is the forward payoff: cdf(-7.5) = 3e-14. */
const FAR: f64 = 8.0;
/** Wider than this (in spacings) the payoff's kink needs no correction: e^{-2 pi^2 1.44} = 5e-13. */
export const SMOOTH_DEVIATION: f64 = 1.2;

/**
 * Black-Scholes-Merton value of the European option at `spot`, `years` before expiry.
 * sign (F N(sign d1) - X N(sign d2)), F = spot e^{-yield years}, X = strike e^{-rate years}. Error 1e-15 of max(F, X).
 */
export function closedFormValue(solve: DividendSolve, spot: f64, years: f64): f64 {
  const sign = solve.sign;
  const forward = spot * exp(-solve.yield * years);
  const present = max(solve.strike * exp(-solve.rate * years), TINY);
  const deviation = max(solve.vol * sqrt(years), TINY_DEVIATION);
  const d1 = log(forward / present) / deviation + 0.5 * deviation;
  const value = sign * (forward * normalCdf(sign * d1) - present * normalCdf(sign * (d1 - deviation)));
  return max(value, 0.0);
}

/**
 * Starts the backward induction at `years - tail` with the closed form of the last `tail` years, on the spot less
 * `cash` (the last dividend, or 0): values[i] = BSM(max(S_i - cash, 0), tail). Written two nodes at a time with the
 * operations of `closedFormValue`.
 */
export function startFromClosedForm(solve: DividendSolve, tail: f64, cash: f64): void {
  solve.time = solve.years - tail;
  const scale = nodeScale(solve);
  const carried = exp(-solve.yield * tail);
  const present = max(solve.strike * exp(-solve.rate * tail), TINY);
  const deviation = max(solve.vol * sqrt(tail), TINY_DEVIATION);
  const over = exp(FAR * deviation);
  const under = 1.0 / over;
  const sign = f64x2.splat(solve.sign);
  const bytes = (<usize>solve.count) << 3;
  for (let p: usize = 0; p < bytes; p += 16) {
    const spot = f64x2.mul(v128.load(solve.nodesPtr + p), f64x2.splat(scale));
    const left = f64x2.max(f64x2.sub(spot, f64x2.splat(cash)), f64x2.splat(0));
    const forward = f64x2.mul(left, f64x2.splat(carried));
    const payoff = f64x2.mul(sign, f64x2.sub(forward, f64x2.splat(present)));
    let value = f64x2.max(payoff, f64x2.splat(0));
    const near = v128.and(
      f64x2.gt(forward, f64x2.splat(present * under)),
      f64x2.lt(forward, f64x2.splat(present * over)),
    );
    if (v128.any_true(near)) {
      const ratio = f64x2.div(logPair(f64x2.div(forward, f64x2.splat(present))), f64x2.splat(deviation));
      const d1 = f64x2.add(ratio, f64x2.splat(0.5 * deviation));
      const d2 = f64x2.sub(d1, f64x2.splat(deviation));
      const stock = f64x2.mul(forward, normalCdfPair(f64x2.mul(sign, d1)));
      const bond = f64x2.mul(f64x2.splat(present), normalCdfPair(f64x2.mul(sign, d2)));
      value = f64x2.max(f64x2.mul(sign, f64x2.sub(stock, bond)), f64x2.splat(0));
    }
    v128.store(solve.valuesPtr + p, value);
  }
}

/**
 * Makes good the quadrature error of the payoff's kink at `spot`, smoothed over only s = `deviation` spacings; its slope changes
 * by `carried`.
 *
 * Poisson's summation formula gives the error of summing nodes over a ramp of slope change J convolved with a
 * Gaussian: J sum_m 2 cos(2 pi m x) e^{-2 pi^2 m^2 s^2} / (2 pi m)^2, x the kink's place between two nodes. The term
 * m = 1 is taken as it is; the others, at s = 0 the rest of the Bernoulli polynomial, with the factor of m = 2.
 */
export function correctPayoffKink(solve: DividendSolve, spot: f64, carried: f64, deviation: f64): void {
  const position = (log(spot / nodeScale(solve)) - solve.origin) / solve.spacing;
  if (!(position >= 1 && position < <f64>(solve.count - 2))) return;
  const whole = floor(position);
  const x = position - whole;
  const first = cosineOfTurn(x) * 0.05066059182116889; // 1 / (2 pi^2)
  const all = 1.0 / 12.0 - 0.5 * x * (1.0 - x);
  const fade = exp(-19.739208802178716 * deviation * deviation); // 2 pi^2
  const fade4 = fade * fade * fade * fade;
  const missing = spot * carried * solve.spacing * (first * fade + (all - first) * fade4);
  const ptr = solve.valuesPtr + ((<usize>(<i32>whole)) << 3);
  store<f64>(ptr, load<f64>(ptr) + (1.0 - x) * missing);
  store<f64>(ptr, load<f64>(ptr, 8) + x * missing, 8);
}

/** cos(2 pi x) for 0 <= x <= 1, error below 4e-9: Taylor of -cos(2 pi (x - 1/2)) to the 18th power. */
function cosineOfTurn(x: f64): f64 {
  const angle = 6.283185307179586 * (x - 0.5);
  const w = angle * angle;
  let sum: f64 = 1.0;
  for (let k = 18; k > 0; k -= 2) sum = 1.0 - (w * sum) / <f64>(k * (k - 1));
  return -sum;
}
