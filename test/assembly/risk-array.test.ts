import { expect, test } from "vitest";
import { loadTestKernel } from "./european-kernel.js";

const kernel = loadTestKernel();

/** Two contracts of 2 x 3 cells; scenarios in an order of their own, the base cell among them. */
function riskArray(values: number[], scales: number[]): number[] {
  kernel.reset();
  const cells = [5, 0, 1, 1];
  const cellsPtr = kernel.block(16);
  new Int32Array(kernel.memory.buffer, cellsPtr, 4).set(cells);
  const [valuesPtr, scalePtr, out] = [kernel.doubles(values), kernel.doubles(scales), kernel.block(64)];
  kernel.call("fillRiskArray", 2, 6, valuesPtr, 4, cellsPtr, 1, scalePtr, out);
  expect(kernel.brokenGuards()).toBe(0);
  return kernel.read(out, 8);
}

test("profit of one long contract at each scenario", () => {
  const found = riskArray([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], [100, 50]);
  expect(found).toEqual([400, -100, 0, 0, 2000, -500, 0, 0]);
});

test("a NaN spoils the amounts that use it and no others", () => {
  expect(riskArray([1, 2, 3, 4, 5, NaN, 10, 20, 30, 40, 50, 60], [100, 50]).slice(0, 4)).toEqual([
    NaN,
    -100,
    0,
    0,
  ]);
  expect(riskArray([1, NaN, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], [100, 50])).toEqual([
    NaN,
    NaN,
    NaN,
    NaN,
    2000,
    -500,
    0,
    0,
  ]);
  expect(riskArray([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], [NaN, 50]).slice(0, 5)).toEqual([
    NaN,
    NaN,
    NaN,
    NaN,
    2000,
  ]);
});
