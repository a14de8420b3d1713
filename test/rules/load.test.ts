import { describe, expect, test } from "vitest";
import { type Failure, MarginError } from "../../src/basics/failure.js";
import { builtInRuleSets, builtInRuleText, loadRuleSet, parseRuleSet } from "../../src/rules/load.js";

const text = builtInRuleText("finra-4210g");

function refused(run: () => unknown): readonly Failure[] {
  try {
    run();
  } catch (error) {
    if (error instanceof MarginError) return error.failures;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The rule file with one line of it changed, and that line's number. */
function changed(from: string, to: string): { failures: readonly Failure[]; line: number } {
  expect(text.split(from).length).toBeGreaterThan(1);
  const line = text.slice(0, text.indexOf(from)).split("\n").length;
  return { failures: refused(() => parseRuleSet(text.replace(from, to), "mine.yaml")), line };
}

describe("the built-in rule sets", () => {
  test("all load, under their file's name", () => {
    expect(builtInRuleSets()).toContain("finra-4210g");
    for (const name of builtInRuleSets()) expect(loadRuleSet(name).name).toBe(name);
  });

  test("the figures of the rule: $37.50 a contract of 100, capped at a long option's value", () => {
    expect(loadRuleSet("finra-4210g").minimum).toMatchObject({
      perUnitUsd: 0.375,
      cappedAtLongMarketValue: true,
      standing: "confirmed",
    });
  });

  test("the hash is that of what the set says, not of how it is written", () => {
    const { hash } = loadRuleSet("finra-4210g");
    expect(parseRuleSet(`# mine\n${text}`, "x.yaml").hash).toBe(hash);
    const { hash: _, ...document } = loadRuleSet("finra-4210g");
    expect(loadRuleSet(document).hash).toBe(hash);
    expect(parseRuleSet(text.replace("perUnitUsd: 0.375", "perUnitUsd: 0.376"), "x.yaml").hash).not.toBe(
      hash,
    );
  });
});

describe("what a rule file may not say, with its line", () => {
  test.each([
    ["a negative minimum", "perUnitUsd: 0.375", "perUnitUsd: -0.375", "minimum.perUnitUsd"],
    ["a text for a number", "perUnitUsd: 0.375", "perUnitUsd: much", "minimum.perUnitUsd"],
    [
      "a source nobody lists",
      "source: F1\n    paragraph: (g)(2)(F)",
      "source: F9\n    paragraph: x",
      ".source",
    ],
  ])("%s", (_, from, to, where) => {
    const { failures, line } = changed(from, to);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code: "RULES_INVALID", file: "mine.yaml", line });
    expect(failures[0]?.expected).toContain(where);
  });

  test("types with different numbers of points", () => {
    const { failures } = changed("moves: [-0.08, -0.064,", "moves: [-0.08,");
    expect(failures.map(({ code, expected }) => [code, expected])).toEqual([
      ["RULES_INVALID", "portfolioTypes.high_cap_broad_index.moves: expected 10 moves as for equity"],
    ]);
  });

  test("an unknown key, and every wrong entry at once", () => {
    const { failures } = changed("perUnitUsd: 0.375", "perUnitUsd: -1\n  perContract: 37.5");
    expect(failures.map(({ code }) => code)).toEqual(["RULES_INVALID", "RULES_INVALID"]);
    expect(failures.some(({ expected }) => expected?.includes("perContract"))).toBe(true);
  });

  test("a name, a file and a document that are none", () => {
    expect(refused(() => loadRuleSet("tims"))).toMatchObject([
      { code: "RULES_UNKNOWN", value: "tims", expected: builtInRuleSets().join(", ") },
    ]);
    expect(refused(() => loadRuleSet("no/such.yaml"))[0]?.code).toBe("FILE_NOT_FOUND");
    expect(refused(() => loadRuleSet(5))[0]?.code).toBe("RULES_INVALID");
    expect(refused(() => parseRuleSet("a: [1,\nb: 2\n", "x.yaml"))[0]).toMatchObject({
      code: "RULES_SYNTAX",
      file: "x.yaml",
    });
  });
});
