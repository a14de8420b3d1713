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
};

export function callUs({ fill, rows, cells }: KernelCall): number {
  return rows * cells * (cellUs[fill] ?? 1);
}

/**
 * Calls put together in their order until a task takes about `taskUs`. The cut depends on the calls alone: neither on
 * the number of threads nor on how busy they are.
 */
export function cutTasks(calls: readonly KernelCall[], taskUs: number): KernelCall[][] {
  const tasks: KernelCall[][] = [];
  let room = 0;
  for (const call of calls) {
    if (room <= 0) {
      tasks.push([]);
      room = taskUs;
    }
    tasks.at(-1)?.push(call);
    room -= callUs(call);
  }
  return tasks;
}
