import { failure, MarginError } from "../basics/failure.js";
import type { RegTRules } from "../rules/reg-t.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import { type Micros, percentOf } from "./money.js";
import { findCheapestPairing, type HeldOption, type PairingOptions, type Part } from "./pairing/index.js";
import { priceGroup } from "./price-group.js";
import type { UnderlyingTerms } from "./terms.js";

/** What the pairing minimises: maintenance and haircut, or the initial requirement. */
export type Objective = "maintenance" | "initial";

export interface PairingRequest {
  readonly terms: UnderlyingTerms;
  readonly rules: RegTRules;
  readonly objective: Objective;
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
 * priced again by {@link priceGroup} before it is returned.
 *
 * @param legs each series once, whole quantities, nothing of quantity 0; options first, then stock
 */
export function pairUnderlying(
  legs: readonly GroupLeg[],
  { terms, rules, objective }: PairingRequest,
  options: PairingOptions,
): UnderlyingPairing {
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
        options: legs.flatMap((leg) => (leg.kind === "stock" ? [] : [heldOption(leg, rules)])),
        stocks: legs.flatMap((leg) => (leg.kind === "stock" ? [{ shares: leg.quantity }] : [])),
      },
      cost: (parts) => costOf(priceGroup(groupOf(parts), terms, rules)),
      switches: {
        spreads: rules.readings.spreads,
        expiry: rules.readings.spreadExpiry,
        longBoxes: terms.isEuropean,
      },
    },
    options,
  );
  const groups = found.groups.map(({ parts, times }) => {
    const figures = priceGroup(groupOf(parts), terms, rules);
    if (figures === null)
      throw new MarginError([failure("INTERNAL", { value: "a group that is no strategy" })]);
    return { figures, times };
  });
  return { groups, total: found.total, lowerBound: found.lowerBound, proven: found.proven };
}

function heldOption(leg: GroupLeg, rules: RegTRules): HeldOption {
  const lost = leg.units * leg.price - percentOf(rules.longOptions.percent, leg.units * leg.price);
  return {
    isCall: leg.kind === "call",
    strike: leg.strike,
    expiry: leg.expiry,
    units: leg.units,
    quantity: leg.quantity,
    pairedCost: leg.hasLoanValue && rules.readings.pairedLoanValue === "lost" ? lost : 0,
  };
}
