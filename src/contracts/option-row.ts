import { formatDay, parseDay } from "../basics/dates.js";
import { type Failure, failure } from "../basics/failure.js";
import type { OptionSymbol } from "./option-symbol.js";
import type { Exercise } from "./product-defaults.js";

/** What the options table may say of a contract beyond its symbol; `null` where it is silent. */
export interface OptionRowTerms {
  readonly underlying: string | null;
  readonly isCall: boolean | null;
  readonly strike: number | null;
  readonly expiryDay: number | null;
  readonly exercise: Exercise | null;
  /** What a quote is multiplied by; shares per contract too where no deliverable says otherwise. */
  readonly multiplier: number | null;
  /** As `parseDeliverable` reads it. */
  readonly deliverable: string | null;
  readonly isListed: boolean | null;
}

export const nothingSaid: OptionRowTerms = {
  underlying: null,
  isCall: null,
  strike: null,
  expiryDay: null,
  exercise: null,
  multiplier: null,
  deliverable: null,
  isListed: null,
};

/** Type, strike and last day of trading, from symbol and table together. */
export interface ContractTerms {
  readonly isCall: boolean;
  readonly strike: number;
  readonly expiryDay: number;
}

/** Terms of a contract whose symbol says nothing. */
export function termsOfRow(symbol: string, said: OptionRowTerms): ContractTerms | Failure {
  const { isCall, strike, expiryDay } = said;
  if (isCall === null || strike === null || expiryDay === null)
    return failure("SYMBOL_INVALID", {
      value: symbol,
      expected: "an option symbol of 21 characters, or type, strike and expiry in the options table",
    });
  return { isCall, strike, expiryDay };
}

/** Last trading days before the Friday that a Saturday symbol stands for: three holidays in a row are not known. */
const holidayDays = 3;

/**
 * Whether the table's expiry may stand beside the symbol's. It says the same day; or the symbol's own date is a
 * Saturday and the table names that Saturday, or a day just before its Friday: the Friday was a holiday (options
 * of the symbol date 2008-03-22 stopped on Thursday, 2008-03-20, before Good Friday).
 */
function expiryAgrees(said: number, parsed: OptionSymbol): boolean {
  if (said === parsed.expiryDay) return true;
  const isSaturdaySymbol =
    formatDay(parsed.expiryDay + 1)
      .replaceAll("-", "")
      .slice(2) === parsed.symbol.slice(6, 12);
  return isSaturdaySymbol && said <= parsed.expiryDay + 1 && said >= parsed.expiryDay - holidayDays;
}

/** Terms of an option symbol, where the table does not contradict it. */
export function termsOfSymbol(parsed: OptionSymbol, said: OptionRowTerms): ContractTerms | Failure {
  const agrees =
    (said.isCall ?? parsed.isCall) === parsed.isCall &&
    (said.strike ?? parsed.strike) === parsed.strike &&
    expiryAgrees(said.expiryDay ?? parsed.expiryDay, parsed);
  if (agrees) return { ...parsed, expiryDay: Math.min(said.expiryDay ?? parsed.expiryDay, parsed.expiryDay) };
  const expected = `${parsed.isCall ? "call" : "put"}, strike ${parsed.strike}, expiry ${formatDay(parsed.expiryDay)}`;
  return failure("CONTRACT_TERMS_CONFLICT", { value: parsed.symbol, expected });
}

/** Columns of the options table; `day` cells were checked by its schema. */
interface OptionColumns {
  isAbsent(column: string): boolean;
  text(column: string): readonly (string | null)[];
  number(column: string): Float64Array;
  flag(column: string): readonly (boolean | null)[];
}

const termColumns = [
  "type",
  "expiry",
  "exercise",
  "underlying",
  "deliverable",
  "strike",
  "multiplier",
  "listed",
] as const;

/** What each row of the options table says: `nothingSaid` itself where it says nothing. */
export function optionTermsOf(table: OptionColumns): (row: number) => OptionRowTerms {
  if (termColumns.every((name) => table.isAbsent(name))) return () => nothingSaid;
  const text = (name: string): readonly (string | null)[] => table.text(name);
  const [type, expiry, exercise] = [text("type"), text("expiry"), text("exercise")];
  const [underlying, deliverable] = [text("underlying"), text("deliverable")];
  const [strike, multiplier] = [table.number("strike"), table.number("multiplier")];
  const listed = table.flag("listed");
  return (row) => {
    const [kind, day, style] = [type[row] ?? null, expiry[row] ?? null, exercise[row] ?? null];
    const said: OptionRowTerms = {
      underlying: underlying[row] ?? null,
      isCall: kind === null ? null : kind === "call",
      strike: numberOrNull(strike[row] ?? Number.NaN),
      expiryDay: day === null ? null : parseDay(day),
      exercise: style === null ? null : style === "american" ? "american" : "european",
      multiplier: numberOrNull(multiplier[row] ?? Number.NaN),
      deliverable: deliverable[row] ?? null,
      isListed: listed[row] ?? null,
    };
    return Object.values(said).every((cell) => cell === null) ? nothingSaid : said;
  };
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
