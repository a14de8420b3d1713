import type { UnderlyingKind } from "../contracts/product-defaults.js";
import type { Market } from "../market/market.js";
import type { Book } from "../positions/book.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { OptionKind } from "../rules/reg-t-schema.js";
import type { RegTRules } from "../rules/reg-t.js";
import type { ConversionsOf } from "./conversions.js";
import type { GroupFigures, GroupLeg } from "./group.js";
import { legOf, type PricedUnderlying } from "./legs.js";
import { microsOf } from "./money.js";
import type { PositionTermsOf } from "./position-terms.js";
import { type UnderlyingKindTerms, underlyingTerms, type UnderlyingTerms } from "./terms.js";

/** The positions of an account in one underlying, and what the rules ask of it. */
export interface UnderlyingHoldings {
  readonly underlying: string;
  readonly classGroup: string;
  readonly kind: UnderlyingKind;
  /** Signed. */
  readonly leverage: number;
  readonly terms: UnderlyingTerms;
  /** Options, then stock; whole contracts and shares. */
  readonly legs: readonly GroupLeg[];
  /** Parts of shares, and of a fund's shares that make no whole unit of the index: margined alone. */
  readonly alone: readonly { readonly leg: GroupLeg; readonly terms: UnderlyingTerms }[];
  /** Positions whose group is not to be chosen: an escrow receipt or a conversion stands behind them. */
  readonly fixed: readonly GroupFigures[];
}

export interface HoldingsRequest {
  readonly prepared: PreparedRisk;
  readonly book: Book;
  /** The last day of expiry, days since 1970-01-01, that a long option has no loan value on: nine months on. */
  readonly lastShortDay: number;
  readonly rules: RegTRules;
  /** Terms by underlying and class of its options, kept by the caller: they are the same for every account. */
  readonly terms: Map<string, PricedUnderlying>;
  /** What positions say beyond quantity and price; nothing where it is left out. */
  readonly positionTerms?: PositionTermsOf;
  /** What convertibles and warrants become; nothing where it is left out. */
  readonly conversions?: ConversionsOf;
}

/** Options that may stand in one strategy: of one exercise style, and all listed or all over the counter. */
type OptionClass = "american" | "european" | "american otc" | "european otc";

/** The account's usable positions by underlying, in code-unit order; options of another class stand apart. */
export function holdingsByUnderlying(
  holdings: readonly number[],
  request: HoldingsRequest,
): UnderlyingHoldings[] {
  const { contracts } = request.prepared;
  const groups = new Map<string, number[]>();
  for (const holding of holdings) {
    const row = request.book.contract[holding] ?? -1;
    const key = `${contracts.underlying[row] ?? ""}\u0000${classOf(row, holdings, request)}`;
    groups.set(key, [...(groups.get(key) ?? []), holding]);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, members]) => {
      const [underlying = "", optionClass = "american"] = key.split("\u0000");
      return underlyingHoldings(underlying, optionClass as OptionClass, members, request);
    });
}

/** Shares stand with the first of these classes that there is. */
const classOrder: readonly OptionClass[] = ["american", "european", "american otc", "european otc"];

function classOf(
  row: number,
  holdings: readonly number[],
  { prepared: { contracts }, book }: HoldingsRequest,
): OptionClass {
  const optionClass = (at: number): OptionClass => {
    const style = contracts.isAmerican[at] === 1 ? "american" : "european";
    return contracts.isUnlisted[at] === 1 ? `${style} otc` : style;
  };
  if (contracts.isOption[row] === 1) return optionClass(row);
  const held = new Set(
    holdings
      .map((holding) => book.contract[holding] ?? -1)
      .filter((at) => contracts.isOption[at] === 1 && contracts.underlying[at] === contracts.underlying[row])
      .map(optionClass),
  );
  return classOrder.find((each) => held.has(each)) ?? "american";
}

function underlyingHoldings(
  underlying: string,
  optionClass: OptionClass,
  members: readonly number[],
  request: HoldingsRequest,
): UnderlyingHoldings {
  const { prepared } = request;
  const { underlyings } = prepared.market;
  const priced = pricedUnderlying(underlying, optionClass, request);
  const { terms } = priced;
  const held = members.map((holding) => legOf(holding, priced, request));
  const options = held
    .filter(({ leg }) => leg.kind !== "stock")
    .map(({ leg, escrowed }) => ({ ...leg, quantity: leg.quantity + escrowed }))
    .filter(({ quantity }) => quantity !== 0);
  const stock = held.find(({ leg }) => leg.kind === "stock")?.leg;
  const whole = Math.trunc(stock?.quantity ?? 0);
  const rest = (stock?.quantity ?? 0) - whole;
  const row = rowOf(underlying, prepared.market);
  return {
    underlying,
    classGroup: underlyings.classGroup[row] ?? underlying,
    kind: underlyings.kind[row] ?? "stock",
    leverage: underlyings.leverage[row] ?? 1,
    terms,
    legs: stock === undefined || whole === 0 ? options : [...options, { ...stock, quantity: whole }],
    alone: stock === undefined || rest === 0 ? [] : [{ leg: { ...stock, quantity: rest }, terms }],
    fixed: held
      .filter(({ escrowed }) => escrowed > 0)
      .map(({ leg, escrowed }) => inEscrow({ ...leg, quantity: -escrowed })),
  };
}

function pricedUnderlying(
  underlying: string,
  optionClass: OptionClass,
  request: HoldingsRequest,
): PricedUnderlying {
  const key = `${underlying}\u0000${optionClass}`;
  const known = request.terms.get(key);
  if (known !== undefined) return known;
  const of = kindOf(underlying, optionClass, request);
  const priced = { of, terms: underlyingTerms(of, request.rules) };
  request.terms.set(key, priced);
  return priced;
}

/** A custodian holds what a short option may take: no margin need be required. FINRA 4210(f)(2)(I)(iv). */
function inEscrow(leg: GroupLeg): GroupFigures {
  return {
    strategy: `short ${leg.kind} against an escrow receipt`,
    legs: [leg],
    initial: 0,
    maintenance: 0,
    haircut: 0,
    rule: "FINRA 4210(f)(2)(I)(iv)",
  };
}

function rowOf(underlying: string, { underlyings }: Market): number {
  return underlyings.rowOf.get(underlying) ?? -1;
}

function kindOf(
  symbol: string,
  optionClass: OptionClass,
  { prepared: { market }, rules, conversions }: HoldingsRequest,
): UnderlyingKindTerms {
  const { underlyings } = market;
  const row = rowOf(symbol, market);
  return {
    symbol,
    price: microsOf(underlyings.price[row] ?? Number.NaN),
    kind: rules.kinds.find((each) => each.symbol === symbol)?.kind ?? optionKindOf(row, market),
    leverage: Math.abs(underlyings.leverage[row] ?? 1),
    isEligible: conversions?.isEligible.get(symbol) ?? underlyings.marginEligible[row] !== 0,
    isEuropean: optionClass.startsWith("european"),
    isOtc: optionClass.endsWith("otc"),
    isCashSettled: underlyings.kind[row] === "index",
  };
}

function optionKindOf(row: number, { underlyings }: Market): OptionKind {
  const type = underlyings.portfolioType[row] ?? "equity";
  const isBroad = type === "high_cap_broad_index" || type === "broad_index";
  const kind = underlyings.kind[row] ?? "stock";
  if (kind === "index") return isBroad ? "broad_index" : "narrow_index";
  return kind === "etf" && isBroad ? "broad_index_fund" : "equity";
}
