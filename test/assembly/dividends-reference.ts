import erfc from "@stdlib/math-base-special-erfc";
import type { DividendRow } from "./dividends-kernel.js";

/**
 * Reference of the spot model, independent of the kernel: an explicit trinomial lattice in log-spot (probabilities near
 * 1/6, 2/3, 1/6; its nodes drift with the spot), the closed form as its last step, a cubic across the ex-dates, exercise
 * at every step. Slow and simple; converges like dt. `latticeValue` extrapolates from two step counts;
 * `latticeSpread` is what they differ by, a measure of what the lattice itself leaves open.
 */
export function latticeValue(row: DividendRow, vol: number, steps: number): number {
  return latticeSpread(row, vol, steps).value;
}

export function latticeSpread(
  row: DividendRow,
  vol: number,
  steps: number,
): { value: number; spread: number } {
  const coarse = solve(row, vol, steps);
  const fine = solve(row, vol, 2 * steps);
  return { value: 2 * fine - coarse, spread: Math.abs(fine - coarse) };
}

function solve(row: DividendRow, vol: number, steps: number): number {
  const drift = row.rate - row.yield - (vol * vol) / 2;
  const dx = vol * Math.sqrt((3 * row.years) / steps);
  const dividends = row.dividends.filter(([time]) => time <= row.years);
  const paid = dividends.reduce((sum, [, cash]) => sum + cash, 0);
  // large dividends lead to spots far below: four more units of log-spot hold them
  const below = -Math.log(Math.max(1 - paid / row.spot, 0.01)) + (paid > 0.05 * row.spot ? 4 : 0);
  const reach = 7 * vol * Math.sqrt(row.years) + 3 * dx;
  const root = Math.ceil((reach + below) / dx);
  const factors = Float64Array.from({ length: root + Math.ceil(reach / dx) + 1 }, (_, i) =>
    Math.exp((i - root) * dx),
  );
  const level = (time: number): number => row.spot * Math.exp(drift * time);
  const sign = row.isCall ? 1 : -1;
  const exercise = (values: Float64Array, time: number): void => {
    if (!row.isAmerican) return;
    const now = level(time);
    for (let i = 0; i < values.length; i++)
      values[i] = Math.max(values[i]!, sign * (now * factors[i]! - row.strike));
  };

  let values = factors.map((f) => Math.max(sign * (level(row.years) * f - row.strike), 0));
  let spare = new Float64Array(values.length);
  let time = row.years;
  let fromPayoff = true;
  for (const [exTime, cash] of [...dividends].reverse().concat([[0, 0]])) {
    const count = 2 * Math.ceil((((time - exTime) / row.years) * steps) / 2 - 1e-9);
    const dt = count > 0 ? (time - exTime) / count : 0;
    const discount = Math.exp(-row.rate * dt);
    const move = (discount * (vol / dx) ** 2 * dt) / 2;
    for (let step = count - 1; step >= 0; step--) {
      const now = exTime + step * dt;
      if (fromPayoff && step === count - 1) {
        spare = factors.map((f) => closedForm({ ...row, spot: level(now) * f, years: dt }, vol));
      } else {
        stepBack(values, discount - 2 * move, move, spare);
      }
      [values, spare] = [spare, values];
      exercise(values, now);
    }
    fromPayoff = false;
    time = exTime;
    if (exTime === 0) break;
    values = acrossExDate(values, factors, level(time), cash);
    exercise(values, time);
  }
  return values[root]!;
}

function stepBack(next: Float64Array, stay: number, move: number, into: Float64Array): void {
  const last = next.length - 1;
  for (let i = 1; i < last; i++) into[i] = stay * next[i]! + move * (next[i + 1]! + next[i - 1]!);
  into[0] = (stay + 2 * move) * next[0]!;
  into[last] = next[last]!;
}

/** V(S) before = V(S - cash) after, by the cubic through the four nearest nodes in log-spot; the lowest node's below them. */
function acrossExDate(
  after: Float64Array,
  factors: Float64Array,
  level: number,
  cash: number,
): Float64Array<ArrayBuffer> {
  const dx = Math.log(factors[1]! / factors[0]!);
  return Float64Array.from(factors, (f) => {
    const ratio = (f - cash / level) / factors[0]!;
    if (ratio <= 1) return after[0]!;
    const at = Math.log(ratio) / dx;
    const i = Math.min(Math.max(Math.floor(at), 1), after.length - 3);
    const x = at - i;
    return (
      (after[i - 1]! * x * (x - 1) * (x - 2)) / -6 +
      (after[i]! * (x + 1) * (x - 1) * (x - 2)) / 2 +
      (after[i + 1]! * (x + 1) * x * (x - 2)) / -2 +
      (after[i + 2]! * (x + 1) * x * (x - 1)) / 6
    );
  });
}

/** Black, Scholes and Merton: the European option without cash dividends. */
export function closedForm(row: DividendRow, vol: number): number {
  const cdf = (x: number): number => 0.5 * erfc(-x * Math.SQRT1_2);
  const forward = row.spot * Math.exp(-row.yield * row.years);
  const present = row.strike * Math.exp(-row.rate * row.years);
  const deviation = vol * Math.sqrt(row.years);
  const d1 = Math.log(forward / present) / deviation + deviation / 2;
  const sign = row.isCall ? 1 : -1;
  return sign * (forward * cdf(sign * d1) - present * cdf(sign * (d1 - deviation)));
}
