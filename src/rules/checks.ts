import type { z } from "zod";
import { type PortfolioType, portfolioTypes } from "../contracts/product-defaults.js";
import { houseIssues } from "./house-references.js";
import { type GridDocument, type RuleSetDocument, ruleSetShape } from "./schema.js";

/** A rule set as its file says it; `RuleSet` is the checked form with its hash. */
export const ruleSetSchema = ruleSetShape.superRefine(checkReferences);

type Issue = { path: (string | number)[]; message: string };

/** What one entry alone cannot show: cited sources exist, ids are unique, scenarios line up point by point. */
function checkReferences(rules: RuleSetDocument, context: z.core.$RefinementCtx<RuleSetDocument>): void {
  const issues = [
    ...unknownSources(rules),
    ...unequalGrids(rules),
    ...extraPlaces(rules),
    ...repeatedClassGrids(rules),
    ...repeats(
      rules.products.map((p) => p.symbol),
      "products",
      "symbol",
    ),
    ...repeats(
      rules.futuresRoots.map((r) => r.root),
      "futuresRoots",
      "root",
    ),
    ...repeats(
      rules.optionRoots.map((r) => r.root),
      "optionRoots",
      "root",
    ),
    ...repeats(
      rules.productGroups.map((g) => g.id),
      "productGroups",
      "id",
    ),
    ...repeats(
      rules.portfolioGroups.map((g) => g.id),
      "portfolioGroups",
      "id",
    ),
    ...looseGroups(rules),
    ...typeConflicts(rules),
    ...houseIssues(rules),
  ];
  for (const issue of issues) context.addIssue({ code: "custom", ...issue });
}

type Path = (string | number)[];
type Cited = { readonly source: string };

function unknownSources(rules: RuleSetDocument): Issue[] {
  const known = Object.keys(rules.sources);
  const lists = [
    "classGrids",
    "extraScenarios",
    "productGroups",
    "portfolioGroups",
    "products",
    "futuresRoots",
    "optionRoots",
  ] as const;
  const cited: [Path, Cited][] = [
    ...grids(rules).flatMap(([path, grid]): [Path, Cited][] => [
      [path, grid],
      ...(grid.volatilityMoves === undefined
        ? []
        : [[[...path, "volatilityMoves"], grid.volatilityMoves] as [Path, Cited]]),
    ]),
    [["volatilityMoves"], rules.volatilityMoves],
    [["minimum"], rules.minimum],
    [["notEligible"], rules.notEligible],
    ...(rules.unlistedDerivatives === undefined
      ? []
      : ([[["unlistedDerivatives"], rules.unlistedDerivatives]] satisfies [string[], { source: string }][])),
    ...lists
      .filter((list) => list !== "classGrids")
      .flatMap((list) => rules[list].map((entry, i): [Path, Cited] => [[list, i], entry])),
  ];
  return cited
    .filter(([, entry]) => !known.includes(entry.source))
    .map(([path, entry]) => ({
      path: [...path, "source"],
      message: `expected a key of sources, found ${entry.source}`,
    }));
}

/** Every grid of price moves with its place in the file. */
function grids(rules: RuleSetDocument): [Path, GridDocument][] {
  return [
    ...portfolioTypes.map((type): [Path, GridDocument] => [
      ["portfolioTypes", type],
      rules.portfolioTypes[type],
    ]),
    ...rules.classGrids.map((grid, i): [Path, GridDocument] => [["classGrids", i], grid]),
  ];
}

/**
 * Offsets combine the points of different class groups by their index, so all grids have equally many price moves, and
 * volatility moves of the same shape.
 */
function unequalGrids(rules: RuleSetDocument): Issue[] {
  const count = rules.portfolioTypes.equity.moves.length;
  const common = rules.volatilityMoves;
  const shape = ({ moves, atPoints, order }: typeof common): string =>
    JSON.stringify([moves.length, atPoints ?? null, order ?? "volatility"]);
  const beyond = (at: readonly number[] | undefined, path: Path): Issue[] =>
    (at ?? []).some((point) => point > count)
      ? [{ path: [...path, "atPoints"], message: `expected points 1 to ${count}, as many as price moves` }]
      : [];
  return [
    ...beyond(common.atPoints, ["volatilityMoves"]),
    ...grids(rules).flatMap(([path, { moves, volatilityMoves }]): Issue[] => [
      ...(moves.length === count
        ? []
        : [{ path: [...path, "moves"], message: `expected ${count} moves as for equity` }]),
      ...(volatilityMoves === undefined || shape(volatilityMoves) === shape(common)
        ? []
        : [
            {
              path: [...path, "volatilityMoves"],
              message: `expected ${common.moves.length} moves at the same points in the same order as the volatilityMoves of the rule set`,
            },
          ]),
    ]),
  ];
}

/** An extra scenario says where it is in one way, and on the side of a multiple there is something to multiply. */
function extraPlaces(rules: RuleSetDocument): Issue[] {
  return rules.extraScenarios.flatMap(({ move, side, multiple }, i): Issue[] => {
    const byMove = move !== undefined && side === undefined && multiple === undefined;
    const bySide = move === undefined && side !== undefined && multiple !== undefined;
    const path = ["extraScenarios", i];
    if (!byMove && !bySide) return [{ path, message: "expected either move, or side and multiple" }];
    const none = grids(rules).find(
      ([, { moves }]) => bySide && (side === "down" ? Math.min(...moves) >= 0 : Math.max(...moves) <= 0),
    );
    if (none === undefined) return [];
    return [{ path: [...path, "side"], message: `expected a side on which ${none[0].join(".")} has a move` }];
  });
}

/** A class group has one grid. */
function repeatedClassGrids(rules: RuleSetDocument): Issue[] {
  const first = new Map<string, number>();
  return rules.classGrids.flatMap(({ classGroups }, i) =>
    classGroups.flatMap((id): Issue[] => {
      const known = first.get(id);
      first.set(id, known ?? i);
      if (known === undefined) return [];
      return [
        {
          path: ["classGrids", i, "classGroups"],
          message: `${id} has a grid already, in entry ${known + 1}`,
        },
      ];
    }),
  );
}

function repeats(ids: readonly string[], list: string, key: string): Issue[] {
  return ids.flatMap((id, i) =>
    ids.indexOf(id) < i
      ? [{ path: [list, i, key], message: `expected each ${key} once, found ${id} again` }]
      : [],
  );
}

function looseGroups(rules: RuleSetDocument): Issue[] {
  const known = new Set(rules.portfolioGroups.map((g) => g.id));
  const placed = new Map<string, string>();
  const issues: Issue[] = [];
  rules.productGroups.forEach((group, i) => {
    if (!known.has(group.portfolioGroup))
      issues.push({
        path: ["productGroups", i, "portfolioGroup"],
        message: "expected the id of a portfolio group",
      });
    for (const id of group.classGroups) {
      if (placed.has(id))
        issues.push({
          path: ["productGroups", i, "classGroups"],
          message: `${id} is in ${placed.get(id)} already`,
        });
      placed.set(id, group.id);
    }
  });
  return issues;
}

function typeConflicts(rules: RuleSetDocument): Issue[] {
  const types = new Map<string, PortfolioType>();
  return rules.products.flatMap((entry, i) => {
    const first = types.get(entry.classGroup) ?? entry.portfolioType;
    types.set(entry.classGroup, first);
    const message = `expected ${first}, the type of its class group ${entry.classGroup}`;
    return first === entry.portfolioType ? [] : [{ path: ["products", i, "portfolioType"], message }];
  });
}
