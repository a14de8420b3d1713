import asc from "assemblyscript/asc";
import { beforeAll, describe, expect, test } from "vitest";
import { TestKernel } from "./european-kernel.js";

/** The elementary functions are not exported by the kernel: they are compiled on their own from the same files. */
async function compileProbe(): Promise<Uint8Array<ArrayBuffer>> {
  let wasm: Uint8Array<ArrayBuffer> | null = null;
  const { error } = await asc.main(
    [
      "assembly/probe.ts",
      "--config",
      "asconfig.json",
      "--target",
      "release",
      "--outFile",
      "probe.wasm",
      "--textFile",
      "",
    ],
    {
      writeFile: (name: string, contents: string | Uint8Array) => {
        if (name.endsWith("probe.wasm")) wasm = Uint8Array.from(contents as Uint8Array);
      },
    },
  );
  if (wasm === null) throw new Error(error?.message ?? "the compiler wrote no binary");
  return wasm;
}

let kernel: TestKernel;
beforeAll(async () => {
  kernel = new TestKernel(await compileProbe());
});

/** Distance in units of the last place of `expected`. */
function ulps(found: number, expected: number): number {
  if (Object.is(found, expected)) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(expected)));
  return Math.abs(found - expected) / 2 ** Math.max(exponent - 52, -1074);
}

function* spread(from: number, to: number, count: number): Generator<number> {
  for (let i = 0; i < count; i++)
    yield from + (to - from) * (i * 0.6180339887498949 - Math.floor(i * 0.6180339887498949));
}

const specials = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  5e-324,
  1e-310,
  2.2250738585072014e-308,
  -1,
  1,
  1e308,
  -1e308,
];

/** Function of the probe, its two-lane twin, and the range of its argument. */
const twins = [
  ["exp", "runExpPair", -746, 711],
  ["log", "runLogPair", 0, 100],
  ["gaussian", "runGaussianPair", 0, 37],
  ["normalCdf", "runNormalCdfPair", -40, 40],
] as const;

describe("one test body, two kernels", () => {
  test.each(twins)("%s is the same to the bit in either lane", (scalar, pair, from, to) => {
    const input = kernel.doubles([0, 0]);
    const output = kernel.block(16);
    const lanes = new Float64Array(kernel.memory.buffer, input, 2);
    const inputs = [...spread(from, to, 2000), ...specials];
    for (let i = 0; i < inputs.length; i++) {
      lanes[0] = inputs[i]!;
      lanes[1] = inputs[inputs.length - 1 - i]!;
      kernel.call(pair, input, output);
      const [left, right] = kernel.read(output, 2);
      expect([left, right]).toEqual([kernel.call(scalar, lanes[0]), kernel.call(scalar, lanes[1])]);
    }
    expect(kernel.brokenGuards()).toBe(0);
  });
});

describe("against the host's own functions, which err by up to 1 ulp themselves", () => {
  test.each([
    ["exp", Math.exp, -700, 709, 2],
    ["log", Math.log, 1e-3, 1e3, 2],
    ["log", Math.log, 0.5, 2, 2],
    ["expm1", Math.expm1, -1, 1, 4],
    ["expm1", Math.expm1, -1e-9, 1e-9, 4],
    ["log1p", Math.log1p, -0.9, 2, 4],
    ["log1p", Math.log1p, -1e-9, 1e-9, 4],
  ] as const)("%s", (name, host, from, to, bound) => {
    for (const x of spread(from, to, 3000))
      expect(ulps(kernel.call(name, x), host(x))).toBeLessThanOrEqual(bound);
  });
});

describe("against 40-digit values (mpmath 1.2.1), printed to 17 digits", () => {
  test.each([
    ["normalCdfRelative", -1, 0.15865525393145705],
    ["normalCdfRelative", -8, 6.220960574271785e-16],
    ["normalCdfRelative", -37.5, 4.605353009581965e-308],
    ["normalCdfRelative", 1.5, 0.9331927987311419],
    ["tailRatio", 0, 0.5],
    ["tailRatio", 1, 0.26157829186512337],
    ["tailRatio", 30, 0.013283349353983794],
    ["tailRatio", 250, 0.0015957435905252377],
    ["erfcx", 1, 0.427583576155807],
    ["erfcx", -2, 108.94090438997797],
    ["normalDensity", 3, 0.00443184841193801],
    ["normalDensity", 30, 1.4736461348785476e-196],
  ] as const)("%s(%d)", (name, x, expected) => {
    expect(Math.abs(kernel.call(name, x) / expected - 1)).toBeLessThanOrEqual(3e-15);
  });

  test("normalCdf has absolute accuracy and reflects", () => {
    for (const x of spread(-12, 12, 2000)) {
      const relative = kernel.call("normalCdfRelative", x);
      expect(Math.abs(kernel.call("normalCdf", x) - relative)).toBeLessThanOrEqual(4e-16);
      expect(Math.abs(kernel.call("normalCdf", x) + kernel.call("normalCdf", -x) - 1)).toBeLessThanOrEqual(
        2.3e-16,
      );
    }
  });
});

describe("limits", () => {
  test.each([
    ["exp", [NaN, Infinity, 0, 1, 1]],
    ["log", [NaN, Infinity, NaN, -Infinity, -Infinity]],
    ["expm1", [NaN, Infinity, -1, 0, -0]],
    ["log1p", [NaN, Infinity, NaN, 0, -0]],
    ["normalCdfRelative", [NaN, 1, 0, 0.5, 0.5]],
    ["gaussianRelative", [NaN, 0, 0, 1, 1]],
  ] as const)("%s of NaN, infinity, -infinity, 0, -0", (name, expected) => {
    expect([NaN, Infinity, -Infinity, 0, -0].map((x) => kernel.call(name, x))).toEqual(expected);
  });
});
