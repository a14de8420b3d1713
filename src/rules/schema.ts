import { z } from "zod";
import { type PortfolioType, portfolioTypes, underlyingKinds } from "../contracts/product-defaults.js";

/** How sure we are of a figure: see the head of a built-in rule file. */
export const standings = ["confirmed", "secondary", "derived", "unverified"] as const;

/** Where a figure stands in its source, and how sure we are of it. */
const citation = {
  source: z.string().min(1),
  paragraph: z.string().optional(),
  standing: z.enum(standings),
  note: z.string().optional(),
};

const symbol = z.string().regex(/^[A-Z0-9][A-Z0-9./]{0,11}$/, "a symbol in capitals");
const share = z.number().min(0).max(1);
const priceMove = z.number().gt(-1).max(10);

const typeGrid = z.strictObject({ moves: z.array(priceMove).min(1).max(1000), ...citation });

const volatilityMoves = z.strictObject({
  /** `relative`: volatility × (1 + move); `points`: volatility + move, per square-root year. */
  unit: z.enum(["relative", "points"]),
  moves: z.array(z.number().min(-1).max(10)).min(1).max(100),
  ...citation,
});

const minimum = z.strictObject({
  /** USD per unit of the multiplier: 0.375 × 100 = $37.50 a standard option. */
  perUnitUsd: z.number().min(0).max(1000),
  cappedAtLongMarketValue: z.boolean(),
  ...citation,
});

const notEligible = z.strictObject({
  /** Requirement as a share of market value, for shares that are no margin equity securities. */
  longShare: z.number().min(0).max(10),
  shortShare: z.number().min(0).max(10),
  ...citation,
});

/** Points where the sources can be read in two ways: see docs/methodology.md, section 4. */
const readings = z.strictObject({
  /** `reduced`: a gain is carried up at the offset share; `remainder`: only the gain that offset a loss is used up. */
  carriedGain: z.enum(["reduced", "remainder"]).default("reduced"),
  /** `portfolio_group`: the sum of minimums against the group's loss; `class_group`: each class group's own first. */
  minimumPer: z.enum(["portfolio_group", "class_group"]).default("portfolio_group"),
});

const productGroup = z.strictObject({
  id: z.string().min(1),
  portfolioGroup: z.string().min(1),
  classGroups: z.array(z.string().min(1)).min(1),
  /** Share of a class group's gain that may offset the others' losses at the same point. */
  offset: share,
  ...citation,
});

const portfolioGroup = z.strictObject({ id: z.string().min(1), offset: share, ...citation });

const product = z.strictObject({
  symbol,
  kind: z.enum(underlyingKinds),
  classGroup: z.string().min(1),
  portfolioType: z.enum(portfolioTypes),
  leverage: z.number().min(-10).max(10).default(1),
  ...citation,
});

/** Futures by root: `ES` names ESH7, ESZ26, … (root, month letter, one or two digits of the year). */
const futuresRoot = z.strictObject({
  root: z.string().regex(/^[A-Z0-9]{1,4}$/, "1 to 4 capitals or digits"),
  classGroup: z.string().min(1),
  portfolioType: z.enum(portfolioTypes),
  /** USD per point. */
  multiplier: z.number().positive(),
  ...citation,
});

const optionRoot = z.strictObject({
  root: symbol,
  underlying: symbol,
  exercise: z.enum(["american", "european"]),
  settlement: z.enum(["am", "pm"]),
  ...citation,
});

/** A rule set as its file says it; {@link RuleSet} is the checked form with its hash. */
export const ruleSetSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens"),
    title: z.string().min(1),
    effective: z.iso.date(),
    sources: z.record(z.string(), z.string().min(1)),
    portfolioTypes: z.strictObject({
      high_cap_broad_index: typeGrid,
      broad_index: typeGrid,
      narrow_index: typeGrid,
      equity: typeGrid,
    }),
    volatilityMoves,
    minimum,
    notEligible,
    readings: readings.prefault({}),
    productGroups: z.array(productGroup),
    portfolioGroups: z.array(portfolioGroup),
    products: z.array(product),
    futuresRoots: z.array(futuresRoot).default([]),
    optionRoots: z.array(optionRoot),
  })
  .superRefine(checkReferences);

export type RuleSetDocument = z.infer<typeof ruleSetSchema>;
export type OffsetReadings = RuleSetDocument["readings"];
export type Standing = (typeof standings)[number];

type Issue = { path: (string | number)[]; message: string };

/** What one entry alone cannot show: cited sources exist, ids are unique, scenarios line up point by point. */
function checkReferences(rules: RuleSetDocument, context: z.core.$RefinementCtx<RuleSetDocument>): void {
  const issues = [
    ...unknownSources(rules),
    ...unequalGrids(rules),
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
  ];
  for (const issue of issues) context.addIssue({ code: "custom", ...issue });
}

function unknownSources(rules: RuleSetDocument): Issue[] {
  const known = Object.keys(rules.sources);
  const cited: [(string | number)[], { source: string }][] = [
    ...portfolioTypes.map(
      (t) => [["portfolioTypes", t], rules.portfolioTypes[t]] as [string[], { source: string }],
    ),
    [["volatilityMoves"], rules.volatilityMoves],
    [["minimum"], rules.minimum],
    [["notEligible"], rules.notEligible],
    ...(["productGroups", "portfolioGroups", "products", "futuresRoots", "optionRoots"] as const).flatMap(
      (list) =>
        rules[list].map((entry, i) => [[list, i], entry] as [(string | number)[], { source: string }]),
    ),
  ];
  return cited
    .filter(([, entry]) => !known.includes(entry.source))
    .map(([path, entry]) => ({
      path: [...path, "source"],
      message: `expected a key of sources, found ${entry.source}`,
    }));
}

/** Offsets combine the points of different types by their index, so all types have equally many. */
function unequalGrids(rules: RuleSetDocument): Issue[] {
  const count = rules.portfolioTypes.equity.moves.length;
  return portfolioTypes
    .filter((type) => rules.portfolioTypes[type].moves.length !== count)
    .map((type) => ({
      path: ["portfolioTypes", type, "moves"],
      message: `expected ${count} moves as for equity`,
    }));
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
