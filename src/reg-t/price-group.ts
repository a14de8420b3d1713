import type { RegTRules } from "../rules/reg-t.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import { shortStraddle, singleOption } from "./options-alone.js";
import { europeanLongBox, spread } from "./spreads.js";
import type { UnderlyingTerms } from "./terms.js";
import { stockAlone, withStock } from "./with-stock.js";

/**
 * What one group of positions costs as a strategy, in whole money units; `null` where the rules know no such strategy.
 * This is the price list that the pairing minimises over and that its certificate is checked against.
 */
export function priceGroup(
  legs: readonly GroupLeg[],
  terms: UnderlyingTerms,
  rules: RegTRules,
): GroupFigures | null {
  const stocks = legs.filter((leg) => leg.kind === "stock");
  const options = legs.filter((leg) => leg.kind !== "stock");
  const [stock, ...moreStocks] = stocks;
  const [first, second] = options;
  if (moreStocks.length > 0 || legs.length === 0) return null;
  if (stock !== undefined)
    return options.length === 0 ? stockAlone(stock, terms) : withStock(stock, options, terms, rules);
  if (first !== undefined && second === undefined) return singleOption(first, terms);
  const straddle = options.length === 2 ? straddleOf(options) : null;
  if (straddle !== null) return shortStraddle(straddle.call, straddle.put, terms, rules);
  return (terms.isEuropean ? europeanLongBox(options, rules) : null) ?? spread(options, rules);
}

/** A short call and a short put of as many units. */
function straddleOf(options: readonly GroupLeg[]): { call: GroupLeg; put: GroupLeg } | null {
  const call = options.find((leg) => leg.kind === "call" && leg.quantity < 0);
  const put = options.find((leg) => leg.kind === "put" && leg.quantity < 0);
  if (call === undefined || put === undefined) return null;
  return call.quantity * call.units === put.quantity * put.units ? { call, put } : null;
}
