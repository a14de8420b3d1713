import type { DividendRow } from "./dividends-kernel.js";

/**
 * Reference of the spot model, independent of the kernel: an explicit trinomial lattice in log-spot (probabilities
 * 1/6, 2/3, 1/6, steps sqrt(3 dt), drift by linear shift of the lattice), cubic interpolation at the ex-dates, exercise at
 * every step. Slow and simple; converges like dt. `latticeValue` extrapolates two step counts.
 */
export function latticeValue(row: DividendRow, vol: number, steps: number): number {
  return 2 * solve(row, vol, 2 * steps) - solve(row, vol, steps);
}

function solve(row: DividendRow, vol: number, steps: number): number {
  const sign = row.isCall ? 1 : -1;
  const drift = row.rate - row.yield - (vol * vol) / 2;
  const dx0 = vol * Math.sqrt((3 * row.years) / steps);
  const half = Math.ceil((7 * vol * Math.sqrt(row.years) + Math.abs(drift) * row.years + 0.7) / dx0);
  const count = 2 * half + 1;
  const centre = Math.log(row.spot);
  const times = [...row.dividends.map(([time]) => time), row.years];
  const events = [0, ...times.filter((time, i) => i === times.indexOf(time))];
  const spots = new Float64Array(count);
  const place = (time: number): void => {
    // a node drifts with the spot, so that every step is symmetric
    for (let i = 0; i < count; i++) spots[i] = Math.exp(centre + (i - half) * dx0 + drift * time);
  };
  place(row.years);
  let held = Float64Array.from(spots, (s) => Math.max(sign * (s - row.strike), 0));
  const exercise = (): void => {
    if (!row.isAmerican) return;
    for (let i = 0; i < count; i++) held[i] = Math.max(held[i]!, sign * (spots[i]! - row.strike));
  };
  for (let e = events.length - 1; e > 0; e--) {
    const end = events[e]!;
    place(end);
    for (const [time, cash] of row.dividends.toReversed()) {
      if (time !== end) continue;
      const atZero = row.isCall
        ? 0
        : row.strike * (row.isAmerican && row.rate >= 0 ? 1 : Math.exp(-row.rate * (row.years - end)));
      held = Float64Array.from(spots, (s) => (s > cash ? read(spots, held, s - cash, dx0) : atZero));
      exercise();
    }
    const length = end - events[e - 1]!;
    const substeps = Math.max(1, Math.ceil((steps * length) / row.years));
    const dt = length / substeps;
    const p = (vol * vol * dt) / (2 * dx0 * dx0); // <= 1/6
    const discount = Math.exp(-row.rate * dt);
    for (let k = 1; k <= substeps; k++) {
      const next = held.slice();
      for (let i = 1; i < count - 1; i++) {
        next[i] = discount * (held[i]! + p * (held[i - 1]! - 2 * held[i]! + held[i + 1]!));
      }
      held = next;
      place(end - k * dt);
      exercise();
    }
  }
  return read(spots, held, row.spot, dx0);
}

/** Cubic through the four nearest nodes in log-spot. */
function read(spots: Float64Array, held: Float64Array, spot: number, dx: number): number {
  const at = Math.log(spot / spots[0]!) / dx;
  const i = Math.min(Math.max(Math.floor(at), 1), spots.length - 3);
  const x = Math.max(at - i, -1);
  return (
    (held[i - 1]! * x * (x - 1) * (x - 2)) / -6 +
    (held[i]! * (x + 1) * (x - 1) * (x - 2)) / 2 +
    (held[i + 1]! * (x + 1) * x * (x - 2)) / -2 +
    (held[i + 2]! * (x + 1) * x * (x - 1)) / 6
  );
}
