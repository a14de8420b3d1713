import { formatDay, weekday } from "../basics/dates.js";
import { canonicalOptionSymbol, parseOptionSymbol } from "../contracts/option-symbol.js";
import { readDay } from "./days.js";

/** What a row of an export holds, under the name that Plimsoll's tables use. */
export type ExportedContract =
  | { readonly kind: "stock"; readonly symbol: string }
  | { readonly kind: "future"; readonly symbol: string; readonly multiplier: number | null }
  | ExportedOption;

/** An option. On a future (`kind` `future-option`) the symbol tells nothing, so the options table says the terms. */
export interface ExportedOption {
  readonly kind: "option" | "future-option";
  readonly symbol: string;
  /** Symbol of the underlying where the root does not tell it. */
  readonly underlying: string | null;
  /** Last day of trading, days since 1970-01-01. */
  readonly day: number;
  readonly isCall: boolean;
  readonly strike: number;
  /** USD per point as the file tells it, `null` where it does not. */
  readonly multiplier: number | null;
  /** The Saturday that the file's symbol names instead of the Friday before, days since 1970-01-01. */
  readonly saturday: number | null;
}

/** Terms of an option as an export spells them out. */
export interface OptionTerms {
  /** Root of the option symbol, as the broker writes it. */
  readonly root: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly isCall: boolean;
  readonly strike: number;
  readonly multiplier?: number | null;
  /** Symbol of the underlying as the broker writes it, where the file tells it. */
  readonly underlying?: string | null;
}

const tickerPattern = /^[A-Z][A-Z0-9]{0,5}(?:[./ -][A-Z0-9]{1,4})?$/;
const shareClass = /^([A-Z]{1,5})[./ -]([A-Z])$/;
const saturdayNumber = 6;
/** 2015-02-01: from then on monthly options expire on the Friday itself. */
const fridaysFrom = 16467;

/**
 * The symbol of shares: `BRK/B`, `BRK B`, `BRK-B` and `BRK.B` are `BRK.B`; others as they stand.
 *
 * @returns `null` for what is no symbol of shares: a CUSIP, a description, an option.
 */
export function tickerOf(text: string): string | null {
  const trimmed = text.trim();
  const found = shareClass.exec(trimmed);
  if (found !== null) return `${found[1]}.${found[2]}`;
  return tickerPattern.test(trimmed) && !/\d{5}/.test(trimmed) ? trimmed : null;
}

export function stockOf(text: string): ExportedContract | null {
  const symbol = tickerOf(text);
  return symbol === null ? null : { kind: "stock", symbol };
}

/**
 * The option of terms that are spelled out. An option symbol's root is the ticker without its stop, so options on `BRK/B`
 * are `BRKB` with underlying `BRK.B`; a root that ends in a digit (`BABA2`) stays as it is, and its underlying is never
 * taken from the file: what an adjusted contract delivers is not told by the name of a stock.
 *
 * @returns `null` where no option symbol can say it.
 */
export function optionOf(terms: OptionTerms): ExportedOption | null {
  const { root: written, isCall, strike } = terms;
  const ofClass = shareClass.exec(written.trim());
  const root = ofClass === null ? written.trim() : `${ofClass[1]}${ofClass[2]}`;
  const { day, saturday } = tradingDay(terms.day);
  const symbol = canonicalOptionSymbol({ root, day: saturday ?? day, isCall, strike });
  const shown =
    saturday === null || keepsSaturday(saturday)
      ? symbol
      : canonicalOptionSymbol({ root, day, isCall, strike });
  if (shown === null || symbol === null) return null;
  const told = /\d$/.test(root) ? null : tickerOf(terms.underlying ?? (ofClass === null ? "" : written));
  return {
    kind: "option",
    symbol: shown,
    underlying: told === root ? null : told,
    day,
    isCall,
    strike,
    multiplier: terms.multiplier ?? null,
    saturday: shown === symbol ? null : saturday,
  };
}

/** The option of a 21-character or compact option symbol; `null` where the text is none. */
export function optionOfSymbol(
  text: string,
  rest: Pick<OptionTerms, "multiplier" | "underlying"> = {},
): ExportedOption | null {
  const parsed = parseOptionSymbol(text.trim());
  if (parsed === null) return null;
  const day = readDay(`20${parsed.symbol.slice(6, 12)}`) ?? parsed.expiryDay;
  return optionOf({ ...parsed, day, ...rest });
}

/** An option on a future under the broker's own name: the options table says its terms. */
export function futureOptionOf(
  symbol: string,
  terms: Omit<OptionTerms, "root" | "underlying"> & { readonly underlying: string },
): ExportedOption {
  const { day, isCall, strike, underlying, multiplier = null } = terms;
  return { kind: "future-option", symbol, underlying, day, isCall, strike, multiplier, saturday: null };
}

function tradingDay(day: number): { day: number; saturday: number | null } {
  return weekday(day) === saturdayNumber ? { day: day - 1, saturday: day } : { day, saturday: null };
}

/** Until January 2015 the symbols of monthly options did name the Saturday after the third Friday. */
function keepsSaturday(saturday: number): boolean {
  const dayOfMonth = Number(formatDay(saturday).slice(8));
  return saturday < fridaysFrom && dayOfMonth >= 16 && dayOfMonth <= 22;
}

/** `true` for `C`, `Call`, `CALL`, `Calls`; `false` for puts; `null` for neither. */
export function isCallOf(text: string): boolean | null {
  const found = /^(?:(c|calls?)|(p|puts?))$/i.exec(text.trim());
  return found === null ? null : found[1] !== undefined;
}
