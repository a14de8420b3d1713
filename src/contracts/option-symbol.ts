import { dayOf, formatDay, weekday } from "../basics/dates.js";

/** What an option symbol says. */
export interface OptionSymbol {
  /** The symbol in its printed form: 21 characters, the root padded with blanks to 6. Keeps its own date. */
  readonly symbol: string;
  /** 1 to 6 characters as written, digits and dots included: `IBM`, `SPXW`, `BABA2`, `BRK.B`. */
  readonly root: string;
  /**
   * Day on which the option stops trading, as days since 1970-01-01. Where the symbol's own date is a Saturday it is
   * the Friday before: until February 2015 monthly options expired on the Saturday after the third Friday and their
   * symbols say so (IBM 070421 last traded on Friday, 20 April 2007).
   */
  readonly expiryDay: number;
  readonly isCall: boolean;
  /** USD per share (index points): the last 8 digits / 1000, so exact to the nearest double. */
  readonly strike: number;
  /** The root ends in a digit: an adjusted deliverable. Never the same contract as the root without the digit. */
  readonly adjusted: boolean;
}

/** For the `expected` of a failure: the forms of an option symbol that are read. */
export const optionSymbolForms =
  "an option symbol in capitals: root of 1 to 6 characters, yymmdd, C or P, strike x 1000 in 8 digits, " +
  "as IBM   070421C00100000 (root padded to 6) or IBM070421C00100000";

const dateLength = 6;
const strikeLength = 8;
const termsLength = dateLength + 1 + strikeLength;
const maxRootLength = 6;
const saturday = 6;
const dot = 46;
const callLetter = 67;
const putLetter = 80;
/** Of a put, above every strike in thousandths. */
const putKey = 1e8;

/**
 * Reads an option symbol in the 21-character OSI form (`IBM   070421C00100000`) or the compact one
 * (`IBM070421C00100000`). Both are read from the right: date, type and strike are the last 15 characters, so a root
 * may end in digits. Years are 2000 to 2099. Blanks around the symbol are not part of it and are for the caller to
 * trim.
 *
 * @returns `null` for everything else: lower case, other paddings, prefixes, impossible dates, a strike of zero. Nothing is
 *   guessed; `optionSymbolForms` says what is read.
 */
export function parseOptionSymbol(text: string): OptionSymbol | null {
  const reader = new SymbolReader();
  return reader.read(text) ? reader.parsed() : null;
}

/**
 * Reads symbol after symbol, as {@link parseOptionSymbol}. Of many that follow each other root and date are the same: both
 * are then read once.
 */
export class SymbolReader {
  /** These three as in {@link OptionSymbol}. */
  root = "";
  expiryDay = 0;
  isCall = false;
  // What the symbol says as three integers of 32 bits, the same of no other contract.
  /** {@link rootKeyOf} the root. */
  rootKey = 0;
  /** yymmdd. */
  date = 0;
  /** Type × 10^8 + strike in thousandths. */
  typeAndStrike = 0;
  #text = "";
  /** Root and date as they are written, and in the printed form. */
  #head = "";
  #printedHead = "";

