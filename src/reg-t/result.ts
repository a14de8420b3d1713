/** Part of a strategy group. */
export interface RegTLeg {
  readonly symbol: string;
  /** Contracts or shares, + long. */
  readonly quantity: number;
}

/** One strategy found, all the times it is held. */
export interface RegTGroup {
  readonly underlying: string;
  readonly strategy: string;
  readonly legs: readonly RegTLeg[];
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
  /** What covered stock in the money is valued below market; negative: what a long box may be valued at. */
  readonly haircutUsd: number;
  readonly rule: string;
}

/** Strategy-based figures of one underlying of an account, or of the whole account. */
export interface RegTFigures {
  /** Gross: shorts' requirement and longs' cost, stock 50 %, short stock 150 % with its proceeds. */
  readonly initialUsd: number;
  /** Premium received on short options. */
  readonly proceedsUsd: number;
  readonly initialCallUsd: number;
  /** On equity that gives options of nine months or less no value; short stock without its own 100 %. */
  readonly maintenanceUsd: number;
  readonly haircutUsd: number;
  /** Maintenance and haircut, less short and plus long option value: to be held against the portfolio margin requirement. */
  readonly comparableUsd: number;
  /** No pairing has a lower maintenance and haircut. */
  readonly lowerBoundUsd: number;
  readonly proven: boolean;
}

export interface RegTUnderlying extends RegTFigures {
  readonly underlying: string;
  readonly classGroup: string;
}

/**
 * Day-trading rule in force; during the phase-in there are two. Amounts are `null` where the account's cash is not given or
 * the regime knows no such amount.
 */
export interface DayTradingRegime {
  readonly regime: "pattern_day_trader" | "intraday_margin_standard";
  readonly minimumEquityUsd: number | null;
  /** Equity that a pattern day trader is short of. */
  readonly shortfallUsd: number | null;
  /** Of the next day, the as-of time being the close; 0 below the minimum equity. */
  readonly buyingPowerUsd: number | null;
  /** While a special maintenance call is not met. */
  readonly restrictedBuyingPowerUsd: number | null;
  /** What could be withdrawn with maintenance margin still met; negative: what is missing. */
  readonly marginLevelUsd: number | null;
  /** Deficits up to this are no practice of failing to meet them. */
  readonly smallDeficitUsd: number | null;
}

/** It is no addition to the requirement: FINRA 4210(b)(4). */
export interface MinimumEquity {
  readonly leastUsd: number;
  /** Whether the account has borrowed, sold short or written options. */
  readonly applies: boolean;
  /** `null` where the account's cash is not given. */
  readonly shortfallUsd: number | null;
}

/** Strategy-based margin of an account. */
export interface RegTResult extends RegTFigures {
  readonly underlyings: readonly RegTUnderlying[];
  /** The pairing of least maintenance and haircut. */
  readonly groups: readonly RegTGroup[];
  /** The pairing of least initial requirement, which may be another one. */
  readonly initialGroups: readonly RegTGroup[];
  readonly accountType: "margin" | "cash";
  /** Cash, shares and long options over nine months; `null` where the account's cash is not given. */
  readonly equityUsd: number | null;
  /** Equity above maintenance and haircut; negative: what is missing. */
  readonly excessUsd: number | null;
  /** Equity that a margin account needs for a new commitment whatever it holds. */
  readonly minimumEquityUsd: number;
  readonly minimumEquity: MinimumEquity;
  readonly dayTrading: readonly DayTradingRegime[];
  /** Entries of the rule file that nobody has verified and this account's figures stand on. */
  readonly unverified: readonly string[];
}
