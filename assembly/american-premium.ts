/**
 * Value of the American put, K = 1, from its exercise boundary (Kim 1990; Carr, Jarrow and Myneni 1992):
 *
 *     V(s) = European(s) + int_0^T [ r e^{-rt} Phi(-e-) - q s e^{-qt} Phi(-e+) ] dt,
 *     e+- = (ln(s/B(T-t)) + (r-q) t)/v +- v/2,   v = sigma sqrt t.
 *
 * s e^{-qt} phi(e+) = B e^{-rt} phi(e-), so one exponential and one division serve both distributions of a node, and the
 * European value is one more node (B = 1, t = T, weights e^{-rT} and e^{-qT}); it stands last.
 */
import { exp, log } from "./elementary";
import { gaussianPair } from "./gaussian";
import { FARTHEST, tailPPair, tailQPair } from "./normal";
import { add, atMost, both, div, mul, sub } from "./vector";
import { solveBoundary } from "./american-boundary";
import {
  BOUNDARY,
  COLUMN,
  PANELS,
  PANEL_ROW,
  SPOT_MATRIX,
  SPOT_NODES,
  VOL_NODES,
  get,
  put,
} from "./american-workspace";

/** Node `index` of the volatility panels: sigma = 2^y, y from -7 to 3, four intervals a panel, Chebyshev-Lobatto inside. */
function panelAbscissa(index: i32): f64 {
  const inside = index & 3;
  const part = inside == 0 ? 0.0 : inside == 1 ? 0.14644660940672624 : inside == 2 ? 0.5 : 0.8535533905932737;
  return <f64>(index >> 2) - 7.0 + part;
}

/** Fills h/sigma at the spot nodes (k < p - 1) and at T (entry p - 1) from the solved boundary. */
function fillHeights(ws: usize, out: usize, scale: f64): void {
  const n = <i32>get(ws, 0);
  const p = <i32>get(ws, 1);
  for (let k = 0; k < p; k += 2) {
    const at = (<usize>k) << 3;
    let h = both(0.0);
    for (let j = 0; j < n; j++) {
      h = add(
        h,
        mul(v128.load(ws + SPOT_MATRIX + ((<usize>(j * p)) << 3) + at), both(get(ws + BOUNDARY, j))),
      );
    }
    v128.store(out + at, mul(h, both(scale)));
  }
  put(out, p - 1, get(ws + BOUNDARY, 0) * scale);
}

/** Solves panel node `index` unless done; true when it is usable. */
function ensureNode(ws: usize, index: i32): bool {
  const out = ws + PANELS + <usize>index * PANEL_ROW;
  const state = get(out, 17);
  if (state != 0.0) return state > 0.0;
  const sigma = exp(panelAbscissa(index) * 0.6931471805599453);
  const change = solveBoundary(ws, sigma, SHARED_TOLERANCE);
  const solved = change < SHARED_LIMIT;
  fillHeights(ws, out, 1.0 / sigma);
  put(out, 17, solved ? 1.0 : -1.0);
  return solved;
}

const SHARED_TOLERANCE: f64 = 1e-4;
const SHARED_LIMIT: f64 = 1e-3;

/**
 * Boundary at volatility sigma interpolated in ln sigma (degree 4) inside its panel; the panels and what stands at their
 * nodes depend on years, rate and yield alone, so neither the batch nor the order of rows can change a bit. False: sigma
 * is outside the panels or a node did not converge.
 */
export function interpolateBoundary(ws: usize, sigma: f64): bool {
  const y = log(sigma) * 1.4426950408889634 + 7.0;
  if (!(y >= 0.0 && y <= 10.0)) return false;
  const panel = min(<i32>y, 9);
  for (let j = 0; j <= 4; j++) if (!ensureNode(ws, panel * 4 + j)) return false;
  const p = <i32>get(ws, 1);
  const heights = ws + VOL_NODES;
  const row = ws + PANELS + <usize>(panel * 4) * PANEL_ROW;
  const z = y - 7.0;
  let sum = 0.0;
  for (let k = 0; k < p; k += 2) v128.store(heights + ((<usize>k) << 3), both(0.0));
  for (let j = 0; j <= 4; j++) {
    const distance = z - panelAbscissa(panel * 4 + j);
    const half = j == 0 || j == 4 ? 0.5 : 1.0;
    const exact = abs(distance) < 1e-13;
    const weight = exact ? 1e30 : (j & 1 ? -half : half) / distance;
    sum += weight;
    for (let k = 0; k < p; k += 2) {
      const at = (<usize>k) << 3;
      const add1 = mul(v128.load(row + <usize>j * PANEL_ROW + at), both(weight));
      v128.store(heights + at, add(v128.load(heights + at), add1));
    }
  }
  const scale = both(sigma / sum);
  for (let k = 0; k < p; k += 2) {
    const at = (<usize>k) << 3;
    v128.store(heights + at, mul(v128.load(heights + at), scale));
  }
  return true;
}

