import type { RegTRules } from "../rules/reg-t.js";
import type { GroupFigures, GroupLeg, ShareTerms } from "./group.js";
import { percentOf } from "./money.js";

/**
 * A short call on the shares that a long convertible or warrant becomes, which may not end before it. Per share, P what the
 * long side costs, K the call's strike, X what the warrant's exercise costs:
 *
 *     convertible   initial 50 % P, maintenance 25 % min(P, K), haircut max(0, P - K)
 *     warrant       initial P + max(0, X - K), maintenance min(P, K) + max(0, X - K), haircut max(0, P - K)
 *
 * Cboe Margin Manual p. 14; a long security behind a call counts at no more than the strike, Regulation T 220.4(b)(4)(ii).
 */
export function coveredByStandIn(
  stock: GroupLeg,
  written: GroupLeg,
  of: ShareTerms,
  rules: RegTRules,
): Omit<GroupFigures, "legs"> | null {
  const { standIn, quantity: shares } = stock;
  if (standIn === null || shares < 0 || written.expiry > standIn.until) return null;
  const valued = Math.min(of.price, written.strike);
  const haircut = shares * (of.price - valued);
  if (standIn.kind === "convertible")
    return {
      strategy: "call covered by a convertible",
      initial: shares * of.longInitial,
      maintenance: shares * percentOf(of.longPercent, valued),
      haircut,
      rule: "Cboe Margin Manual p. 14; Regulation T 220.4(b)(4)",
    };
  const { percent } = rules.warrantCover;
  const dearer = Math.max(0, standIn.exercise - written.strike);
  return {
    strategy: "call covered by a warrant",
    initial: shares * (percentOf(percent, of.price) + dearer),
    maintenance: shares * (percentOf(percent, valued) + dearer),
    haircut,
    rule: "Cboe Margin Manual p. 14",
  };
}

/**
 * A long convertible or warrant against as many short shares: a percentage of the long side's value, the short side at the
 * market. Neither is left for an option, F-INT (I)(iii)/01. Initially the long side alone and the short sale's proceeds,
 * Regulation T 220.12(c)(2). FINRA 4210(e)(1).
 */
export function convertibleHedge(long: GroupLeg, short: GroupLeg, rules: RegTRules): GroupFigures {
  const shares = long.quantity;
  const [bought, sold] = [long.share, short.share];
  const [longPrice, shortPrice] = [bought?.price ?? long.value, sold?.price ?? short.value];
  return {
    strategy: `${long.standIn?.kind ?? "convertible"} hedge`,
    legs: [long, short],
    initial: shares * ((bought?.longInitial ?? longPrice) + shortPrice),
    maintenance: shares * percentOf(rules.convertibleHedge.percent, longPrice),
    haircut: 0,
    rule: "FINRA 4210(e)(1); Regulation T 220.12(c)(2)",
  };
}
