import type { Micros } from "./money.js";

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
  /** Per share. */
  readonly price: Micros;
  /** A long option with more than nine months left: it has loan value. */
  readonly hasLoanValue: boolean;
  /** Stock that stands for an index: its fund's shares for one unit of the index; 1 for the underlying's own shares. */
  readonly sharesPerUnit: number;
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
