import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ruleGrids } from "../../src/risk/grid-set.js";
import { builtInRuleSets, loadRuleSet, parseRuleSet } from "../../src/rules/load.js";
import { ruleSetShape } from "../../src/rules/schema.js";

const text = readFileSync(new URL("../../docs/rule-files.md", import.meta.url), "utf8");

test("the example is a rule file that does what its comments say", () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  const rules = parseRuleSet(example, "my-firm.yaml");
  const grids = ruleGrids(rules);
  const { scenarios } = grids.gridOf({ id: "IBM", portfolioType: "equity" });
  // Ten prices at unchanged volatility, two ends at two more volatilities, one extra.
  expect(scenarios).toHaveLength(15);
  expect(scenarios.at(-1)).toMatchObject({ move: -0.5, cover: 0.5 });
  expect(scenarios[0]).toMatchObject({ move: -0.25, volatilityMove: -0.2 });
  const vix = grids.gridOf({ id: "VIX", portfolioType: "narrow_index" });
  expect(vix.scenarios.at(-1)).toMatchObject({ move: -0.5 });
  expect(vix.scenarios.at(-2)).toMatchObject({ move: 2, volatilityMove: 0.2 });
  expect(rules.portfolioTypes.broad_index).toEqual(loadRuleSet("finra-4210g").portfolioTypes.broad_index);
});

test("every key of a rule file and every built-in set is in the tables", () => {
  const named = [...text.matchAll(/`([a-zA-Z0-9-]+…?)`/g)].map(([, name]) => name!);
  const missing = [...Object.keys(ruleSetShape.shape), "base"].filter((key) => !named.includes(key));
  expect(missing).toEqual([]);
  const sets = builtInRuleSets().map((name) =>
    name.startsWith("house-example-") ? "house-example-…" : name,
  );
  expect(sets.filter((name) => !named.includes(name))).toEqual([]);
});
