import { exp, log } from "./elementary";
import { DividendSolve, dividendAmount, dividendYears } from "./dividends-grid";

/**
 * The limit of zero volatility, exact: the spot follows its forward path with the dividends taken out (never below 0).
 * European: the discounted payoff. American: the best of all exercise moments; between two events the discounted
 * exercise value sign (s e^{-yield u} - strike e^{-rate u}) has at most one stationary point, where
 * yield s e^{-yield u} = rate strike e^{-rate u}.
 */
export function limitValue(solve: DividendSolve, spot: f64): f64 {
  let s = spot;
  let time: f64 = 0;
  let best = solve.american ? solve.sign * (spot - solve.strike) : 0.0;
  for (let i = 0; i <= solve.dividendCount; i++) {
    const end = i < solve.dividendCount ? min(dividendYears(solve, i), solve.years) : solve.years;
    if (solve.american) best = max(best, bestOnPath(solve, s, time, end - time));
    s *= exp((solve.rate - solve.yield) * (end - time));
    time = end;
    if (i < solve.dividendCount) s = max(s - dividendAmount(solve, i), 0.0);
  }
  const payoff = solve.sign * (s - solve.strike) * exp(-solve.rate * solve.years);
  return max(max(best, payoff), 0.0);
}

/** Greatest discounted exercise value within `length` years after `time`, starting from the spot s. */
function bestOnPath(solve: DividendSolve, s: f64, time: f64, length: f64): f64 {
  let best = max(exerciseAfter(solve, s, 0), exerciseAfter(solve, s, length));
  const carry = solve.rate - solve.yield;
  const turn = log((solve.rate * solve.strike) / (solve.yield * s)) / carry;
  if (turn > 0 && turn < length) best = max(best, exerciseAfter(solve, s, turn));
  return best * exp(-solve.rate * time);
}

function exerciseAfter(solve: DividendSolve, s: f64, years: f64): f64 {
  return solve.sign * (s * exp(-solve.yield * years) - solve.strike * exp(-solve.rate * years));
}
