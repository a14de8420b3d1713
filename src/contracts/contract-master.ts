import { expiryInstant, formatDay, parseDay } from "../basics/dates.js";
import { type Failure, failure } from "../basics/failure.js";
import { looksLikeOption, type OptionSymbol, parseOptionSymbol } from "./option-symbol.js";
import type { Exercise, OptionRootDefault, UnderlyingKind } from "./product-defaults.js";

/**
 * Every contract of a run once, as columns of one row each. Rows stand in code-unit order of their symbols, so
 * that no result depends on the order of the input. Shares are contracts too, the trivial kind.
 */
export interface ContractMaster {
  readonly count: number;
  /** Option symbols padded to 21 characters; symbols of shares as given. */
  readonly symbols: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  /** 1 = option, 0 = share. */
  readonly isOption: Uint8Array;
  /** Symbol of the underlying; a share's is its own. */
  readonly underlying: readonly string[];
  readonly isCall: Uint8Array;
  readonly isAmerican: Uint8Array;
  /** USD per share; NaN for shares. */
  readonly strike: Float64Array;
  /** Instant of expiry, ms since 1970; NaN for shares. */
  readonly expiryMs: Float64Array;
  /** Units of the underlying per contract; 1 for shares, USD per point for futures. */
  readonly multiplier: Float64Array;
  /** 1 = settled daily (a future): it has no market value, its gains and losses are paid. */
  readonly isFuture: Uint8Array;
  /** Row of the options table that quotes the contract; -1 where there is none. */
  readonly optionRow: Int32Array;
}

/** What the options table may say of a contract beyond its symbol; `null` where it is silent. */
export interface OptionRowTerms {
  readonly underlying: string | null;
  readonly isCall: boolean | null;
  readonly strike: number | null;
  readonly expiryDay: number | null;
  readonly exercise: Exercise | null;
  readonly multiplier: number | null;
}

export interface ContractSources {
  /** Rows of the options table by canonical symbol. */
  readonly optionRows: ReadonlyMap<string, number>;
  readonly optionTerms: (row: number) => OptionRowTerms;
  readonly optionRoot: (root: string) => OptionRootDefault | undefined;
  /** Kind of a symbol of the underlyings table; `undefined` where the table does not hold it. */
  readonly underlyingKind: (symbol: string) => UnderlyingKind | undefined;
  /** USD per point of a future; 1 for every other symbol. */
  readonly underlyingMultiplier: (symbol: string) => number;
  readonly asOfMs: number;
}

interface Contract {
  readonly symbol: string;
  readonly underlying: string;
  readonly option: { isCall: boolean; isAmerican: boolean; strike: number; expiryMs: number } | null;
  readonly multiplier: number;
  readonly isFuture: boolean;
  readonly optionRow: number;
}

/** The key under which a contract is held: option symbols padded, all others as they are. */
export function canonicalSymbol(text: string): string {
  return parseOptionSymbol(text)?.symbol ?? text;
}

/**
 * Builds the master from canonical symbols. A symbol that cannot be resolved is left out, and `failures` says
 * why, with `symbol` set.
 */
export function buildContractMaster(
  symbols: Iterable<string>,
  sources: ContractSources,
): { contracts: ContractMaster; failures: Failure[] } {
  const failures: Failure[] = [];
  const found: Contract[] = [];
  for (const symbol of [...new Set(symbols)].toSorted()) {
    const contract = resolveContract(symbol, sources);
    if ("code" in contract) failures.push({ ...contract, symbol });
    else found.push(contract);
  }
  return { contracts: asColumns(found), failures };
}

function asColumns(rows: readonly Contract[]): ContractMaster {
  return {
    count: rows.length,
    symbols: rows.map((row) => row.symbol),
    rowOf: new Map(rows.map((row, i) => [row.symbol, i])),
    isOption: Uint8Array.from(rows, (row) => (row.option ? 1 : 0)),
    underlying: rows.map((row) => row.underlying),
    isCall: Uint8Array.from(rows, (row) => (row.option?.isCall ? 1 : 0)),
    isAmerican: Uint8Array.from(rows, (row) => (row.option?.isAmerican ? 1 : 0)),
    strike: Float64Array.from(rows, (row) => row.option?.strike ?? Number.NaN),
    expiryMs: Float64Array.from(rows, (row) => row.option?.expiryMs ?? Number.NaN),
    multiplier: Float64Array.from(rows, (row) => row.multiplier),
    isFuture: Uint8Array.from(rows, (row) => (row.isFuture ? 1 : 0)),
    optionRow: Int32Array.from(rows, (row) => row.optionRow),
  };
}

