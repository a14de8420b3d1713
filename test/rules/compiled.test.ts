import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type CompiledRuleSet, compiledRuleSet } from "../../src/rules/compiled.js";
import { builtInRuleSets, loadRuleSet } from "../../src/rules/load.js";

const sets = new URL("../../src/rules/sets/", import.meta.url);
const compiled = new URL("../../dist/rules/compiled/", import.meta.url);

// Run from source nothing is compiled, so `loadRuleSet` reads the files themselves here.
test.each(builtInRuleSets())("%s: what the build keeps is what its files say", (name) => {
  expect(compiledRuleSet(name)).toBeNull();
  const kept = JSON.parse(readFileSync(new URL(`${name}.json`, compiled), "utf8")) as CompiledRuleSet;
  expect(kept.rules).toStrictEqual({ ...loadRuleSet(name) });
  expect(Object.keys(kept.sources)).toContain(`${name}.yaml`);
  expect(Object.keys(kept.sources)).toContain("products/us-listed.yaml");
  for (const [file, text] of Object.entries(kept.sources))
    expect(readFileSync(new URL(file, sets), "utf8")).toBe(text);
});

test("no other name is looked up", () => {
  expect(compiledRuleSet("../sets/finra-4210g")).toBeNull();
  expect(compiledRuleSet("reg-t")).toBeNull();
});
