import { expect, test } from "vitest";
import { csvText } from "../../src/report/csv.js";
import { amount, textTable } from "../../src/report/text.js";

test("amounts: thousands commas, fixed decimals, no -0, a dash for nothing", () => {
  expect([1234567.891, -1234.5, -0.001, 0, 999.999].map((usd) => amount(usd))).toEqual([
    "1,234,567.89",
    "-1,234.50",
    "0.00",
    "0.00",
    "1,000.00",
  ]);
  expect([amount(1234.56789, 4), amount(-12345, 0), amount(0.000001, 6)]).toEqual([
    "1,234.5679",
    "-12,345",
    "0.000001",
  ]);
  expect([amount(null), amount(Number.NaN)]).toEqual(["–", "–"]);
});

test("CSV: numbers in full, quotes where needed, empty cells for nothing", () => {
  const rows = [
    ["A, B", 0.1 + 0.2, null],
    ['say "x"', -0, Number.NaN],
    ["C", 1e21, -1.5],
  ];
  expect(csvText(["a", "b", "c"], rows).split("\n")).toEqual([
    "a,b,c",
    '"A, B",0.30000000000000004,',
    '"say ""x""",0,',
    "C,1e+21,-1.5",
  ]);
});

test("tables are aligned and carry no blanks at the ends of lines", () => {
  const text = textTable(
    [{ head: "name", align: "left" }, { head: "USD" }],
    [
      ["a", "1.00"],
      ["long", "10.00"],
    ],
  );
  expect(text.split("\n").filter((line) => line !== "")).toEqual([
    "name    USD",
    "a      1.00",
    "long  10.00",
  ]);
});
