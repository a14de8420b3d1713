import { exp } from "./elementary";
import { highestEnd, lowestEnd, uncertainBends } from "./dividends-range";

/**
 * The state of one backward solve of one contract at one volatility, and the grid it runs on.
 *
 * Model ("spot model"). Between ex-dates the spot is lognormal: dS = (rate - yield) S dt + vol S dW. At the ex-date
 * t_i it drops by min(amount_i, S); at 0 it stays. The grid is uniform in
 *
 *     y = log(S) + drift * (years - t),   drift = rate - yield - vol^2 / 2
 *
 * so that between ex-dates the value obeys the plain heat equation V_t + vol^2/2 V_yy = rate V: one time step of any
 * length is a convolution with a symmetric Gaussian, the same for every node (dividends-diffuse.ts).
 *
 * The grid depends on strike, years, rate, yield, volatility and the dividends, never on the spot: one solve gives
 * the value at every spot, and adding a price scenario changes no bit of the others.
 *
 * Scratch of one solve (byte offsets; G = PAD_NODES, N = MAX_NODES; all f64):
 *
 *     0            DividendSolve record                      256 bytes
 *     256          weights   one half of the kernel           (G + 4) * 8
 *     ...          result    value, delta, gamma              4 * 8
 *     ...          nodes     e^y, with G nodes beyond each end (N + 2 G) * 8
 *     ...          values    same shape                        (N + 2 G) * 8
 *     ...          work      same shape                        (N + 2 G) * 8
 *
 * nodesPtr, valuesPtr and workPtr are the addresses of node 0, so nodes -G .. N + G - 1 may be addressed.
 */

/** Most nodes of a grid; a multiple of 8. */
export const MAX_NODES: i32 = 1280;
/** Nodes beyond each end, filled by linear extrapolation in the spot before a convolution. */
export const PAD_NODES: i32 = 104;
/** Bytes of the record in front of the arrays. */
const RECORD_BYTES: usize = 256;
const WEIGHT_BYTES: usize = (PAD_NODES + 8) * 8;
const ROW_BYTES: usize = (MAX_NODES + 2 * PAD_NODES) * 8;

/** Node spacing in units of vol * sqrt(years) where exercise is confined to ex-dates: error below 3e-4 per 100 of strike. */
const SPACING: f64 = 0.11;
/**
 * Exercise dates of the first level spread over the life, when interest or yield over the life is USUAL_CARRY. What
 * early exercise is worth grows with that carry, and with it the error of taking m dates, ~ carry m^-3/2; so m goes
 * with the square root of the carry, between the limits.
 */
const USUAL_DATES: f64 = 48.0;
const USUAL_CARRY: f64 = 0.05;
const FEWEST_DATES: f64 = 18.0;
const MOST_DATES: f64 = 96.0;
/**
 * Variance of one of the second level's steps in squared spacings: ties the spacing to the dates, so that the layer at
 * the exercise boundary (as wide as a step's deviation) is resolved, and the second level takes the 7-point kernel.
 */
const STEP_VARIANCE: f64 = 1.0;
/** Greatest spacing where exercise is followed between ex-dates. */
const WIDEST: f64 = 0.12;
/** Largest spacing in log-spot; the six-point interpolation of e^y at 0.1 errs by 2e-8 relative. */
const MAX_SPACING: f64 = 0.1;
/** Total volatility below this is the zero-volatility limit: the difference is below 0.4 * 1e-7 of the spot. */
export const MIN_TOTAL_VOLATILITY: f64 = 1e-7;

@unmanaged
export class DividendSolve {
  strike: f64;
  years: f64;
  rate: f64;
  yield: f64;
  vol: f64;
  /** +1 call, -1 put: exercise value is sign * (S - strike). */
  sign: f64;
  drift: f64;
  /** y of node 0. */
  origin: f64;
  spacing: f64;
  /** Where the backward induction stands, in years from now. */
  time: f64;
  /** Rate that decides the number of time steps; differs from `rate` only while rho is differenced. */
  planRate: f64;
  /** Spot of the node with e^y = 1 at `scaleTime`. */
  scale: f64;
  scaleTime: f64;
  /** Length of the step whose kernel the weights hold; 0 = none. */
  weightsYears: f64;
  /** Exercise dates of the first level spread over the life. */
  dates: f64;
  count: i32;
  /** Half-width of the kernel that the weights hold. */
  half: i32;
  /**
   * Nodes low .. high - 1 hold values. While one exercise region at an end is followed (`connected`), the nodes beyond
   * (below low for a put, from high on for a call) are exercised, and their value sign * (S - strike) is not stored.
   */
  low: i32;
  high: i32;
  /**
   * 1 when the exercise region is known to reach to the grid's end. Between the ex-dates the value is convex in the
   * spot. A put with rate >= 0 is worth its strike at spot 0, so it is exercised below any spot at which it is
   * exercised; a call with yield >= 0 has slope <= 1, so it is exercised above any such spot. A put on a share with
   * dividends and a yield below 0 is not: the more the share is worth, the more holding costs, so that waiting for the
   * dividend can be right for low spots only.
   */
  connected: i32;
  american: i32;
  /** 1 when exercise between ex-dates can be right (dividends-solve.ts). */
  continuous: i32;
  dividendCount: i32;
  /** 1: first level, 2: second level of the extrapolation in the number of exercise dates. */
  level: i32;
  /** 1 when the grid leaves out exercise boundaries that the zero-volatility limit gives as well. */
  certainEnds: i32;
  /** 1 when the solve stops just after a first dividend near now (dividends-near.ts). */
  near: i32;
  /** 1 when the last step was taken on the grid and spots are read by interpolation. */
  interpolates: i32;
  dividendYearsPtr: usize;
  dividendAmountsPtr: usize;
  weightsPtr: usize;
  nodesPtr: usize;
  valuesPtr: usize;
  workPtr: usize;
  /** Three f64 for a value and its derivatives. */
  resultPtr: usize;
}