/** Boundary at volatility sigma solved for itself; false when Newton's method did not converge. */
export function directBoundary(ws: usize, sigma: f64): bool {
  const change = solveBoundary(ws, sigma, 1e-7);
  fillHeights(ws, ws + VOL_NODES, 1.0);
  return change < 1e-5;
}

/** ln of the exercise boundary now, B(T), for the boundary prepared last. */
export function boundaryNow(ws: usize): f64 {
  return get(ws, 6) - get(ws + VOL_NODES, <i32>get(ws, 1) - 1);
}

/** Per volatility: 1/v | g = ((r-q) t - ln B)/v - v/2 | v | weight q B, for every node. Returns ln B(T). */
export function prepareNodes(ws: usize, sigma: f64): f64 {
  const p = <i32>get(ws, 1);
  const lnX = get(ws, 6);
  const nodes = ws + SPOT_NODES;
  const out = ws + VOL_NODES;
  const lnNow = boundaryNow(ws);
  put(out, p - 1, lnX);
  const yieldRate = get(ws, 5);
  const rate = get(ws, 4);
  for (let k = 0; k < p; k++) {
    const lnB = lnX - get(out, k);
    const v = sigma * get(nodes + 3 * COLUMN, k);
    const inverse = 1.0 / v;
    put(out + COLUMN, k, inverse);
    put(out + 2 * COLUMN, k, (get(nodes + 2 * COLUMN, k) - lnB) * inverse - 0.5 * v);
    put(out + 3 * COLUMN, k, v);
    // s weight_q phi(e+) = weight_q e^{(q-r) t} B phi(e-)
    put(out + 4 * COLUMN, k, get(nodes + COLUMN, k) * exp(lnB - get(nodes + 2 * COLUMN, k)));
  }
  return lnNow;
}

/** European value + premium at ln s and s, boundary prepared; the premium is held at 0 from below. Not below B(T). */
export function putValue(ws: usize, lnS: f64, s: f64): f64 {
  const p = <i32>get(ws, 1);
  const nodes = ws + SPOT_NODES;
  const vol = ws + VOL_NODES;
  const x = both(lnS);
  const spot = both(s);
  let sum = both(0.0);
  let last = both(0.0);
  for (let k = 0; k < p; k += 2) {
    const at = (<usize>k) << 3;
    const minus = add(mul(x, v128.load(vol + COLUMN + at)), v128.load(vol + 2 * COLUMN + at));
    const plus = add(minus, v128.load(vol + 3 * COLUMN + at));
    const a = atMost(f64x2.abs(minus), both(FARTHEST));
    const b = atMost(f64x2.abs(plus), both(FARTHEST));
    const wr = v128.load(nodes + at);
    const qa = tailQPair(a);
    const qb = tailQPair(b);
    const sign = both(-0.0);
    const ta = v128.xor(mul(mul(wr, tailPPair(a)), qb), v128.and(minus, sign));
    const tb = v128.xor(mul(mul(v128.load(vol + 4 * COLUMN + at), tailPPair(b)), qa), v128.and(plus, sign));
    const bells = div(mul(gaussianPair(a), sub(ta, tb)), mul(qa, qb));
    const below = v128.and(wr, f64x2.lt(minus, both(0.0)));
    const under = v128.and(mul(spot, v128.load(nodes + COLUMN + at)), f64x2.lt(plus, both(0.0)));
    last = add(bells, sub(below, under));
    if (k < p - 2) sum = add(sum, last);
  }
  const premium = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + f64x2.extract_lane(last, 0);
  return max(f64x2.extract_lane(last, 1), 0.0) + max(premium, 0.0);
}
