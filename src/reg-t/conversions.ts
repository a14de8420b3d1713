import { parseDay } from "../basics/dates.js";
import { type Conversion, conversionsOf } from "../market/convertibles.js";
import type { RegTRules } from "../rules/reg-t.js";
import type { Table } from "../tables/table.js";
import { asOpened, type GroupFigures, type GroupLeg, type ShareTerms } from "./group.js";
import type { UnderlyingHoldings } from "./holdings.js";
import { microsOf } from "./money.js";
import { convertibleHedge } from "./stand-ins.js";

/** What the underlyings table says of securities that become shares of another. */
export interface ConversionsOf {
  readonly bySymbol: ReadonlyMap<string, Conversion>;
  /** Last day on which it can be converted, days since 1970-01-01; absent: without end. */
  readonly until: ReadonlyMap<string, number>;
  /** Whether it is a margin security: portfolio margin counts no warrant as one. */
  readonly isEligible: ReadonlyMap<string, boolean>;
}

export function readConversions(underlyings: Table): ConversionsOf {
  const { conversions: bySymbol } = conversionsOf(underlyings);
  const [symbols, days] = [underlyings.text("symbol"), underlyings.text("conversion_until")];
  const eligible = underlyings.flag("margin_eligible");
  const until = new Map<string, number>();
  const isEligible = new Map<string, boolean>();
  symbols.forEach((symbol, row) => {
    if (symbol === null || !bySymbol.has(symbol)) return;
    const day = parseDay(days[row] ?? "");
    if (day !== null) until.set(symbol, day);
    isEligible.set(symbol, eligible[row] !== false);
  });
  return { bySymbol, until, isEligible };
}

/**
 * Lets long convertibles and warrants stand beside the options and shares that they become. Against short shares they are a
 * hedge, share for share and first of all, since neither side is then left for an option (F-INT (I)(iii)/01); what is left
 * may cover short calls. What is no whole number of shares stays alone.
 */
export function withConversions(
  held: readonly UnderlyingHoldings[],
  conversions: ConversionsOf,
  rules: RegTRules,
): UnderlyingHoldings[] {
  if (conversions.bySymbol.size === 0) return [...held];
  // Options of another class are holdings of their own: an underlying may stand here twice.
  const now = new Map(held.map((each) => [each, each]));
  const gone = new Set<UnderlyingHoldings>();
  for (const each of held) {
    const conversion = conversions.bySymbol.get(each.underlying);
    const [unit] = each.legs;
    const into = held.find((other) => other.underlying === conversion?.into && other.legs.some(isUsed));
    if (conversion === undefined || unit === undefined || each.legs.length > 1 || unit.quantity < 0) continue;
    if (into === undefined) continue;
    const until = conversions.until.get(each.underlying) ?? Number.POSITIVE_INFINITY;
    const standIn = standInOf(unit, each.terms, conversion, until);
    // To a millionth of a unit, as positions are counted.
    const left = Math.round((unit.quantity - standIn.quantity / conversion.ratio) * 1e6) / 1e6;
    const rest = left === 0 ? [] : [{ leg: { ...unit, quantity: left }, terms: each.terms }];
    gone.add(each);
    const placed = hedged(now.get(into) ?? into, standIn, rules);
    now.set(into, { ...placed, alone: [...placed.alone, ...each.alone, ...rest] });
  }
  return held.filter((each) => !gone.has(each)).map((each) => now.get(each) ?? each);
}

/** Short calls, or short shares. */
function isUsed({ kind, quantity }: GroupLeg): boolean {
  return quantity < 0 && kind !== "put";
}

/** Whole shares, each at its part of the unit's cost. */
function standInOf(
  unit: GroupLeg,
  terms: ShareTerms,
  { ratio, priceUsd }: Conversion,
  until: number,
): GroupLeg {
  const perShareOf = (of: ShareTerms): ShareTerms => ({
    price: Math.round(of.price / ratio),
    longInitial: Math.round(of.longInitial / ratio),
    longMaintenance: Math.round(of.longMaintenance / ratio),
    shortInitial: Math.round(of.shortInitial / ratio),
    shortMaintenance: Math.round(of.shortMaintenance / ratio),
    longPercent: of.longPercent,
  });
  const share = perShareOf(terms);
  const opened = unit.opened?.share ?? null;
  return {
    ...unit,
    quantity: Math.trunc(unit.quantity * ratio),
    value: share.price,
    share,
    opened:
      opened === null
        ? null
        : { value: Math.round(opened.price / ratio), loanValue: 0, share: perShareOf(opened) },
    standIn: {
      kind: priceUsd > 0 ? "warrant" : "convertible",
      perShare: 1 / ratio,
      until,
      exercise: microsOf(priceUsd),
    },
  };
}

function hedged(into: UnderlyingHoldings, standIn: GroupLeg, rules: RegTRules): UnderlyingHoldings {
  const sold = into.legs.find((leg) => leg.kind === "stock" && leg.standIn === null && leg.quantity < 0);
  const both = Math.min(standIn.quantity, sold === undefined ? 0 : -sold.quantity);
  const fixed: GroupFigures[] = [];
  if (sold !== undefined && both > 0) {
    const long = { ...standIn, quantity: both };
    const short = { ...sold, share: sold.share ?? into.terms, quantity: -both };
    const { initial } = convertibleHedge(asOpened(long), asOpened(short), rules);
    fixed.push({ ...convertibleHedge(long, short, rules), initial });
  }
  const legs = [...into.legs, standIn]
    .map((leg) =>
      leg === sold
        ? { ...leg, quantity: leg.quantity + both }
        : leg === standIn
          ? { ...leg, quantity: leg.quantity - both }
          : leg,
    )
    .filter(({ quantity }) => quantity !== 0);
  return { ...into, legs, fixed: [...into.fixed, ...fixed] };
}
