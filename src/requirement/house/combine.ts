import { type Failure, failure } from "../../basics/failure.js";
import { roundToCents } from "../../basics/money.js";
import type { HouseTestRule, RuleOf } from "../../rules/house-schema.js";
import type { RuleSet } from "../../rules/load.js";
import { type AccountFigures, nothingToExplain, type Outcome } from "./context.js";
import * as ranges from "./ranges.js";
import type { HouseFigures, HouseTestResult } from "./result.js";

/** A test with what it says of one account. */
export interface TestOutcome {
  readonly rule: HouseTestRule;
  /** False where its regime is in another state. */
  readonly inForce: boolean;
  readonly outcome: Outcome;
  /** First of its details; `null` where nothing is to be said beside them. */
  readonly said: string | null;
}

export interface HouseResult {
  readonly figures: Omit<HouseFigures, "houseTests">;
  /** Sentences and all: made where somebody reads them. */
  readonly houseTests: () => HouseTestResult[];
  /** Tests that count and could not be computed, with the account. */
  readonly failures: readonly Failure[];
  /** Tests in force that rest on an unverified figure. */
  readonly unverified: readonly string[];
}

/**
 * The house figure of an account:
 *
 *     (max(regulatory, figures that are compared) + figures that are added) × multipliers of maintenance
 *
 * each figure rounded to cents, the result too. Every term is at least 0 and every multiplier at least 1, so it is never
 * below the regulatory requirement, and taking a test out never raises it. Multipliers of the initial requirement come on
 * top in a figure of its own.
 */
export function combined(
  outcomes: readonly TestOutcome[],
  account: AccountFigures,
  { name, isUnverified }: CombinedRules,
): HouseResult {
  const checked = outcomes.map((test) => withoutNaN(test, account));
  const failures = missingFigures(checked, account.account);
  const regulatory = account.regulatoryUsd;
  const compared = checked.map((test) => comparedUsd(test));
  const greatest = compared.reduce((most: number, usd) => Math.max(most, usd ?? 0), regulatory);
  const setBy = greatest > regulatory ? compared.indexOf(greatest) : -1;
  const added = checked.map((test) => addedUsd(test, regulatory));
  const sum = roundToCents(added.reduce((total, usd) => total + usd, greatest));
  const house = roundToCents(sum * factorOf(checked, "maintenance"));
  const initial = roundToCents(house * factorOf(checked, "initial"));
  const isKnown = failures.length === 0;
  const binding = checked[setBy]?.rule.id ?? "regulatory";
  // A multiplier that is not in force is 1; one whose regime is not known leaves the initial figure unknown.
  const initialKnown =
    isKnown &&
    checked.every(({ rule, outcome }) => rule.kind !== "multiplier" || outcome.missing.length === 0);
  const unverified = checked.filter((test) => isComputed(test) && isUnverified(test.rule));
  return {
    figures: {
      regulatoryRequirementUsd: regulatory,
      houseRequirementUsd: isKnown ? house : null,
      initialRequirementUsd: initialKnown ? initial : null,
      binding: isKnown ? binding : null,
    },
    houseTests: () =>
      checked.map((test, i): HouseTestResult => {
        const place = { binding, isSetBy: i === setBy, added: added[i] ?? 0, isKnown, regulatory };
        return testResult(test, place, account);
      }),
    failures,
    unverified: unverified.map(({ rule }) => `house test ${rule.id} of ${name}`),
  };
}

/** What is said of the tests of a rule set, whatever the account. */
export interface CombinedRules extends Pick<RuleSet, "name"> {
  /** Whether a test rests on an unverified figure. */
  readonly isUnverified: (rule: HouseTestRule) => boolean;
}

function missingFigures(checked: readonly TestOutcome[], account: string): readonly Failure[] {
  const missing = checked.filter(
    ({ rule, inForce, outcome }) => inForce && outcome.missing.length > 0 && counts(rule),
  );
  return missing.length === 0
    ? []
    : distinct(missing.flatMap(({ rule, outcome }) => missingFailures(rule, outcome, account)));
}

function isComputed({ inForce, outcome }: TestOutcome): boolean {
  return inForce && outcome.missing.length === 0;
}

/** A figure that is not a number was computed from a value that is not finite: that test has no figure. */
function withoutNaN(test: TestOutcome, { withoutModel }: AccountFigures): TestOutcome {
  const { requirementUsd, limit } = test.outcome;
  const isBad = Number.isNaN(requirementUsd ?? 0) || Number.isNaN(limit?.lossUsd ?? 0);
  if (!isBad) return test;
  const named = withoutModel().map((symbol) => ({ symbol, what: "value by the model" }));
  const missing =
    named.length > 0 ? named : [{ symbol: test.rule.id, what: "finite value at every scenario" }];
  return { ...test, outcome: { requirementUsd: null, missing, explain: nothingToExplain }, said: null };
}

/** Whether the requirement rests on the test. */
function counts(rule: HouseTestRule): boolean {
  if (rule.kind === "stress_limit") return rule.countsAs === "requirement";
  if (rule.kind === "multiplier") return rule.appliesTo === "maintenance";
  return rule.kind !== "minimum_equity";
}

function missingFailures({ id }: HouseTestRule, { missing }: Outcome, account: string): Failure[] {
  return missing.map(({ symbol, what }) =>
    failure("HOUSE_INPUT_MISSING", {
      value: `${what} of ${symbol}`,
      expected: `a figure for house test ${id}`,
      account,
    }),
  );
}

function distinct(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((item) => [`${item.value}\u0000${item.expected}`, item])).values()];
}

