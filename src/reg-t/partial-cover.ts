import { failure, MarginError } from "../basics/failure.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import type { Micros } from "./money.js";
import { pairUnderlying, type PairingRequest, type UnderlyingPairing } from "./pair-underlying.js";
import type { PairingOptions } from "./pairing/index.js";
import { gcd } from "./pairing/model.js";
import { priceGroup } from "./price-group.js";

/**
 * Pairs the positions of one underlying; in the reading `cover: partial` shares that are less than a contract's may cover a
 * part of one, whose rest nothing covers. FINRA 4210(f)(2)(F)(ii), F-INT (F)(ii)/04. A
 * cash account has no such transaction.
 *
 * Each contract of the options that shares can cover, and each number of shares that whole contracts can leave over, is tried:
 * the rest is paired without them. One contract in part is enough, and no share stands alone beside it, since the cost is
 * linear in the shares between none and all of a contract; a least amount a contract is therefore divided too.
 */
export function pairWithCover(
  legs: readonly GroupLeg[],
  request: PairingRequest,
  options: PairingOptions,
): UnderlyingPairing {
  const whole = pairUnderlying(legs, request, options);
  const stock = legs.find((leg) => leg.kind === "stock" && leg.standIn === null);
  if (request.rules.readings.cover === "whole" || request.isCash === true || stock === undefined)
    return whole;
  const tried = coveredParts(legs, stock).map((part) => pairedBeside(part, legs, request, options));
  let best = whole;
  for (const pairing of tried) if (pairing.total < best.total) best = pairing;
  const lowerBound = Math.min(whole.lowerBound, ...tried.map((pairing) => pairing.lowerBound));
  return { ...best, lowerBound, proven: lowerBound === best.total };
}

interface CoveredPart {
  readonly stock: GroupLeg;
  readonly written: GroupLeg;
  readonly shares: number;
}

/** Low strikes first, then near expiries, then few shares: the first of equals is taken. */
function coveredParts(legs: readonly GroupLeg[], stock: GroupLeg): CoveredPart[] {
  const held = Math.abs(stock.quantity);
  const covers = stock.quantity > 0 ? "call" : "put";
  const size = legs.reduce((divisor, leg) => (leg.kind === "stock" ? divisor : gcd(divisor, leg.units)), 0);
  return legs
    .filter((leg) => leg.kind === covers && leg.quantity < 0)
    .toSorted((a, b) => a.strike - b.strike || a.expiry - b.expiry || a.units - b.units)
    .flatMap((written) => {
      const most = Math.min(held, written.units - 1);
      const counts: CoveredPart[] = [];
      for (let shares = held % size || size; shares <= most; shares += size)
        counts.push({ stock, written, shares });
      return counts;
    });
}

/** One contract covered by so many shares, its rest by nothing, and all else paired. */
function pairedBeside(
  { stock, written, shares }: CoveredPart,
  legs: readonly GroupLeg[],
  request: PairingRequest,
  options: PairingOptions,
): UnderlyingPairing {
  const sold = Math.sign(stock.quantity) * shares;
  const partOf = (units: number): GroupLeg => {
    const part = (value: number): number => Math.round((value * units) / written.units);
    const opened = written.opened && { ...written.opened, value: part(written.opened.value) };
    return { ...written, units, quantity: -1, value: part(written.value), opened };
  };
  const shown = (units: number): GroupLeg => ({ ...written, quantity: -units / written.units });
  const lot = { ...stock, quantity: sold };
  const rest = written.units - shares;
  const { terms } = request;
  const leastPerContract = Math.round((terms.leastPerContract * rest) / written.units);
  const fixed = [
    { figures: priced([lot, partOf(shares)], [lot, shown(shares)], request), times: 1 },
    {
      figures: priced([partOf(rest)], [shown(rest)], { ...request, terms: { ...terms, leastPerContract } }),
      times: 1,
    },
  ];
  const left = legs
    .map((leg) =>
      leg === stock
        ? { ...leg, quantity: leg.quantity - sold }
        : leg === written
          ? { ...leg, quantity: leg.quantity + 1 }
          : leg,
    )
    .filter((leg) => leg.quantity !== 0);
  const paired = left.length === 0 ? nothing : pairUnderlying(left, request, options);
  const cost = fixed.reduce((sum, { figures }) => sum + objectiveOf(figures, request), 0);
  return {
    groups: [...fixed, ...paired.groups],
    total: paired.total + cost,
    lowerBound: paired.lowerBound + cost,
    proven: paired.proven,
  };
}

const nothing: UnderlyingPairing = { groups: [], total: 0, lowerBound: 0, proven: true };

/** Priced as a contract of fewer shares, shown as a part of the contract. */
function priced(
  legs: readonly GroupLeg[],
  shown: readonly GroupLeg[],
  { terms, rules }: PairingRequest,
): GroupFigures {
  const figures = priceGroup(legs, terms, rules);
  if (figures === null)
    throw new MarginError([failure("INTERNAL", { value: "a group that is no strategy" })]);
  return { ...figures, legs: shown, rule: `${figures.rule}; F-INT (F)(ii)/04` };
}

function objectiveOf({ initial, maintenance, haircut }: GroupFigures, { objective }: PairingRequest): Micros {
  return objective === "initial" ? initial : maintenance + haircut;
}
