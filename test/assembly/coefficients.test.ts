import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** `const NAME: f64 = VALUE;` by name. A name that stands twice with two values is an error. */
function constants(text: string, names: RegExp): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, name = "", value = ""] of text.matchAll(/^(?:export )?const (\w+): f64 = ([-+.e\d]+);/gm)) {
    if (!names.test(name)) continue;
    expect(found.get(name) ?? Number(value)).toBe(Number(value));
    found.set(name, Number(value));
  }
  return found;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("the kernel holds the coefficients that scripts/fit-normal.py printed, to the bit", () => {
  const tables = /^(TWO|EXP|LOG|TAIL_[PQ]|RATIO_[PQ]|SLOPE_[PQ])\d+$/;
  const sources = ["gaussian", "elementary", "normal", "normalised-black"];
  const kernel = constants(sources.map((name) => read(`assembly/${name}.ts`)).join("\n"), tables);
  const printed = constants(read("scripts/fit-normal.txt"), tables);
  // 2^f 11, exp 11, log 7, tail 7 + 8, ratio 11 + 12, slope 11 + 13
  expect(printed.size).toBe(91);
  const sorted = (table: Map<string, number>) => [...table].toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted(kernel)).toEqual(sorted(printed));
});
