import type { RuleSet } from "../../rules/load.js";
import { aggregate, groupsTotal, keyOf, type Structure } from "./aggregate.js";
import type { Level, ReferenceRow } from "./reference.js";
import type { Cause, ReconcileStep } from "./result.js";

interface Change {
  readonly cause: Cause;
  readonly level: Level;
  readonly id: string;
  readonly ours: string | number | null;
  readonly theirs: string | number | null;
  readonly structure: Structure;
}

type ChangeOf = (structure: Structure, row: ReferenceRow, rules: RuleSet) => Change | null;

/**
 * Switches how the holdings' profits become a requirement to theirs, one row and one cause at a time, each held against the
 * structure that the ones before it left: group mapping, minimums, offsets, in this order.
 */
export function structureSteps(
  start: Structure,
  rows: readonly ReferenceRow[],
  rules: RuleSet,
): { steps: ReconcileStep[]; structure: Structure } {
  const steps: ReconcileStep[] = [];
  let structure = start;
  const totalOf = (of: Structure): number => groupsTotal(aggregate(of, rules.readings));
  for (const changeOf of [classGroup, productGroup, portfolioGroup, minimum, offset])
    for (const row of rows) {
      const change = changeOf(structure, row, rules);
      if (change === null) continue;
      const { structure: next, ...rest } = change;
      steps.push({ ...rest, amountUsd: totalOf(next) - totalOf(structure), note: null });
      structure = next;
    }
  return { steps, structure };
}

const classGroup: ChangeOf = (structure, row, rules) => {
  const leaf = structure.leaves.find(({ symbol }) => symbol === row.id);
  const theirs = row.classGroup;
  if (row.level !== "symbol" || leaf === undefined || theirs === null || theirs === leaf.classGroup)
    return null;
  const leaves = structure.leaves.map((other) => (other === leaf ? { ...leaf, classGroup: theirs } : other));
  const listed = rules.productGroups.find(({ classGroups }) => classGroups.includes(theirs));
  const product = structure.productOf.get(theirs) ?? listed?.id ?? theirs;
  const placed = withProduct({ ...structure, leaves }, { id: theirs, product }, rules);
  return {
    cause: "group_mapping",
    level: "symbol",
    id: row.id,
    ours: leaf.classGroup,
    theirs,
    structure: placed,
  };
};

const productGroup: ChangeOf = (structure, row, rules) => {
  const id = classOf(structure, row);
  const product = row.productGroup;
  const ours = id === null ? undefined : structure.productOf.get(id);
  if (id === null || ours === undefined || product === null || product === ours) return null;
  const placed = withProduct(structure, { id, product }, rules);
  return { cause: "group_mapping", level: "class_group", id, ours, theirs: product, structure: placed };
};

const portfolioGroup: ChangeOf = (structure, row, rules) => {
  const classId = classOf(structure, row);
  const id =
    row.level === "product_group" ? row.id : classId === null ? undefined : structure.productOf.get(classId);
  const portfolio = row.portfolioGroup;
  const ours = id === undefined ? undefined : structure.portfolioOf.get(id);
  if (id === undefined || ours === undefined || portfolio === null || portfolio === ours) return null;
  const placed = withPortfolio(structure, { id, portfolio }, rules);
  return { cause: "group_mapping", level: "product_group", id, ours, theirs: portfolio, structure: placed };
};

/** Minimums are stated to the cent. */
const minimumToleranceUsd = 0.005 + 1e-9;

const minimum: ChangeOf = (structure, { level, id, minimumUsd: theirs }) => {
  if (theirs === null) return null;
  const under = structure.leaves.filter((leaf) => isUnder(structure, leaf, { level, id }));
  if (under.length === 0 || level === "account" || level === "product_group") return null;
  const key = keyOf(level, id);
  const ours = structure.minimums.get(key) ?? under.reduce((sum, leaf) => sum + leaf.minimumUsd, 0);
  if (Math.abs(ours - theirs) <= minimumToleranceUsd) return null;
  const change = { cause: "minimum", level, id, ours, theirs } as const;
  if (level !== "symbol")
    return { ...change, structure: { ...structure, minimums: new Map(structure.minimums).set(key, theirs) } };
  const leaves = structure.leaves.map((leaf) =>
    leaf.symbol === id ? { ...leaf, minimumUsd: theirs } : leaf,
  );
  return { ...change, structure: { ...structure, leaves } };
};

const offset: ChangeOf = (structure, { level, id, offset: theirs }) => {
  const ours = structure.offsets.get(keyOf(level, id));
  if (theirs === null || ours === undefined || Math.abs(ours - theirs) <= 1e-9) return null;
  const offsets = new Map(structure.offsets).set(keyOf(level, id), theirs);
  return { cause: "offset", level, id, ours, theirs, structure: { ...structure, offsets } };
};

function isUnder(
  structure: Structure,
  leaf: { readonly symbol: string; readonly classGroup: string },
  { level, id }: Pick<ReferenceRow, "level" | "id">,
): boolean {
  if (level === "symbol") return leaf.symbol === id;
  if (level === "class_group") return leaf.classGroup === id;
  const product = structure.productOf.get(leaf.classGroup) ?? leaf.classGroup;
  return level === "portfolio_group" && (structure.portfolioOf.get(product) ?? product) === id;
}

function classOf(structure: Structure, row: ReferenceRow): string | null {
  if (row.level === "class_group") return row.id;
  if (row.level !== "symbol") return null;
  return structure.leaves.find(({ symbol }) => symbol === row.id)?.classGroup ?? null;
}

/** A product group that the account did not have takes its offset and portfolio group from the rule set. */
function withProduct(
  structure: Structure,
  { id, product }: { readonly id: string; readonly product: string },
  rules: RuleSet,
): Structure {
  const productOf = new Map(structure.productOf).set(id, product);
  if (structure.portfolioOf.has(product)) return { ...structure, productOf };
  const listed = rules.productGroups.find((group) => group.id === product);
  const key = keyOf("product_group", product);
  const offsets = new Map(structure.offsets).set(key, listed?.offset ?? 1);
  const portfolio = listed?.portfolioGroup ?? product;
  return withPortfolio({ ...structure, productOf, offsets }, { id: product, portfolio }, rules);
}

function withPortfolio(
  structure: Structure,
  { id, portfolio }: { readonly id: string; readonly portfolio: string },
  rules: RuleSet,
): Structure {
  const portfolioOf = new Map(structure.portfolioOf).set(id, portfolio);
  const key = keyOf("portfolio_group", portfolio);
  if (structure.offsets.has(key)) return { ...structure, portfolioOf };
  const listed = rules.portfolioGroups.find((group) => group.id === portfolio);
  return { ...structure, portfolioOf, offsets: new Map(structure.offsets).set(key, listed?.offset ?? 1) };
}
