import { exp, log } from "./elementary";
import { DividendSolve, dividendAmount, dividendYears } from "./dividends-grid";
import { diffuse } from "./dividends-diffuse";
import { settle } from "./dividends-ends";
import { exercise, exerciseAtDividend, exerciseSharply } from "./dividends-exercise";
import { payDividend } from "./dividends-jump";
import { isNearDividend } from "./dividends-near";
import { SMOOTH_DEVIATION, correctPayoffKink, startFromClosedForm } from "./dividends-start";

/**
 * The backward induction over the option's life, down to the first event after now. Order of events at one instant,
 * in calendar time: exercise of an American option (cum dividend), then the dividend, then (at expiry) the payoff on
 * the spot ex dividend.
 *
 * Continuous exercise is the limit of m equally spaced exercise dates, which lack A/m + O(m^-3/2) of its value: the
 * answer is 2 V(2m) - V(m), from two levels.
 */

/** Deviation of a last stretch, in spacings, below which no exercise inside it is looked for. */
const UNRESOLVED: f64 = 0.6;

/**
 * Can exercise at a moment that is not just before an ex-date be right? Exercise earns sign * (yield S - rate K) per
 * year against holding; some S in the money must make that positive. Otherwise the option is exercised only just
 * before an ex-date (call) or never (put), and the induction is exact with one step from ex-date to ex-date.
 */
export function exercisesContinuously(solve: DividendSolve): bool {
  if (!solve.american) return false;
  if (solve.sign > 0) return solve.yield > 0 || solve.yield > solve.rate;
  return solve.rate > 0 || solve.yield < solve.rate;
}

/** True when the closed form at the spot is the whole answer: no dividend, no exercise worth having. */
export function isClosedForm(solve: DividendSolve): bool {
  return solve.dividendCount == 0 && !solve.continuous;
}

function hasOneRegion(solve: DividendSolve): bool {
  if (solve.sign > 0) return solve.yield >= 0;
  if (solve.dividendCount == 0) return solve.rate >= 0;
  let most: f64 = 0;
  for (let i = 0; i < solve.dividendCount; i++) most = max(most, dividendAmount(solve, i));
  return solve.rate >= 0 && solve.yield >= 0 && !isWithinReach(solve, most);
}

/**
 * Are spots of the size of the dividend likely enough to matter: 3 deviations below 0.3 strikes? There a put can be
 * exercised while it waits for the dividend at higher spots, because what the share cannot pay is not waited for.
 */
function isWithinReach(solve: DividendSolve, cash: f64): bool {
  return cash > 0.3 * solve.strike * exp(-3.0 * solve.vol * sqrt(solve.years));
}

/** Runs the induction; leaves the values at solve.time, from where one more step without exercise leads to now. */
export function solveBackwards(solve: DividendSolve): void {
  let next = solve.dividendCount - 1;
  solve.low = 0;
  solve.high = solve.count;
  solve.connected = hasOneRegion(solve) ? 1 : 0;
  solve.near = 0;
  let cash: f64 = 0;
  let tail: f64 = 0;
  const last = next;
  while (next >= 0 && dividendYears(solve, next) >= solve.years) cash += dividendAmount(solve, next--);
  if (next == last && next >= 0 && !isNearDividend(solve, next)) {
    tail = solve.years - dividendYears(solve, next);
    if (!solve.continuous || deviationInSpacings(solve, tail) < UNRESOLVED) cash = dividendAmount(solve, next--);
  }
  if (next < last) {
    startBeforeDividend(solve, tail, cash);
    if (next >= 0 || solve.continuous) stepToDividend(solve, next, cash);
  } else if (!solve.continuous) {
    startFromClosedForm(solve, solve.years - dividendYears(solve, 0), 0.0);
  } else {
    const from = next >= 0 ? dividendYears(solve, next) : 0.0;
    exerciseUntil(solve, solve.years, from, solve.years - from, true);
  }
  for (; next >= 0; next--) {
    if (isNearDividend(solve, next)) {
      solve.near = 1;
      return;
    }
    const cash = dividendAmount(solve, next);
    payDividend(solve, cash);
    if (solve.american) exerciseAtDividend(solve, cash);
    if (next > 0 || solve.continuous) stepToDividend(solve, next - 1, cash);
  }
}

