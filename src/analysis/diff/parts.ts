import type { AccountResult, PortfolioGroupResult } from "../../requirement/result.js";
import type { DiffPart, GroupBasis, MovedGroup } from "./result.js";

/** Whole cents of an amount that was rounded to cents. */
export function centsOf(usd: number): number {
  return Math.round(usd * 100);
}

export function usdOf(cents: number): number {
  return cents === 0 ? 0 : cents / 100;
}

interface Part {
  readonly kind: DiffPart["kind"];
  readonly id: string;
  readonly usd: number;
  readonly positions: ReadonlyMap<string, number>;
}

/**
 * What each class group, charge and position takes of the change from one state of an account to the next, in whole cents
 * that add up to `totalCents`. Where the unrounded parts make fractions of a cent, those with the largest fractions take the
 * cents that are left, the first of equals first: no part is off by a cent or more. Parts that nothing happened to are
 * left out.
 */
export function partsOf(
  before: AccountResult | undefined,
  after: AccountResult | undefined,
  totalCents: number,
): DiffPart[] {
  const [first, second] = [costs(before), costs(after)];
  const keys = [...new Set([...first.keys(), ...second.keys()])].toSorted();
  const changes = keys.map((key) => (second.get(key)?.usd ?? 0) - (first.get(key)?.usd ?? 0));
  const cents = apportioned(changes, totalCents);
  return keys.flatMap((key, i) => {
    const [own, was] = [second.get(key), first.get(key)];
    const { kind, id } = own ?? was ?? { kind: "classGroup", id: key };
    const positions = positionParts(was, own, cents[i] ?? 0);
    if (cents[i] === 0 && positions.length === 0) return [];
    return [{ kind, id, amountUsd: usdOf(cents[i] ?? 0), positions }];
  });
}

function positionParts(
  before: Part | undefined,
  after: Part | undefined,
  totalCents: number,
): DiffPart["positions"] {
  const symbols = [
    ...new Set([...(before?.positions.keys() ?? []), ...(after?.positions.keys() ?? [])]),
  ].toSorted();
  const changes = symbols.map(
    (symbol) => (after?.positions.get(symbol) ?? 0) - (before?.positions.get(symbol) ?? 0),
  );
  const cents = apportioned(changes, totalCents);
  return symbols
    .map((symbol, i) => ({ symbol, amountUsd: usdOf(cents[i] ?? 0) }))
    .filter(({ amountUsd }) => amountUsd !== 0);
}

/** Whole cents near the amounts (USD) that add up to the total; a millionth of a cent counts as none. */
export function apportioned(amounts: readonly number[], totalCents: number): number[] {
  const exact = amounts.map((usd) => Math.round(usd * 1e8) / 1e6);
  const whole = exact.map(Math.floor);
  const left = totalCents - whole.reduce((sum, cents) => sum + cents, 0);
  const byFraction = exact
    .map((cents, i) => ({ i, fraction: cents - Math.floor(cents) }))
    .toSorted((x, y) => y.fraction - x.fraction || x.i - y.i);
  // Between 0 and the number of parts, but for the rounding of the totals themselves: then the last one takes the rest.
  const shares = whole.map(() => 0);
  byFraction.forEach(({ i }, place) => {
    const isLast = place === byFraction.length - 1;
    shares[i] = isLast ? left - Math.min(Math.max(left, 0), place) : place < left ? 1 : 0;
  });
  return whole.map((cents, i) => cents + (shares[i] ?? 0));
}

/** By kind and id: what it costs of the requirement, and what each position of it does. */
function costs(account: AccountResult | undefined): Map<string, Part> {
  if (account === undefined) return new Map();
  const { portfolioGroups, notEligible, conversionLosses, strategySide } = account;
  const none = new Map<string, number>();
  const parts: Part[] = portfolioGroups
    .flatMap((group) => group.productGroups.flatMap((part) => part.classGroups))
    .map(({ id, costUsd, positions }) => ({
      kind: "classGroup",
      id,
      usd: costUsd,
      positions: new Map(positions.map((position) => [position.symbol, position.costUsd])),
    }));
  for (const { symbol, requirementUsd } of notEligible)
    parts.push({ kind: "notEligible", id: symbol, usd: requirementUsd, positions: none });
  for (const { symbol, requirementUsd } of conversionLosses)
    parts.push({ kind: "conversionLoss", id: symbol, usd: requirementUsd, positions: none });
  if (strategySide !== null)
    parts.push({ kind: "strategySide", id: "strategies", usd: strategySide.requirementUsd, positions: none });
  const house = (account.requirementUsd ?? 0) - account.requirementOfUsedUsd;
  if (house !== 0) parts.push({ kind: "house", id: account.binding ?? "house", usd: house, positions: none });
  // One key for the house part: what sets it may change from one state to the next.
  return new Map(parts.map((part) => [part.kind === "house" ? "house" : `${part.kind} ${part.id}`, part]));
}

/** Portfolio groups of which the worst scenario, or what binds, is another after than before. */
export function movedGroups(
  before: AccountResult | undefined,
  after: AccountResult | undefined,
): MovedGroup[] {
  return pairedGroups(before, after).filter((pair) => basisKey(pair.before) !== basisKey(pair.after));
}

/** The portfolio groups of both states, by id. */
export function pairedGroups(
  before: AccountResult | undefined,
  after: AccountResult | undefined,
): MovedGroup[] {
  const [first, second] = [groupsOf(before), groupsOf(after)];
  const ids = [...new Set([...first.keys(), ...second.keys()])].toSorted();
  return ids.map((id) => ({
    id,
    before: basisOf(first.get(id)),
    after: basisOf(second.get(id)),
  }));
}

function groupsOf(account: AccountResult | undefined): Map<string, PortfolioGroupResult> {
  return new Map((account?.portfolioGroups ?? []).map((group) => [group.id, group]));
}

function basisOf(group: PortfolioGroupResult | undefined): GroupBasis | null {
  if (group === undefined) return null;
  const { requirementUsd, worst, binding } = group;
  return { requirementUsd, worst, binding };
}

/** Rule sets number and label their scenarios each in its own way: what counts is the moves. */
function basisKey(basis: GroupBasis | null): string {
  if (basis === null) return "";
  const { move, volatilityMove } = basis.worst;
  return JSON.stringify([basis.binding, move, volatilityMove]);
}
