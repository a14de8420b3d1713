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

describe("a file that takes the rest from its base", () => {
  const { hash: _, ...document } = loadRuleSet("finra-4210g");
  const mine = `name: mine
title: Mine
effective: "2026-01-01"
base: finra-4210g
sources: { H: our policy of 2026 }
portfolioTypes:
  equity:
    moves: [-0.3, -0.2, -0.15, -0.1, -0.05, 0.05, 0.1, 0.15, 0.2, 0.3]
    source: H
    standing: confirmed
products:
  - { symbol: SPY, kind: etf, classGroup: SPY, portfolioType: equity, source: H, standing: confirmed }
  - { symbol: ZZZ, kind: etf, classGroup: SPX, portfolioType: high_cap_broad_index, source: H, standing: confirmed }
`;

  test("what it says stands, entry by entry in types, sources and products; the rest is the base's", () => {
    const rules = parseRuleSet(mine, "mine.yaml");
    expect(rules.portfolioTypes.equity.moves[0]).toBe(-0.3);
    expect(rules.portfolioTypes.broad_index).toEqual(document.portfolioTypes.broad_index);
    expect(rules.sources).toEqual({ H: "our policy of 2026", ...document.sources });
    expect(rules.minimum).toEqual(document.minimum);
    const bySymbol = new Map(rules.products.map((entry) => [entry.symbol, entry.classGroup]));
    expect([bySymbol.get("SPY"), bySymbol.get("ZZZ"), bySymbol.get("QQQ")]).toEqual(["SPY", "SPX", "NDX"]);
    expect(rules.products).toHaveLength(document.products.length + 1);
  });

  test("the same as a document; a checked set is not checked again", () => {
    const rules = parseRuleSet(mine, "mine.yaml");
    expect(loadRuleSet({ ...document, base: "us-listed" }).hash).toBe(loadRuleSet("finra-4210g").hash);
    expect(loadRuleSet(rules)).toBe(rules);
  });

  test("a base that nobody has, and an entry that clashes with the base, have a place in the file", () => {
    const unknown = refused(() => parseRuleSet(mine.replace("base: finra-4210g", "base: tims"), "mine.yaml"));
    expect(unknown).toMatchObject([{ code: "RULES_INVALID", file: "mine.yaml", line: 4, value: "tims" }]);
    expect(unknown[0]?.expected).toContain("us-listed");
    const clash = refused(() =>
      parseRuleSet(
        mine.replace(
          "ZZZ, kind: etf, classGroup: SPX, portfolioType: high_cap_broad_index",
          "SPX, kind: index, classGroup: SPX, portfolioType: equity",
        ),
        "mine.yaml",
      ),
    );
    expect(clash[0]).toMatchObject({ code: "RULES_INVALID", file: "mine.yaml" });
    expect(clash[0]?.expected).toContain("the type of its class group SPX");
  });

  test.each(builtInRuleSets())("%s prints whole: read back, it is the same set to the hash", (name) => {
    const printed = builtInRuleText(name);
    expect(printed).not.toMatch(/^base:/m);
    expect(parseRuleSet(printed, "printed.yaml").hash).toBe(loadRuleSet(name).hash);
  });
});

describe("volatility moves, grids of class groups and extra scenarios", () => {
  const scenarios = (more: string): string =>
    text.replace(/^volatilityMoves:\n {2}unit: relative\n {2}moves: \[0\]/m, more);
  const base = "volatilityMoves:\n  unit: points\n  moves: [-0.05, 0, 0.05]";
  const cited = "source: F1, standing: unverified";

  test.each([
    [
      "a decay without a limit",
      `${base}\n  decay: { referenceDays: 30, exponent: 0.5 }`,
      "volatilityMoves.decay.most",
    ],
    ["a point beyond the price moves", `${base}\n  atPoints: [1, 11]`, "expected points 1 to 10"],
    [
      "another shape of volatility moves for one class group",
      `classGrids:\n  - { classGroups: [VIX], moves: [-0.25, -0.2, -0.15, -0.1, -0.05, 0.4, 0.8, 1.2, 1.6, 2], ${cited}, volatilityMoves: { unit: points, moves: [0], ${cited} } }\n${base}`,
      "expected 3 moves at the same points",
    ],
    [
      "a class group twice",
      `classGrids:\n  - { classGroups: [VIX, VIX], moves: [-0.25, -0.2, -0.15, -0.1, -0.05, 0.4, 0.8, 1.2, 1.6, 2], ${cited} }\n${base}`,
      "VIX has a grid already",
    ],
    [
      "an extra scenario at two places",
      `extraScenarios:\n  - { move: -0.3, side: down, multiple: 2, ${cited} }\n${base}`,
      "either move, or side and multiple",
    ],
    [
      "cover above one",
      `extraScenarios:\n  - { move: -0.3, cover: 2, ${cited} }\n${base}`,
      "extraScenarios.0.cover",
    ],
    ["an order that is none", `${base}\n  order: both`, "volatilityMoves.order"],
    [
      "a source that nobody lists",
      `extraScenarios:\n  - { move: -0.3, source: F9, standing: unverified }\n${base}`,
      "extraScenarios.0.source",
    ],
  ])("%s", (_, more, expected) => {
    const failures = refused(() => parseRuleSet(scenarios(more), "mine.yaml"));
    expect(failures.map(({ code }) => code)).toEqual(["RULES_INVALID"]);
    expect(failures[0]?.expected).toContain(expected);
    expect(failures[0]?.line).toBeGreaterThan(1);
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
