import { expiryInstants } from "../basics/dates.js";
import { type Failure, failure } from "../basics/failure.js";
import { adjustedUnit, type Deliverable, parseDeliverable, type PricingUnit } from "./deliverable.js";
import { nothingSaid, type OptionRowTerms, termsOfRow, termsOfSymbol } from "./option-row.js";
import { isPadded, looksLikeOption, type OptionSymbol, parseOptionSymbol } from "./option-symbol.js";
import type { OptionRootDefault, UnderlyingKind } from "./product-defaults.js";

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
  /** USD per share of the underlying (an adjusted option's: see `adjustedUnit`); NaN for shares. */
  readonly strike: Float64Array;
  /** Instant of expiry, ms since 1970; NaN for shares. */
  readonly expiryMs: Float64Array;
  /** Units of the underlying per contract; 1 for shares, USD per point for futures. */
  readonly multiplier: Float64Array;
  /** What a quoted price is multiplied by to give a contract's; other than `multiplier` only for adjusted options. */
  readonly quoteMultiplier: Float64Array;
  /** 1 = settled daily (a future): it has no market value, its gains and losses are paid. */
  readonly isFuture: Uint8Array;
  /** 1 = neither listed nor guaranteed by a clearing agency. */
  readonly isUnlisted: Uint8Array;
  /** Row of the options table that quotes the contract; -1 where there is none. */
  readonly optionRow: Int32Array;
}

export interface ContractSources {
  /** Rows of the options table by canonical symbol. */
  readonly optionRows: ReadonlyMap<string, number>;
  readonly optionTerms: (row: number) => OptionRowTerms;
  readonly optionRoot: (root: string) => OptionRootDefault | undefined;
  /**
   * Kind of the underlying of a contract; `undefined` where the underlyings table does not hold it and the contract, which is
   * then to be valued, needs it.
   */
  readonly underlyingKind: (underlying: string, contract: string) => UnderlyingKind | undefined;
  /** USD per point of a future; 1 for every other symbol. */
  readonly underlyingMultiplier: (symbol: string) => number;
  readonly asOfMs: number;
}

interface Contract {
  readonly symbol: string;
  readonly underlying: string;
  readonly option: { isCall: boolean; isAmerican: boolean; strike: number; expiryMs: number } | null;
  readonly multiplier: number;
  readonly quoteMultiplier: number;
  readonly isFuture: boolean;
  readonly isUnlisted: boolean;
  readonly optionRow: number;
}

/** The key under which a contract is held: option symbols padded, all others as they are. */
export function canonicalSymbol(text: string): string {
  return isPadded(text) ? text : (parseOptionSymbol(text)?.symbol ?? text);
}

/** A quoted price per share of the underlying: another number only for adjusted options. */
export function pricePerShare(
  quoted: number,
  row: number,
  contracts: Pick<ContractMaster, "multiplier" | "quoteMultiplier">,
): number {
  const [shares, quotes] = [contracts.multiplier[row] ?? 0, contracts.quoteMultiplier[row] ?? 0];
  return shares === quotes ? quoted : (quoted * quotes) / shares;
}

/** The price as it is quoted, from the price per share. */
export function quotedPrice(
  perShare: number,
  row: number,
  contracts: Pick<ContractMaster, "multiplier" | "quoteMultiplier">,
): number {
  const [shares, quotes] = [contracts.multiplier[row] ?? 0, contracts.quoteMultiplier[row] ?? 0];
  return shares === quotes ? perShare : (perShare * shares) / quotes;
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
  const remembered = { ...sources, expiryInstant: expiryInstants() };
  for (const symbol of [...new Set(symbols)].toSorted()) {
    const contract = resolveContract(symbol, remembered);
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
    quoteMultiplier: Float64Array.from(rows, (row) => row.quoteMultiplier),
    isFuture: Uint8Array.from(rows, (row) => (row.isFuture ? 1 : 0)),
    isUnlisted: Uint8Array.from(rows, (row) => (row.isUnlisted ? 1 : 0)),
    optionRow: Int32Array.from(rows, (row) => row.optionRow),
  };
}

/** Sources of one run, with the instants of its expiries. */
type Sources = ContractSources & { readonly expiryInstant: ReturnType<typeof expiryInstants> };

