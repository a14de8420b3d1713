/**
 * Scratch memory of the American kernel: one workspace per accuracy, laid out by constants, so that nothing is allocated.
 *
 *     header        16 f64     n | p | ready | years | rate | yield | ln X
 *     matrices      37,504 f64 levels 4, 8, 16, 32: [i][j][k] = cardinal polynomial j at the quadrature node k of node i
 *     spotMatrix    [j][k]     cardinal polynomial j at the spot node k, rows of p
 *     carry         levels as above, [i][2][k]: r w tau e^{ru} | q w tau e^{qu}
 *     system        [n][n + 1] Newton's linear equations
 *     row           2 x 32     kernels of one equation
 *     boundary      32         h_j = ln(X / B(T x_j^2)), x_j = (1 + cos(j pi / n)) / 2; X = B(0+)
 *     coarse        32         the same one level down
 *     panels        41 x 18    per volatility node: h / volatility at the p spot nodes and at T | state
 *     spot          4 x 48     per spot node: weight r | weight q | (r-q) t | sqrt t
 *     vol           5 x 48     per spot node: h | 1/v | g | v | weight q b
 *
 * Sizes in f64. All blocks are 16-byte aligned when the workspace is.
 */
import { exp, log } from "./elementary";
import { cosine, quadrature } from "./american-tables";

export const MATRICES: usize = 16 << 3;
export const SPOT_MATRIX: usize = MATRICES + (37504 << 3);
export const CARRY: usize = SPOT_MATRIX + (1536 << 3);
export const SYSTEM: usize = CARRY + (2752 << 3);
export const ROW: usize = SYSTEM + (1056 << 3);
export const BOUNDARY: usize = ROW + (64 << 3);
export const COARSE: usize = BOUNDARY + (32 << 3);
export const PANELS: usize = COARSE + (32 << 3);
export const SPOT_NODES: usize = PANELS + (738 << 3);
export const VOL_NODES: usize = SPOT_NODES + (192 << 3);
export const WORKSPACE_BYTES: usize = VOL_NODES + (240 << 3);
export const COLUMN: usize = 48 << 3;
export const PANEL_NODES: i32 = 41;
export const PANEL_ROW: usize = 18 << 3;

// @ts-ignore: decorator
@inline
export function get(address: usize, index: i32): f64 {
  return load<f64>(address + (<usize>index << 3));
}

// @ts-ignore: decorator
@inline
export function put(address: usize, index: i32, value: f64): void {
  store<f64>(address + (<usize>index << 3), value);
}

/** Quadrature size of the boundary equations of level n. */
// @ts-ignore: decorator
@inline
export function levelSize(n: i32): i32 {
  return n < 8 ? 8 : n;
}

// @ts-ignore: decorator
@inline
export function levelMatrix(ws: usize, n: i32): usize {
  const start = n == 4 ? 0 : n == 8 ? 128 : n == 16 ? 640 : 4736;
  return ws + MATRICES + (<usize>start << 3);
}

// @ts-ignore: decorator
@inline
export function levelCarry(ws: usize, n: i32): usize {
  const start = n == 4 ? 0 : n == 8 ? 64 : n == 16 ? 192 : 704;
  return ws + CARRY + (<usize>start << 3);
}

/** x_j = (1 + cos(j pi / n)) / 2, the Chebyshev node j of level n in sqrt(tau / T); x_0 = 1, x_n = 0. */
// @ts-ignore: decorator
@inline
export function abscissa(n: i32, j: i32): f64 {
  return 0.5 + 0.5 * cosine((j * 32) / n);
}

/** Starts a workspace of n boundary nodes and p spot nodes (the last one holds the European value). */
export function openWorkspace(ws: usize, n: i32, p: i32): void {
  put(ws, 0, <f64>n);
  put(ws, 1, <f64>p);
  put(ws, 2, 0.0);
  put(ws, 3, NaN);
}

/**
 * Writes cardinal polynomials j = 0..n-1 of the nodes of level n at x to out, `stride` f64 apart (barycentric formula; the
 * node n, x = 0, carries h = 0 and needs none). x never equals a node: Gauss points lie strictly inside.
 */
