/** Entry of the bench build only: the sum of the f64 of a block, read in order, 64 bytes a step. */
export function readAll(ptr: usize, bytes: i32): f64 {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = ptr + <usize>bytes;
  for (; ptr < end; ptr += 64) {
    a = f64x2.add(a, v128.load(ptr));
    b = f64x2.add(b, v128.load(ptr, 16));
    c = f64x2.add(c, v128.load(ptr, 32));
    d = f64x2.add(d, v128.load(ptr, 48));
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
