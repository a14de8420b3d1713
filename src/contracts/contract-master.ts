import { expiryInstants } from "../basics/dates.js";
import { type Failure, failure } from "../basics/failure.js";
import type { Contract, ContractSources, NamedContract, Sources } from "./contract-sources.js";
import { adjustedUnit, type Deliverable, parseDeliverable, type PricingUnit } from "./deliverable.js";
import { type ContractMaster, MasterColumns } from "./master-columns.js";
import { memberTerms, type OptionFamily, optionFamily } from "./option-family.js";
import { nothingSaid, termsOfRow, termsOfSymbol } from "./option-row.js";
import { isPadded, looksLikeOption, parseOptionSymbol, SymbolReader } from "./option-symbol.js";
import { exerciseOf, standardUnits, underlyingOf } from "./unsaid-terms.js";

export type { ContractMaster } from "./master-columns.js";
export type { ContractSources } from "./contract-sources.js";

/** The key under which a contract is held: option symbols padded, all others as they are. */
export function canonicalSymbol(text: string): string {
  return isPadded(text) ? text : (parseOptionSymbol(text)?.symbol ?? text);
}

/** {@link canonicalSymbol} of each text. */
export function canonicalSymbols(texts: readonly string[]): string[] {
  const reader = new SymbolReader();
  return texts.map((text) => (isPadded(text) || !reader.read(text) ? text : reader.symbol));
}

/** A quoted price per share of the underlying: another number only for adjusted options. */
export function pricePerShare(
  quoted: number,
  row: number,
  contracts: Pick<ContractMaster, "multiplier" | "quoteMultiplier">,
): number {
  const shares = contracts.multiplier[row] ?? 0;
  const quotes = contracts.quoteMultiplier[row] ?? 0;
  return shares === quotes ? quoted : (quoted * quotes) / shares;
}

/** The price as it is quoted, from the price per share. */
export function quotedPrice(
  perShare: number,
  row: number,
  contracts: Pick<ContractMaster, "multiplier" | "quoteMultiplier">,
): number {
  const shares = contracts.multiplier[row] ?? 0;
  const quotes = contracts.quoteMultiplier[row] ?? 0;
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
  const sorted = ascending([...symbols]);
  const failures: Failure[] = [];
  const columns = new MasterColumns(sorted.length);
  const remembered = { ...sources, expiryInstant: expiryInstants() };
  const reader = new SymbolReader();
  let family: OptionFamily | null = null;
  for (const symbol of sorted) {
    const option = reader.read(symbol) ? reader : null;
    const row = sources.optionRows.get(symbol, option) ?? -1;
    const said = row < 0 ? nothingSaid : sources.optionTerms(row);
    if (option !== null && option.root !== family?.root) family = optionFamily(option.parsed(), remembered);
    const isMember = option !== null && said === nothingSaid;
    const found =
      (isMember && family !== null ? memberTerms(option, row, family) : null) ??
      resolveContract({ symbol, parsed: option?.parsed() ?? null, row, said }, remembered);
    if ("code" in found) failures.push({ ...found, symbol });
    else columns.add(symbol, found.underlying, found);
  }
  return { contracts: columns.finish(), failures };
}

/** Each text once, in code-unit order; mostly they stand so already. */
function ascending(texts: readonly string[]): readonly string[] {
  for (let i = 1; i < texts.length; i++)
    if (!((texts[i - 1] ?? "") < (texts[i] ?? ""))) return [...new Set(texts)].toSorted();
  return texts;
}

function resolveContract(named: NamedContract, sources: Sources): Contract | Failure {
  return named.parsed !== null || named.row >= 0
    ? resolveOption(named, sources)
    : resolveShare(named.symbol, sources);
}

function resolveShare(symbol: string, sources: ContractSources): Contract | Failure {
  if (looksLikeOption(symbol))
    return failure("SYMBOL_INVALID", {
      value: symbol,
      expected: "an option symbol like IBM   070421C00100000",
    });
  const kind = sources.underlyingKind(symbol, symbol);
  if (kind === undefined)
    return failure("UNDERLYING_UNKNOWN", { value: symbol, expected: "a symbol of the underlyings table" });
  const multiplier = sources.underlyingMultiplier(symbol);
  const none = {
    isOption: false,
    isCall: false,
    isAmerican: false,
    strike: Number.NaN,
    expiryMs: Number.NaN,
  };
  const kinds = { isFuture: kind === "future", isUnlisted: false };
  return { underlying: symbol, ...none, multiplier, quoteMultiplier: multiplier, ...kinds, optionRow: -1 };
}

function resolveOption(named: NamedContract, sources: Sources): Contract | Failure {
  const { symbol, parsed, said } = named;
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
  const expiryMs = sources.expiryInstant(terms.expiryDay, root?.settlement ?? "pm");
  if (expiryMs < sources.asOfMs)
    return failure("CONTRACT_EXPIRED", { value: symbol, expected: "an expiry after the as-of time" });
  const multiplier = said.multiplier ?? standardUnits(underlying, kind, sources);
  const unit = pricingUnit(terms.strike, multiplier, deliverable);
  if ("code" in unit) return unit;
  return {
    underlying,
    isOption: true,
    isCall: terms.isCall,
    isAmerican: (said.exercise ?? exerciseOf(root, kind)) === "american",
    expiryMs,
    ...unit,
    isFuture: false,
    isUnlisted: said.isListed === false,
    optionRow: named.row,
  };
}

function pricingUnit(
  strike: number,
  multiplier: number,
  deliverable: Deliverable | null,
): PricingUnit | Failure {
  if (deliverable === null) return { strike, multiplier, quoteMultiplier: multiplier };
  return adjustedUnit(deliverable, { strike, multiplier });
}
