import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../../src/engine.js";
import { cited, margin, only, testOf, withTests } from "./house-book.js";

// Cases that brokers' public pages work out themselves; the inputs are made so that the figures follow by hand.

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

test("tastytrade, naked option minimum: 0.5 % of the deliverable of ABC at 500 is 250", () => {
  const far = "ABC   261218C01000000";
  const book = {
    underlyings: [{ symbol: "ABC", price: 500 }],
    options: [{ symbol: far, volatility: 0.1 }],
    held: [[far, -1]] as [string, number][],
  };
  const rule = { id: "naked", kind: "short_option_minimum", shareOfDeliverable: 0.005, counts: "uncovered" };
  const account = only(margin(engine, book, withTests(rule)));
  expect(account.regulatoryRequirementUsd).toBe(37.5);
  expect(account.requirementUsd).toBe(250);
  expect(account.binding).toBe("naked");
  expect(testOf(account, "naked")).toMatchObject({
    requirementUsd: 250,
    binding: true,
    worst: "ABC: minimum",
    details: ["ABC: 1 uncovered short options"],
  });
});

describe("tastytrade, earnings: a range of 20 % becomes 30 % from three days before to the day itself", () => {
  const events = [
    { symbol: "ABC", date: "2026-11-23", daysBefore: 3, daysAfter: 0, multiplier: 1.5, ...cited },
  ];
  const rule = { id: "ranges", kind: "range", ranges: [{ down: -0.2, up: 0.2, ...cited }], events };
  const book = {
    underlyings: [
      { symbol: "ABC", price: 100 },
      { symbol: "DEF", price: 100 },
    ],
    held: [["ABC", 100]] as [string, number][],
  };
  test.each([
    ["four days before", "2026-11-19T16:00:00-05:00", 2000],
    ["three days before", "2026-11-20T16:00:00-05:00", 3000],
    ["late on the day in New York, where it is the next day in Greenwich", "2026-11-23T23:30:00-05:00", 3000],
    ["the day after", "2026-11-24T09:30:00-05:00", 2000],
  ])("%s", (_, asOf, usd) => {
    const account = only(margin(engine, { ...book, asOf }, withTests(rule)));
    expect(account.requirementUsd).toBe(usd);
    expect(account.regulatoryRequirementUsd).toBe(1500);
    expect(testOf(account, "ranges").details).toEqual([
      `ABC: ${usd === 3000 ? "-30 % / +30 %" : "-20 % / +20 %"} instead of -15 % / +15 %`,
    ]);
    const other = only(margin(engine, { ...book, asOf, held: [["DEF", 100]] }, withTests(rule)));
    expect(other.requirementUsd).toBe(2000);
  });
});

describe("TD Ameritrade, portfolio test: SPX -20 % may lose the equity plus 5 million", () => {
  // 70,000 SPY at 500 are 35 million; 34 million are borrowed. Down 20 % they lose 7 million.
  const book = {
    underlyings: [{ symbol: "SPY", price: 500 }],
    held: [["SPY", 70_000]] as [string, number][],
    cash: -34_000_000,
  };
  const limits = [{ equityMultiple: 1, plusUsd: 5_000_000, ...cited }];
  const stress = {
    id: "spx",
    kind: "stress_limit",
    moves: "beta_weighted",
    index: "SPX",
    scenarios: [{ move: -0.2, volatilityMove: 0.3 }],
    limits,
  };

  test("equity of 1 million: the loss may be 6 million, and is 7", () => {
    const account = only(margin(engine, book, withTests(stress)));
    expect(account.equityUsd).toBe(1_000_000);
    expect(testOf(account, "spx")).toMatchObject({
      status: "computed",
      requirementUsd: null,
      lossUsd: 7_000_000,
      limitUsd: 6_000_000,
      excessUsd: 1_000_000,
      worst: "SPX -20 %, volatility +30 %",
      binding: false,
      reason: "the loss is above the limit",
    });
    // A limit is no requirement: 8 % of 35 million.
    expect(account.requirementUsd).toBe(2_800_000);
  });

  test("as a requirement it is the equity that the limit asks for: 7 - 5 = 2 million, here below the rule's own", () => {
    const account = only(margin(engine, book, withTests({ ...stress, countsAs: "requirement" })));
    expect(testOf(account, "spx").requirementUsd).toBe(2_000_000);
    expect(account.binding).toBe("regulatory");
  });

  test("of several limits the least holds: equity + 2.5 million, or twice the equity", () => {
    const lesser = [
      { equityMultiple: 1, plusUsd: 2_500_000, ...cited },
      { equityMultiple: 2, ...cited },
    ];
    const account = only(
      margin(engine, book, withTests({ ...stress, limits: lesser, countsAs: "requirement" })),
    );
    expect(testOf(account, "spx")).toMatchObject({ limitUsd: 2_000_000, excessUsd: 5_000_000 });
    // 7 / 2 = 3.5 million against 7 - 2.5 = 4.5 million.
    expect(account.requirementUsd).toBe(4_500_000);
    expect(account.binding).toBe("spx");
  });
});