  /** @returns false where the text is no option symbol: what was read is then of no use. */
  read(text: string): boolean {
    const headLength = text.length - 1 - strikeLength;
    if (headLength <= dateLength || headLength > maxRootLength + dateLength) return false;
    const isSameHead = headLength === this.#head.length && text.startsWith(this.#head);
    if (!isSameHead && !this.#readHead(text.slice(0, headLength))) return false;
    const type = text.charCodeAt(headLength);
    if (type !== callLetter && type !== putLetter) return false;
    const strikeThousandths = wholeNumberAt(text, headLength + 1, strikeLength);
    if (strikeThousandths <= 0) return false;
    this.#text = text;
    this.isCall = type === callLetter;
    this.typeAndStrike = (this.isCall ? 0 : putKey) + strikeThousandths;
    return true;
  }

  /** USD per share. */
  get strike(): number {
    return (this.isCall ? this.typeAndStrike : this.typeAndStrike - putKey) / 1000;
  }

  /** The printed form. */
  get symbol(): string {
    if (this.#head === this.#printedHead) return this.#text;
    return this.#printedHead + this.#text.slice(this.#head.length);
  }

  parsed(): OptionSymbol {
    const { symbol, root, expiryDay, isCall, strike } = this;
    const adjusted = isDigit(root.charCodeAt(root.length - 1));
    return { symbol, root, expiryDay, isCall, strike, adjusted };
  }

  #readHead(head: string): boolean {
    const rootLength = head.length - dateLength;
    const root = rootOf(head, rootLength);
    const date = wholeNumberAt(head, rootLength, dateLength);
    const day = dayOfDate(date);
    if (root === "" || day === null) return false;
    this.#head = head;
    this.#printedHead = root.padEnd(maxRootLength) + head.slice(rootLength);
    this.date = date;
    this.expiryDay = weekday(day) === saturday ? day - 1 : day;
    if (root === this.root) return true;
    this.root = root;
    this.rootKey = rootKeyOf(root);
    return true;
  }
}

/** Its characters in base 38, padded with 0: below 2^32, the sign being one of the bits. */
function rootKeyOf(root: string): number {
  let key = 0;
  for (let at = 0; at < maxRootLength; at++)
    key = (Math.imul(key, 38) + (at < root.length ? characterCode(root.charCodeAt(at)) : 0)) | 0;
  return key;
}

/** 1 to 37 of a dot, a digit, a capital. */
function characterCode(code: number): number {
  if (code === dot) return 1;
  return isDigit(code) ? code - 46 : code - 53;
}

/** The root that stands before the terms; empty where there is none that can be one. */
function rootOf(text: string, length: number): string {
  const head = text.slice(0, length);
  // Only the full 21 characters may hold padding.
  const root = length === maxRootLength ? head.trimEnd() : head;
  return isRoot(root) ? root : "";
}

/** The day of a date written as yymmdd. */
function dayOfDate(date: number): number | null {
  return dayOf(2000 + Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100);
}

/** The number that `length` digits from `start` on write; -1 where one of them is no digit. */
function wholeNumberAt(text: string, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - 48;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Capitals, digits and dots; a capital among them, no dot at an end. */
function isRoot(root: string): boolean {
  let capitals = 0;
  for (let at = 0; at < root.length; at++) {
    const code = root.charCodeAt(at);
    if (code >= 65 && code <= 90) capitals++;
    else if (!isDigit(code) && (code !== dot || at === 0 || at === root.length - 1)) return false;
  }
  return capitals > 0;
}

/** Whether a text, if it is an option symbol at all, is one in its printed form: 21 characters, padded with blanks alone. */
export function isPadded(text: string): boolean {
  if (text.length !== maxRootLength + termsLength) return false;
  for (let at = 0; at < maxRootLength; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code > 126) return false;
  }
  return true;
}

/**
 * The printed 21-character symbol of a contract's terms.
 *
 * @param terms `day` in days since 1970-01-01, written as given (a Saturday stays one); `strike` in USD.
 * @returns `null` where no symbol can say it: a root of another shape, a day outside 2000 to 2099, a strike that is not
 *   a whole number of thousandths from 0.001 to 99999.999.
 */
export function canonicalOptionSymbol(terms: {
  readonly root: string;
  readonly day: number;
  readonly isCall: boolean;
  readonly strike: number;
}): string | null {
  const thousandths = Math.round(terms.strike * 1000);
  if (thousandths / 1000 !== terms.strike) return null;
  const date = formatDay(terms.day);
  const yymmdd = date.slice(2).replaceAll("-", "");
  const type = terms.isCall ? "C" : "P";
  const text = `${terms.root.padEnd(maxRootLength)}${yymmdd}${type}${String(thousandths).padStart(8, "0")}`;
  return date.startsWith("20") && parseOptionSymbol(text) !== null ? text : null;
}

/**
 * Whether a text that is not an option symbol was most likely meant as one, so that a malformed symbol is reported as
 * such and never looked up as a stock: a run of five or more digits once blanks are gone (`IBM70421C100`,
 * `O:SPY251219C00600000`, `.SPXW260407C5700`), or a digit beside blanks inside (`AAPL 21 APR 07 100 C`). True for every
 * well-formed option symbol too.
 */
export function looksLikeOption(text: string): boolean {
  if (!/\d/.test(text)) return false;
  const trimmed = text.trim();
  return /\d{5}/.test(trimmed.replaceAll(/\s/g, "")) || /\s/.test(trimmed);
}