export function fillCardinals(n: i32, x: f64, out: usize, stride: i32): void {
  let sum = 0.0;
  for (let j = 0; j <= n; j++) {
    const half = j == 0 || j == n ? 0.5 : 1.0;
    const weight = (j & 1 ? -half : half) / (x - abscissa(n, j));
    sum += weight;
    if (j < n) put(out, j * stride, weight);
  }
  for (let j = 0; j < n; j++) put(out, j * stride, get(out, j * stride) / sum);
}

function fillMatrices(ws: usize, n: i32, p: i32): void {
  for (let level = 4; level <= n; level *= 2) {
    const size = levelSize(level);
    const sines = quadrature(size);
    const matrix = levelMatrix(ws, level);
    for (let i = 0; i < level; i++) {
      for (let k = 0; k < size; k++) {
        const out = matrix + (<usize>(i * level * size + k) << 3);
        fillCardinals(level, abscissa(level, i) * get(sines, k), out, size);
      }
    }
  }
  const sines = quadrature(p - 1);
  for (let k = 0; k < p - 1; k++) fillCardinals(n, get(sines, k), ws + SPOT_MATRIX + (<usize>k << 3), p);
  for (let j = 0; j < n; j++) put(ws + SPOT_MATRIX, j * p + p - 1, 0.0);
}

function fillCarry(ws: usize, n: i32, years: f64, rate: f64, yieldRate: f64): void {
  for (let level = 4; level <= n; level *= 2) {
    const size = levelSize(level);
    const nodes = quadrature(size);
    const carry = levelCarry(ws, level);
    for (let i = 0; i < level; i++) {
      const x = abscissa(level, i);
      const tau = years * x * x;
      for (let k = 0; k < size; k++) {
        const sine = get(nodes, k);
        const u = tau * sine * sine;
        const weight = get(nodes, 2 * size + k) * tau;
        put(carry, i * 2 * size + k, rate * weight * exp(rate * u));
        put(carry, i * 2 * size + size + k, yieldRate * weight * exp(yieldRate * u));
      }
    }
  }
}

/** Per spot node: weights, drift and root of the time to it; the last node is the European value at expiry. */
function fillSpotNodes(ws: usize, p: i32, years: f64, rate: f64, yieldRate: f64): void {
  const nodes = quadrature(p - 1);
  const out = ws + SPOT_NODES;
  for (let k = 0; k < p; k++) {
    const last = k == p - 1;
    const cosineK = last ? 1.0 : get(nodes, p - 1 + k);
    const t = years * cosineK * cosineK;
    const weight = last ? 1.0 : get(nodes, 2 * (p - 1) + k) * years;
    put(out, k, weight * (last ? 1.0 : rate) * exp(-rate * t));
    put(out + COLUMN, k, weight * (last ? 1.0 : yieldRate) * exp(-yieldRate * t));
    put(out + 2 * COLUMN, k, (rate - yieldRate) * t);
    put(out + 3 * COLUMN, k, sqrt(years) * cosineK);
  }
}

/** Makes a workspace ready for one expiry; the work is kept while years, rate and yield keep their bits. */
export function setExpiry(ws: usize, years: f64, rate: f64, yieldRate: f64): void {
  if (get(ws, 3) == years && get(ws, 4) == rate && get(ws, 5) == yieldRate) return;
  const n = <i32>get(ws, 0);
  const p = <i32>get(ws, 1);
  if (get(ws, 2) == 0.0) fillMatrices(ws, n, p);
  put(ws, 2, 1.0);
  put(ws, 3, years);
  put(ws, 4, rate);
  put(ws, 5, yieldRate);
  put(ws, 6, yieldRate > 0.0 && rate < yieldRate ? log(rate / yieldRate) : 0.0);
  fillCarry(ws, n, years, rate, yieldRate);
  fillSpotNodes(ws, p, years, rate, yieldRate);
  for (let k = 0; k < PANEL_NODES; k++) put(ws + PANELS + <usize>k * PANEL_ROW, 17, 0.0);
}