describe("Schwab, expected range against the point of no return", () => {
  const underlyings = [{ symbol: "ABC", price: 100 }];
  const epr = (down: number, up: number): object =>
    withTests({ id: "epr", kind: "expected_range", ranges: [{ symbols: ["ABC"], down, up, ...cited }] });

  test("up: no return at +60 %, expected +50 %: the rule's 15 %", () => {
    // Short 1,000 at 100, equity 60,000.
    const book = { underlyings, held: [["ABC", -1000]] as [string, number][], cash: 160_000 };
    const account = only(margin(engine, book, epr(-0.3, 0.5)));
    expect(account.requirementUsd).toBe(15_000);
    const [point] = testOf(account, "epr").pointsOfNoReturn;
    expect(point?.up).toBeCloseTo(0.6, 12);
    expect(point?.down).toBeNull();
  });

  test("down: no return at -50 %, expected -30 %: the rule's 15 %", () => {
    const book = { underlyings, held: [["ABC", 1000]] as [string, number][], cash: -50_000 };
    const account = only(margin(engine, book, epr(-0.3, 0.5)));
    expect(account.requirementUsd).toBe(15_000);
    expect(testOf(account, "epr").pointsOfNoReturn[0]?.down).toBeCloseTo(-0.5, 12);
    expect(testOf(account, "epr").details).toEqual([]);
  });

  test("up: no return at +30 %, expected +40 %: 40 %, and that side alone", () => {
    const book = { underlyings, held: [["ABC", -1000]] as [string, number][], cash: 130_000 };
    const account = only(margin(engine, book, epr(-0.3, 0.4)));
    expect(account.requirementUsd).toBe(40_000);
    expect(account.binding).toBe("epr");
    expect(testOf(account, "epr")).toMatchObject({
      worst: "ABC: +40 %",
      details: ["ABC up to 40 %: the account has no equity left at 30 %"],
    });
  });

  test("an expected range inside the rule's never narrows it", () => {
    // No return at +5 %, expected +10 %.
    const book = { underlyings, held: [["ABC", -1000]] as [string, number][], cash: 105_000 };
    expect(only(margin(engine, book, epr(-0.1, 0.1))).requirementUsd).toBe(15_000);
  });

  test("an account without equity has passed its point: 0 on both sides", () => {
    const book = { underlyings, held: [["ABC", -1000]] as [string, number][], cash: 99_000 };
    const account = only(margin(engine, book, epr(-0.3, 0.4)));
    expect(testOf(account, "epr").pointsOfNoReturn).toEqual([
      { classGroup: "ABC", down: 0, up: 0, expectedDown: -0.3, expectedUp: 0.4 },
    ]);
    expect(account.requirementUsd).toBe(40_000);
  });

  test("other underlyings stay where they are: their equity counts, their moves do not", () => {
    // Equity 60,000 once DEF's 30,000 are in it: no return at +60 % though ABC's own money ends at +30 %.
    const book = {
      underlyings: [...underlyings, { symbol: "DEF", price: 30 }],
      held: [
        ["ABC", -1000],
        ["DEF", 1000],
      ] as [string, number][],
      cash: 130_000,
    };
    const account = only(margin(engine, book, epr(-0.3, 0.5)));
    expect(testOf(account, "epr").pointsOfNoReturn[0]?.up).toBeCloseTo(0.6, 12);
    expect(account.requirementUsd).toBe(15_000 + 4_500);
  });
});

test("Interactive Brokers, concentration of contracts for difference: 240,000 less 100,000 is 140,000", () => {
  // 60 % of 250,000 and of 150,000.
  const book = {
    underlyings: [
      { symbol: "ABC", price: 250 },
      { symbol: "DEF", price: 150 },
    ],
    held: [
      ["ABC", 1000],
      ["DEF", -1000],
    ] as [string, number][],
  };
  const rule = {
    id: "two",
    kind: "concentration",
    largest: 2,
    largestRanges: [{ down: -0.6, up: 0.6, ...cited }],
    restRanges: [{ down: -0.1, up: 0.1, ...cited }],
  };
  const gross = only(margin(engine, book, withTests(rule)));
  expect(gross.requirementUsd).toBe(240_000);
  const net = only(margin(engine, book, withTests({ ...rule, rebateUsd: 100_000 })));
  expect(net.requirementUsd).toBe(140_000);
  expect(testOf(net, "two")).toMatchObject({ worst: "ABC, DEF", binding: true });
  // Maintenance is half of it: 70,000, above the rule's 60,000.
  const half = only(margin(engine, book, withTests({ ...rule, rebateUsd: 100_000, share: 0.5 })));
  expect(half.requirementUsd).toBe(70_000);
});
