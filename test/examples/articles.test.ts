import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { readSnapshotFile } from "../../src/tables/read-tables.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const file = (name: string) => fileURLToPath(new URL(`../../examples/articles/${name}`, import.meta.url));
const accountOf = (snapshot: string, rules: string) => {
  const result = engine.margin(readSnapshotFile(file(snapshot)), { rules: file(rules) });
  expect(result.failures).toEqual([]);
  return result.accounts[0]!;
};

test("hedged QQQ: the article's net column, and its requirement", () => {
  const { requirementUsd, portfolioGroups } = accountOf("qqq.json", "eight-moves.yaml");
  // The net column as printed.
  const printed = [-18_000, -14_500, -11_000, -6500, 0, 6000, 12_500, 19_500];
  expect(portfolioGroups[0]?.profitUsd).toEqual(printed);
  expect(requirementUsd).toBe(18_000);
});

test("XYZ and SPX: by the rule class group by class group, as the article netted at each scenario", () => {
  const byGroup = (snapshot: string, rules: string) =>
    Object.fromEntries(accountOf(snapshot, rules).portfolioGroups.map((g) => [g.id, g.requirementUsd]));
  expect(byGroup("price-rows.json", "two-prices.yaml")).toEqual({ "US-INDEX": 500, XYZ: 4500 });
  expect(byGroup("all-rows.json", "prices-and-volatility.yaml")).toEqual({ "US-INDEX": 1250, XYZ: 4500 });
  const netted = accountOf("netted.json", "prices-and-volatility.yaml");
  // Totals as printed.
  expect(netted.portfolioGroups[0]?.profitUsd).toEqual([-5000, 5500, -1000]);
  expect(netted.requirementUsd).toBe(5000);
});

test("the script prints the four requirements and why two of them differ", () => {
  const out = execFileSync(process.execPath, [file("run.mjs")], { encoding: "utf8" });
  const printed = [...out.matchAll(/│ +([\d,]+\.00) │/g)].map((match) => match[1]);
  expect(printed).toEqual(["18,000.00", "5,000.00", "5,750.00", "5,000.00"]);
  expect(out).toContain("no offset between an equity and");
});
