import { canonicalOrder, inOriginalNumbers, orderedCost } from "./canonical.js";
import { certify } from "./certificate.js";
import type { GroupCost, Holdings, PairingSwitches } from "./holdings.js";
import { usualLimits, type SearchLimits } from "./limits.js";
import type { LargeSolver } from "./large.js";
import { solvePairing, type Pairing, type PairingCache } from "./solve.js";

export { certify } from "./certificate.js";
export type {
  ExpiryReading,
  GroupCost,
  HeldOption,
  HeldStock,
  Holdings,
  PairingSwitches,
  Part,
  SpreadMode,
} from "./holdings.js";
export { loadLargeSolver, type LargeSolver } from "./large.js";
export { usualLimits, type SearchLimits } from "./limits.js";
export type { PairedGroup, Pairing, PairingCache } from "./solve.js";
export { cheapestBySubsets } from "./subsets.js";

/** One underlying's holdings, what any group of them costs, and what counts as a spread. */
export interface PairingQuestion {
  /** Each series once, nothing of quantity 0. */
  readonly holdings: Holdings;
  /**
   * The single-strategy price list, under the objective that is minimised: maintenance plus haircut, or initial. Money
   * units. It is asked for groups of single contracts (`quantity` 1 or -1; 2 in spreads of four), for shares, and by the
   * certificate for whole spreads. Costs must be proportional to the quantities.
   */
  readonly cost: GroupCost;
  readonly switches: PairingSwitches;
}

export interface PairingOptions {
  readonly limits?: SearchLimits;
  /** For books that the own search leaves unproven; without one they stay so. */
  readonly solver?: LargeSolver | null;
  readonly cache?: PairingCache | null;
}

/**
 * The cheapest way to cut the holdings of one underlying into strategies, and a bound that proves it.
 *
 * Universal spreads: a spread's charge is its greatest loss at the exercise prices, and merging two spreads of one
 * pool (shorts that expire by t, longs from t on) never costs more, so one spread per expiry of a short is enough. What
 * remains is an integer program: contracts of each leg in each pool, and the numbers of the small groups (strangles,
 * option with stock, boxes). Its linear relaxation is tight in most books; branching closes the rest.
 *
 * The total is exact (whole money units, re-added by {@link certify} before it is returned), the bound is safe against
 * rounding. Budgets are counted in steps: equal input, in whatever order, gives equal bytes.
 *
 * @throws MarginError `INTERNAL` where the certificate does not hold
 * @see docs/reg-t-pairing.md
 */
export function findCheapestPairing(question: PairingQuestion, options: PairingOptions = {}): Pairing {
  const { holdings, original } = canonicalOrder(question.holdings);
  const cost = orderedCost(question.cost, original);
  const found = solvePairing(holdings, cost, question.switches, {
    limits: options.limits ?? usualLimits,
    solver: options.solver ?? null,
    cache: options.cache ?? null,
  });
  certify(holdings, cost, found);
  return inOriginalNumbers(found, original);
}
