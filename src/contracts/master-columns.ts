/**
 * Every contract of a run once, as columns of one row each. Rows stand in code-unit order of their symbols, so
 * that no result depends on the order of the input. Shares are contracts too, the trivial kind.
 */
export interface ContractMaster {
  readonly count: number;
  /** Option symbols padded to 21 characters; symbols of shares as given. */
  readonly symbols: readonly string[];
  readonly rowOf: Pick<ReadonlyMap<string, number>, "get">;
  /** 1 = option, 0 = share. */
  readonly isOption: Uint8Array;
  /** Symbol of the underlying; a share's is its own. */
  readonly underlying: readonly string[];
  /** Every underlying of a contract once, in the order of the contracts. */
  readonly underlyings: readonly string[];
  /** By contract row: index into `underlyings`. */
  readonly underlyingAt: Int32Array;
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

/** What becomes a row, apart from symbol and underlying. */
export interface ContractTerms {
  readonly isOption: boolean;
  readonly isCall: boolean;
  readonly isAmerican: boolean;
  /** NaN for shares, as the instant of expiry. */
  readonly strike: number;
  readonly expiryMs: number;
  readonly multiplier: number;
  readonly quoteMultiplier: number;
  readonly isFuture: boolean;
  readonly isUnlisted: boolean;
  readonly optionRow: number;
}

/** The columns of a contract master while they are filled, row by row. */
export class MasterColumns {
  readonly #symbols: string[] = [];
  readonly #underlying: string[] = [];
  readonly #underlyings: string[] = [];
  readonly #placeOf = new Map<string, number>();
  readonly #columns;

  /** @param most rows at most */
  constructor(most: number) {
    this.#columns = {
      underlyingAt: new Int32Array(most),
      isOption: new Uint8Array(most),
      isCall: new Uint8Array(most),
      isAmerican: new Uint8Array(most),
      strike: new Float64Array(most),
      expiryMs: new Float64Array(most),
      multiplier: new Float64Array(most),
      quoteMultiplier: new Float64Array(most),
      isFuture: new Uint8Array(most),
      isUnlisted: new Uint8Array(most),
      optionRow: new Int32Array(most),
    };
  }

  add(symbol: string, underlying: string, terms: ContractTerms): void {
    const columns = this.#columns;
    const row = this.#symbols.push(symbol) - 1;
    columns.underlyingAt[row] = this.#placeOfUnderlying(underlying, row);
    this.#underlying.push(underlying);
    columns.isOption[row] = terms.isOption ? 1 : 0;
    columns.isCall[row] = terms.isCall ? 1 : 0;
    columns.isAmerican[row] = terms.isAmerican ? 1 : 0;
    columns.strike[row] = terms.strike;
    columns.expiryMs[row] = terms.expiryMs;
    columns.multiplier[row] = terms.multiplier;
    columns.quoteMultiplier[row] = terms.quoteMultiplier;
    columns.isFuture[row] = terms.isFuture ? 1 : 0;
    columns.isUnlisted[row] = terms.isUnlisted ? 1 : 0;
    columns.optionRow[row] = terms.optionRow;
  }

  finish(): ContractMaster {
    const symbols = this.#symbols;
    const count = symbols.length;
    const columns = this.#columns;
    return {
      count,
      symbols,
      rowOf: rowsByText(symbols),
      underlying: this.#underlying,
      underlyings: this.#underlyings,
      underlyingAt: columns.underlyingAt.subarray(0, count),
      isOption: columns.isOption.subarray(0, count),
      isCall: columns.isCall.subarray(0, count),
      isAmerican: columns.isAmerican.subarray(0, count),
      strike: columns.strike.subarray(0, count),
      expiryMs: columns.expiryMs.subarray(0, count),
      multiplier: columns.multiplier.subarray(0, count),
      quoteMultiplier: columns.quoteMultiplier.subarray(0, count),
      isFuture: columns.isFuture.subarray(0, count),
      isUnlisted: columns.isUnlisted.subarray(0, count),
      optionRow: columns.optionRow.subarray(0, count),
    };
  }

  /** Contracts of one underlying mostly stand together. */
  #placeOfUnderlying(underlying: string, row: number): number {
    if (this.#underlying[row - 1] === underlying) return this.#columns.underlyingAt[row - 1] ?? -1;
    const known = this.#placeOf.get(underlying);
    if (known !== undefined) return known;
    const place = this.#underlyings.push(underlying) - 1;
    this.#placeOf.set(underlying, place);
    return place;
  }
}

/** Rows by text, put together when the first is asked for: a book never asks. */
function rowsByText(texts: readonly string[]): ContractMaster["rowOf"] {
  let rows: Map<string, number> | null = null;
  return {
    get: (text) => {
      rows ??= new Map(texts.map((each, row) => [each, row]));
      return rows.get(text);
    },
  };
}
