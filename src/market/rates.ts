import type { Table } from "../tables/table.js";

/** Zero rate at a time: continuously compounded per year, `years` as ACT/365F. */
export type RateCurve = (years: number) => number;

/**
 * The curve of a rates table: linear between its points, flat outside them. A table without rows is a rate of
 * zero everywhere; the caller says so in the result.
 */
export function rateCurve(table: Table): RateCurve {
  const times = table.number("years");
  const rates = table.number("rate");
  const rows = Array.from({ length: table.count }, (_, i) => ({ years: times[i] ?? 0, rate: rates[i] ?? 0 }));
  const points = rows.filter((p) => Number.isFinite(p.years) && Number.isFinite(p.rate));
  points.sort((a, b) => a.years - b.years);
  return (years) => interpolate(points, years);
}

function interpolate(points: readonly { years: number; rate: number }[], years: number): number {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return 0;
  if (years <= first.years) return first.rate;
  if (years >= last.years) return last.rate;
  const upper = points.findIndex((p) => p.years >= years);
  const right = points[upper] ?? last;
  const left = points[upper - 1] ?? first;
  const weight = (years - left.years) / (right.years - left.years);
  return left.rate + weight * (right.rate - left.rate);
}
