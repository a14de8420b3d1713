import { exp, log } from "./elementary";
import { DividendSolve, dividendAmount, dividendYears, valueAtZero } from "./dividends-grid";
import { monotoneSlope } from "./dividends-ends";
import { interpolate } from "./dividends-jump";

/**
 * A first ex-date so near that the spot moves by less than a grid spacing until then. Exercise there bends the value
 * sharply, and no convolution would smooth the bend before a spot is read. So the solve stops with the values just
 * after the dividend, which are smooth, and each spot gets a small lattice of its own from there back to now.
 */

/** Nearer than this variance, in squared spacings; farther, the Gaussian sum over the grid errs by e^{-2 pi^2 0.8} = 1.4e-7. */
export const NEAR_VARIANCE: f64 = 0.8;
/** Steps of the small lattice: exercise between now and the ex-date is one step of many of the life, cut into 24. */
const STEPS: i32 = 24;

/** Is the first dividend, which is not the payoff's own, that near? */
export function isNearDividend(solve: DividendSolve, i: i32): bool {
  if (i != 0) return false;
  const years = dividendYears(solve, 0);
  const deviation = solve.vol / solve.spacing;
  return years < solve.years && deviation * deviation * years < NEAR_VARIANCE;
}

/**
 * Value now, without the option to exercise now: trinomial lattice in log-spot that moves with the drift, so that it has
 * the normal distribution's first five moments with probabilities 1/6, 2/3, 1/6 and nodes sqrt(3 / STEPS) deviations
 * apart. It starts from max(V(t, s - cash), exercise), exercise just before the dividend for a call, s - strike, just
 * after it for a put, min(strike - s + cash, strike).
 *
 *     work   V at node j - STEPS, j = 0 .. 2 STEPS     (2 STEPS + 1) * 8 bytes, in the solve's work row
 */
export function valueBeforeNearDividend(solve: DividendSolve, spot: f64): f64 {
  const work = solve.workPtr;
  const step = solve.time / <f64>STEPS;
  const up = exp(solve.vol * sqrt(3.0 * step));
  const drifted = exp(solve.drift * step);
  let lowest = spot;
  for (let k = 0; k < STEPS; k++) lowest *= drifted / up;
  fillBeforeDividend(solve, lowest, up);
  const stay = (2.0 / 3.0) * exp(-solve.rate * step);
  const move = 0.25 * stay;
  for (let first = 1; first <= STEPS; first++) {
    lowest *= up / drifted;
    const last = 2 * STEPS - first;
    let s = lowest;
    let left = load<f64>(work + (<usize>(first - 1) << 3));
    for (let i = first; i <= last; i++, s *= up) {
      const ptr = work + (<usize>i << 3);
      const middle = load<f64>(ptr);
      let value = stay * middle + move * (left + load<f64>(ptr, 8));
      if (solve.continuous && first < STEPS) value = max(value, solve.sign * (s - solve.strike));
      store<f64>(ptr, value);
      left = middle;
    }
  }
  return max(load<f64>(work + (<usize>STEPS << 3)), 0.0);
}

/**
 * Fills the lattice's last row. A bend between two nodes, found where exercise and holding cross on the straight lines
 * between them, is made good by Euler-Maclaurin, -slope change * B2(x) / 2 with B2(x) = x^2 - x + 1/6, split 1 - x : x.
 */
function fillBeforeDividend(solve: DividendSolve, lowest: f64, up: f64): void {
  const cash = dividendAmount(solve, 0);
  let s = lowest;
  let lastExcess: f64 = -1;
  for (let i = 0; i <= 2 * STEPS; i++, s *= up) {
    const ptr = solve.workPtr + (<usize>i << 3);
    const held = valueAfterDividend(solve, s - cash);
    const now = solve.sign > 0 ? s - solve.strike : min(solve.strike - s + cash, solve.strike);
    const excess = solve.american ? now - held : -1.0;
    store<f64>(ptr, held + max(excess, 0.0));
    if (i > 0 && excess < 0 != lastExcess < 0) {
      const x = lastExcess / (lastExcess - excess);
      const missing = 0.5 * abs(excess - lastExcess) * (x * (1.0 - x) - 1.0 / 6.0);
      store<f64>(ptr - 8, load<f64>(ptr - 8) + (1.0 - x) * missing);
      store<f64>(ptr, load<f64>(ptr) + x * missing);
    }
    lastExcess = excess;
  }
}

/** Value at the solve's time, just after the dividend, at the spot s: the grid, the straight lines beyond it, or spot 0. */
function valueAfterDividend(solve: DividendSolve, s: f64): f64 {
  if (s <= 0) return valueAtZero(solve);
  const position = (log(s) + solve.drift * (solve.years - solve.time) - solve.origin) / solve.spacing;
  const last = <f64>(solve.count - 1);
  if (position >= 0 && position <= last) return max(interpolate(solve, position), 0.0);
  const offset = position < 0 ? 0 : <usize>(solve.count - 2) << 3;
  const node = load<f64>(solve.nodesPtr + offset) * solve.scale;
  const value = load<f64>(solve.valuesPtr + offset);
  const run = load<f64>(solve.nodesPtr + offset, 8) * solve.scale - node;
  const slope = monotoneSlope(solve, (load<f64>(solve.valuesPtr + offset, 8) - value) / run);
  return min(max(value + slope * (s - node), 0.0), solve.sign > 0 ? Infinity : valueAtZero(solve));
}
