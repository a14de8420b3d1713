import type { Micros } from "./money.js";

/** What one share costs, held or sold alone. */
export interface ShareTerms {
  readonly price: Micros;
  readonly longInitial: Micros;
  readonly longMaintenance: Micros;
  /** Above the proceeds. */
  readonly shortInitial: Micros;
  readonly shortMaintenance: Micros;
  /** Percent of a lower strike, for stock that a call covers. */
  readonly longPercent: number;
}

/** What stands for the underlying's own shares, counted in them: a fund on an index, a convertible, a warrant. */
export interface StandIn {
  readonly kind: "fund" | "convertible" | "warrant";
  /** Units of it for one share or index unit. */
  readonly perShare: number;
  /** Days since 1970-01-01; a written option may not outlive it. */
  readonly until: number;
  /** Per share: what a warrant's exercise costs; 0 for all others. */
  readonly exercise: Micros;
}

/** What a position was opened at, where its account says so: initial requirements go by that. */
export interface OpenedAt {
  readonly value: Micros;
  readonly loanValue: Micros;
  readonly share: ShareTerms | null;
}

/** A series or a stock position as a strategy holds part of it. */
export interface GroupLeg {
  readonly symbol: string;
  readonly kind: "call" | "put" | "stock";
  /** Per share; 0 for stock. */
  readonly strike: Micros;
  /** Day of expiry; 0 for stock. */
  readonly expiry: number;
  /** Shares per contract; 1 for stock. */
  readonly units: number;
  /** Contracts or shares in this group, + long. */
  readonly quantity: number;
  /** Of one contract, or of one share, at the market. */
  readonly value: Micros;
  /** A long option with more than nine months left: equity counts its value. */
  readonly hasLoanValue: boolean;
  /** Of one contract: how much of that value may be lent; 0 for all others. */
  readonly loanValue: Micros;
  /** Stock that costs other than the underlying's own at its market price; `null` for all else. */
  readonly share: ShareTerms | null;
  /** `null` for options and the underlying's own shares. */
  readonly standIn: StandIn | null;
  /** `null` where the market's price is used. */
  readonly opened: OpenedAt | null;
}

/** What a strategy costs, with the rule behind it. */
export interface GroupFigures {
  readonly strategy: string;
  readonly legs: readonly GroupLeg[];
  /** Gross: shorts' requirement and longs' cost; stock 50 %, short stock with its proceeds. */
  readonly initial: Micros;
  /** On equity that gives options of nine months or less no value. */
  readonly maintenance: Micros;
  /** What covered stock in the money is valued below market; negative for a long box: what it may be valued at. */
  readonly haircut: Micros;
  /** Source and paragraph. */
  readonly rule: string;
}

/** The leg at what it was opened at, for initial requirements. */
export function asOpened(leg: GroupLeg): GroupLeg {
  return leg.opened === null ? leg : { ...leg, ...leg.opened };
}
