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

/** The class group of each contract: the one that is named, else its underlying's own. */
export interface ContractGroups {
  /** By contract row; `null` where none is named. */
  readonly named: readonly (string | null)[];
  /** By underlying. */
  readonly own: readonly string[];
  /** By contract row: its underlying. */
  readonly ownAt: Int32Array;
}

export function classGroupsOf(
  { named, own, ownAt }: ContractGroups,
  { underlyings }: Market,
  products: ProductDefaults,
): { classGroups: ClassGroup[]; classOrder: Int32Array } {
  const types = new Map(underlyings.classGroup.map((id, i) => [id, underlyings.portfolioType[i]]));
  const ids = new Set<string>();
  let last = -1;
  for (let row = 0; row < ownAt.length; row++) {
    const name = named[row] ?? null;
    const at = ownAt[row] ?? -1;
    // Contracts of one underlying stand together.
    if (name === null && at === last) continue;
    const id = name ?? own[at];
    if (id !== undefined) ids.add(id);
    if (name === null) last = at;
  }
  const classGroups = [...ids]
    .toSorted()
    .map((id) => ({ id, portfolioType: types.get(id) ?? products.classGroupType(id) ?? "equity" }));
  const order = new Map(classGroups.map(({ id }, i) => [id, i]));
  const ownOrder = own.map((id) => order.get(id) ?? -1);
  const classOrder = ownAt.map((at, row) => {
    const id = named[row] ?? null;
    return (id === null ? ownOrder[at] : order.get(id)) ?? -1;
  });
  return { classGroups, classOrder };
}
