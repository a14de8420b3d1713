import { exp, log } from "./elementary";
import { normalCdf, normalDensity } from "./normal";
import { DividendSolve, PAD_NODES, placeSolve } from "./dividends-grid";
import { interpolate } from "./dividends-jump";
import { closedFormValue } from "./dividends-start";
import { exercisesContinuously, isClosedForm } from "./dividends-solve";
import { continuationAt, isOnGrid, lineDelta, nodePosition } from "./dividends-evaluate";
import { heldOrExercised, isFiniteNumber, priceAt, readRow, setVolatility, solveLevel } from "./dividends";
import { SPOT, term } from "./memory";

/** Relative width of the volatility difference: error volga' (0.02 vol)^2 / 6. */
const VOL_STEP: f64 = 0.02;
/** Inner width of the four-point rate difference (4 D(h) - D(2h)) / 3. */
const RATE_STEP: f64 = 1e-3;
/** Relative width of the spot difference in the zero-volatility limit. */
const SPOT_STEP: f64 = 1e-6;

/**
 * Value, delta and gamma of holding, from a solve made readable: stored at outPtr as 3 f64.
 * On the grid they are the derivatives of the last step's integral (or, where that step was too short, fourth-order
 * differences of the six-point interpolation); off the grid the straight line's.
 */
function storeHolding(solve: DividendSolve, spot: f64, outPtr: usize): void {
  const value = continuationAt(solve, spot);
  let slope: f64 = 0;
  let curvature: f64 = 0;
  store<f64>(outPtr, value);
  if (isClosedForm(solve)) {
    storeClosedForm(solve, spot, outPtr);
    return;
  }
  if (solve.near) {
    const up = exp(solve.spacing);
    const above = continuationAt(solve, spot * up);
    const below = continuationAt(solve, spot / up);
    const farAbove = continuationAt(solve, spot * up * up);
    const farBelow = continuationAt(solve, spot / (up * up));
    storeLogDerivatives(
      solve,
      spot,
      (8 * (above - below) - (farAbove - farBelow)) / 12,
      (16 * (above + below) - (farAbove + farBelow) - 30 * value) / 12,
      outPtr,
    );
    return;
  }
  const position = nodePosition(solve, spot);
  if (!isOnGrid(solve, position)) {
    store<f64>(outPtr, lineDelta(solve, spot, position), 8);
    store<f64>(outPtr, 0, 16);
    return;
  }
  if (solve.interpolates) {
    const near = interpolate(solve, position + 1) - interpolate(solve, position - 1);
    const far = interpolate(solve, position + 2) - interpolate(solve, position - 2);
    slope = (8 * near - far) / 12;
    const nearSum = interpolate(solve, position + 1) + interpolate(solve, position - 1);
    const farSum = interpolate(solve, position + 2) + interpolate(solve, position - 2);
    curvature = (16 * nearSum - farSum - 30 * value) / 12;
  } else {
    storeGaussianDerivatives(solve, position, outPtr + 8);
    slope = load<f64>(outPtr, 8);
    curvature = load<f64>(outPtr, 16);
  }
  storeLogDerivatives(solve, spot, slope, curvature, outPtr);
}

/** Delta and gamma from the first two derivatives by log-spot, in units of the spacing. */
function storeLogDerivatives(solve: DividendSolve, spot: f64, slope: f64, curvature: f64, outPtr: usize): void {
  const inLog = slope / solve.spacing;
  store<f64>(outPtr, inLog / spot, 8);
  store<f64>(outPtr, (curvature / (solve.spacing * solve.spacing) - inLog) / (spot * spot), 16);
}

/** delta = sign e^{-yield years} N(sign d1), gamma = e^{-yield years} n(d1) / (spot deviation). */
function storeClosedForm(solve: DividendSolve, spot: f64, outPtr: usize): void {
  const carried = exp(-solve.yield * solve.years);
  const deviation = solve.vol * sqrt(solve.years);
  const moneyness = log(spot / solve.strike) + (solve.rate - solve.yield) * solve.years;
  const d1 = moneyness / deviation + 0.5 * deviation;
  store<f64>(outPtr, closedFormValue(solve, spot, solve.years));
  store<f64>(outPtr, solve.sign * carried * normalCdf(solve.sign * d1), 8);
  store<f64>(outPtr, (carried * normalDensity(d1)) / (spot * deviation), 16);
}

