import { SymbolReader } from "./option-symbol.js";

/**
 * Rows of a table by symbol: options by what their symbols say, in whatever form, all others by their text. Of rows with one
 * symbol the first is found.
 *
 * A table of places, twice as many at least as there are rows: an option stands at the place that its numbers give, or at the
 * next that was free. A map of texts takes five times as long to make.
 */
export class SymbolRows {
  readonly #others = new Map<string, number>();
  /** By place; -1 where it is free. */
  readonly #rows: Int32Array;
  readonly #mask: number;
  /** By row: root, date, type and strike. */
  readonly #keys: Int32Array;

  constructor(symbols: readonly (string | null)[]) {
    let places = 2;
    while (places < 2 * symbols.length) places *= 2;
    this.#mask = places - 1;
    this.#rows = new Int32Array(places).fill(-1);
    this.#keys = new Int32Array(3 * symbols.length);
    const reader = new SymbolReader();
    for (let row = 0; row < symbols.length; row++) {
      const symbol = symbols[row] ?? null;
      if (symbol === null) continue;
      if (reader.read(symbol)) this.#add(reader, row);
      else if (!this.#others.has(symbol)) this.#others.set(symbol, row);
    }
  }

  /** @param option what was read of the symbol; null where it is no option's */
  get(symbol: string, option: SymbolReader | null): number | undefined {
    if (option === null) return this.#others.get(symbol);
    const row = this.#rows[this.#place(option)] ?? -1;
    return row < 0 ? undefined : row;
  }

  #add(option: SymbolReader, row: number): void {
    const place = this.#place(option);
    if (this.#rows[place] !== -1) return;
    this.#rows[place] = row;
    this.#keys[3 * row] = option.rootKey;
    this.#keys[3 * row + 1] = option.date;
    this.#keys[3 * row + 2] = option.typeAndStrike;
  }

  /** Where the option stands, or may stand. */
  #place({ rootKey, date, typeAndStrike }: SymbolReader): number {
    const rows = this.#rows;
    const keys = this.#keys;
    // Odd factors without a pattern; the high bits of a product depend on all of its factor.
    const mixed =
      Math.imul(rootKey, 0x9e3779b1) ^ Math.imul(date, 0x85ebca6b) ^ Math.imul(typeAndStrike, 0xc2b2ae35);
    let place = (mixed ^ (mixed >>> 15)) & this.#mask;
    for (let row = rows[place] ?? -1; row >= 0; row = rows[place] ?? -1) {
      const at = 3 * row;
      if (keys[at + 2] === typeAndStrike && keys[at + 1] === date && keys[at] === rootKey) return place;
      place = (place + 1) & this.#mask;
    }
    return place;
  }
}
