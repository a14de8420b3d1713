import type { Failure } from "../basics/failure.js";
import type { PortfolioType } from "../contracts/product-defaults.js";
import type { Standing } from "../rules/schema.js";
import type { HouseFigures } from "./house/result.js";

/** The scenario that a requirement stands on. `index` counts from 1, as the columns p1 … pN. */
export interface WorstScenario {
  readonly index: number;
  readonly label: string;
  /** Fraction of the underlying's price. */
  readonly move: number;
  readonly volatilityMove: number;
}

/** One holding. Signs: quantity + long, profit + gain. Greeks are the position's, not one contract's. */
export interface PositionResult {
  readonly symbol: string;
  /** A future is settled daily: it has a price and no market value. */
  readonly kind: "share" | "option" | "future";
  /** Where its profits come from: theoretical values that were given, or the model. */
  readonly source: "theoretical" | "model";
  readonly quantity: number;
  /** What the price is multiplied by to give the price of one contract; 1 for shares. */
  readonly multiplier: number;
  /** USD per share or contract unit: the account's mark, else the market's price, else the model's value. */
  readonly priceUsd: number;
  readonly marketValueUsd: number;
  /** Per square-root year; `null` for shares. */
  readonly volatility: number | null;
  readonly minimumUsd: number;
  /** Change of value at each scenario. */
  readonly profitUsd: readonly number[];
  /** USD per 1.00 USD of the underlying: shares' worth. */
  readonly delta: number;
  readonly gamma: number;
  /** USD per 1.00 of volatility. */
  readonly vega: number;
  /** USD per year. */
  readonly theta: number;
  /** Its signed part of the portfolio group's requirement. */
  readonly costUsd: number;
}

/** Net Greeks in terms of a class group's move; `null` where a position has none. See `classGroupGreeks`. */
export interface NetGreeks {
  /** Shares (points) of `deltaSymbol`. */
  readonly deltaShares: number | null;
  /** The only underlying held, or the symbol the class group is named after; `null` without either. */
  readonly deltaSymbol: string | null;
  /** USD per move of 1.00 (100 %). */
  readonly deltaUsd: number | null;
  /** Change of `deltaUsd` per move of 0.01. */
  readonly gammaUsd: number | null;
  /** USD per 1.00 of volatility. */
  readonly vegaUsd: number | null;
  /** USD per year. */
  readonly thetaUsd: number | null;
}

/** Shares of different names do not add up. */
export type AccountGreeks = Omit<NetGreeks, "deltaShares" | "deltaSymbol">;

/** Where the figure that binds stands in its source. */
export interface RuleReference {
  readonly source: string;
  readonly paragraph: string | null;
  readonly standing: Standing;
}

export interface ClassGroupResult {
  readonly id: string;
  readonly portfolioType: PortfolioType;
  /** Sum over the positions at each scenario. */
  readonly profitUsd: readonly number[];
  readonly worst: WorstScenario;
  readonly minimumUsd: number;
  /** The positions' sum; signed: a group that hedges another costs less than nothing. */
  readonly costUsd: number;
  readonly greeks: NetGreeks;
  readonly positions: readonly PositionResult[];
}

export interface ProductGroupResult {
  readonly id: string;
  /** Share of a class group's gain that offsets the others' losses. */
  readonly offset: number;
  readonly profitUsd: readonly number[];
  readonly costUsd: number;
  readonly classGroups: readonly ClassGroupResult[];
}

export interface PortfolioGroupResult {
  readonly id: string;
  readonly offset: number;
  /** The greater of scan loss and minimum. */
  readonly requirementUsd: number;
  /** The loss at the worst scenario; 0 where no scenario loses. */
  readonly scanLossUsd: number;
  readonly minimumUsd: number;
  /** What the requirement is: the loss, the minimum, or neither where it is 0. */
  readonly binding: "scan_loss" | "minimum" | "none";
  /** The figures behind what binds. */
  readonly rule: RuleReference;
  readonly worst: WorstScenario;
  readonly profitUsd: readonly number[];
  /** The requirement, as the sum of what its parts cost. */
  readonly costUsd: number;
  readonly productGroups: readonly ProductGroupResult[];
}