function resolveContract(symbol: string, sources: ContractSources): Contract | Failure {
  const row = sources.optionRows.get(symbol);
  const parsed = parseOptionSymbol(symbol);
  if (parsed !== null || row !== undefined) return resolveOption(symbol, parsed, sources);
  if (looksLikeOption(symbol))
    return failure("SYMBOL_INVALID", {
      value: symbol,
      expected: "an option symbol like IBM   070421C00100000",
    });
  if (sources.underlyingKind(symbol) === undefined)
    return failure("UNDERLYING_UNKNOWN", { value: symbol, expected: "a symbol of the underlyings table" });
  const isFuture = sources.underlyingKind(symbol) === "future";
  const multiplier = sources.underlyingMultiplier(symbol);
  return { symbol, underlying: symbol, option: null, multiplier, isFuture, optionRow: -1 };
}

const nothingSaid: OptionRowTerms = {
  underlying: null,
  isCall: null,
  strike: null,
  expiryDay: null,
  exercise: null,
  multiplier: null,
};

function resolveOption(
  symbol: string,
  parsed: OptionSymbol | null,
  sources: ContractSources,
): Contract | Failure {
  const row = sources.optionRows.get(symbol) ?? -1;
  const said = row < 0 ? nothingSaid : sources.optionTerms(row);
  const terms = parsed === null ? termsOfRow(symbol, said) : termsOfSymbol(parsed, said);
  if ("code" in terms) return terms;
  const root = parsed === null ? undefined : sources.optionRoot(parsed.root);
  const underlying = underlyingOf(parsed, said, sources);
  if (typeof underlying !== "string") return underlying;
  const kind = sources.underlyingKind(underlying);
  if (kind === undefined)
    return failure("UNDERLYING_UNKNOWN", { value: underlying, expected: `the underlying of ${symbol}` });
  const exercise = said.exercise ?? root?.exercise ?? (kind === "index" ? "european" : "american");
  const expiryMs = expiryInstant(terms.expiryDay, root?.settlement ?? "pm");
  if (expiryMs < sources.asOfMs)
    return failure("CONTRACT_EXPIRED", { value: symbol, expected: "an expiry after the as-of time" });
  return {
    symbol,
    underlying,
    option: { isCall: terms.isCall, isAmerican: exercise === "american", strike: terms.strike, expiryMs },
    multiplier: said.multiplier ?? (kind === "future" ? sources.underlyingMultiplier(underlying) : 100),
    isFuture: false,
    optionRow: row,
  };
}

/** The table's word first; then the rule set's root table; then the root itself, never one with its digit cut. */
function underlyingOf(
  parsed: OptionSymbol | null,
  said: OptionRowTerms,
  sources: ContractSources,
): string | Failure {
  if (said.underlying !== null) return said.underlying;
  if (parsed === null) return failure("CELL_MISSING", { column: "underlying", expected: "a symbol" });
  const named = sources.optionRoot(parsed.root)?.underlying;
  if (named !== undefined) return named;
  if (parsed.adjusted && sources.underlyingKind(parsed.root) === undefined)
    return failure("DELIVERABLE_UNKNOWN", {
      value: parsed.symbol,
      expected: `underlying and multiplier in the options table, or ${parsed.root} in the underlyings table`,
    });
  return parsed.root;
}

interface Terms {
  readonly isCall: boolean;
  readonly strike: number;
  readonly expiryDay: number;
}

function termsOfRow(symbol: string, said: OptionRowTerms): Terms | Failure {
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

function termsOfSymbol(parsed: OptionSymbol, said: OptionRowTerms): Terms | Failure {
  const agrees =
    (said.isCall ?? parsed.isCall) === parsed.isCall &&
    (said.strike ?? parsed.strike) === parsed.strike &&
    expiryAgrees(said.expiryDay ?? parsed.expiryDay, parsed);
  if (agrees) return { ...parsed, expiryDay: Math.min(said.expiryDay ?? parsed.expiryDay, parsed.expiryDay) };
  const expected = `${parsed.isCall ? "call" : "put"}, strike ${parsed.strike}, expiry ${formatDay(parsed.expiryDay)}`;
  return failure("CONTRACT_TERMS_CONFLICT", { value: parsed.symbol, expected });
}

/** Reads one row of the options table as terms; `day` cells were checked by the table's schema. */
export function optionRowTerms(cell: {
  text: (column: string) => string | null;
  number: (column: string) => number;
}): OptionRowTerms {
  const type = cell.text("type");
  const expiry = cell.text("expiry");
  const exercise = cell.text("exercise");
  return {
    underlying: cell.text("underlying"),
    isCall: type === null ? null : type === "call",
    strike: numberOrNull(cell.number("strike")),
    expiryDay: expiry === null ? null : parseDay(expiry),
    exercise: exercise === null ? null : exercise === "american" ? "american" : "european",
    multiplier: numberOrNull(cell.number("multiplier")),
  };
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