/** Bytes of scratch of one solve. */
export function solveScratchBytes(): usize {
  return RECORD_BYTES + WEIGHT_BYTES + 3 * ROW_BYTES;
}

/** Places the record and its arrays in the caller's scratch (layout above). */
export function placeSolve(scratchPtr: usize): DividendSolve {
  const solve = changetype<DividendSolve>(scratchPtr);
  const first = scratchPtr + RECORD_BYTES + WEIGHT_BYTES + PAD_NODES * 8;
  solve.weightsPtr = scratchPtr + RECORD_BYTES;
  solve.resultPtr = scratchPtr + RECORD_BYTES + (PAD_NODES + 4) * 8;
  solve.nodesPtr = first;
  solve.valuesPtr = first + ROW_BYTES;
  solve.workPtr = first + 2 * ROW_BYTES;
  return solve;
}

/** Years from now of dividend i. */
export function dividendYears(solve: DividendSolve, i: i32): f64 {
  return load<f64>(solve.dividendYearsPtr + ((<usize>i) << 3));
}

/** Cash per share of dividend i. */
export function dividendAmount(solve: DividendSolve, i: i32): f64 {
  return load<f64>(solve.dividendAmountsPtr + ((<usize>i) << 3));
}

/** Spot of the node with e^y = 1 at the solve's time. */
export function nodeScale(solve: DividendSolve): f64 {
  if (solve.time != solve.scaleTime) {
    solve.scale = exp(-solve.drift * (solve.years - solve.time));
    solve.scaleTime = solve.time;
  }
  return solve.scale;
}

/** Value at spot 0, where the spot stays: the put's strike now (American, rate >= 0) or at expiry; a call's 0. */
export function valueAtZero(solve: DividendSolve): f64 {
  if (solve.sign > 0) return 0;
  if (solve.american && solve.rate >= 0) return solve.strike;
  return solve.strike * exp(-solve.rate * (solve.years - solve.time));
}

/**
 * Lays the grid: from the lowest to the highest spot at which the value is not a straight line in the spot
 * (dividends-range.ts). Beyond, the value is extended linearly in the spot, between 0 and the value at spot 0.
 * Spacing and origin are continuous functions of the terms; only the far end moves by whole nodes.
 */
export function layGrid(solve: DividendSolve): void {
  const deviation = solve.vol * sqrt(solve.years);
  solve.scaleTime = -1;
  solve.drift = solve.rate - solve.yield - 0.5 * solve.vol * solve.vol;
  solve.certainEnds = uncertainBends(solve) ? 0 : 1;
  const inDeviations = spacingInDeviations(solve);
  const first = lowestEnd(solve);
  const width = highestEnd(solve) - first;
  const spacing = max(min(inDeviations * deviation, MAX_SPACING), width / <f64>(MAX_NODES - 8));
  solve.origin = first;
  solve.spacing = spacing;
  solve.weightsYears = 0;
  solve.count = ((<i32>ceil(width / spacing) + 8) >> 3) << 3;
  fillNodes(solve);
}

/** Decides the number of exercise dates and with it the spacing. Uses planRate, so that rho is a difference of like solves. */
function spacingInDeviations(solve: DividendSolve): f64 {
  solve.dates = 1;
  if (!solve.continuous) return SPACING;
  const carry = max(abs(solve.planRate), abs(solve.yield)) * solve.years;
  solve.dates = min(max(USUAL_DATES * sqrt(carry / USUAL_CARRY), FEWEST_DATES), MOST_DATES);
  return min(1.0 / sqrt(2.0 * STEP_VARIANCE * solve.dates), WIDEST);
}

/** Fills nodes[-G .. count + G - 1] = e^(origin + i spacing); the exponential at every 32nd node, products between: 32 roundings. */
function fillNodes(solve: DividendSolve): void {
  const up = exp(solve.spacing);
  const end = solve.count + PAD_NODES;
  let value: f64 = 0;
  for (let i = -PAD_NODES; i < end; i++) {
    value = (i & 31) == 0 || i == -PAD_NODES ? exp(solve.origin + <f64>i * solve.spacing) : value * up;
    store<f64>(solve.nodesPtr + ((<isize>i) << 3), value);
  }
}
