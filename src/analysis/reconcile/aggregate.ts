import { grouped, sum } from "../../basics/collections.js";
import { offsetProfits, worstIndex } from "../../requirement/offsets.js";
import type { AccountResult } from "../../requirement/result.js";
import type { RuleSet } from "../../rules/load.js";
import type { Level } from "./reference.js";

/** One holding with what aggregation needs of it. */
export interface Leaf {
  readonly symbol: string;
  readonly classGroup: string;
  readonly profitUsd: readonly number[];
  readonly minimumUsd: number;
}

/** The holdings and how they stand in groups: what a switch of mapping, minimum or offset changes. */
export interface Structure {
  readonly leaves: readonly Leaf[];
  readonly productOf: ReadonlyMap<string, string>;
  readonly portfolioOf: ReadonlyMap<string, string>;
  /** Shares of gain, by `product_group` or `portfolio_group` and id. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Minimums that stand for the sum of the holdings', by `class_group` or `portfolio_group` and id. */
  readonly minimums: ReadonlyMap<string, number>;
}

/** Requirement of every node standing alone, by `keyOf`; a portfolio group's is what it adds to the account. */
export type Figures = ReadonlyMap<string, number>;

export function keyOf(level: Level, id: string): string {
  return `${level} ${id}`;
}

/** The structure of an account as the engine has it. */
export function structureOf(account: AccountResult): Structure {
  const products = account.portfolioGroups.flatMap((portfolio) =>
    portfolio.productGroups.map((product) => ({ portfolio, product })),
  );
  return {
    leaves: products.flatMap(({ product }) =>
      product.classGroups.flatMap((group) =>
        group.positions.map(({ symbol, profitUsd, minimumUsd }) => ({
          symbol,
          classGroup: group.id,
          profitUsd,
          minimumUsd,
        })),
      ),
    ),
    productOf: new Map(
      products.flatMap(({ product }) => product.classGroups.map(({ id }) => [id, product.id] as const)),
    ),
    portfolioOf: new Map(products.map(({ portfolio, product }) => [product.id, portfolio.id])),
    offsets: new Map(
      products.flatMap(({ portfolio, product }) => [
        [keyOf("product_group", product.id), product.offset] as const,
        [keyOf("portfolio_group", portfolio.id), portfolio.offset] as const,
      ]),
    ),
    minimums: new Map(),
  };
}

interface Part {
  readonly profit: Float64Array;
  readonly minimum: number;
}

/**
 * Requirements of a structure, by the rule itself: class groups net whole, product groups and portfolio groups offset at the
 * same scenario, and the requirement of a portfolio group is max(loss at the worst scenario, minimums). USD; equals the
 * engine's tree to rounding error of the sums (some 1e-16 relative per position). A node below a portfolio group has the
 * requirement that it would have alone: max(its worst loss, its minimums). FINRA 4210(g)(7), (g)(8).
 */
export function aggregate(structure: Structure, readings: RuleSet["readings"]): Figures {
  const figures = new Map<string, number>();
  const byClass = readings.minimumPer === "class_group";
  const classes = grouped(structure.leaves, ({ classGroup }) => classGroup).map(([id, leaves]) => {
    for (const leaf of leaves)
      figures.set(
        keyOf("symbol", leaf.symbol),
        alone({ profit: Float64Array.from(leaf.profitUsd), minimum: leaf.minimumUsd }),
      );
    const minimum = structure.minimums.get(keyOf("class_group", id)) ?? sum(leaves.map((l) => l.minimumUsd));
    const part = { profit: summed(leaves), minimum };
    figures.set(keyOf("class_group", id), alone(part));
    const held = byClass ? part.profit.map((value) => Math.min(value, -minimum)) : part.profit;
    return { id, profit: held, minimum };
  });
  const products = combined(classes, {
    level: "product_group",
    parentOf: structure.productOf,
    structure,
    readings,
  });
  for (const part of products) figures.set(keyOf("product_group", part.id), alone(part));
  const portfolios = combined(products, {
    level: "portfolio_group",
    parentOf: structure.portfolioOf,
    structure,
    readings,
  });
  for (const part of portfolios) {
    const minimum = structure.minimums.get(keyOf("portfolio_group", part.id)) ?? part.minimum;
    figures.set(keyOf("portfolio_group", part.id), Math.max(0, -lowest(part.profit), byClass ? 0 : minimum));
  }
  return figures;
}

/** USD: the sum over the portfolio groups, in the order of their ids. */
export function groupsTotal(figures: Figures): number {
  const prefix = keyOf("portfolio_group", "");
  return sum([...figures].filter(([key]) => key.startsWith(prefix)).map(([, usd]) => usd));
}

function alone({ profit, minimum }: Part): number {
  return Math.max(0, -lowest(profit), minimum);
}

function combined(
  parts: readonly (Part & { readonly id: string })[],
  into: {
    readonly level: "product_group" | "portfolio_group";
    readonly parentOf: ReadonlyMap<string, string>;
    readonly structure: Structure;
    readonly readings: RuleSet["readings"];
  },
): (Part & { readonly id: string })[] {
  const { level, parentOf, structure, readings } = into;
  return grouped(parts, ({ id }) => parentOf.get(id) ?? id).map(([id, members]) => ({
    id,
    profit: offsetProfits(
      members.map(({ profit }) => profit),
      structure.offsets.get(keyOf(level, id)) ?? 1,
      readings.carriedGain,
    ),
    minimum: sum(members.map(({ minimum }) => minimum)),
  }));
}

function summed(leaves: readonly Leaf[]): Float64Array {
  const sums = new Float64Array(leaves[0]?.profitUsd.length ?? 0);
  for (const { profitUsd } of leaves)
    sums.forEach((before, k) => {
      sums[k] = before + (profitUsd[k] ?? Number.NaN);
    });
  return sums;
}

function lowest(profit: Float64Array): number {
  return profit[worstIndex(profit)] ?? 0;
}
