/**
 * Short names for the f64x2 instructions, so that formulas stay readable. "Pair" in a name means: two f64 lanes in a v128,
 * each lane computed by exactly the operations, in exactly the order, of the scalar function of the same name.
 */

/** x + y, lane by lane. */
// @ts-ignore: decorator
@inline
export function add(x: v128, y: v128): v128 {
  return f64x2.add(x, y);
}

/** x - y, lane by lane. */
// @ts-ignore: decorator
@inline
export function sub(x: v128, y: v128): v128 {
  return f64x2.sub(x, y);
}

/** x * y, lane by lane. */
// @ts-ignore: decorator
@inline
export function mul(x: v128, y: v128): v128 {
  return f64x2.mul(x, y);
}

/** x / y, lane by lane. */
// @ts-ignore: decorator
@inline
export function div(x: v128, y: v128): v128 {
  return f64x2.div(x, y);
}

/** One number in both lanes. */
// @ts-ignore: decorator
@inline
export function both(x: f64): v128 {
  return f64x2.splat(x);
}

/** One step of Horner's rule, p * x + c with two roundings (WebAssembly never fuses them). */
// @ts-ignore: decorator
@inline
export function step(p: v128, x: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(p, x), f64x2.splat(c));
}

/** The lesser of x and limit; a NaN in x stays NaN (`pmin` returns its first operand when the comparison fails). */
// @ts-ignore: decorator
@inline
export function atMost(x: v128, limit: v128): v128 {
  return f64x2.pmin(x, limit);
}

/** The greater of x and limit; a NaN in x stays NaN. */
// @ts-ignore: decorator
@inline
export function atLeast(x: v128, limit: v128): v128 {
  return f64x2.pmax(x, limit);
}

/** The smaller of two lanes, without a branch; the first where either is NaN. */
// @ts-ignore: decorator
@inline
export function smallerLane(x: v128): f64 {
  return f64x2.extract_lane(f64x2.pmin(x, v128.shuffle<f64>(x, x, 1, 0)), 0);
}
