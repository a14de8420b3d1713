import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Failure, MarginError } from "../../src/basics/failure.js";
import { builtInRuleSets, builtInRuleText, loadRuleSet, parseRuleSet } from "../../src/rules/load.js";

const plain = builtInRuleText("finra-4210g");

/** The regulatory set with this text as its house rules. */
function withHouse(text: string): string {
  return `${plain}\n${text}`;
}

function refused(text: string): readonly Failure[] {
  try {
    parseRuleSet(withHouse(text), "mine.yaml");
  } catch (error) {
    if (error instanceof MarginError) return error.failures;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const head = "houseRules:\n  tests:\n";
const cited = "source: F1, standing: confirmed";

describe("what house rules may not say", () => {
  test.each([
    ["a kind nobody knows", `    - { id: a, kind: guess, ${cited} }`, "kind"],
    ["no source", "    - { id: a, kind: range, standing: confirmed }", "source"],
    [
      "a source nobody lists",
      "    - { id: a, kind: range, source: F9, standing: confirmed }",
      "key of sources",
    ],
    [
      "a source nobody lists, deep inside",
      `    - { id: a, kind: range, ranges: [{ down: -0.2, source: F9, standing: confirmed }], ${cited} }`,
      "ranges.0.source",
    ],
    ["an id twice", `    - { id: a, kind: range, ${cited} }\n    - { id: a, kind: range, ${cited} }`, "once"],
    [
      "a range up that goes down",
      `    - { id: a, kind: range, ranges: [{ up: -0.2, ${cited} }], ${cited} }`,
      "ranges.0.up",
    ],
    [
      "a range that says nothing",
      `    - { id: a, kind: range, ranges: [{ symbols: [ABC], ${cited} }], ${cited} }`,
      "marketCapUsd",
    ],
    ["an unknown key", `    - { id: a, kind: range, rangs: [], ${cited} }`, "rangs"],
    [
      "a factor below 1",
      `    - { id: a, kind: multiplier, factor: 0.9, appliesTo: initial, ${cited} }`,
      "factor",
    ],
    [
      "days to liquidate without a share of the volume",
      `    - { id: a, kind: position_size, measure: days_to_liquidate, tiers: [{ atLeast: 1, rangeMultiplier: 2, ${cited} }], ${cited} }`,
      "participation",
    ],
    [
      "a beta-weighted stress without its index",
      `    - { id: a, kind: stress_limit, moves: beta_weighted, scenarios: [{ move: -0.2 }], limits: [{ equityMultiple: 1, ${cited} }], ${cited} }`,
      "index",
    ],
    [
      "a regime nobody defines",
      `    - { id: a, kind: range, when: { regime: m, is: calm }, ${cited} }`,
      "regime",
    ],
  ])("%s", (_, entry, where) => {
    const failures = refused(head + entry);
    expect(failures.length).toBeGreaterThan(0);
    const first = failures[0]!;
    expect(first).toMatchObject({ code: "RULES_INVALID", file: "mine.yaml" });
    // The place is in the house rules, which stand behind the set.
    expect(first.line).toBeGreaterThan(plain.split("\n").length);
    expect(failures.map(({ expected }) => expected).join("\n")).toContain(where);
  });

  test("a state that the regime never takes; a series out of order", () => {
    const text = [
      "houseRules:",
      "  series:",
      "    - id: VIX",
      "      maxAgeDays: 5",
      "      source: F1",
      "      standing: confirmed",
      "      values: [{ date: 2026-11-20, value: 20 }, { date: 2026-11-19, value: 21 }]",
      "  regimes:",
      "    - id: m",
      "      series: VIX",
      "      start: calm",
      `      changes: [{ to: wild, above: 30, ${cited} }]`,
      "  tests:",
      `    - { id: a, kind: range, when: { regime: m, is: mild }, ${cited} }`,
    ].join("\n");
    const expected = refused(text).map((failure) => failure.expected);
    expect(expected).toContain("houseRules.tests.0.when.is: expected one of calm, wild");
    expect(expected.join("\n")).toContain("ascending order");
  });
});

test("the example of docs/house-rules.md is read", () => {
  const page = readFileSync(new URL("../../docs/house-rules.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  const whole = blocks.filter((block) => block.startsWith("houseRules:"));
  expect(whole.length).toBeGreaterThan(0);
  for (const block of whole) expect(parseRuleSet(withHouse(block), "docs.yaml").houseRules).toBeDefined();
});

test("every kind of test is in the documentation", () => {
  const page = readFileSync(new URL("../../docs/house-rules.md", import.meta.url), "utf8");
  for (const kind of [
    "range",
    "expected_range",
    "concentration",
    "position_size",
    "short_option_minimum",
    "stress_limit",
    "multiplier",
    "minimum_equity",
  ])
    expect(page).toContain(`\n### \`${kind}\``);
});

test("every built-in example has house rules, a notice, and a citation at each figure", () => {
  const examples = builtInRuleSets().filter((name) => name.startsWith("house-example-"));
  expect(examples.length).toBeGreaterThanOrEqual(4);
  for (const name of examples) {
    const rules = loadRuleSet(name);
    expect(rules.notice).toContain("example");
    expect(rules.houseRules?.tests.length).toBeGreaterThan(0);
  }
});