/** Shares that are no margin equity securities: charged a share of their value, outside every group. */
export interface NotEligibleResult {
  readonly symbol: string;
  readonly quantity: number;
  readonly marketValueUsd: number;
  readonly shareOfValue: number;
  readonly requirementUsd: number;
}

/** Options on shares that are not eligible, at strategy-based margin. */
export interface StrategySideResult {
  readonly positions: readonly {
    readonly symbol: string;
    readonly quantity: number;
    readonly marketValueUsd: number;
  }[];
  /** On equity that counts every option at its market value. */
  readonly requirementUsd: number;
  /** The strategies they were paired into, each with its rule. */
  readonly strategies: readonly string[];
}

/** What a long convertible cost above the shares that it counts as. */
export interface ConversionLossResult {
  readonly symbol: string;
  readonly quantity: number;
  readonly lossPerUnitUsd: number;
  readonly requirementUsd: number;
}

/**
 * One account. An incomplete account has `null` for its figures, because something it holds is not in them;
 * its groups, and `requirementOfUsedUsd`, cover what could be used. The keys of {@link HouseFigures} are there only where the
 * rule set has house rules: `requirementUsd` is then the house figure, and the tree below it the regulatory one.
 */
export interface AccountResult extends Partial<HouseFigures> {
  readonly account: string;
  readonly status: "complete" | "incomplete";
  readonly marketValueUsd: number | null;
  readonly cashUsd: number | null;
  /** `equity_other` of the accounts table. */
  readonly otherEquityUsd: number | null;
  readonly equityUsd: number | null;
  readonly requirementUsd: number | null;
  readonly excessUsd: number | null;
  /**
   * The sum over the groups, ineligible shares, conversion losses and strategy side shown: the regulatory requirement where the account is
   * complete, which is `requirementUsd` where there are no house rules.
   */
  readonly requirementOfUsedUsd: number;
  /** Unverified figures of the rule set that this account's numbers rest on. */
  readonly unverified: readonly string[];
  /** Of what could be used. */
  readonly greeks: AccountGreeks;
  readonly portfolioGroups: readonly PortfolioGroupResult[];
  readonly notEligible: readonly NotEligibleResult[];
  readonly conversionLosses: readonly ConversionLossResult[];
  /** `null` where the account holds nothing that portfolio margin leaves to it. */
  readonly strategySide: StrategySideResult | null;
  readonly failures: readonly Failure[];
}

/** Sums over the complete accounts, with how many accounts they leave out. */
export interface Totals {
  readonly accounts: number;
  readonly incompleteAccounts: number;
  readonly marketValueUsd: number;
  readonly cashUsd: number;
  readonly equityUsd: number;
  readonly requirementUsd: number;
}

/** What theoretical values were used for. */
export interface TheoreticalUse {
  /** Contracts held that have a usable row. */
  readonly used: number;
  /** Contracts held that have none: they were valued by the model, or a failure says why not. */
  readonly missing: readonly string[];
}

/** What a class group costs over all complete accounts. */
export interface RankedClassGroup {
  readonly classGroup: string;
  readonly accounts: number;
  /** USD: the sum of its parts of the accounts' requirements, signed. */
  readonly costUsd: number;
}

/** The document that `plimsoll margin --json` prints. Equal inputs give equal bytes. */
export interface MarginResult {
  readonly asOf: string;
  readonly rules: { readonly name: string; readonly hash: string };
  readonly engine: { readonly version: string; readonly kernelHash: string };
  readonly inputHash: string;
  /** Stated defaults and unverified figures that the numbers rest on, one sentence each. */
  readonly notes: readonly string[];
  /** The unverified figures of the rule set among them, each by what it is. */
  readonly unverified: readonly string[];
  readonly accounts: readonly AccountResult[];
  readonly totals: Totals;
  /** Class groups by what they cost, the dearest first. */
  readonly ranking: readonly RankedClassGroup[];
  /** There where theoretical values were given. */
  readonly theoretical?: TheoreticalUse;
  readonly failures: readonly Failure[];
}
