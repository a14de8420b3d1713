import { failure, MarginError } from "../basics/failure.js";
import type { RegTRules } from "../rules/reg-t.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import { priceCashGroup } from "./cash-account.js";
import type { Micros } from "./money.js";
import {
  findCheapestPairing,
  type HeldOption,
  type PairingOptions,
  type PairingSwitches,
  type Part,
} from "./pairing/index.js";
import { priceGroup } from "./price-group.js";
import type { UnderlyingTerms } from "./terms.js";

/** What the pairing minimises: maintenance and haircut, or the initial requirement. */
export type Objective = "maintenance" | "initial";

export interface PairingRequest {
  readonly terms: UnderlyingTerms;
  readonly rules: RegTRules;
  readonly objective: Objective;
  /** By the price list of a cash account; of a margin account where it is left out. */
  readonly isCash?: boolean;
}

/** The cheapest strategies of one underlying's positions. */
export interface UnderlyingPairing {
  /** With the number of times each is held. */
  readonly groups: readonly { readonly figures: GroupFigures; readonly times: number }[];
  readonly total: Micros;
  readonly lowerBound: Micros;
  readonly proven: boolean;
}

/**
 * Pairs the positions of one underlying into strategies at the least cost, with a bound that proves it. Every group is
 * priced again by the account's price list before it is returned.
 *
 * @param legs each series once, whole quantities, nothing of quantity 0; options first, then stock
 */
export function pairUnderlying(
  legs: readonly GroupLeg[],
  { terms, rules, objective, isCash = false }: PairingRequest,
  options: PairingOptions,
): UnderlyingPairing {
  const price: typeof priceGroup = isCash ? priceCashGroup : priceGroup;
  const groupOf = (parts: readonly Part[]): GroupLeg[] =>
    parts.flatMap(({ holding, quantity }) => {
      const leg = legs[holding];
      return leg === undefined ? [] : [{ ...leg, quantity }];
    });
  const costOf = (figures: GroupFigures | null): Micros =>
    figures === null
      ? Number.NaN
      : objective === "initial"
        ? figures.initial
        : figures.maintenance + figures.haircut;
  const found = findCheapestPairing(
    {
      holdings: {
        options: legs.flatMap((leg) =>
          leg.kind === "stock" ? [] : [heldOption(leg, !isCash && rules.readings.pairedLoanValue === "lost")],
        ),
        stocks: legs.flatMap((leg) => (leg.kind === "stock" ? [{ shares: leg.quantity }] : [])),
      },
      cost: (parts) => costOf(price(groupOf(parts), terms, rules)),
      switches: isCash ? cashSwitches(terms) : marginSwitches(terms, rules),
    },
    options,
  );
  const groups = found.groups.map(({ parts, times }) => {
    const figures = price(groupOf(parts), terms, rules);
    if (figures === null)
      throw new MarginError([failure("INTERNAL", { value: "a group that is no strategy" })]);
    return { figures, times };
  });
  return { groups, total: found.total, lowerBound: found.lowerBound, proven: found.proven };
}

function marginSwitches(terms: UnderlyingTerms, { readings }: RegTRules): PairingSwitches {
  return { spreads: readings.spreads, expiry: readings.spreadExpiry, longBoxes: terms.isEuropean };
}

/** A cash account knows spreads of European options that settle in cash and expire together: FINRA 4210(f)(2)(M)(ii). */
function cashSwitches(terms: UnderlyingTerms): PairingSwitches {
  const spreads = terms.isEuropean && terms.isCashSettled ? "universal" : "two_leg";
  return { spreads, expiry: "same_expiry", longBoxes: false };
}

function heldOption(leg: GroupLeg, isLoanLost: boolean): HeldOption {
  return {
    isCall: leg.kind === "call",
    strike: leg.strike,
    expiry: leg.expiry,
    units: leg.units,
    quantity: leg.quantity,
    pairedCost: leg.hasLoanValue && isLoanLost ? leg.loanValue : 0,
  };
}
