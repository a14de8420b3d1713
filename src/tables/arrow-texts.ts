import type { Data, Vector } from "apache-arrow";
import type { ArrowColumn } from "./arrow.js";
import {
  type ArrowPart,
  type Integers,
  isIntegers,
  isValid,
  type Piece,
  validityOf,
} from "./arrow-columns.js";
import { ByteCodes, ByteWords, TextCodes } from "./text-codes.js";

/** Codes by row of a part, and what makes a row's cell for its code. */
interface Filling {
  readonly codes: Int32Array;
  readonly codeAt: (row: number) => number;
}

const unseen = -2;
/** Of a dictionary so many texts are known by their place; a damaged file may tell any length. */
const mostKnown = 2 ** 24;

/** A column of texts as numbers, part by part: a text is made where its bytes, or its place in a dictionary, come first. */
export class ArrowTexts {
  readonly #column: ArrowColumn;
  readonly #codes = new TextCodes();
  readonly #ofBytes = new ByteCodes();
  /** By dictionary and index in it. */
  readonly #ofDictionary = new Map<Vector, Int32Array>();

  constructor(column: ArrowColumn) {
    this.#column = column;
  }

  /** Of all rows so far, by text. */
  get codes(): ReadonlyMap<string, number> {
    return this.#codes.codes;
  }

  /** Writes the code of each row; -1 where its cell is no text. */
  fill({ first, pieces }: ArrowPart, codes: Int32Array): void {
    const { kind, data, cellAt } = this.#column;
    const codeAt = (row: number): number => this.#codes.codeOf(cellAt(first + row));
    const filling = { codes, codeAt };
    for (const piece of pieces) {
      const own = data[piece.batch];
      if (own !== undefined && kind === "text") this.#fillPlain(own, piece, filling);
      else if (own !== undefined && kind === "coded text" && isIntegers(own.values))
        this.#fillCoded(own, own.values, piece, filling);
      else for (let row = piece.at; row < piece.at + piece.count; row++) codes[row] = codeAt(row);
    }
  }

  #fillPlain(data: Data, { from, count, at }: Piece, { codes, codeAt }: Filling): void {
    const bits = validityOf(data);
    const bytes = new ByteWords(data.values as Uint8Array);
    const size = bytes.bytes.length;
    const offsets = offsetsOf(data, from, count);
    for (let k = 0; k < count; k++) {
      const start = offsets[k] ?? -1;
      const end = offsets[k + 1] ?? -1;
      // Offsets of a damaged file may point anywhere.
      const isWithin = start >= 0 && start <= end && end <= size;
      const isThere = bits === null || isValid(bits, data.offset + from + k);
      let code = isThere && isWithin ? this.#ofBytes.codeOf(bytes, start, end) : -1;
      if (isThere && code === -1) {
        code = codeAt(at + k);
        if (isWithin && code !== -1) this.#ofBytes.add(bytes, start, end, code);
      }
      codes[at + k] = code;
    }
  }

  #fillCoded(data: Data, indexes: Integers, { from, count, at }: Piece, { codes, codeAt }: Filling): void {
    const bits = validityOf(data);
    const known = this.#codesIn(data.dictionary);
    for (let k = 0; k < count; k++) {
      const index = indexes[from + k] ?? -1;
      const isThere = bits === null || isValid(bits, data.offset + from + k);
      let code = isThere ? (known[index] ?? unseen) : -1;
      if (code === unseen) {
        code = codeAt(at + k);
        // An index beyond the dictionary stays unseen.
        known[index] = code;
      }
      codes[at + k] = code;
    }
  }

  #codesIn(dictionary: Vector | undefined): Int32Array {
    if (dictionary === undefined) return new Int32Array();
    const size = Math.min(dictionary.length, mostKnown);
    const known = this.#ofDictionary.get(dictionary) ?? new Int32Array(size).fill(unseen);
    this.#ofDictionary.set(dictionary, known);
    return known;
  }
}

/** Where the texts of so many rows start, and the last ends, as numbers; fewer where the batch has no more. */
function offsetsOf({ valueOffsets }: Data, from: number, count: number): Int32Array | Float64Array {
  const own: unknown = valueOffsets.subarray(from, from + count + 1);
  // Those of large texts have 64 bits.
  return own instanceof BigInt64Array ? Float64Array.from(own, Number) : (own as Int32Array);
}