function resolveContract(symbol: string, sources: Sources): Contract | Failure {
  const row = sources.optionRows.get(symbol);
  const parsed = parseOptionSymbol(symbol);
  if (parsed !== null || row !== undefined) return resolveOption(symbol, parsed, sources);
  if (looksLikeOption(symbol))
    return failure("SYMBOL_INVALID", {
      value: symbol,
      expected: "an option symbol like IBM   070421C00100000",
    });
  if (sources.underlyingKind(symbol, symbol) === undefined)
    return failure("UNDERLYING_UNKNOWN", { value: symbol, expected: "a symbol of the underlyings table" });
  const isFuture = sources.underlyingKind(symbol, symbol) === "future";
  const multiplier = sources.underlyingMultiplier(symbol);
  const shape = { multiplier, quoteMultiplier: multiplier, isFuture, isUnlisted: false };
  return { symbol, underlying: symbol, option: null, ...shape, optionRow: -1 };
}

function resolveOption(symbol: string, parsed: OptionSymbol | null, sources: Sources): Contract | Failure {
  const row = sources.optionRows.get(symbol) ?? -1;
  const said = row < 0 ? nothingSaid : sources.optionTerms(row);
  const terms = parsed === null ? termsOfRow(symbol, said) : termsOfSymbol(parsed, said);
  if ("code" in terms) return terms;
  const deliverable = said.deliverable === null ? null : parseDeliverable(said.deliverable);
  if (deliverable !== null && "code" in deliverable) return deliverable;
  const root = parsed === null ? undefined : sources.optionRoot(parsed.root);
  const underlying = underlyingOf(parsed, { ...said, delivered: deliverable?.underlying ?? null }, sources);
  if (typeof underlying !== "string") return underlying;
  const kind = sources.underlyingKind(underlying, symbol);
  if (kind === undefined)
    return failure("UNDERLYING_UNKNOWN", { value: underlying, expected: `the underlying of ${symbol}` });
  const exercise = said.exercise ?? root?.exercise ?? (kind === "index" ? "european" : "american");
  const expiryMs = sources.expiryInstant(terms.expiryDay, root?.settlement ?? "pm");
  if (expiryMs < sources.asOfMs)
    return failure("CONTRACT_EXPIRED", { value: symbol, expected: "an expiry after the as-of time" });
  const standard = kind === "future" ? sources.underlyingMultiplier(underlying) : standardMultiplier;
  const unit = pricingUnit(terms.strike, said.multiplier ?? standard, deliverable);
  if ("code" in unit) return unit;
  const { strike, ...multipliers } = unit;
  const option = { isCall: terms.isCall, isAmerican: exercise === "american", strike, expiryMs };
  const kinds = { isFuture: false, isUnlisted: said.isListed === false };
  return { symbol, underlying, option, ...multipliers, ...kinds, optionRow: row };
}

const standardMultiplier = 100;

function pricingUnit(
  strike: number,
  multiplier: number,
  deliverable: Deliverable | null,
): PricingUnit | Failure {
  if (deliverable === null) return { strike, multiplier, quoteMultiplier: multiplier };
  return adjustedUnit(deliverable, { strike, multiplier });
}

/** The table's word first; then the rule set's root table; then the root itself, never one with its digit cut. */
function underlyingOf(
  parsed: OptionSymbol | null,
  said: Pick<OptionRowTerms, "underlying" | "multiplier"> & { readonly delivered: string | null },
  sources: ContractSources,
): string | Failure {
  if (said.delivered !== null && said.underlying !== null && said.delivered !== said.underlying)
    return failure("CONTRACT_TERMS_CONFLICT", {
      column: "underlying",
      value: said.underlying,
      expected: `${said.delivered}, as in the deliverable`,
    });
  const unknown = (expected: string): Failure =>
    failure("DELIVERABLE_UNKNOWN", { value: parsed?.symbol, expected });
  const named = said.delivered ?? said.underlying;
  if (named !== null) {
    const isTold = said.delivered !== null || said.multiplier !== null || parsed?.adjusted !== true;
    return isTold ? named : unknown("deliverable, or multiplier, in the options table");
  }
  if (parsed === null) return failure("CELL_MISSING", { column: "underlying", expected: "a symbol" });
  const ofRoot = sources.optionRoot(parsed.root)?.underlying;
  if (ofRoot !== undefined) return ofRoot;
  if (parsed.adjusted && sources.underlyingKind(parsed.root, parsed.symbol) === undefined)
    return unknown(
      `deliverable (or underlying and multiplier) in the options table, or ${parsed.root} in the underlyings table`,
    );
  return parsed.root;
}