/**
 * The values just before the last ex-date, `tail` years before expiry. The payoff's kink is made good after exercise,
 * which must see the values themselves. A call whose dividend is worth more than its time value there is exercised
 * throughout: its kink is the exercise value's own, at the strike.
 */
function startBeforeDividend(solve: DividendSolve, tail: f64, cash: f64): void {
  startFromClosedForm(solve, tail, cash);
  const deviation = solve.vol * sqrt(tail);
  const carried = exp(-solve.yield * tail);
  const kink = cash + (solve.strike * exp(-solve.rate * tail)) / carried;
  const spread = deviationInSpacings(solve, tail);
  const isCall = solve.sign > 0;
  if (spread < SMOOTH_DEVIATION && solve.american && isCall && kink - solve.strike > 0.4 * deviation * solve.strike) {
    exerciseSharply(solve, solve.strike);
    correctPayoffKink(solve, solve.strike, 1.0, 0.0);
    return;
  }
  if (solve.american && (isCall || solve.continuous)) {
    if (spread < UNRESOLVED) exerciseSharply(solve, isCall ? solve.strike : solve.strike + cash);
    else exerciseAtDividend(solve, cash);
  }
  if (spread < SMOOTH_DEVIATION) correctPayoffKink(solve, kink, carried, spread);
}

/** vol sqrt(years) in units of the grid's spacing. */
function deviationInSpacings(solve: DividendSolve, years: f64): f64 {
  return (solve.vol * sqrt(years)) / solve.spacing;
}

/**
 * From just before the ex-date of `cash` back to just after ex-date `next` (or to the last step before now when
 * next < 0).
 *
 * A put is not exercised within log(1 + cash / strike) / rate years before the ex-date: waiting until just after it
 * earns more than the interest on the strike, whatever the spot above the dividend (Jensen). That stretch is one step.
 */
function stepToDividend(solve: DividendSolve, next: i32, cash: f64): void {
  const from = next >= 0 ? dividendYears(solve, next) : 0.0;
  settle(solve);
  if (!solve.continuous) {
    diffuse(solve, solve.time - from);
    solve.time = from;
    return;
  }
  const until = solve.time;
  const length = until - from;
  const quiet = quietYears(solve, cash, solve.rate);
  if (quiet >= length) {
    if (next >= 0) diffuse(solve, length);
    return;
  }
  diffuse(solve, quiet);
  const planned = max(length - quietYears(solve, cash, solve.planRate), 0.0);
  exerciseUntil(solve, until - quiet, from, planned, false);
}

function quietYears(solve: DividendSolve, cash: f64, rate: f64): f64 {
  if (solve.sign > 0 || !(rate > 0) || isWithinReach(solve, cash)) return 0;
  return log(1.0 + cash / solve.strike) / (solve.yield < 0 ? rate - solve.yield : rate);
}

/**
 * Equal steps from `until` back to `from`, each ended by exercise; the last one's is left to `exerciseAtDividend`, or,
 * when it reaches now, the whole step to the evaluation. `planned`: the length that decides their number. `atExpiry`:
 * the first step starts from the payoff, by the closed form.
 */
function exerciseUntil(solve: DividendSolve, until: f64, from: f64, planned: f64, atExpiry: bool): void {
  const length = until - from;
  settle(solve);
  // never more dates than that: the grid resolves a boundary layer of one step, not of a shorter one
  const dates = solve.level * max(1, <i32>ceil((solve.dates * planned) / solve.years));
  const part = length / <f64>dates;
  const rescale = exp(-solve.drift * part);
  for (let k = 1; k <= dates; k++) {
    const time = k == dates ? from : until - <f64>k * part;
    const earlier = solve.time;
    if (atExpiry && k == 1) {
      startFromClosedForm(solve, solve.years - time, 0.0);
    } else {
      if (time == 0) return;
      if (k == dates) settle(solve);
      diffuse(solve, solve.time - time);
    }
    solve.time = time;
    if (k < dates) {
      // a product for the exponential: 96 roundings at most until an ex-date sets it anew
      if (k > 1 && solve.scaleTime == earlier) {
        solve.scale *= rescale;
        solve.scaleTime = time;
      }
      exercise(solve);
    }
  }
}
