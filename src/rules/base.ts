import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

/** What every file says for itself. */
const ownKeys = new Set(["name", "title", "effective", "notice", "base"]);
/** Maps in which a base adds the entries that the file has not. */
const mergedMaps = new Set(["sources", "portfolioTypes"]);
/** Lists in which a base adds the entries whose id the file has not. */
const mergedLists = new Map([
  ["products", "symbol"],
  ["futuresRoots", "root"],
  ["optionRoots", "root"],
]);

/** Text of a built-in file by the name a `base` may give; `undefined` for a name that is none. */
export type BaseText = (name: string) => string | undefined;

/**
 * The rule file with everything that it leaves to its `base`, comments included; the same document where it names none.
 * What the file says stands: a key of its own is kept whole, but sources, portfolio types, products and roots are filled up
 * entry by entry.
 *
 * @returns `null` where `base` is no name that is known.
 */
export function withBase(document: Document, textOf: BaseText): Document | null {
  if (!isMap(document.contents) || !document.contents.has("base")) return document;
  const name = document.contents.get("base");
  const text = typeof name === "string" ? textOf(name) : undefined;
  if (text === undefined) return null;
  const base = withBase(parseDocument(text), textOf);
  if (base === null || !isMap(base.contents)) return null;
  const filled = document.clone();
  const into = filled.contents as YAMLMap;
  into.delete("base");
  for (const pair of base.contents.items) addPair(into, pair);
  return filled;
}

function addPair(into: YAMLMap, pair: Pair): void {
  const key = keyOf(pair);
  if (ownKeys.has(key)) return;
  if (!into.has(key)) {
    into.add(pair);
    return;
  }
  const own = into.get(key);
  if (mergedMaps.has(key) && isMap(own) && isMap(pair.value))
    for (const entry of pair.value.items) if (!own.has(keyOf(entry))) own.add(entry);
  const id = mergedLists.get(key);
  if (id !== undefined && isSeq(own) && isSeq(pair.value)) addItems(own, pair.value, id);
}

function addItems(own: YAMLSeq, base: YAMLSeq, id: string): void {
  const known = new Set(own.items.map((item) => (isMap(item) ? item.get(id) : undefined)));
  for (const item of base.items) if (!isMap(item) || !known.has(item.get(id))) own.add(item);
}

function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}
