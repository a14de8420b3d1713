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

/** Day-trading rule in force; during the phase-in there are two. */
export interface DayTradingRegime {
  readonly regime: "pattern_day_trader" | "intraday_margin_standard";
  readonly minimumEquityUsd: number | null;
}

/** Strategy-based margin of an account. */
export interface RegTResult extends RegTFigures {
  readonly underlyings: readonly RegTUnderlying[];
  /** The pairing of least maintenance and haircut. */
  readonly groups: readonly RegTGroup[];
  /** The pairing of least initial requirement, which may be another one. */
  readonly initialGroups: readonly RegTGroup[];
  /** Equity that a margin account needs whatever it holds. */
  readonly minimumEquityUsd: number;
  readonly dayTrading: readonly DayTradingRegime[];
}
