import { newYorkDay } from "../../basics/dates.js";
import type { HouseTestRule } from "../../rules/house-schema.js";
import { hasUsableHolding } from "../class-group-results.js";
import { GroupNetting } from "../group-netting.js";
import type { PortfolioMarginInputs } from "../inputs.js";
import type { Run } from "../run.js";
import { combined, type HouseResult, hasUnverified, type TestOutcome } from "./combine.js";
import { concentrationTest } from "./concentration-test.js";
import {
  type AccountFigures,
  type HouseAccount,
  type HouseContext,
  nothingToExplain,
  type PreparedTest,
  uncomputed,
} from "./context.js";
import { expectedRangeTest } from "./expected-range-test.js";
import { classGroupFacts } from "./facts.js";
import { positionSizeTest } from "./position-size-test.js";
import { rangeTest } from "./range-test.js";
import { type RegimeState, regimeStates } from "./regimes.js";
import { shortOptionMinimumTest } from "./short-option-minimum-test.js";
import { stressLimitTest } from "./stress-limit-test.js";

/** What the house rules of a run make of an account. */
export type HouseLayer = (account: Omit<AccountFigures, "withoutModel">) => HouseResult;

/** The house rules of a run, made ready: each test in force knows what the contracts come to under its own grids. */
export type PreparedHouse = (book: PortfolioMarginInputs) => HouseLayer;

/** `null` where the rule set has no house rules. */
export function prepareHouse({
  request,
  prepared,
  placeOf,
}: Pick<Run, "request" | "prepared" | "placeOf">): PreparedHouse | null {
  const { rules, tables } = request;
  const house = rules.houseRules;
  if (house === undefined) return null;
  const asOfDay = newYorkDay(prepared.market.asOfMs);
  const facts = classGroupFacts(tables.underlyings, prepared.market, house.tags);
  const netting = new GroupNetting(prepared.classGroups, placeOf, rules.readings);
  const context: HouseContext = { rules, prepared, netting, facts, asOfDay };
  const states = regimeStates(house, asOfDay, (symbol) => facts.price(symbol));
  const tests = house.tests.map((rule) => preparedTest(rule, states, context));
  const unverified = new Set(house.tests.filter(hasUnverified));
  const combinedRules = { name: rules.name, isUnverified: (rule: HouseTestRule) => unverified.has(rule) };
  return (book) => {
    const asked = tests.map((test) => test(book));
    return ({ account: name, rows, equityUsd, besideUsd, regulatoryUsd }) => {
      const held = rows.filter((row) => hasUsableHolding(row, book));
      const withoutModel = (): string[] => optionsWithoutModel(held, book);
      const account = { account: name, rows: held, equityUsd, besideUsd, regulatoryUsd, withoutModel };
      return combined(
        asked.map((test) => test(account)),
        account,
        combinedRules,
      );
    };
  };
}

function optionsWithoutModel(
  rows: readonly number[],
  { totals, book, contracts, theoretical }: PortfolioMarginInputs,
): string[] {
  return rows
    .flatMap((row) => [...book.contract.subarray(totals.holdingStart[row], totals.holdingStart[row + 1])])
    .filter((row) => theoretical.isTheoretical[row] === 1 && contracts.isOption[row] === 1)
    .map((row) => contracts.symbols[row] ?? "");
}

function preparedTest(
  rule: HouseTestRule,
  states: readonly RegimeState[],
  context: HouseContext,
): (book: PortfolioMarginInputs) => (account: HouseAccount) => TestOutcome {
  const { when } = rule;
  const known = states.find(({ regime }) => regime === when?.regime);
  if (known?.state === null) {
    const outcome = uncomputed([{ symbol: known.series, what: "recent value" }]);
    return () => () => ({ rule, inForce: true, outcome, said: null });
  }
  if (when !== undefined && known?.state !== when.is) {
    const reason = `not in force: ${when.regime} is ${known?.state}, not ${when.is}`;
    const outcome = { ...nothing, reason };
    return () => () => ({ rule, inForce: false, outcome, said: null });
  }
  const test = preparedKind(rule, context);
  const said =
    known?.isAssumed === true
      ? `${known.regime} taken as ${known.state}: no recent value of ${known.series}`
      : null;
  return (book) => {
    const evaluate = test(book);
    return (account) => ({ rule, inForce: true, outcome: evaluate(account), said });
  };
}

const nothing = { requirementUsd: null, missing: [], explain: nothingToExplain };

function preparedKind(rule: HouseTestRule, context: HouseContext): PreparedTest {
  switch (rule.kind) {
    case "range":
      return rangeTest(rule, context);
    case "expected_range":
      return expectedRangeTest(rule, context);
    case "concentration":
      return concentrationTest(rule, context);
    case "position_size":
      return positionSizeTest(rule, context);
    case "short_option_minimum":
      return shortOptionMinimumTest(rule, context);
    case "stress_limit":
      return stressLimitTest(rule, context);
    case "multiplier":
    case "minimum_equity":
      break;
  }
  // These two look at the account's figures alone: see combine.ts.
  return () => () => nothing;
}
