import type { GroupLeg, OpenedAt, ShareTerms } from "./group.js";
import type { UnderlyingHoldings } from "./holdings.js";
import type { UnderlyingTerms } from "./terms.js";

/**
 * Lets shares of a fund on an index stand beside the account's short options on that index: long shares beside short calls,
 * short shares beside short puts, in whole units of the index by value. What makes no whole unit stays alone. A fund whose own
 * options are held keeps its shares for them. Leveraged funds protect nothing, nor do shares that cost another part of their
 * value than the index would: not eligible, or sold short at a low price. FINRA 4210(f)(2)(H)(v)f.
 */
export function withTrackingFunds(held: readonly UnderlyingHoldings[]): UnderlyingHoldings[] {
  const moved = new Map<UnderlyingHoldings, UnderlyingHoldings | null>();
  for (const fund of held.filter(isFund)) {
    const [stock] = fund.legs;
    const index = held.find((other) => !moved.has(other) && protects(fund, other));
    if (stock === undefined || index === undefined) continue;
    const sharesPerUnit = index.terms.price / fund.terms.price;
    const units = Math.trunc(stock.quantity / sharesPerUnit);
    if (units === 0) continue;
    // To a millionth of a share, as positions are counted.
    const quantity = Math.round((stock.quantity - units * sharesPerUnit) * 1e6) / 1e6;
    const left = quantity === 0 ? [] : [{ leg: { ...stock, quantity }, terms: fund.terms }];
    const standIn: GroupLeg = {
      ...stock,
      value: index.terms.price,
      quantity: units,
      opened: openedAs(stock, sharesPerUnit),
      standIn: { kind: "fund", perShare: sharesPerUnit, until: Number.POSITIVE_INFINITY, exercise: 0 },
    };
    moved.set(fund, null);
    moved.set(index, {
      ...index,
      legs: [...index.legs, standIn],
      alone: [...index.alone, ...fund.alone, ...left],
    });
  }
  return held.flatMap((each) => {
    const now = moved.get(each);
    return now === undefined ? [each] : now === null ? [] : [now];
  });
}

/** What so many shares of the fund were opened at, as one unit of the index. */
function openedAs({ opened }: GroupLeg, shares: number): OpenedAt | null {
  if (opened === null || opened.share === null) return null;
  const { longPercent, ...amounts } = opened.share;
  const scaled = Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [name, Math.round(amount * shares)]),
  ) as Omit<ShareTerms, "longPercent">;
  return { value: scaled.price, loanValue: 0, share: { ...scaled, longPercent } };
}

function isFund({ kind, leverage, legs }: UnderlyingHoldings): boolean {
  return kind === "etf" && leverage === 1 && legs.length === 1 && legs[0]?.kind === "stock";
}

function protects(fund: UnderlyingHoldings, index: UnderlyingHoldings): boolean {
  const written = (fund.legs[0]?.quantity ?? 0) > 0 ? "call" : "put";
  return (
    index.kind === "index" &&
    index.classGroup === fund.classGroup &&
    isChargedAlike(fund.terms, index.terms, written === "call") &&
    index.legs.some((leg) => leg.kind === written && leg.quantity < 0)
  );
}

/** Whether both cost the same part of their value alone; prices are rounded to 1/10,000 dollar. */
function isChargedAlike(fund: UnderlyingTerms, index: UnderlyingTerms, isLong: boolean): boolean {
  const parts = ({ price, ...of }: UnderlyingTerms): number[] =>
    isLong
      ? [of.longInitial / price, of.longMaintenance / price]
      : [of.shortInitial / price, of.shortMaintenance / price];
  const ofIndex = parts(index);
  return parts(fund).every((part, i) => Math.abs(part - (ofIndex[i] ?? Number.NaN)) < 1e-5);
}
