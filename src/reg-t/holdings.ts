import type { ContractMaster } from "../contracts/contract-master.js";
import type { UnderlyingKind } from "../contracts/product-defaults.js";
import type { Market } from "../market/market.js";
import type { Book } from "../positions/book.js";
import { holdingPrice } from "../risk/class-groups.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { RegTRules } from "../rules/reg-t.js";
import type { GroupLeg } from "./group.js";
import { microsOf } from "./money.js";
import { overMonths } from "./nine-months.js";
import { underlyingTerms, type UnderlyingTerms } from "./terms.js";

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
}

export interface HoldingsRequest {
  readonly prepared: PreparedRisk;
  readonly book: Book;
  readonly asOfDay: number;
  readonly rules: RegTRules;
}

/** The account's usable positions by underlying, in code-unit order; options of another exercise style stand apart. */
export function holdingsByUnderlying(
  holdings: readonly number[],
  request: HoldingsRequest,
): UnderlyingHoldings[] {
  const { contracts } = request.prepared;
  const groups = new Map<string, number[]>();
  for (const holding of holdings) {
    const row = request.book.contract[holding] ?? -1;
    const style = styleOf(row, holdings, request);
    const key = `${contracts.underlying[row] ?? ""}\u0000${style}`;
    groups.set(key, [...(groups.get(key) ?? []), holding]);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, members]) => underlyingHoldings(key.split("\u0000")[0] ?? "", members, request));
}

/** Options go by their exercise; shares stand with the American ones, or with the only style there is. */
function styleOf(
  row: number,
  holdings: readonly number[],
  { prepared: { contracts }, book }: HoldingsRequest,
): string {
  const american = (at: number): boolean => contracts.isAmerican[at] === 1;
  if (contracts.isOption[row] === 1) return american(row) ? "american" : "european";
  const options = holdings
    .map((holding) => book.contract[holding] ?? -1)
    .filter((at) => contracts.isOption[at] === 1 && contracts.underlying[at] === contracts.underlying[row]);
  return options.length > 0 && !options.some(american) ? "european" : "american";
}

function underlyingHoldings(
  underlying: string,
  members: readonly number[],
  request: HoldingsRequest,
): UnderlyingHoldings {
  const { prepared, rules } = request;
  const legs = members.map((holding) => legOf(holding, request));
  const options = legs.filter((leg) => leg.kind !== "stock");
  const stock = legs.find((leg) => leg.kind === "stock");
  const whole = Math.trunc(stock?.quantity ?? 0);
  const rest = (stock?.quantity ?? 0) - whole;
  const isEuropean = options.length > 0 && isEuropeanLeg(members, request);
  const terms = underlyingTerms(kindOf(underlying, prepared, isEuropean), rules);
  return {
    underlying,
    classGroup: prepared.market.underlyings.classGroup[rowOf(underlying, prepared.market)] ?? underlying,
    kind: prepared.market.underlyings.kind[rowOf(underlying, prepared.market)] ?? "stock",
    leverage: prepared.market.underlyings.leverage[rowOf(underlying, prepared.market)] ?? 1,
    terms,
    legs: stock === undefined || whole === 0 ? options : [...options, { ...stock, quantity: whole }],
    alone: stock === undefined || rest === 0 ? [] : [{ leg: { ...stock, quantity: rest }, terms }],
  };
}

function isEuropeanLeg(
  members: readonly number[],
  { prepared: { contracts }, book }: HoldingsRequest,
): boolean {
  return members.some((holding) => {
    const row = book.contract[holding] ?? -1;
    return contracts.isOption[row] === 1 && contracts.isAmerican[row] !== 1;
  });
}

function rowOf(underlying: string, { underlyings }: Market): number {
  return underlyings.rowOf.get(underlying) ?? -1;
}

function kindOf(
  symbol: string,
  { market }: PreparedRisk,
  isEuropean: boolean,
): Parameters<typeof underlyingTerms>[0] {
  const { underlyings } = market;
  const row = rowOf(symbol, market);
  const type = underlyings.portfolioType[row] ?? "equity";
  const isBroad = type === "high_cap_broad_index" || type === "broad_index";
  const kind = underlyings.kind[row] ?? "stock";
  return {
    symbol,
    price: microsOf(underlyings.price[row] ?? Number.NaN),
    kind:
      kind === "index"
        ? isBroad
          ? "broad_index"
          : "narrow_index"
        : kind === "etf" && isBroad
          ? "broad_index_fund"
          : "equity",
    leverage: Math.abs(underlyings.leverage[row] ?? 1),
    isEligible: underlyings.marginEligible[row] !== 0,
    isEuropean,
  };
}

function legOf(holding: number, request: HoldingsRequest): GroupLeg {
  const { prepared, book, asOfDay, rules } = request;
  const { contracts } = prepared;
  const row = book.contract[holding] ?? -1;
  const quantity = book.quantity[holding] ?? Number.NaN;
  const price = microsOf(holdingPrice({ ...prepared, book }, holding));
  const symbol = contracts.symbols[row] ?? "";
  if (contracts.isOption[row] !== 1)
    return {
      symbol,
      kind: "stock",
      strike: 0,
      expiry: 0,
      units: 1,
      quantity,
      price,
      hasLoanValue: false,
      sharesPerUnit: 1,
    };
  const expiry = expiryDay(row, contracts);
  return {
    symbol,
    kind: contracts.isCall[row] === 1 ? "call" : "put",
    strike: microsOf(contracts.strike[row] ?? Number.NaN),
    expiry,
    units: contracts.multiplier[row] ?? Number.NaN,
    quantity,
    price,
    sharesPerUnit: 1,
    hasLoanValue: quantity > 0 && overMonths(asOfDay, expiry, rules.longOptions.overMonths),
  };
}

/** The day of expiry in UTC, which is New York's: options end between 09:30 and 16:00 there. */
function expiryDay(row: number, { expiryMs }: ContractMaster): number {
  return Math.floor((expiryMs[row] ?? Number.NaN) / msPerDay);
}

const msPerDay = 86_400_000;