/**
 * First and second derivative by position (in nodes) of e^{-rate time} sum g_j V_j / sum g_j,
 * g_j = e^{-(j - position)^2 / 2v}: g' = g (j - position) / v, g'' = g ((j - position)^2 / v^2 - 1 / v).
 */
function storeGaussianDerivatives(solve: DividendSolve, position: f64, outPtr: usize): void {
  const v = (solve.vol * solve.vol * solve.time) / (solve.spacing * solve.spacing);
  const whole = floor(position);
  const half = min(<i32>ceil(6.0 * sqrt(v)) + 1, PAD_NODES - 10);
  let w0: f64 = 0;
  let w1: f64 = 0;
  let w2: f64 = 0;
  let s0: f64 = 0;
  let s1: f64 = 0;
  let s2: f64 = 0;
  for (let k = -half; k <= half; k++) {
    const z = whole + <f64>k - position;
    const g = exp((-0.5 * z * z) / v);
    const g1 = (g * z) / v;
    const g2 = g * ((z * z) / (v * v) - 1.0 / v);
    const value = load<f64>(solve.valuesPtr + ((<isize>whole + k) << 3));
    w0 += g;
    w1 += g1;
    w2 += g2;
    s0 += g * value;
    s1 += g1 * value;
    s2 += g2 * value;
  }
  const discount = exp(-solve.rate * solve.time);
  const mean = s0 / w0;
  const first = (s1 - mean * w1) / w0;
  store<f64>(outPtr, first * discount);
  store<f64>(outPtr, ((s2 - mean * w2 - 2.0 * first * w1) / w0) * discount, 8);
}

/** Value, delta and gamma now, exercise included, as 3 f64 at outPtr. */
function storeValueDeltaGamma(solve: DividendSolve, spot: f64, vol: f64, outPtr: usize): void {
  if (!setVolatility(solve, vol) || spot == 0) {
    storeLimit(solve, spot, vol, outPtr);
    return;
  }
  solveLevel(solve, 1);
  storeHolding(solve, spot, outPtr);
  if (solve.continuous) {
    const value = load<f64>(outPtr);
    const delta = load<f64>(outPtr, 8);
    const gamma = load<f64>(outPtr, 16);
    solveLevel(solve, 2);
    storeHolding(solve, spot, outPtr);
    store<f64>(outPtr, 2.0 * load<f64>(outPtr) - value);
    store<f64>(outPtr, 2.0 * load<f64>(outPtr, 8) - delta, 8);
    store<f64>(outPtr, 2.0 * load<f64>(outPtr, 16) - gamma, 16);
  }
  const held = load<f64>(outPtr);
  const value = heldOrExercised(solve, spot, held);
  store<f64>(outPtr, value);
  if (solve.american && value > held) {
    store<f64>(outPtr, solve.sign, 8);
    store<f64>(outPtr, 0, 16);
  }
}

/** Zero volatility, zero time or spot 0: differences of the exact value; gamma 0 (the limit's kinks apart). */
function storeLimit(solve: DividendSolve, spot: f64, vol: f64, outPtr: usize): void {
  const step = spot > 0 ? SPOT_STEP * spot : SPOT_STEP * solve.strike;
  const below = max(spot - step, 0.0);
  const rise = priceAt(solve, spot + step, vol) - priceAt(solve, below, vol);
  store<f64>(outPtr, priceAt(solve, spot, vol));
  store<f64>(outPtr, step > 0 ? rise / (spot + step - below) : 0, 8);
  store<f64>(outPtr, 0, 16);
}

