import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { kernelBytes, loadTestKernel, type Option, TestKernel } from "./european-kernel.js";

const european = [
  "europeanScratchBytes",
  "europeanValue",
  "fillEuropeanGreeks",
  "fillEuropeanImpliedVolatilities",
  "fillEuropeanValues",
  "fillRiskArray",
  "heapBase",
  "maxContractCount",
  "maxPriceCount",
  "maxScenarioCount",
  "maxVolCount",
  "version",
];
const american = [
  "americanScratchBytes",
  "fillAmericanGreeks",
  "fillAmericanImpliedVolatilities",
  "fillAmericanValues",
];
const netting = ["fillHoldings", "fillNetting", "nettingScratchBytes"];
const dividends = [
  "dividendScratchBytes",
  "fillDividendGreeks",
  "fillDividendImpliedVolatilities",
  "fillDividendValues",
  "maxDividendCount",
];

const module = new WebAssembly.Module(kernelBytes());

describe("the shipped module", () => {
  test("exports exactly these functions, and the memory that it was given", () => {
    const exports = WebAssembly.Module.exports(module);
    const expected = [...european, ...american, ...dividends, ...netting].map((name) => `function ${name}`);
    expect(exports.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(
      [...expected, "memory memory"].sort(),
    );
  });

  test("imports its memory and nothing else", () => {
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
  });

  test("tells version and capacities", () => {
    const kernel = loadTestKernel();
    expect(kernel.call("version")).toBe(1);
    expect(kernel.call("heapBase") % 16).toBe(0);
    const capacities = [
      "maxContractCount",
      "maxPriceCount",
      "maxVolCount",
      "maxScenarioCount",
      "maxDividendCount",
    ];
    expect(capacities.map((name) => kernel.call(name))).toEqual([4096, 256, 64, 16_384, 4096]);
  });
});

const options: Option[] = Array.from({ length: 37 }, (_, i) => ({
  isCall: i % 2 === 0,
  spot: 100 + i,
  strike: 95 + 2 * i,
  years: 0.1 * (i % 7),
  rate: 0.03,
  carry: 0.01 * (i % 3),
}));
const vols = [0.1, 0.2, 0.5].map((vol) => options.map((_, i) => vol + 0.01 * i));
const factors = [0, 0.85, 0.9, 1, 1.1, 1.15, 3];

describe("memory", () => {
  test.each([
    [1, 1, 1],
    [2, 1, 1],
    [3, 2, 7],
    [17, 3, 10],
    [37, 3, 7],
    [16, 1, 256],
    [33, 2, 255],
    [5, 64, 3],
  ])(
    "%d contracts x %d volatilities x %d factors: nothing is written behind a block",
    (n, volCount, priceCount) => {
      const kernel = loadTestKernel();
      const rows = Array.from({ length: n }, (_, i) => options[i % options.length]!);
      const columns = Array.from({ length: volCount }, (_, j) =>
        rows.map((__, i) => 0.1 + 0.01 * j + 0.001 * i),
      );
      const points = Array.from({ length: priceCount }, (_, k) => 0.5 + k / priceCount);
      const found = kernel.grid(rows, columns, points);
      expect(found).toEqual(kernel.scalarGrid(rows, columns, points));
      kernel.greeks(rows, columns[0]!);
      kernel.impliedVolatilities(rows, columns[0]!);
      expect(kernel.brokenGuards()).toBe(0);
    },
  );

  test("does not grow, and the tables stay as they were", () => {
    const kernel = loadTestKernel();
    const pages = kernel.memory.buffer.byteLength;
    const tables = (): string => {
      const bytes = Uint8Array.from(kernel.readBytes(0, kernel.call("heapBase")));
      return createHash("sha256").update(bytes).digest("hex");
    };
    const before = tables();
    kernel.grid(options, vols, factors);
    kernel.greeks(options, vols[0]!);
    kernel.impliedVolatilities(options, vols[0]!);
    expect(tables()).toBe(before);
    expect(kernel.memory.buffer.byteLength).toBe(pages);
  });

  test("two instances on one memory do not disturb each other", () => {
    const alone = loadTestKernel().grid(options, vols, factors);
    const first = loadTestKernel();
    const half = first.memory.buffer.byteLength / 2;
    const head = first.options(options);
    const volsPtr = first.doubles(vols.flat());
    const factorsPtr = first.doubles(factors);
    const second = new TestKernel(kernelBytes(), first.memory, half);
    const other = second.grid(options.toReversed(), vols, factors);
    const scratch = first.block(first.call("europeanScratchBytes", 3, factors.length));
    const out = first.block(alone.length * 8);
    first.call("fillEuropeanValues", ...head, 3, volsPtr, factors.length, factorsPtr, scratch, out);
    expect(first.read(out, alone.length)).toEqual(alone);
    expect(other).toEqual(loadTestKernel().grid(options.toReversed(), vols, factors));
    expect(first.brokenGuards() + second.brokenGuards()).toBe(0);
  });
});
