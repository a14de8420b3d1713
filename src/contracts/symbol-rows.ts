import { SymbolKey } from "./option-symbol.js";

/**
 * Rows of a table by symbol: options by what their symbols say, in whatever form, all others by their text. Of rows with one
 * symbol the first is found.
 *
 * A table of places, twice as many at least as there are rows: an option stands at the place that its numbers give, or at the
 * next that was free. A map of texts takes five times as long to make.
 */
export class SymbolRows {
  readonly #others = new Map<string, number>();
  readonly #key = new SymbolKey();
  readonly #rows: Int32Array;
  /** By place: root, date, type and strike. */
  readonly #keys: Int32Array;
  readonly #mask: number;

  constructor(symbols: readonly (string | null)[]) {
    let places = 2;
    while (places < 2 * symbols.length) places *= 2;
    this.#mask = places - 1;
    this.#rows = new Int32Array(places).fill(-1);
    this.#keys = new Int32Array(3 * places);
    for (let row = 0; row < symbols.length; row++) {
      const symbol = symbols[row] ?? null;
      if (symbol !== null) this.#add(symbol, row);
    }
  }

  get(symbol: string): number | undefined {
    if (!this.#key.read(symbol)) return this.#others.get(symbol);
    const row = this.#rows[this.#place()] ?? -1;
    return row < 0 ? undefined : row;
  }

  #add(symbol: string, row: number): void {
    if (!this.#key.read(symbol)) {
      if (!this.#others.has(symbol)) this.#others.set(symbol, row);
      return;
    }
    const place = this.#place();
    if (this.#rows[place] !== -1) return;
    this.#rows[place] = row;
    this.#keys[3 * place] = this.#key.root;
    this.#keys[3 * place + 1] = this.#key.date;
    this.#keys[3 * place + 2] = this.#key.typeAndStrike;
  }

  /** Where the option that was read stands, or may stand. */
  #place(): number {
    const keys = this.#keys;
    const { root, date, typeAndStrike } = this.#key;
    // Odd factors without a pattern; the high bits of a product depend on all of its factor.
    const mixed =
      Math.imul(root, 0x9e3779b1) ^ Math.imul(date, 0x85ebca6b) ^ Math.imul(typeAndStrike, 0xc2b2ae35);
    let place = (mixed ^ (mixed >>> 15)) & this.#mask;
    while (
      this.#rows[place] !== -1 &&
      (keys[3 * place] !== root || keys[3 * place + 1] !== date || keys[3 * place + 2] !== typeAndStrike)
    )
      place = (place + 1) & this.#mask;
    return place;
  }
}
