import { exp, expm1, log } from "./elementary";
import { DividendSolve, dividendAmount, dividendYears } from "./dividends-grid";

/**
 * Where the value bends: the spots that the grid must hold.
 *
 * 1. Around the strike: the spots that reach it within REACH standard deviations.
 * 2. Around the exercise boundaries far from the strike. Without dividends, and after the last one, exercise earns
 *    sign * (yield S - rate strike) a year: the boundary lies at strike * rate / yield (beyond the strike), or within
 *    REACH deviations of it. With ex-dates to wait for it can be anywhere. Far from the strike the worth of exercise at
 *    a given moment t is a straight line in the spot now,
 *
 *        sign * (S e^{-yield t} - strike e^{-rate t} - sum of cash_i e^{-rate t_i - yield (t - t_i)}),
 *
 *    over the dividends until t (put: just after an ex-date) or before it (call: just before one). The value is their
 *    upper envelope, rounded by volatility, and bends where two of its lines cross. The moments are the first exercise
 *    date of the induction, the ex-dates and expiry.
 *
 * Scratch in the solve's work row, 3 f64 to a line:  moment t | slope e^{-yield t} | the rest, all of it subtracted
 */

/** Deviations beyond a bend: 2 * cdf(-4.6) = 4e-6 of what bends there. */
const REACH: f64 = 4.6;
/** Boundaries farther from the strike than a factor of e^2.1 = 8.2 are left out, those near that limit gradually. */
const FARTHEST: f64 = 2.1;
const FADE: f64 = 4.0;
/** Dividends beyond this number have no line of their own. */
const MOST_EX_DATES: i32 = 32;
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
  const count = storeLines(solve);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const spot = crossing(solve, i, j);
      const distance = fadedDistance(outwards, spot / solve.strike);
      if (!(distance > 0) || !isOnEnvelope(solve, i, spot, count)) continue;
      const around = reach(solve, lineTerm(solve, i + 1, 0));
      const bend = outwards * base + distance + around;
      const fallen = max(spotAt(solve, i, spot) / spot, 0.1);
      const then = outwards * (log(fallen) + solve.drift * (solve.years - lineTerm(solve, i, 0)));
      farthest = max(farthest, bend + max(outwards * shift, then));
    }
  }
  return outwards * farthest;
}

/** Stores the lines in order of time, the first MOST_EX_DATES dividends' and expiry's; returns their number. */
function storeLines(solve: DividendSolve): i32 {
  const isPut = solve.sign < 0;
  let count = 0;
  let paid: f64 = 0;
  let time: f64 = 0;
  if (solve.continuous) storeLine(solve, count++, min(solve.years / solve.dates, firstYears(solve)), 0.0);
  for (let i = 0; i < solve.dividendCount; i++) {
    const exYears = dividendYears(solve, i);
    const cash = dividendAmount(solve, i) * exp(-solve.rate * exYears);
    paid *= exp(-solve.yield * (exYears - time));
    time = exYears;
    if (isPut) paid += cash;
    if (i < MOST_EX_DATES && exYears < solve.years) storeLine(solve, count++, exYears, paid);
    if (!isPut) paid += cash;
  }
  storeLine(solve, count++, solve.years, paid * exp(-solve.yield * (solve.years - time)));
  return count;
}

function firstYears(solve: DividendSolve): f64 {
  return solve.dividendCount > 0 ? min(dividendYears(solve, 0), solve.years) : solve.years;
}

function storeLine(solve: DividendSolve, i: i32, time: f64, paid: f64): void {
  const ptr = solve.workPtr + <usize>i * 24;
  store<f64>(ptr, time);
  store<f64>(ptr, exp(-solve.yield * time), 8);
  store<f64>(ptr, solve.strike * exp(-solve.rate * time) + paid, 16);
}

function lineTerm(solve: DividendSolve, i: i32, term: i32): f64 {
  return load<f64>(solve.workPtr + <usize>i * 24 + <usize>term * 8);
}

/** Spot now at which lines i and j cross. */
function crossing(solve: DividendSolve, i: i32, j: i32): f64 {
  return (lineTerm(solve, i, 2) - lineTerm(solve, j, 2)) / (lineTerm(solve, i, 1) - lineTerm(solve, j, 1));
}

function lineAtSpot(solve: DividendSolve, i: i32, spot: f64): f64 {
  return solve.sign * (lineTerm(solve, i, 1) * spot - lineTerm(solve, i, 2));
}

function isOnEnvelope(solve: DividendSolve, i: i32, spot: f64, count: i32): bool {
  const value = lineAtSpot(solve, i, spot) + NEGLIGIBLE * solve.strike;
  for (let k = 0; k < count; k++) {
    if (lineAtSpot(solve, k, spot) > value) return false;
  }
  return true;
}

/** The spot at line i's moment, its dividends paid, that `spot` now leads to without volatility. */
function spotAt(solve: DividendSolve, i: i32, spot: f64): f64 {
  const time = lineTerm(solve, i, 0);
  const paid = lineTerm(solve, i, 2) - solve.strike * exp(-solve.rate * time);
  return (spot * lineTerm(solve, i, 1) - paid) * exp(solve.rate * time);
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
