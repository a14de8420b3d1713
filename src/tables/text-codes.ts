import { numberIn } from "../basics/collections.js";

/** Texts, each once, by the number it got when it came first. */
export class TextCodes {
  readonly #codes = new Map<string, number>();

  get codes(): ReadonlyMap<string, number> {
    return this.#codes;
  }

  /** -1 where it is no text. */
  codeOf(value: unknown): number {
    if (typeof value !== "string") return -1;
    return numberIn(this.#codes, value);
  }
}

/** Bytes with a view of them, for words of four at any place. */
export class ByteWords {
  readonly bytes: Uint8Array;
  readonly words: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

/** Ints of a slot: hash, where its bytes start in the store, their count and 1 (0 = the slot is free), code. */
const slotInts = 4;

/**
 * Codes of texts by their bytes, so that a text is made once and not for each row: a hash table with open addressing, at most half
 * full, its slots in one array.
 */
export class ByteCodes {
  #slots = new Int32Array(slotInts * 1024);
  #count = 0;
  #store = new ByteWords(new Uint8Array(16_384));
  #used = 0;

  /** -1 where these bytes have none. */
  codeOf(of: ByteWords, start: number, end: number): number {
    const slots = this.#slots;
    const last = slots.length - 1;
    const hash = hashOf(of, start, end);
    const size = end - start + 1;
    let at = Math.imul(hash, slotInts) & last;
    while (slots[at + 2] !== 0) {
      const isSame = slots[at] === hash && slots[at + 2] === size;
      if (isSame && isEqual(of, start, end, { store: this.#store, from: slots[at + 1] ?? 0 }))
        return slots[at + 3] ?? -1;
      at = (at + slotInts) & last;
    }
    return -1;
  }

  /** For bytes that have no code yet. */
  add(of: ByteWords, start: number, end: number, code: number): void {
    if (++this.#count * slotInts * 2 > this.#slots.length) this.#slots = twice(this.#slots);
    const used = this.#used + end - start;
    if (used > this.#store.bytes.length) {
      const more = new Uint8Array(2 * used);
      more.set(this.#store.bytes);
      this.#store = new ByteWords(more);
    }
    this.#store.bytes.set(of.bytes.subarray(start, end), this.#used);
    place(this.#slots, [hashOf(of, start, end), this.#used, end - start + 1, code]);
    this.#used = used;
  }
}

function isEqual(
  of: ByteWords,
  start: number,
  end: number,
  { store, from }: { readonly store: ByteWords; readonly from: number },
): boolean {
  const shift = from - start;
  let i = start;
  for (; i + 4 <= end; i += 4) if (store.words.getInt32(i + shift) !== of.words.getInt32(i)) return false;
  for (; i < end; i++) if (store.bytes[i + shift] !== of.bytes[i]) return false;
  return true;
}

/** FNV-1a over words, then over the bytes that are left; upper bits are folded into the lower, which choose a slot. */
function hashOf({ bytes, words }: ByteWords, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    hash = Math.imul(hash ^ words.getInt32(i), 0x01000193);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

function twice(slots: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * slots.length);
  for (let at = 0; at < slots.length; at += slotInts)
    if (slots[at + 2] !== 0) place(more, slots.subarray(at, at + slotInts));
  return more;
}

/** Puts a slot where its hash says, or into the next that is free. */
function place(slots: Int32Array, slot: ArrayLike<number>): void {
  const last = slots.length - 1;
  let at = Math.imul(slot[0] ?? 0, slotInts) & last;
  while (slots[at + 2] !== 0) at = (at + slotInts) & last;
  slots.set(slot, at);
}
