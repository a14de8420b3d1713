import type { ProductDefaults } from "../contracts/product-defaults.js";
import type { Market } from "../market/market.js";
import type { ClassGroup } from "./grid-set.js";

/** Class group of an underlying: the table's word, else the product table's, else itself. */
export function classGroupId(symbol: string, { underlyings }: Market, products: ProductDefaults): string {
  return (
    underlyings.classGroup[underlyings.rowOf.get(symbol) ?? -1] ??
    products.product(symbol)?.classGroup ??
    symbol
  );
}

/** @param ids Class group of each contract. */
export function classGroupsOf(
  ids: readonly string[],
  { underlyings }: Market,
  products: ProductDefaults,
): { classGroups: ClassGroup[]; classOrder: Int32Array } {
  const types = new Map(underlyings.classGroup.map((id, i) => [id, underlyings.portfolioType[i]]));
  const classGroups = [...new Set(ids)]
    .toSorted()
    .map((id) => ({ id, portfolioType: types.get(id) ?? products.classGroupType(id) ?? "equity" }));
  const order = new Map(classGroups.map(({ id }, i) => [id, i]));
  return { classGroups, classOrder: Int32Array.from(ids, (id) => order.get(id) ?? -1) };
}
