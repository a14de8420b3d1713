import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadScenarios } from "../../src/analysis/load-scenarios.js";
import { schema } from "../../src/tables/schema.js";
import { scratch } from "../cli/run.js";

const page = readFileSync(new URL("../../docs/scenarios.md", import.meta.url), "utf8");
const files = scratch();

test("the scenarios of docs/scenarios.md load as they stand", () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const scenarios = loadScenarios(files.put("page.yaml", example));
  expect(scenarios.map(({ name, days }) => [name, days])).toEqual([
    ["crash with volatility", 5],
    ["index down a tenth, by beta", 0],
    ["a week passes", 7],
  ]);
  expect(scenarios[0]?.volatility).toMatchObject({ unit: "relative", default: 0.5, symbols: { XYZ: 1 } });
});

test("docs/scenarios.md names the columns of the two tables", () => {
  const section = page.split("### As a table")[1]?.split("\n## ")[0] ?? "";
  const named = [...section.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
  expect(named).toEqual(schema.scenarios.map(({ name }) => name));
  for (const { name } of schema.history) expect(page).toContain(`\`${name}\``);
});
