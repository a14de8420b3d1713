import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalSymbol, canonicalSymbols } from "../../src/contracts/contract-master.js";
import { parseOptionSymbol, SymbolReader } from "../../src/contracts/option-symbol.js";
import { SymbolRows } from "../../src/contracts/symbol-rows.js";

const root = fc.oneof(
  fc.constantFrom("A", "IBM", "IBM2", "BRK.B", "SPXW", "BABA22", "1A", "ZZZZZZ", "12", "a", "A.", "IBM\t"),
  fc.string({ unit: fc.constantFrom("A", "B", "1", ".", " "), maxLength: 6 }),
);
const date = fc.constantFrom("070421", "070420", "261218", "261318", "000101", "991231", "26121x");
const strike = fc.constantFrom("00100000", "00100001", "99999999", "00000000", "0010000");
const written = fc
  .tuple(root, date, fc.constantFrom("C", "P", "c"), strike, fc.boolean())
  .map(
    ([name, ...[day, type, price, isPadded]]) => `${isPadded ? name.padEnd(6) : name}${day}${type}${price}`,
  );
const symbol = fc.oneof({ weight: 5, arbitrary: written }, fc.constantFrom("IBM", "", "X Y", "IBM 7"));

test("a row is found by every form of its symbol, the first of several, as by canonical text", () => {
  fc.assert(
    fc.property(fc.array(fc.option(symbol), { maxLength: 60 }), fc.array(symbol), (table, asked) => {
      const known = new Map<string, number>();
      table.forEach((text, row) => {
        if (text !== null && !known.has(canonicalSymbol(text))) known.set(canonicalSymbol(text), row);
      });
      const rows = new SymbolRows(table);
      const reader = new SymbolReader();
      const rowOf = (text: string): number | undefined => rows.get(text, reader.read(text) ? reader : null);
      for (const text of [...asked, ...table])
        if (text !== null) {
          expect(rowOf(text)).toBe(known.get(canonicalSymbol(text)));
          expect(rowOf(canonicalSymbol(text))).toBe(known.get(canonicalSymbol(text)));
        }
    }),
  );
});

test("what is read of a symbol does not depend on those that were read before", () => {
  fc.assert(
    fc.property(fc.array(symbol), (texts) => {
      const reader = new SymbolReader();
      for (const text of texts)
        expect(reader.read(text) ? reader.parsed() : null).toEqual(parseOptionSymbol(text));
      expect(canonicalSymbols(texts)).toEqual(texts.map(canonicalSymbol));
    }),
  );
});

test("two symbols have one key where they are one contract", () => {
  const numbers = (text: string): readonly number[] | null => {
    const reader = new SymbolReader();
    return reader.read(text) ? [reader.rootKey, reader.date, reader.typeAndStrike] : null;
  };
  fc.assert(
    fc.property(symbol, symbol, (a, b) => {
      const [left, right] = [numbers(a), numbers(b)];
      expect(left === null).toBe(parseOptionSymbol(a) === null);
      if (left === null || right === null) return;
      expect([...Int32Array.from(left)]).toEqual(left);
      expect(left.every((number, k) => number === right[k])).toBe(canonicalSymbol(a) === canonicalSymbol(b));
    }),
  );
});
