import { exp, expm1, log } from "./elementary";
import { DividendSolve, dividendAmount, dividendYears } from "./dividends-grid";

/**
 * Where the value bends: the spots that the grid must hold.
 *
 * 1. Around the strike: the spots that reach it within REACH standard deviations.
 * 2. Around the exercise boundaries far from the strike. Without dividends, and after the last one, exercise earns
 *    sign * (yield S - rate strike) a year: the boundary lies at strike * rate / yield (beyond the strike), or within
 *    REACH deviations of it. Before an ex-date it can be anywhere. A put exercised at `from` (now, or just after an
 *    ex-date) gives up waiting until just after the next one, `gap` years later; a call exercised just before an ex-date
 *    gives up waiting until just before the next one, or expiry. Far from the strike both are straight lines in S,
 *
 *        put    strike - S   and   (strike + cash) e^{-rate gap} - S e^{-yield gap}
 *        call   S - strike   and   (S - cash) e^{-yield gap} - strike e^{-rate gap}
 *
 *    and the value bends where they cross: S = (strike (1 - e^{-rate gap}) - w cash) / (1 - e^{-yield gap}),
 *    w = e^{-rate gap} (put) or e^{-yield gap} (call). Boundaries between two events lie no farther out: what is
 *    exercised then was exercised at `from`.
 */

/** Deviations beyond a bend: 2 * cdf(-4.6) = 4e-6 of what bends there. */
const REACH: f64 = 4.6;
/** Boundaries farther from the strike than a factor of e^2.1 = 8.2 are left out, those near that limit gradually. */
const FARTHEST: f64 = 2.1;
const FADE: f64 = 4.0;
/** A bend that volatility rounds by less than this part of the strike is left to the limit of zero volatility. */
const NEGLIGIBLE: f64 = 3e-6;

/** y of the lowest node (dividends-grid.ts). */
export function lowestEnd(solve: DividendSolve): f64 {
  const forward = exp((solve.yield - solve.rate) * solve.years);
  const low = max(solve.strike * min(1.0, forward), 0.01 * highestSpot(solve));
  const shift = min(0.0, solve.drift * solve.years);
  const end = log(low) + shift - REACH * solve.vol * sqrt(solve.years);
  if (solve.sign > 0 || !solve.continuous || solve.certainEnds) return end;
  return min(end, farthestBend(solve, end));
}

/** y of the highest node. */
export function highestEnd(solve: DividendSolve): f64 {
  const shift = max(0.0, solve.drift * solve.years);
  const end = log(highestSpot(solve)) + shift + REACH * solve.vol * sqrt(solve.years);
  if (solve.sign < 0 || !solve.american || solve.certainEnds) return end;
  return max(end, farthestBend(solve, end));
}

/**
 * True when exercise boundaries far from the strike must be on the grid: the slopes there differ by 1 - e^{-yield gap}
 * at most, which volatility rounds by 0.4 deviations of the spot.
 */
export function uncertainBends(solve: DividendSolve): bool {
  const kink = abs(expm1(-abs(solve.yield) * solve.years));
  return 0.4 * kink * solve.vol * sqrt(solve.years) > NEGLIGIBLE;
}

/** Strike or its forward, whichever is greater, and the dividends on top. */
function highestSpot(solve: DividendSolve): f64 {
  const carry = solve.rate - solve.yield;
  let cash: f64 = 0;
  for (let i = 0; i < solve.dividendCount; i++) {
    cash += dividendAmount(solve, i) * max(1.0, exp(-carry * dividendYears(solve, i)));
  }
  return solve.strike * max(1.0, exp(-carry * solve.years)) + cash;
}

/** The farthest y, outwards from `end`, that an exercise boundary and its reach need. */
function farthestBend(solve: DividendSolve, end: f64): f64 {
  if (solve.yield == 0 || solve.strike == 0) return end;
  const outwards = solve.sign;
  const shift = solve.drift * solve.years;
  const base = log(solve.strike);
  const open = fadedDistance(outwards, solve.rate / solve.yield);
  let farthest = max(outwards * end, outwards * base + open + max(0.0, outwards * shift) + reach(solve, solve.years));
  for (let i = 0; i < solve.dividendCount; i++) {
    const exYears = min(dividendYears(solve, i), solve.years);
    let from = exYears;
    let until = solve.years;
    if (outwards < 0) {
      from = i > 0 ? dividendYears(solve, i - 1) : 0.0;
      until = exYears;
    } else if (i + 1 < solve.dividendCount) {
      until = min(dividendYears(solve, i + 1), solve.years);
    }
    const gap = until - from;
    if (!(gap > 0)) continue;
    const cash = dividendAmount(solve, i) / solve.strike;
    // the first of a put's exercise dates after `from` can be a step later
    const distance = max(crossing(solve, cash, gap), crossing(solve, cash, gap - solve.years / solve.dates));
    const y = outwards * (base + solve.drift * (solve.years - from)) + distance + reach(solve, until);
    if (distance > 0) farthest = max(farthest, y);
  }
  return outwards * farthest;
}

/** fadedDistance of the spot where waiting `gap` years for `cash` (part of the strike) is as good as exercise. */
function crossing(solve: DividendSolve, cash: f64, gap: f64): f64 {
  if (!(gap > 0)) return 0;
  const weight = exp(-(solve.sign < 0 ? solve.rate : solve.yield) * gap);
  const gain = -expm1(-solve.rate * gap) - weight * cash;
  return fadedDistance(solve.sign, gain / -expm1(-solve.yield * gap));
}

function reach(solve: DividendSolve, years: f64): f64 {
  return REACH * solve.vol * sqrt(years);
}

/** |log| of a boundary at `ratio` strikes, 0 on the other side of the strike; falls back to 0 beyond FARTHEST. */
function fadedDistance(outwards: f64, ratio: f64): f64 {
  if (!(ratio > 0)) return 0;
  const distance = outwards * log(ratio);
  return max(min(distance, FARTHEST - FADE * (distance - FARTHEST)), 0.0);
}
