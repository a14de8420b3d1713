import { describe, expect, test } from "vitest";
import { adjustedUnit, parseDeliverable } from "../../src/contracts/deliverable.js";

describe("what a contract delivers", () => {
  test("shares, and perhaps cash, in any order", () => {
    expect(parseDeliverable("BABA:150")).toEqual({ underlying: "BABA", shares: 150, cashUsd: 0 });
    const both = { underlying: "BRK.B", shares: 33.5, cashUsd: 12.5 };
    expect(parseDeliverable("BRK.B:33.5|USD:12.5")).toEqual(both);
    expect(parseDeliverable("USD:12.5 | BRK.B:33.5")).toEqual(both);
  });

  test.each(["", "BABA", "BABA:", "BABA:-1", "BABA:1e2", "baba:100", "BABA:100|BABA:50", "BABA:100|"])(
    "%j says nothing that can be read",
    (text) => {
      expect(parseDeliverable(text)).toMatchObject({ code: "CELL_TYPE", value: text, column: "deliverable" });
    },
  );

  test.each(["ABC:50|XYZ:20", "USD:1250", "BABA:0"])("%s is refused by name", (text) => {
    expect(parseDeliverable(text)).toMatchObject({ code: "DELIVERABLE_UNSUPPORTED", value: text });
  });
});

/** Payment of one adjusted call at a price of the stock, straight from the adjustment: delivered value less strike. */
function payment(price: number): number {
  return Math.max(150 * price + 1200 - 40 * 100, 0);
}

test("an adjusted contract pays as so many options on one share", () => {
  const unit = adjustedUnit(
    { underlying: "XYZ", shares: 150, cashUsd: 1200 },
    { strike: 40, multiplier: 100 },
  );
  expect(unit).toEqual({ strike: 2800 / 150, multiplier: 150, quoteMultiplier: 100 });
  if ("code" in unit) throw new Error("refused");
  for (const price of [0, 10, 18, 19, 25, 60])
    expect(unit.multiplier * Math.max(price - unit.strike, 0)).toBeCloseTo(payment(price), 9);
});

test("cash that alone pays the strike leaves no option", () => {
  expect(
    adjustedUnit({ underlying: "XYZ", shares: 10, cashUsd: 4000 }, { strike: 40, multiplier: 100 }),
  ).toMatchObject({ code: "DELIVERABLE_UNSUPPORTED", value: "4000" });
});
