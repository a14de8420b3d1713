import type { RegTRules } from "../rules/reg-t.js";
import type { GroupFigures } from "./group.js";
import { holdingsByUnderlying, type HoldingsRequest, type UnderlyingHoldings } from "./holdings.js";
import { type Micros, usdOf } from "./money.js";
import type { Objective, UnderlyingPairing } from "./pair-underlying.js";
import type { PairingOptions } from "./pairing/index.js";
import { premium } from "./options-alone.js";
import { pairWithCover } from "./partial-cover.js";
import type { DayTradingRegime, RegTFigures, RegTGroup, RegTResult } from "./result.js";
import { withTrackingFunds } from "./tracking-funds.js";
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
 * more at the least initial requirement, every group priced from its own rule. Regulation T; FINRA 4210(c), (f)(2).
 *
 * @param holdings the account's usable holdings of the book
 */
export function regTAccount(holdings: readonly number[], request: RegTRequest): RegTResult {
  const own = holdingsByUnderlying(holdings, request);
  const placed = request.rules.readings.trackingFunds === "protect" ? withTrackingFunds(own) : own;
  const paired = placed.map((each) => pairedUnderlying(each, request));
  return {
    ...figuresOf(paired.map(({ amounts }) => amounts)),
    underlyings: paired.map(({ held, amounts }) => ({
      underlying: held.underlying,
      classGroup: held.classGroup,
      ...figuresOf([amounts]),
    })),
    groups: paired.flatMap(({ groups }) => groups),
    initialGroups: paired.flatMap(({ initialGroups }) => initialGroups),
    minimumEquityUsd: request.rules.account.minimumEquityUsd,
    dayTrading: dayTradingOn(request.asOfDate, request.rules),
  };
}

function pairedUnderlying(held: UnderlyingHoldings, { rules, pairing }: RegTRequest): PairedUnderlying {
  const { terms, legs } = held;
  const alone = held.alone.map((part) => ({ figures: rounded(stockAlone(part.leg, part.terms)), times: 1 }));
  const by = (objective: Objective): UnderlyingPairing =>
    legs.length === 0
      ? { groups: [], total: 0, lowerBound: 0, proven: true }
      : pairWithCover(legs, { terms, rules, objective }, pairing);
  const [maintenance, initial] = [by("maintenance"), by("initial")];
  const groups = [...maintenance.groups, ...alone];
  const initialGroups = [...initial.groups, ...alone];
  const options = legs.filter((leg) => leg.kind !== "stock");
  const shorts = options.filter((leg) => leg.quantity < 0);
  const longs = options.filter((leg) => leg.quantity > 0 && !leg.hasLoanValue);
  const proceeds = sum(shorts.map(premium));
  const lone = sum(alone.map(({ figures }) => figures.maintenance));
  return {
    held,
    amounts: {
      initial: total(initialGroups, (figures) => figures.initial),
      proceeds,
      maintenance: total(groups, (figures) => figures.maintenance),
      haircut: total(groups, (figures) => figures.haircut),
      optionValue: sum(longs.map(premium)) - proceeds,
      lowerBound: maintenance.lowerBound + lone,
      proven: maintenance.proven && initial.proven,
    },
    groups: groups.map((group) => groupResult(held.underlying, group)),
    initialGroups: initialGroups.map((group) => groupResult(held.underlying, group)),
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
    legs: figures.legs.map(({ symbol, quantity, sharesPerUnit }) => ({
      symbol,
      quantity: quantity * times * sharesPerUnit,
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

function dayTradingOn(date: string, { dayTrading }: RegTRules): DayTradingRegime[] {
  return dayTrading
    .filter(({ from, until }) => (from ?? "") <= date && date <= (until ?? "9999-12-31"))
    .map(({ regime, minimumEquityUsd }) => ({ regime, minimumEquityUsd }));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