/**
 * Greeks of options with cash dividends, in the layout of fillEuropeanGreeks:
 *
 *     vol        n f64
 *     scratch    dividendScratchBytes()
 *     out        8 columns of n f64   value | delta | gamma | vega | theta | rho | vanna | volga
 *
 * Units: theta = dV/dt = -dV/dT per year at fixed ex-dates, vega and rho per 1.00; vanna and volga are not given (NaN). The spot
 * includes the dividends to come. Where exercise now is right: delta sign, everything else but value 0.
 * Delta and gamma come from the solve itself; theta from the differential equation,
 * theta = rate V - (rate - yield) S delta - vol^2 S^2 gamma / 2; vega and rho from central differences of solves whose
 * grids move continuously and whose numbers of steps are the same.
 * Other blocks, order of events and NaN as in fillDividendValues.
 */
export function fillDividendGreeks(
  n: i32,
  termsPtr: usize,
  flagsPtr: usize,
  dividendOffsetsPtr: usize,
  dividendYearsPtr: usize,
  dividendAmountsPtr: usize,
  volPtr: usize,
  scratchPtr: usize,
  outPtr: usize,
): void {
  const solve = placeSolve(scratchPtr);
  for (let i = 0; i < n; i++) {
    const valid = readRow(
      solve,
      i,
      n,
      termsPtr,
      flagsPtr,
      dividendOffsetsPtr,
      dividendYearsPtr,
      dividendAmountsPtr,
    );
    const spot = term(termsPtr, n, SPOT, i);
    const vol = load<f64>(volPtr + ((<usize>i) << 3));
    const row = outPtr + ((<usize>i) << 3);
    if (valid && spot >= 0 && isFiniteNumber(spot) && vol >= 0 && isFiniteNumber(vol)) {
      storeGreeks(solve, n, spot, vol, row);
    } else {
      for (let c = 0; c < 8; c++) store<f64>(row + <usize>(c * n) * 8, NaN);
    }
  }
}

/** One row of fillDividendGreeks; rowPtr is the row's place in the first column. */
function storeGreeks(solve: DividendSolve, n: i32, spot: f64, vol: f64, rowPtr: usize): void {
  const column = (<usize>n) << 3;
  storeValueDeltaGamma(solve, spot, vol, solve.resultPtr);
  const value = load<f64>(solve.resultPtr);
  const delta = load<f64>(solve.resultPtr, 8);
  const gamma = load<f64>(solve.resultPtr, 16);
  const exercised = solve.american && value <= solve.sign * (spot - solve.strike);
  const carried = (solve.rate - solve.yield) * spot * delta;
  const theta = solve.rate * value - carried - 0.5 * vol * vol * spot * spot * gamma;
  const step = VOL_STEP * vol;
  const vega =
    step > 0 ? (priceAt(solve, spot, vol + step) - priceAt(solve, spot, vol - step)) / (2.0 * step) : 0;
  const near = rateDifference(solve, spot, vol, RATE_STEP);
  const far = rateDifference(solve, spot, vol, 2.0 * RATE_STEP);
  store<f64>(rowPtr, value);
  store<f64>(rowPtr + column, delta);
  store<f64>(rowPtr + 2 * column, gamma);
  store<f64>(rowPtr + 3 * column, exercised ? 0 : vega);
  store<f64>(rowPtr + 4 * column, exercised || solve.years == 0 ? 0 : theta);
  store<f64>(rowPtr + 5 * column, exercised ? 0 : (4.0 * near - far) / 3.0);
  store<f64>(rowPtr + 6 * column, NaN);
  store<f64>(rowPtr + 7 * column, NaN);
}

/** Central difference of the value by the rate; the numbers of steps are those of the row's own rate. */
function rateDifference(solve: DividendSolve, spot: f64, vol: f64, step: f64): f64 {
  const rate = solve.rate;
  solve.rate = rate + step;
  solve.continuous = exercisesContinuously(solve);
  const above = priceAt(solve, spot, vol);
  solve.rate = rate - step;
  solve.continuous = exercisesContinuously(solve);
  const below = priceAt(solve, spot, vol);
  solve.rate = rate;
  solve.continuous = exercisesContinuously(solve);
  return (above - below) / (2.0 * step);
}
