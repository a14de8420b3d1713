import { sum } from "../basics/collections.js";
import { type AccountTerms, equityOf, marginAccount } from "./account-equity.js";
import { withConversions } from "./conversions.js";
import { asOpened, type GroupFigures, type GroupLeg } from "./group.js";
import { holdingsByUnderlying, type HoldingsRequest, type UnderlyingHoldings } from "./holdings.js";
import { type Micros, usdOf } from "./money.js";
import type { Objective, UnderlyingPairing } from "./pair-underlying.js";
import type { PairingOptions } from "./pairing/index.js";
import { premium } from "./options-alone.js";
import { pairWithCover } from "./partial-cover.js";
import { priceCashGroup } from "./cash-account.js";
import type { RegTFigures, RegTGroup, RegTResult } from "./result.js";
import { withTrackingFunds } from "./tracking-funds.js";
import { unverifiedEntries } from "./unverified.js";
import { stockAlone } from "./with-stock.js";

export interface RegTRequest extends HoldingsRequest {
  /** Written `YYYY-MM-DD`. */
  readonly asOfDate: string;
  readonly pairing: PairingOptions;
}

/** Whole money units of one underlying. */
interface Amounts {
  readonly initial: Micros;
  readonly proceeds: Micros;
  readonly maintenance: Micros;
  readonly haircut: Micros;
  /** Long less short value of options that equity does not count. */
  readonly optionValue: Micros;
  readonly lowerBound: Micros;
  readonly proven: boolean;
}

interface PairedUnderlying {
  readonly held: UnderlyingHoldings;
  readonly amounts: Amounts;
  readonly groups: readonly RegTGroup[];
  readonly initialGroups: readonly RegTGroup[];
}

/**
 * Strategy-based margin of one account: each underlying's positions paired at the least maintenance and haircut, and once
 * more at the least initial requirement, every group priced from its own rule. Regulation T; FINRA 4210(c), (f)(2). Of a cash
 * account, what its positions need there: Regulation T 220.8.
 *
 * @param holdings the account's usable holdings of the book
 */
export function regTAccount(
  holdings: readonly number[],
  request: RegTRequest,
  account: AccountTerms = marginAccount,
): RegTResult {
  const { rules } = request;
  const own = holdingsByUnderlying(holdings, request);
  const converted =
    request.conversions === undefined ? own : withConversions(own, request.conversions, rules);
  const isProtected = rules.readings.trackingFunds === "protect" && !account.isCash;
  const placed = isProtected ? withTrackingFunds(converted) : converted;
  const paired = placed.map((each) => pairedUnderlying(each, request, account.isCash));
  const figures = figuresOf(paired.map(({ amounts }) => amounts));
  const groups = paired.flatMap((each) => each.groups);
  return {
    ...figures,
    underlyings: paired.map(({ held, amounts }) => ({
      underlying: held.underlying,
      classGroup: held.classGroup,
      ...figuresOf([amounts]),
    })),
    groups,
    initialGroups: paired.flatMap(({ initialGroups }) => initialGroups),
    ...equityOf(
      own.flatMap(({ legs, alone, fixed }) => [
        ...legs,
        ...alone.map(({ leg }) => leg),
        ...fixed.flatMap((group) => group.legs),
      ]),
      figures,
      { account, rules, asOfDate: request.asOfDate },
    ),
    unverified: unverifiedEntries(placed, groups, request),
  };
}

