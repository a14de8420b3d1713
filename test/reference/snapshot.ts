/** The snapshot document, as the reference engine reads it: without checks, from a writer that means well. */
export interface Snapshot {
  readonly asOf: string;
  readonly rates?: number | readonly { readonly years: number; readonly rate: number }[];
  readonly underlyings: readonly UnderlyingRow[];
  readonly options?: readonly OptionRow[];
  readonly dividends?: readonly {
    readonly symbol: string;
    readonly ex_date: string;
    readonly amount: number;
  }[];
  readonly positions: readonly PositionRow[];
  readonly accounts?: readonly { readonly account: string; readonly cash?: number; readonly type?: string }[];
}

export interface UnderlyingRow {
  readonly symbol: string;
  readonly price: number;
  readonly kind?: string;
  readonly portfolio_type?: string;
  readonly class_group?: string;
  readonly leverage?: number;
  readonly dividend_yield?: number;
  readonly borrow_rate?: number;
}

export interface OptionRow {
  readonly symbol: string;
  readonly underlying?: string;
  readonly exercise?: string;
  readonly multiplier?: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly price?: number;
  readonly volatility?: number;
}

export interface PositionRow {
  readonly account: string;
  readonly symbol: string;
  readonly quantity: number;
  readonly price?: number;
}
