import { newYorkDay } from "../../basics/dates.js";
import type { HouseTestRule } from "../../rules/house-schema.js";
import type { PortfolioMarginInputs } from "../inputs.js";
import { hasUsableHolding } from "../class-group-results.js";
import type { Run } from "../run.js";
import { combined, type HouseResult, type TestOutcome } from "./combine.js";
import { concentrationTest } from "./concentration-test.js";
import {
  type AccountFigures,
  type Evaluate,
  type HouseAccount,
  type HouseContext,
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

/**
 * The house rules of a run, made ready: each test in force values the book under its own grids once. `null` where the rule
 * set has none.
 */
export function houseLayer(run: Run, inputs: PortfolioMarginInputs): HouseLayer | null {
  const { rules, tables } = run.request;
  const house = rules.houseRules;
  if (house === undefined) return null;
  const asOfDay = newYorkDay(inputs.market.asOfMs);
  const facts = classGroupFacts(tables.underlyings, inputs.market, house.tags);
  const context: HouseContext = { rules, prepared: run.prepared, inputs, facts, asOfDay };
  const states = regimeStates(house, asOfDay, (symbol) => facts.price(symbol));
  const tests = house.tests.map((rule) => preparedTest(rule, states, context));
  return ({ rows, ...figures }) => {
    const held = rows.filter((row) => hasUsableHolding(row, inputs));
    const account = { ...figures, rows: held, withoutModel: optionsWithoutModel(held, context) };
    return combined(
      tests.map((test) => test(account)),
      account,
      rules,
    );
  };
}

function optionsWithoutModel(rows: readonly number[], { inputs, prepared }: HouseContext): string[] {
  const { totals, book, contracts } = inputs;
  return rows
    .flatMap((row) => [...book.contract.subarray(totals.holdingStart[row], totals.holdingStart[row + 1])])
    .filter((row) => prepared.theoretical.isTheoretical[row] === 1 && contracts.isOption[row] === 1)
    .map((row) => contracts.symbols[row] ?? "");
}

function preparedTest(
  rule: HouseTestRule,
  states: readonly RegimeState[],
  context: HouseContext,
): (account: HouseAccount) => TestOutcome {
  const { when } = rule;
  const known = states.find(({ regime }) => regime === when?.regime);
  if (known?.state === null) {
    const outcome = uncomputed([{ symbol: known.series, what: "recent value" }]);
    return () => ({ rule, inForce: true, outcome });
  }
  if (when !== undefined && known?.state !== when.is) {
    const reason = `not in force: ${when.regime} is ${known?.state}, not ${when.is}`;
    return () => ({ rule, inForce: false, outcome: { ...nothing, reason } });
  }
  const evaluate = evaluation(rule, context);
  if (known?.isAssumed !== true) return (account) => ({ rule, inForce: true, outcome: evaluate(account) });
  const said = `${known.regime} taken as ${known.state}: no recent value of ${known.series}`;
  return (account) => {
    const outcome = evaluate(account);
    return { rule, inForce: true, outcome: { ...outcome, details: [said, ...outcome.details] } };
  };
}

const nothing = { requirementUsd: null, worst: null, details: [], missing: [] };

function evaluation(rule: HouseTestRule, context: HouseContext): Evaluate {
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
  return () => nothing;
}
