import { exp } from "./elementary";
import {
  DividendSolve,
  MIN_TOTAL_VOLATILITY,
  dividendAmount,
  dividendYears,
  layGrid,
  placeSolve,
  solveScratchBytes,
} from "./dividends-grid";
import { continuationAt, prepareEvaluation } from "./dividends-evaluate";
import { exercisesContinuously, isClosedForm, solveBackwards } from "./dividends-solve";
import { limitValue } from "./dividends-limits";
import { AMERICAN_FLAG, CALL_FLAG, RATE, SPOT, STRIKE, YEARS, YIELD, term } from "./memory";

/** Above this total volatility the value has reached its limit; keeps e^y representable. */
const MAX_TOTAL_VOLATILITY: f64 = 20.0;

/**
 * Total volatility below this part of a spacing is the zero-volatility limit. Only dividends or interest many thousand times the
 * total volatility make the spacing so wide; the limit then errs by 0.4 * total volatility of the spot at most.
 */
const LEAST_RESOLVED: f64 = 0.1;

/** Bytes of scratch that the cash-dividend functions need, whatever the number of rows. */
export function dividendScratchBytes(): i32 {
  return <i32>solveScratchBytes();
}

/** Most dividends of one option. */
export function maxDividendCount(): i32 {
  return 4096;
}

// @ts-ignore: decorator
@inline
export function isFiniteNumber(x: f64): bool {
  return x - x == 0;
}

/**
 * Reads row i into the record; false when a term is NaN, infinite or out of range, or a dividend is (times must be
 * > 0 and ascending, amounts >= 0). Dividends after expiry are not the option's and are left out.
 */
export function readRow(
  solve: DividendSolve,
  i: i32,
  n: i32,
  termsPtr: usize,
  flagsPtr: usize,
  dividendOffsetsPtr: usize,
  dividendYearsPtr: usize,
  dividendAmountsPtr: usize,
): bool {
  const flags = load<u8>(flagsPtr + i);
  solve.sign = flags & CALL_FLAG ? 1.0 : -1.0;
  solve.american = flags & AMERICAN_FLAG ? 1 : 0;
  solve.strike = term(termsPtr, n, STRIKE, i);
  solve.years = term(termsPtr, n, YEARS, i);
  solve.rate = term(termsPtr, n, RATE, i);
  solve.yield = term(termsPtr, n, YIELD, i);
  solve.planRate = solve.rate;
  solve.continuous = exercisesContinuously(solve);
  const first = load<i32>(dividendOffsetsPtr + (<usize>i << 2));
  const end = load<i32>(dividendOffsetsPtr + (<usize>i << 2), 4);
  solve.dividendYearsPtr = dividendYearsPtr + (<usize>first << 3);
  solve.dividendAmountsPtr = dividendAmountsPtr + (<usize>first << 3);
  let last: f64 = 0;
  let count = 0;
  for (let k = 0; k < end - first; k++) {
    const years = dividendYears(solve, k);
    const amount = dividendAmount(solve, k);
    if (!(years > 0 && years >= last && isFiniteNumber(years) && amount >= 0 && isFiniteNumber(amount))) return false;
    last = years;
    if (years <= solve.years) count = k + 1;
  }
  solve.dividendCount = count;
  const finite = isFiniteNumber(solve.strike + solve.years + solve.rate + solve.yield);
  return finite && solve.strike >= 0 && solve.years >= 0;
}

/** Sets the volatility and lays the grid; false: the zero-volatility limit is the answer. */
export function setVolatility(solve: DividendSolve, vol: f64): bool {
  const deviation = vol * sqrt(solve.years);
  solve.vol = deviation > MAX_TOTAL_VOLATILITY ? MAX_TOTAL_VOLATILITY / sqrt(solve.years) : vol;
  if (deviation < MIN_TOTAL_VOLATILITY || (solve.strike == 0 && solve.dividendCount == 0)) return false;
  if (isClosedForm(solve)) return true;
  layGrid(solve);
  return deviation >= LEAST_RESOLVED * solve.spacing;
}

/** Solves at one level and makes the spots readable. */
export function solveLevel(solve: DividendSolve, level: i32): void {
  solve.level = level;
  if (!isClosedForm(solve)) solveBackwards(solve);
  prepareEvaluation(solve);
}

/** No call is worth more than its stock, no put more than its strike, at the best moment allowed. */
function greatestValue(solve: DividendSolve, spot: f64): f64 {
  const most = solve.sign > 0 ? spot : solve.strike;
  const later = most * exp(-(solve.sign > 0 ? solve.yield : solve.rate) * solve.years);
  return solve.american ? max(most, later) : later;
}

