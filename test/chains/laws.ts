import type { AccountResult } from "../../src/requirement/result.js";
import { asOfInstant, newYorkInstant, optionSymbolTerms, yearsBetween } from "../reference/calendar.js";
import { rateAt } from "../reference/contract.js";
import type { Chain } from "./strategies.js";

// Laws that hold whatever the model: each function returns the accounts that break it, with the figures.

type Accounts = ReadonlyMap<string, AccountResult>;

const longOptionsOnly = ["call-long", "put-long", "straddle-long", "strangle-long", "strap"];

/** Debit positions whose payoff with even strikes is never negative: they too lose no more than they are worth. */
const debits = [
  "bull-call-spread",
  "bear-put-spread",
  "box",
  "call-butterfly",
  "put-butterfly",
  "call-condor",
  "call-calendar",
  "put-calendar",
  "double-calendar",
];

/** Long options lose at most their value, and cost at most that. */
export function longOptionsAboveTheirValue(accounts: Accounts): string[] {
  return longOptionsOnly.flatMap((name) => {
    const { requirementUsd, marketValueUsd, portfolioGroups } = accounts.get(name)!;
    const least = Math.min(...portfolioGroups[0]!.profitUsd);
    const holds = requirementUsd! <= marketValueUsd! + 0.005 && least >= -marketValueUsd! - 0.01;
    return holds ? [] : [`${name}: ${requirementUsd} and ${least} against ${marketValueUsd}`];
  });
}

/**
 * A debit spread loses at most its value, and what its payoff may cost at expiry where the strikes are not evenly
 * spaced, apart from `slack`.
 */
export function debitsAboveTheirValue(accounts: Accounts, slack: number): string[] {
  return debits.flatMap((name) => {
    const { marketValueUsd, portfolioGroups } = accounts.get(name)!;
    const { scanLossUsd } = portfolioGroups[0]!;
    const most = marketValueUsd! + slack + largestPayout(accounts.get(name)!);
    return scanLossUsd <= most ? [] : [`${name}: ${scanLossUsd} against ${marketValueUsd}`];
  });
}

/** The most that options of one expiry may cost at expiry, USD: found at a strike or at an end; 0 with two expiries. */
function largestPayout({ portfolioGroups }: AccountResult): number {
  const { positions } = portfolioGroups[0]!.productGroups[0]!.classGroups[0]!;
  const legs = positions.map(({ symbol, quantity }) => ({ ...optionSymbolTerms(symbol)!, quantity }));
  if (new Set(legs.map((leg) => leg.dayMs)).size > 1) return 0;
  const ends = [0, ...legs.map((leg) => leg.strike), 10 * Math.max(...legs.map((leg) => leg.strike))];
  const payoffs = ends.map((spot) =>
    legs.reduce((sum, { isCall, strike, quantity }) => {
      return sum + quantity * 100 * Math.max(0, isCall ? spot - strike : strike - spot);
    }, 0),
  );
  return Math.max(0, -Math.min(...payoffs));
}

/**
 * Long call and short put of one strike move like the stock, and stock against them hardly moves, up to
 *
 * - carry: dividends on the move, S × move × (1 - e^(-qT)), and interest on the strike for early exercise;
 * - what the two quotes disagree with the forward by, (C - P) - (S e^(-qT) - K e^(-rT)), because far from the strike
 *   the options are worth the forward's intrinsic value whatever was quoted;
 * - a thousandth of the spot, for the two volatilities of one strike.
 */
export function syntheticsUnlikeStock(
  accounts: Accounts,
  chain: Chain & { dividendYield: number },
): string[] {
  const units = 100 * chain.lots;
  const synthetic = accounts.get("synthetic-long")!;
  const symbol = synthetic.portfolioGroups[0]!.productGroups[0]!.classGroups[0]!.positions[0]!.symbol;
  const terms = optionSymbolTerms(symbol)!;
  const years = yearsBetween(asOfInstant(chain.tables.asOf), newYorkInstant(terms.dayMs, 16));
  const rate = rateAt(years, chain.tables.rates);
  const discountedSpot = chain.spot * Math.exp(-chain.dividendYield * years);
  const parity = discountedSpot - terms.strike * Math.exp(-rate * years);
  const gap = Math.abs(synthetic.marketValueUsd! / units - parity);
  const carry = 0.15 * (chain.spot - discountedSpot) + terms.strike * (1 - Math.exp(-rate * years));
  const slack = units * (gap + carry + 0.001 * chain.spot);
  // A law that allows more than a tenth of what it is about says nothing.
  if (slack > 0.1 * accounts.get("stock-long")!.requirementUsd!) return [`slack of ${slack}`];
  const differences: (readonly [string, number])[] = [
    ...(["long", "short"] as const).map((side) => {
      const costs = [`synthetic-${side}`, `stock-${side}`].map((name) => accounts.get(name)!.requirementUsd!);
      return [`synthetic-${side}`, Math.abs(costs[0]! - costs[1]!)] as const;
    }),
    ...["conversion", "reversal"].map(
      (name) => [name, accounts.get(name)!.portfolioGroups[0]!.scanLossUsd] as const,
    ),
  ];
  return differences.flatMap(([name, by]) => (by <= slack ? [] : [`${name}: ${by} against ${slack}`]));
}

/** Far wings lose less than the minimum: short they cost the minimum, long their value where that is less. */
export function wingsOffTheMinimum(accounts: Accounts, contracts: number): string[] {
  const wings = [...accounts].filter(([name]) => name.startsWith("wing-"));
  if (wings.length < 2) return ["no wings"];
  return wings.flatMap(([name, { portfolioGroups, requirementUsd, marketValueUsd }]) => {
    const { scanLossUsd, minimumUsd } = portfolioGroups[0]!;
    const most = 37.5 * contracts;
    const expected = name.endsWith("short") ? most : Math.min(most, marketValueUsd!);
    const holds = scanLossUsd < minimumUsd && Math.abs(requirementUsd! - expected) <= 0.005;
    return holds ? [] : [`${name}: ${requirementUsd}, scan loss ${scanLossUsd}, expected ${expected}`];
  });
}

/** Moves of the class group, read off a holding of shares alone: profit over value. */
export function movesOfStock(account: AccountResult): number[] {
  const [position] = account.portfolioGroups[0]!.productGroups[0]!.classGroups[0]!.positions;
  return position!.profitUsd.map((profit) => profit / position!.marketValueUsd);
}
