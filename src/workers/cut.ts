import type { FillName } from "../valuation/kernel.js";
import type { KernelCall } from "../valuation/kernel-call.js";

/**
 * Microseconds of one option, by result cell: docs/performance.md, one core, rounded. They decide how calls are put
 * together into tasks and whether threads are worth it, never what a call computes.
 */
const cellUs: Readonly<Partial<Record<FillName, number>>> = {
  fillEuropeanValues: 0.011,
  fillAmericanValues: 0.4,
  fillDividendValues: 3,
  fillEuropeanGreeks: 0.5,
  fillAmericanGreeks: 15,
  fillDividendGreeks: 180,
  fillEuropeanImpliedVolatilities: 0.6,
  fillAmericanImpliedVolatilities: 13,
  fillDividendImpliedVolatilities: 200,
  fillHoldings: 0.02,
  fillNetting: 0.02,
};

export function callUs({ fill, rows, cells }: KernelCall): number {
  return rows * cells * (cellUs[fill] ?? 1);
}

/** Estimate of a task at least: long beside the 0.05 ms that handing it over costs. */
const leastTaskUs = 500;
/** At most, single calls aside. */
const mostTaskUs = 4000;
/** A task takes this part of what is left, so that tasks become shorter towards the end and the threads end together. */
const shareOfRest = 1 / 8;

/**
 * Calls put together into tasks, long calls first. The cut depends on the calls alone: neither on the number of threads nor
 * on how busy they are.
 */
export function cutTasks(calls: readonly KernelCall[]): KernelCall[][] {
  const longestFirst = calls.toSorted((a, b) => callUs(b) - callUs(a));
  const tasks: KernelCall[][] = [];
  let rest = calls.reduce((sum, call) => sum + callUs(call), 0);
  let room = 0;
  for (const call of longestFirst) {
    if (room <= 0) {
      tasks.push([]);
      room = Math.min(Math.max(rest * shareOfRest, leastTaskUs), mostTaskUs);
    }
    tasks.at(-1)?.push(call);
    room -= callUs(call);
    rest -= callUs(call);
  }
  return tasks;
}
