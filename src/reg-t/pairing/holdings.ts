/** Positions of one underlying as the optimiser sees them, in an order that does not depend on the input's. */
export interface Holdings {
  readonly options: readonly HeldOption[];
  readonly stocks: readonly HeldStock[];
}

export interface HeldOption {
  readonly isCall: boolean;
  /** Money units (1/10,000 dollar) per share. */
  readonly strike: number;
  /** Any number that grows with the day of expiry. */
  readonly expiry: number;
  /** Shares of the underlying per contract. */
  readonly units: number;
  /** Contracts; negative: short. Never 0. */
  readonly quantity: number;
  /** What one long contract costs more in a spread than alone: loan value lost. 0 for shorts. */
  readonly pairedCost: number;
}

/** Shares of the underlying itself, or of a fund that covers it; negative: short. */
export interface HeldStock {
  readonly shares: number;
}

/** Part of a group: options are numbered first, then stocks. Quantities signed: contracts or shares. */
export interface Part {
  readonly holding: number;
  readonly quantity: number;
}

/** Requirement of one group as the objective counts it, money units; NaN where the rules know no such strategy. */
export type GroupCost = (parts: readonly Part[]) => number;

/** How condition (e) is read, section "expiry" of docs/reg-t.md. */
export type ExpiryReading = "literal" | "single_short_expiry" | "same_expiry";

/** Spreads of any number of legs; of at most four contracts; of two. */
export type SpreadMode = "universal" | "named" | "two_leg";

export interface PairingSwitches {
  readonly spreads: SpreadMode;
  readonly expiry: ExpiryReading;
  /** European long boxes may be valued: only then are they groups of their own. */
  readonly longBoxes: boolean;
}