function pairedUnderlying(
  held: UnderlyingHoldings,
  { rules, pairing }: RegTRequest,
  isCash: boolean,
): PairedUnderlying {
  const { terms, legs, fixed } = held;
  const stock = isCash
    ? priceCashGroup
    : (of: readonly [GroupLeg], at: typeof terms) => stockAlone(of[0], at);
  const byThemselves = (seen: (leg: GroupLeg) => GroupLeg): UnderlyingPairing["groups"] => [
    ...fixed.map((figures) => ({ figures, times: 1 })),
    ...held.alone.flatMap((part) => {
      const figures = stock([seen(part.leg)], part.terms);
      return figures === null ? [] : [{ figures: rounded(figures), times: 1 }];
    }),
  ];
  const by = (objective: Objective, seen: (leg: GroupLeg) => GroupLeg): UnderlyingPairing =>
    legs.length === 0
      ? { groups: [], total: 0, lowerBound: 0, proven: true }
      : pairWithCover(legs.map(seen), { terms, rules, objective, isCash }, pairing);
  const [maintenance, initial] = [by("maintenance", asHeld), by("initial", asOpened)];
  const rest = byThemselves(asHeld);
  const groups = [...maintenance.groups, ...rest];
  const initialGroups = [...initial.groups, ...byThemselves(asOpened)];
  return {
    held,
    amounts: {
      initial: total(initialGroups, (figures) => figures.initial),
      maintenance: total(groups, (figures) => figures.maintenance),
      haircut: total(groups, (figures) => figures.haircut),
      ...optionAmounts([...legs, ...fixed.flatMap((group) => group.legs)]),
      lowerBound: maintenance.lowerBound + total(rest, (figures) => figures.maintenance + figures.haircut),
      proven: maintenance.proven && initial.proven,
    },
    groups: groups.map((group) => groupResult(held.underlying, group)),
    initialGroups: initialGroups.map((group) => groupResult(held.underlying, group)),
  };
}

function asHeld(leg: GroupLeg): GroupLeg {
  return leg;
}

/** What writing the options brought in, and their value now where equity does not count it. */
function optionAmounts(legs: readonly GroupLeg[]): Pick<Amounts, "proceeds" | "optionValue"> {
  const options = legs.filter((leg) => leg.kind !== "stock");
  const shorts = options.filter((leg) => leg.quantity < 0);
  const longs = options.filter((leg) => leg.quantity > 0 && !leg.hasLoanValue);
  return {
    proceeds: sum(shorts.map((leg) => premium(asOpened(leg)))),
    optionValue: sum(longs.map(premium)) - sum(shorts.map(premium)),
  };
}

/** A part of a share costs parts of a millionth. */
function rounded(figures: GroupFigures): GroupFigures {
  const { initial, maintenance } = figures;
  return { ...figures, initial: Math.round(initial), maintenance: Math.round(maintenance) };
}

type Held = UnderlyingPairing["groups"][number];

function groupResult(underlying: string, { figures, times }: Held): RegTGroup {
  return {
    underlying,
    strategy: figures.strategy,
    legs: figures.legs.map(({ symbol, quantity, standIn }) => ({
      symbol,
      // To a millionth, as positions are counted.
      quantity:
        standIn === null ? quantity * times : Math.round(quantity * times * standIn.perShare * 1e6) / 1e6,
    })),
    initialUsd: usdOf(times * figures.initial),
    maintenanceUsd: usdOf(times * figures.maintenance),
    haircutUsd: usdOf(times * figures.haircut),
    rule: figures.rule,
  };
}

function total(groups: readonly Held[], of: (figures: GroupFigures) => Micros): Micros {
  return sum(groups.map(({ figures, times }) => times * of(figures)));
}

/** Sums in money units, rounded to cents once. */
function figuresOf(parts: readonly Amounts[]): RegTFigures {
  const of = (pick: (amounts: Amounts) => Micros): Micros => sum(parts.map(pick));
  const initial = of((part) => part.initial);
  const proceeds = of((part) => part.proceeds);
  const comparable = of((part) => part.maintenance + part.haircut + part.optionValue);
  return {
    initialUsd: usdOf(initial),
    proceedsUsd: usdOf(proceeds),
    initialCallUsd: usdOf(initial - proceeds),
    maintenanceUsd: usdOf(of((part) => part.maintenance)),
    haircutUsd: usdOf(of((part) => part.haircut)),
    comparableUsd: usdOf(comparable),
    lowerBoundUsd: usdOf(of((part) => part.lowerBound)),
    proven: parts.every((part) => part.proven),
  };
}
