import { beforeAll, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { explainText } from "../../src/report/explain-text.js";
import { marginText } from "../../src/report/margin-text.js";
import { cited, margin, withTests } from "../requirement/house/house-book.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const book = {
  underlyings: [{ symbol: "ABC", price: 100, beta: 1 }],
  held: [["ABC", 100]] as [string, number][],
  cash: -8000,
};
const ends = [{ down: -0.3, up: 0.3, ...cited }];
const range = { id: "wide", kind: "range", ranges: ends };
const stress = {
  id: "index",
  kind: "stress_limit",
  moves: "beta_weighted",
  index: "SPX",
  scenarios: [{ move: -0.25 }],
  limits: [{ equityMultiple: 1, ...cited }],
};
const tests = [
  range,
  { id: "epr", kind: "expected_range", ranges: ends },
  stress,
  { id: "open", kind: "multiplier", factor: 1.1, appliesTo: "initial" },
];

test("explain: each house test, the one that binds marked, and what sets the requirement", () => {
  const text = explainText(margin(engine, book, withTests(...tests)));
  const from = text.indexOf("Sum: ");
  expect(text.slice(from).split("\n").slice(0, 13)).toEqual([
    "Sum: 1,500.00 = 1,500.00",
    "House tests",
    "* wide (range): 3,000.00, at ABC: -30 %: the greatest figure, which sets the requirement (X, confirmed)",
    "      ABC: -30 % / +30 % instead of -15 % / +15 %",
    "  epr (expected_range): 3,000.00, at ABC: -30 %: not above wide (X, confirmed)",
    "      ABC down to -30 %: the account has no equity left at -20 %",
    "      ABC point of no return: down 20.00 %, up beyond twice the expected range",
    "  index (stress_limit): loss 2,500.00, limit 2,000.00, at SPX -25 %: the loss is above the limit (X, confirmed)",
    "  open (multiplier): 110 % of the requirement, for opening trades (X, confirmed)",
    "",
    "Requirement 3,000.00: house test wide; regulatory 1,500.00",
    "Initial requirement 3,300.00, for opening trades",
    "Equity 2,000.00 (market value 10,000.00, cash -8,000.00)",
  ]);
});

test("explain: a test that lacks a figure leaves the regulatory sum, and says so", () => {
  const needs = { ...stress, countsAs: "requirement" };
  const { underlyings: _, ...rest } = book;
  const without = { ...rest, underlyings: [{ symbol: "ABC", price: 100 }] };
  const text = explainText(margin(engine, without, withTests(needs)));
  expect(text).toContain("not computed: no beta of ABC");
  expect(text).toContain("the sum is its regulatory requirement, but a house test lacks a figure");
  expect(text).toContain("HOUSE_INPUT_MISSING");
});

test("margin: the regulatory figure and what sets the requirement in columns of their own; broken limits below", () => {
  const text = marginText(margin(engine, book, withTests(...tests)));
  const [head = "", , row = ""] = text.split("\n").slice(2);
  expect(head.trim().split(/ {2,}/)).toEqual([
    "account",
    "market value",
    "cash",
    "equity",
    "requirement",
    "regulatory",
    "set by",
    "excess",
    "costliest group",
    "worst scenario",
  ]);
  expect((text.split("\n").find((line) => line.startsWith("A ")) ?? row).trim().split(/ {2,}/)).toEqual([
    "A",
    "10,000.00",
    "-8,000.00",
    "2,000.00",
    "3,000.00",
    "1,500.00",
    "wide",
    "-1,000.00",
    "ABC",
    "-15 %",
  ]);
  expect(text).toContain(
    "  A: index: loss 2,500.00, limit 2,000.00, at SPX -25 %: the loss is above the limit",
  );
  expect(text).not.toContain("A: open:");
});
