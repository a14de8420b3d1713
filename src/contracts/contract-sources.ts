import type { expiryInstants } from "../basics/dates.js";
import type { ContractTerms } from "./master-columns.js";
import type { OptionRowTerms } from "./option-row.js";
import type { OptionSymbol, SymbolReader } from "./option-symbol.js";
import type { OptionRootDefault, UnderlyingKind } from "./product-defaults.js";

/** What is known of contracts beside their symbols. */
export interface ContractSources {
  /** Rows of the options table by canonical symbol, and what was read of it: null where it is no option's. */
  readonly optionRows: { get(symbol: string, option: SymbolReader | null): number | undefined };
  /** `nothingSaid` itself where it says nothing. */
  readonly optionTerms: (row: number) => OptionRowTerms;
  readonly optionRoot: (root: string) => OptionRootDefault | undefined;
  /**
   * Kind of the underlying of a contract; `undefined` where the underlyings table does not hold it and the contract, which is
   * then to be valued, needs it. Of `null`, no contract in particular, it is what all of them would be told.
   */
  readonly underlyingKind: (underlying: string, contract: string | null) => UnderlyingKind | undefined;
  /** USD per point of a future; 1 for every other symbol. */
  readonly underlyingMultiplier: (symbol: string) => number;
  readonly asOfMs: number;
}

/** Sources of one run, with the instants of its expiries. */
export type Sources = ContractSources & { readonly expiryInstant: ReturnType<typeof expiryInstants> };

/** A contract that is known. */
export interface Contract extends ContractTerms {
  readonly underlying: string;
}

/** A symbol, what it says, and what the options table says of it. */
export interface NamedContract {
  readonly symbol: string;
  readonly parsed: OptionSymbol | null;
  /** Of the options table; -1 without. */
  readonly row: number;
  readonly said: OptionRowTerms;
}
