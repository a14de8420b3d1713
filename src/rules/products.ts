import type { ProductDefaults } from "../contracts/product-defaults.js";
import type { RuleSet } from "./load.js";

/** The place of a class group in the tree of offsets. A group of its own carries its class group's id. */
export interface GroupPlace {
  readonly productGroup: string;
  readonly productOffset: number;
  readonly portfolioGroup: string;
  readonly portfolioOffset: number;
}

/** A rule set's product data, indexed by what one looks up. */
export interface ProductTable extends ProductDefaults {
  placeOf(classGroup: string): GroupPlace;
}

export function productTable(rules: RuleSet): ProductTable {
  const products = new Map(rules.products.map((entry) => [entry.symbol, { ...entry, multiplier: 1 }]));
  const futures = new Map(
    rules.futuresRoots.map((entry) => [entry.root, { ...entry, kind: "future" as const, leverage: 1 }]),
  );
  const roots = new Map(rules.optionRoots.map((entry) => [entry.root, entry]));
  const types = new Map(rules.products.map((entry) => [entry.classGroup, entry.portfolioType]));
  const places = groupPlaces(rules);
  return {
    product: (symbol) => products.get(symbol) ?? futures.get(futuresRootOf(symbol)),
    optionRoot: (root) => roots.get(root),
    classGroupType: (classGroup) => types.get(classGroup),
    placeOf: (classGroup) => places.get(classGroup) ?? ownPlace(classGroup),
  };
}

/** The rule set with class groups in other product groups; one that it does not have stands alone. */
export function withProductGroups(rules: RuleSet, groupOf: ReadonlyMap<string, string>): RuleSet {
  const productGroups = rules.productGroups.map((group) => {
    const own = group.classGroups.filter((id) => !groupOf.has(id));
    const named = [...groupOf].filter(([, id]) => id === group.id).map(([classGroup]) => classGroup);
    return { ...group, classGroups: [...own, ...named] };
  });
  return { ...rules, productGroups };
}

/** A class group outside every product group: nothing to offset with, so its gains and losses stand whole. */
function ownPlace(classGroup: string): GroupPlace {
  return { productGroup: classGroup, productOffset: 1, portfolioGroup: classGroup, portfolioOffset: 1 };
}

function groupPlaces(rules: RuleSet): Map<string, GroupPlace> {
  const portfolioOffsets = new Map(rules.portfolioGroups.map((group) => [group.id, group.offset]));
  const places = rules.productGroups.flatMap((group) =>
    group.classGroups.map((classGroup): [string, GroupPlace] => [
      classGroup,
      {
        productGroup: group.id,
        // The share is one between class groups: a product group that has a single one carries its gain whole.
        productOffset: group.classGroups.length > 1 ? group.offset : 1,
        portfolioGroup: group.portfolioGroup,
        portfolioOffset: portfolioOffsets.get(group.portfolioGroup) ?? 1,
      },
    ]),
  );
  return new Map(places);
}

/** `ESZ26` → `ES`: what stands before the month letter and the year; the symbol itself where it is no such name. */
export function futuresRootOf(symbol: string): string {
  return /^([A-Z0-9]{1,4})[FGHJKMNQUVXZ]\d{1,2}$/.exec(symbol)?.[1] ?? symbol;
}