/** The greater of holding and exercising; NaN stays NaN. */
export function heldOrExercised(solve: DividendSolve, spot: f64, held: f64): f64 {
  const value = min(max(held, 0.0), greatestValue(solve, spot));
  return solve.american ? max(value, solve.sign * (spot - solve.strike)) : value;
}

/** Value at one spot and volatility, of the row read last; the same bits as fillDividendValues. */
export function priceAt(solve: DividendSolve, spot: f64, vol: f64): f64 {
  if (!setVolatility(solve, vol)) return limitValue(solve, spot);
  solveLevel(solve, 1);
  let held = continuationAt(solve, spot);
  if (solve.continuous) {
    solveLevel(solve, 2);
    held = 2.0 * continuationAt(solve, spot) - held;
  }
  return heldOrExercised(solve, spot, held);
}

/**
 * Values of options on a stock with cash dividends, in the spot model (dividends-grid.ts), European and American.
 *
 *     terms      5 columns of n f64    spot | strike | years | rate | yield
 *     flags      n u8                  bit 0 call, bit 1 American
 *     offsets    n + 1 i32             dividends of row i: offsets[i] .. offsets[i + 1] - 1
 *     dividends  two f64 columns       years from now, ascending, in (0, years]; cash per share
 *     vols       volCount columns of n f64, vols[j n + i]
 *     factors    priceCount f64        spot factors, >= 0
 *     scratch    dividendScratchBytes()
 *     out        n rows of volCount rows of priceCount f64, per share
 *
 * Order at one instant: an American option may be exercised just before the ex-date; a dividend at expiry is paid
 * before the payoff is struck. Dividends are cash: the factor moves the spot only. A dividend above the spot pays the
 * spot, which then stays 0.
 *
 * One solve per (row, volatility) serves all price points; a value depends on its own row, volatility and factor
 * only, bit for bit. NaN or out-of-range terms give NaN in the row, a bad volatility in its cells, a bad factor in its cell.
 */
export function fillDividendValues(
  n: i32,
  termsPtr: usize,
  flagsPtr: usize,
  dividendOffsetsPtr: usize,
  dividendYearsPtr: usize,
  dividendAmountsPtr: usize,
  volCount: i32,
  volsPtr: usize,
  priceCount: i32,
  factorsPtr: usize,
  scratchPtr: usize,
  outPtr: usize,
): void {
  const solve = placeSolve(scratchPtr);
  let out = outPtr;
  for (let i = 0; i < n; i++) {
    const valid = readRow(
      solve, i, n, termsPtr, flagsPtr, dividendOffsetsPtr, dividendYearsPtr, dividendAmountsPtr,
    );
    const spot = term(termsPtr, n, SPOT, i);
    for (let j = 0; j < volCount; j++) {
      const vol = load<f64>(volsPtr + ((<usize>j * n + i) << 3));
      if (valid && spot >= 0 && isFiniteNumber(spot) && vol >= 0 && isFiniteNumber(vol)) {
        fillRow(solve, spot, vol, priceCount, factorsPtr, out);
      } else {
        for (let k = 0; k < priceCount; k++) store<f64>(out + (<usize>k << 3), NaN);
      }
      out += <usize>priceCount << 3;
    }
  }
}

/** One row of one volatility: out[k] = value at spot * factors[k]. */
function fillRow(solve: DividendSolve, spot: f64, vol: f64, priceCount: i32, factorsPtr: usize, outPtr: usize): void {
  const end = <usize>priceCount << 3;
  if (!setVolatility(solve, vol)) {
    for (let p: usize = 0; p < end; p += 8) {
      const at = spot * load<f64>(factorsPtr + p);
      store<f64>(outPtr + p, at >= 0 ? limitValue(solve, at) : NaN);
    }
    return;
  }
  solveLevel(solve, 1);
  for (let p: usize = 0; p < end; p += 8) {
    store<f64>(outPtr + p, continuationAt(solve, spot * load<f64>(factorsPtr + p)));
  }
  if (solve.continuous) {
    solveLevel(solve, 2);
    for (let p: usize = 0; p < end; p += 8) {
      const coarse = load<f64>(outPtr + p);
      store<f64>(outPtr + p, 2.0 * continuationAt(solve, spot * load<f64>(factorsPtr + p)) - coarse);
    }
  }
  for (let p: usize = 0; p < end; p += 8) {
    const at = spot * load<f64>(factorsPtr + p);
    store<f64>(outPtr + p, at >= 0 ? heldOrExercised(solve, at, load<f64>(outPtr + p)) : NaN);
  }
}
