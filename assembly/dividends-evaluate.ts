import { exp, log } from "./elementary";
import { DividendSolve, PAD_NODES, dividendAmount, nodeScale, valueAtZero } from "./dividends-grid";
import { MAX_STEP_VARIANCE, diffuse } from "./dividends-diffuse";
import { monotoneSlope, padEnds, settle } from "./dividends-ends";
import { interpolate } from "./dividends-jump";
import { NEAR_VARIANCE, valueBeforeNearDividend } from "./dividends-near";
import { limitValue } from "./dividends-limits";
import { closedFormValue } from "./dividends-start";
import { isClosedForm } from "./dividends-solve";

/**
 * Values at any spot from one solve: the last step to now is not taken on the grid but as the integral over the
 * nodes for exactly this spot, so nothing is interpolated, and delta and gamma are the integral's own derivatives.
 * Only when that step is shorter than about one spacing it is taken on the grid and the six-point polynomial is read.
 */

const REACH: f64 = 5.5;

/** Brings the solve into a state from which spots can be read. */
export function prepareEvaluation(solve: DividendSolve): void {
  if (isClosedForm(solve)) return;
  settle(solve);
  solve.interpolates = 0;
  if (solve.near) {
    nodeScale(solve);
    padEnds(solve, 6);
    return;
  }
  const unit = (solve.spacing * solve.spacing) / (solve.vol * solve.vol);
  if (solve.time > MAX_STEP_VARIANCE * unit) diffuse(solve, solve.time - MAX_STEP_VARIANCE * unit);
  solve.interpolates = solve.time < NEAR_VARIANCE * unit ? 1 : 0;
  if (solve.interpolates) {
    diffuse(solve, solve.time);
    solve.time = 0;
  }
  padEnds(solve, PAD_NODES - 8);
}

/** Value now at `spot`, without the option to exercise now. */
export function continuationAt(solve: DividendSolve, spot: f64): f64 {
  if (spot == 0) return discountedValueAtZero(solve);
  if (isClosedForm(solve)) return closedFormValue(solve, spot, solve.years);
  if (solve.near) return valueBeforeNearDividend(solve, spot);
  const position = nodePosition(solve, spot);
  if (!isOnGrid(solve, position)) return beyondGrid(solve, spot, position < 0);
  if (solve.interpolates) return max(interpolate(solve, position), 0.0);
  return max(gaussianSum(solve, position), 0.0);
}

/** Where the spot lies on the grid, in nodes. */
export function nodePosition(solve: DividendSolve, spot: f64): f64 {
  return (log(spot) + solve.drift * solve.years - solve.origin) / solve.spacing;
}

export function isOnGrid(solve: DividendSolve, position: f64): bool {
  return position >= 0 && position <= <f64>(solve.count - 1);
}

/** Delta beyond the grid: the straight line's, 0 where the line is cut. */
export function lineDelta(solve: DividendSolve, spot: f64, position: f64): f64 {
  const slope = lineSlope(solve, position < 0) * exp(-solve.yield * solve.time);
  const value = lineAt(solve, spot, position < 0);
  const moved = lineAt(solve, spot * 1.000001, position < 0);
  return value == moved ? 0 : slope;
}

function discountedValueAtZero(solve: DividendSolve): f64 {
  const time = solve.time;
  solve.time = 0;
  const value = valueAtZero(solve);
  solve.time = time;
  return value;
}

/**
 * Beyond the grid: the straight line, or where the grid leaves out the exercise boundaries beyond (`certainEnds`), the
 * value at zero volatility when that is greater. It is a lower bound while the value is convex, above the dividends.
 */
function beyondGrid(solve: DividendSolve, spot: f64, below: bool): f64 {
  const line = lineAt(solve, spot, below);
  if (!solve.certainEnds || !solve.american || below == solve.sign > 0) return line;
  let cash: f64 = 0;
  for (let i = 0; i < solve.dividendCount; i++) cash += dividendAmount(solve, i);
  return spot > 2.0 * cash ? max(line, limitValue(solve, spot)) : line;
}

/** Beyond the grid: the expectation of the straight line in the spot, between 0 and the put's value at spot 0. */
function lineAt(solve: DividendSolve, spot: f64, below: bool): f64 {
  const value = load<f64>(solve.valuesPtr + (below ? 0 : (<usize>(solve.count - 1)) << 3));
  const forward = spot * exp((solve.rate - solve.yield) * solve.time);
  const line = value + lineSlope(solve, below) * (forward - lineNode(solve, below));
  const cap = solve.sign > 0 ? Infinity : valueAtZero(solve);
  return min(max(line, 0.0), cap) * exp(-solve.rate * solve.time);
}

function lineNode(solve: DividendSolve, below: bool): f64 {
  return load<f64>(solve.nodesPtr + (below ? 0 : (<usize>(solve.count - 1)) << 3)) * nodeScale(solve);
}

/** Slope in the spot of the first or last two nodes. */
function lineSlope(solve: DividendSolve, below: bool): f64 {
  const offset = below ? 0 : (<usize>(solve.count - 2)) << 3;
  const rise = load<f64>(solve.valuesPtr + offset, 8) - load<f64>(solve.valuesPtr + offset);
  const run = load<f64>(solve.nodesPtr + offset, 8) - load<f64>(solve.nodesPtr + offset);
  return monotoneSlope(solve, rise / (run * nodeScale(solve)));
}

/**
 * e^{-rate time} sum_j g_j V_j / sum_j g_j, g_j = e^{-(position - j)^2 / 2 v}, v = vol^2 time / spacing^2. The g_j
 * follow from four exponentials by products, outwards from the node below the position.
 */
function gaussianSum(solve: DividendSolve, position: f64): f64 {
  const v = (solve.vol * solve.vol * solve.time) / (solve.spacing * solve.spacing);
  const whole = floor(position);
  const x = position - whole;
  const half = min(<i32>ceil(REACH * sqrt(v)) + 1, PAD_NODES - 10);
  const ptr = solve.valuesPtr + ((<usize>(<i32>whole)) << 3);
  const step = exp(-1.0 / v);
  let up = exp((x - 0.5) / v);
  let down = exp((-x - 0.5) / v);
  const centre = exp((-0.5 * x * x) / v);
  let right = centre;
  let left = centre;
  let weights = centre;
  let sum = centre * load<f64>(ptr);
  for (let k = 1; k <= half; k++) {
    right *= up;
    left *= down;
    up *= step;
    down *= step;
    weights += right + left;
    const offset = (<usize>k) << 3;
    sum += right * load<f64>(ptr + offset) + left * load<f64>(ptr - offset);
  }
  return (sum / weights) * exp(-solve.rate * solve.time);
}
