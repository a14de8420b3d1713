/** In the order of the values. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A number of each item. A loop: `Float64Array.from` with a function takes ten times as long. */
export function numbersOf<Item>(
  items: readonly Item[],
  numberOf: (item: Item, i: number) => number,
): Float64Array {
  const numbers = new Float64Array(items.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = numberOf(items[i]!, i);
  return numbers;
}

/** So many times nothing. `Array.from` takes five times as long. */
export function nulls(count: number): null[] {
  return Array<null>(count).fill(null);
}

/** The order of code units, for sorting. */
export function inCodeUnits(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The number of a text among those known, to which it is added: equal texts have the same, in the order in which they come first. */
export function numberIn(known: Map<string, number>, text: string): number {
  const number = known.get(text) ?? known.size;
  known.set(text, number);
  return number;
}

/** Members by key, the keys in code-unit order, members in their own. */
export function grouped<Member>(
  members: readonly Member[],
  keyOf: (member: Member) => string,
): (readonly [string, readonly Member[]])[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = keyOf(member);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [member]);
    else known.push(member);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