function combineOf(rule: HouseTestRule): "greater" | "added" | "excess_added" {
  return "combine" in rule ? rule.combine : "greater";
}

function comparedUsd({ rule, outcome }: TestOutcome): number | null {
  if (outcome.requirementUsd === null || combineOf(rule) !== "greater") return null;
  return roundToCents(outcome.requirementUsd);
}

function addedUsd({ rule, outcome }: TestOutcome, regulatory: number): number {
  const usd = roundToCents(outcome.requirementUsd ?? 0);
  const how = combineOf(rule);
  if (how === "greater") return 0;
  return how === "added" ? usd : roundToCents(Math.max(0, usd - regulatory));
}

function factorOf(tests: readonly TestOutcome[], appliesTo: "initial" | "maintenance"): number {
  const factors = tests.map((test) => {
    const { rule } = test;
    return rule.kind === "multiplier" && rule.appliesTo === appliesTo && isComputed(test) ? rule.factor : 1;
  });
  return factors.reduce((product, factor) => product * factor, 1);
}

interface Place {
  /** `regulatory`, or the id of the test that sets the figure. */
  readonly binding: string;
  readonly isSetBy: boolean;
  readonly added: number;
  readonly isKnown: boolean;
  readonly regulatory: number;
}

function testResult(test: TestOutcome, place: Place, { equityUsd }: AccountFigures): HouseTestResult {
  const { rule, inForce, outcome } = test;
  const { requirementUsd } = outcome;
  const { worst, details, pointsOfNoReturn = [], sizes = [] } = outcome.explain();
  const status = inForce ? (isComputed(test) ? "computed" : "not_computed") : "not_in_force";
  const isMaintenance = rule.kind === "multiplier" && rule.appliesTo === "maintenance" && rule.factor > 1;
  const raises = place.isSetBy || place.added > 0 || (isMaintenance && status === "computed");
  return {
    id: rule.id,
    kind: rule.kind,
    status,
    requirementUsd: requirementUsd === null ? null : roundToCents(requirementUsd),
    addedUsd: place.added,
    ...limitFigures(test, equityUsd),
    worst,
    binding: raises && place.isKnown,
    reason: reasonOf(test, place, equityUsd),
    details: test.said === null ? details : [test.said, ...details],
    pointsOfNoReturn,
    sizes,
    rule: { source: rule.source, paragraph: rule.paragraph ?? null, standing: rule.standing },
  };
}

function limitFigures(
  { rule, inForce, outcome: { limit } }: TestOutcome,
  equityUsd: number,
): Pick<HouseTestResult, "lossUsd" | "limitUsd" | "excessUsd"> {
  if (rule.kind === "minimum_equity" && inForce) {
    const { maintainUsd } = rule;
    return { lossUsd: null, limitUsd: maintainUsd, excessUsd: roundToCents(maintainUsd - equityUsd) };
  }
  if (limit === undefined) return { lossUsd: null, limitUsd: null, excessUsd: null };
  return {
    lossUsd: roundToCents(limit.lossUsd),
    limitUsd: roundToCents(limit.limitUsd),
    excessUsd: roundToCents(limit.lossUsd - limit.limitUsd),
  };
}

function reasonOf(test: TestOutcome, place: Place, equityUsd: number): string {
  const { rule, outcome } = test;
  if (outcome.reason !== undefined) return outcome.reason;
  if (outcome.missing.length > 0)
    return `not computed: no ${outcome.missing.map(({ symbol, what }) => `${what} of ${symbol}`).join(", no ")}`;
  if (rule.kind === "multiplier")
    return `${ranges.percent(rule.factor)} % of the requirement${rule.appliesTo === "initial" ? ", for opening trades" : ""}`;
  if (rule.kind === "minimum_equity") return equityReason(rule, equityUsd);
  const { limit } = outcome;
  const within = limit === undefined || limit.lossUsd <= limit.limitUsd;
  if (rule.kind === "stress_limit" && rule.countsAs === "limit")
    return within ? "the loss is within the limit" : "the loss is above the limit";
  return combineOf(rule) === "greater" ? comparedReason(outcome, place) : addedReason(place);
}

function comparedReason({ requirementUsd }: Outcome, { binding, isSetBy, regulatory }: Place): string {
  if (isSetBy) return "the greatest figure, which sets the requirement";
  if (roundToCents(requirementUsd ?? 0) <= regulatory) return "not above the regulatory requirement";
  return `not above ${binding}`;
}

function addedReason({ added }: Place): string {
  return added > 0 ? "added to the greatest figure" : "adds nothing";
}

/** The consequence of the lowest tier that the equity undercuts. A statement beside the requirement, never part of it. */
function equityReason(rule: RuleOf<"minimum_equity">, equityUsd: number): string {
  const undercut = rule.tiers
    .filter(({ belowUsd }) => equityUsd < belowUsd)
    .toSorted((a, b) => a.belowUsd - b.belowUsd)[0];
  if (undercut !== undefined)
    return `equity below ${undercut.belowUsd} USD: ${undercut.state}; ${undercut.consequence}`;
  if (equityUsd < rule.maintainUsd) return `equity below the minimum of ${rule.maintainUsd} USD`;
  return `equity at or above the minimum of ${rule.maintainUsd} USD`;
}

/** Whether any entry of a rule is unverified. */
export function hasUnverified(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasUnverified);
  if (node === null || typeof node !== "object") return false;
  return ("standing" in node && node.standing === "unverified") || Object.values(node).some(hasUnverified);
}
