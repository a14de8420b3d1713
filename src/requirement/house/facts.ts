import type { Market } from "../../market/market.js";
import type { HouseRules, HouseSelector } from "../../rules/house-schema.js";
import type { ClassGroup } from "../../risk/grid-set.js";
import type { Table } from "../../tables/table.js";

type FigureColumn = "beta" | "shares_outstanding" | "average_daily_volume";

/** What the underlyings table and the rule file say of class groups beyond prices. */
export interface ClassGroupFacts {
  /** Underlyings of a class group; the one it is named after first, the others in code-unit order. */
  symbolsOf(classGroup: string): readonly string[];
  /** NaN where the table gives none. */
  figure(symbol: string, column: FigureColumn): number;
  /** USD; NaN where there is none. */
  price(symbol: string): number;
  leverage(symbol: string): number;
  /** Whether a selector names the class group; one without lists names all. */
  selects(selector: HouseSelector | undefined, group: ClassGroup): boolean;
}

/** @param table The underlyings table; of identical duplicates the first row stands. */
export function classGroupFacts(
  table: Table,
  { underlyings }: Market,
  tags: HouseRules["tags"],
): ClassGroupFacts {
  const rows = firstRows(table);
  // Read once: a table joined from two makes its columns anew at each call.
  const columns: Record<FigureColumn, Float64Array> = {
    beta: table.number("beta"),
    shares_outstanding: table.number("shares_outstanding"),
    average_daily_volume: table.number("average_daily_volume"),
  };
  const symbols = symbolsByClassGroup(underlyings);
  const tagsOfSymbol = tagsBySymbol(table, tags);
  const at = (symbol: string): number => underlyings.rowOf.get(symbol) ?? -1;
  const symbolsOf = (classGroup: string): readonly string[] => symbols.get(classGroup) ?? [];
  return {
    symbolsOf,
    figure: (symbol, column) => columns[column][rows.get(symbol) ?? -1] ?? Number.NaN,
    price: (symbol) => underlyings.price[at(symbol)] ?? Number.NaN,
    leverage: (symbol) => underlyings.leverage[at(symbol)] ?? Number.NaN,
    selects: (selector, { id, portfolioType }) => {
      const { classGroups, portfolioTypes, symbols: named, tags: tagged } = selector ?? {};
      const lists = [classGroups, portfolioTypes, named, tagged];
      if (lists.every((list) => list === undefined)) return true;
      const members = symbolsOf(id);
      return (
        classGroups?.includes(id) === true ||
        portfolioTypes?.includes(portfolioType) === true ||
        members.some((symbol) => named?.includes(symbol)) ||
        members.some((symbol) => tagged?.some((tag) => tagsOfSymbol.get(symbol)?.has(tag)))
      );
    },
  };
}

function firstRows(table: Table): Map<string, number> {
  const rows = new Map<string, number>();
  table.text("symbol").forEach((symbol, row) => {
    if (symbol !== null && !rows.has(symbol)) rows.set(symbol, row);
  });
  return rows;
}

function symbolsByClassGroup(underlyings: Market["underlyings"]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  underlyings.symbols.forEach((symbol, i) => {
    const id = underlyings.classGroup[i] ?? symbol;
    const known = found.get(id) ?? [];
    found.set(id, symbol === id ? [symbol, ...known] : [...known, symbol]);
  });
  return found;
}

/** The `tags` column (`biotech|small-cap`) and the lists of the rule file together. */
function tagsBySymbol(table: Table, listed: HouseRules["tags"]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (symbol: string, tag: string): void => {
    const known = found.get(symbol) ?? new Set();
    found.set(symbol, known.add(tag));
  };
  const cells = table.text("tags");
  table.text("symbol").forEach((symbol, row) => {
    if (symbol === null) return;
    for (const tag of (cells[row] ?? "").split("|")) if (tag.trim() !== "") add(symbol, tag.trim());
  });
  for (const { tag, symbols } of listed) for (const symbol of symbols) add(symbol, tag);
  return found;
}
