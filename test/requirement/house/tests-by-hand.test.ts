import { beforeAll, describe, expect, test } from "vitest";
import { firstRuin } from "../../../src/requirement/house/expected-range-test.js";
import { equalSteps, stretched } from "../../../src/requirement/house/ranges.js";
import { type Engine, loadEngine } from "../../../src/engine.js";
import { cited, margin, only, type SmallBook, testOf, withHouse, withTests } from "./house-book.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const requirement = (book: SmallBook, rules: object): number | null =>
  only(margin(engine, book, rules)).requirementUsd;

describe("ranges", () => {
  test("the rule's points are stretched side by side, equal steps stay equal, order and count stay", () => {
    const own = [-0.15, -0.12, -0.09, -0.06, -0.03, 0.03, 0.06, 0.09, 0.12, 0.15];
    expect(stretched(own, { down: -0.3, up: 0.2 })).toEqual([
      -0.3, -0.24, -0.18, -0.12, -0.06, 0.04, 0.08, 0.12, 0.16, 0.2,
    ]);
    expect(stretched([0, -0.5, 1], { down: -0.1, up: 3 })).toEqual([0, -0.1, 3]);
    expect(equalSteps({ down: -0.3, up: 0.1 }, 2)).toEqual([-0.3, -0.15, 0.05, 0.1]);
  });

  const abc = [
    { symbol: "ABC", price: 100, tags: "biotech|small-cap" },
    { symbol: "DEF", price: 100 },
    { symbol: "SPX", price: 5000 },
    { symbol: "SPY", price: 500 },
  ];
  const long = (symbol: string): SmallBook => ({ underlyings: abc, held: [[symbol, 100]] });
  const short = (symbol: string): SmallBook => ({ underlyings: abc, held: [[symbol, -100]] });
  const range = (entry: object, more: object = {}): object =>
    withTests({ id: "r", kind: "range", ranges: [{ ...entry, ...cited }], ...more });

  test.each([
    ["a symbol", { symbols: ["ABC"] }],
    ["a class group", { classGroups: ["ABC"] }],
    ["a tag of the table", { tags: ["small-cap"] }],
  ])("chosen by %s, down -50 %% and up +100 %%, others as they were", (_, selector) => {
    const rules = range({ ...selector, down: -0.5, up: 1 });
    expect(requirement(long("ABC"), rules)).toBe(5000);
    expect(requirement(short("ABC"), rules)).toBe(10_000);
    expect(requirement(long("DEF"), rules)).toBe(1500);
  });

  test("chosen by portfolio type: SPY at -12 % / +10 %", () => {
    const rules = range({ portfolioTypes: ["high_cap_broad_index"], down: -0.12, up: 0.1 });
    expect(requirement(long("SPY"), rules)).toBe(6000);
    expect(requirement(short("SPY"), rules)).toBe(5000);
    expect(requirement(long("ABC"), rules)).toBe(1500);
  });

  test("chosen by a tag of the rule file", () => {
    const tests = [{ id: "r", kind: "range", ranges: [{ tags: ["hot"], down: -0.4, ...cited }], ...cited }];
    const rules = withHouse({ tags: [{ tag: "hot", symbols: ["DEF"], ...cited }], tests });
    expect(requirement(long("DEF"), rules)).toBe(4000);
    // The side that is not given is the rule's own.
    expect(requirement(short("DEF"), rules)).toBe(1500);
    expect(requirement(long("ABC"), rules)).toBe(1500);
  });

  test("against the rule's range: the widest side by side, the narrowest, or in its place", () => {
    const entries = (...ends: [number, number][]): object[] =>
      ends.map(([down, up]) => ({ down, up, ...cited }));
    const asked = (against: string, side: SmallBook): number | null => {
      const ranges = entries([-0.1, 0.3], [-0.12, 0.2]);
      const rules = withTests({ id: "r", kind: "range", against, ranges });
      return testOf(only(margin(engine, side, rules)), "r").requirementUsd;
    };
    expect([asked("widest", long("ABC")), asked("widest", short("ABC"))]).toEqual([1500, 3000]);
    expect([asked("narrowest", long("ABC")), asked("narrowest", short("ABC"))]).toEqual([1000, 1500]);
    expect([asked("replace", long("ABC")), asked("replace", short("ABC"))]).toEqual([1000, 3000]);
    // What is below the regulatory figure never lowers it.
    const rules = withTests({ id: "r", kind: "range", against: "replace", ranges: entries([-0.1, 0.3]) });
    expect(requirement(long("ABC"), rules)).toBe(1500);
  });

  test("a market value move: 500 million of a company worth a billion are 50 %", () => {
    const rules = range({ symbols: ["ABC"], marketCapUsd: 5e8 });
    const worth = (shares: number): SmallBook => ({
      underlyings: [{ symbol: "ABC", price: 100, shares_outstanding: shares }],
      held: [["ABC", 100]],
    });
    expect(requirement(worth(1e7), rules)).toBe(5000);
    // Worth 400 million: all of it. Worth 100 billion: 0.5 %, so the rule's own 15 %.
    expect(requirement(worth(4e6), rules)).toBe(10_000);
    expect(requirement(worth(1e9), rules)).toBe(1500);
  });

  test("points a side, and volatility moves: a long straddle loses where volatility falls", () => {
    const [call, put] = ["ABC   261218C00100000", "ABC   261218P00100000"];
    const options = [call, put].map((symbol) => ({ symbol, volatility: 0.4 }));
    const straddle: SmallBook = {
      underlyings: abc,
      options,
      held: [
        [call, 1],
        [put, 1],
      ],
    };
    const volatilityMoves = { unit: "relative", moves: [-0.15, 0, 0.15], ...cited };
    const plain = requirement(straddle, withTests({ id: "r", kind: "range" })) ?? Number.NaN;
    const moved = requirement(straddle, withTests({ id: "r", kind: "range", volatilityMoves })) ?? Number.NaN;
    expect(plain).toBe(75); // the minimum
    expect(moved).toBeGreaterThan(75);
    // At-the-money value is nearly linear in volatility: 15 % of about 2 x 100 x 0.4 x sqrt(28 / 365) / sqrt(2 pi) a share,
    // less what a 3 % move (the nearest points) gives back.
    const all = 200 * 100 * 0.4 * Math.sqrt(28 / 365) * 0.3989 * 0.15;
    expect(moved).toBeGreaterThan(0.4 * all);
    expect(moved).toBeLessThan(all);
    const rules = withTests({ id: "r", kind: "range", volatilityMoves, pointsPerSide: 50 });
    const fine = requirement(straddle, rules) ?? Number.NaN;
    expect(fine).toBeGreaterThan(moved);
    // With a point every 0.3 % the loss is all of it, but for the little by which the straddle's least value lies off 100.
    expect(Math.abs(fine / all - 1)).toBeLessThan(0.01);
  });
});

describe("concentration", () => {
  const underlyings = [
    { symbol: "AAA", price: 100 },
    { symbol: "BBB", price: 60 },
    { symbol: "CCC", price: 10 },
    { symbol: "SPY", price: 500 },
  ];
  const held: [string, number][] = [
    ["AAA", 1000],
    ["BBB", -1000],
    ["CCC", 1000],
  ];
  const wide = { down: -0.3, up: 0.3, ...cited };
  const rest = { down: -0.05, up: 0.05, ...cited };

  test("the two riskiest at 30 %, the rest at 5 %: 30,000 + 18,000 + 500", () => {
    const rule = { id: "c", kind: "concentration", largest: 2, largestRanges: [wide], restRanges: [rest] };
    const account = only(margin(engine, { underlyings, held }, withTests(rule)));
    expect(account.regulatoryRequirementUsd).toBe(25_500);
    expect(account.requirementUsd).toBe(48_500);
    expect(testOf(account, "c")).toMatchObject({
      worst: "AAA, BBB",
      details: ["AAA: -30 % / +30 %", "BBB: -30 % / +30 %"],
    });
  });

  test("a single name against everything: 30 % of the largest is below the rule, then above it", () => {
    const single = (down: number): object =>
      withTests({
        id: "s",
        kind: "concentration",
        largest: 1,
        largestRanges: [{ down, up: 0.3, ...cited }],
      });
    const below = only(margin(engine, { underlyings, held }, single(-0.25)));
    expect(testOf(below, "s")).toMatchObject({ requirementUsd: 25_000, binding: false });
    expect(testOf(below, "s").reason).toBe("not above the regulatory requirement");
    expect(below.requirementUsd).toBe(25_500);
    expect(requirement({ underlyings, held }, single(-0.4))).toBe(40_000);
  });

  test("only what it applies to; of several ranges the widest, or the first", () => {
    const ranges = [wide, { symbols: ["CCC"], down: -0.9, up: 1, ...cited }];
    const rule = {
      id: "c",
      kind: "concentration",
      appliesTo: { portfolioTypes: ["equity"] },
      largest: 1,
      largestRanges: ranges,
    };
    const book: SmallBook = {
      underlyings,
      held: [
        ["CCC", 1000],
        ["SPY", 100],
      ],
    };
    expect(testOf(only(margin(engine, book, withTests(rule))), "c").requirementUsd).toBe(9000);
    const first = only(margin(engine, book, withTests({ ...rule, several: "first" })));
    expect(testOf(first, "c").requirementUsd).toBe(3000);
  });
});

describe("large positions", () => {
  const tiers = [
    { atLeast: 0.01, rangeMultiplier: 2, ...cited },
    { atLeast: 0.05, down: -0.6, up: 0.6, ...cited },
  ];
  const rule = { id: "large", kind: "position_size", measure: "shares_outstanding", tiers };
  const book = (quantity: number, more: object = { shares_outstanding: 100_000 }): SmallBook => ({
    underlyings: [
      { symbol: "ABC", price: 10, ...more },
      { symbol: "SPX", price: 5000 },
    ],
    held: [["ABC", quantity]],
  });

  test.each([
    [999, 1498.5, 0.01, []],
    [1000, 3000, 0.05, ["ABC: 1 % of the shares outstanding, so -30 % / +30 %"]],
    [-5000, 30_000, null, ["ABC: 5 % of the shares outstanding, so -60 % / +60 %"]],
  ])("%i of 100,000 shares: %d", (quantity, usd, nextTier, details) => {
    const account = only(margin(engine, book(quantity), withTests(rule)));
    expect(account.requirementUsd).toBe(usd);
    expect(testOf(account, "large").details).toEqual(details);
    const size = Math.abs(quantity) / 100_000;
    expect(testOf(account, "large").sizes).toEqual([{ classGroup: "ABC", size, nextTier }]);
  });

  test("options count with their delta: deep calls on 1,000 shares as 1,000 shares", () => {
    const call = "ABC   261218C00000500";
    const held: [string, number][] = [[call, 10]];
    const deep = { ...book(0), options: [{ symbol: call, volatility: 0.01 }], held };
    const account = only(margin(engine, deep, withTests(rule)));
    expect(testOf(account, "large").details).toEqual([
      "ABC: 1 % of the shares outstanding, so -30 % / +30 %",
    ]);
    // They lose the share's 30 % of 10.
    expect(account.requirementUsd).toBeCloseTo(3000, 6);
  });

  test("days to liquidate: 5,000 shares at a fifth of 10,000 a day are 2.5 days", () => {
    const days = {
      id: "slow",
      kind: "position_size",
      measure: "days_to_liquidate",
      participation: 0.2,
      tiers: [{ atLeast: 2.5, down: -0.25, up: 0.25, ...cited }],
    };
    const volume = { average_daily_volume: 10_000 };
    const account = only(margin(engine, book(5000, volume), withTests(days)));
    expect(account.requirementUsd).toBe(12_500);
    expect(testOf(account, "slow").details).toEqual([
      "ABC: 2.5 days to liquidate at 20 % of the volume, so -25 % / +25 %",
    ]);
    expect(requirement(book(4999, volume), withTests(days))).toBe(7498.5);
  });

  test("without the figure the account is incomplete, and says which is missing; an index needs none", () => {
    const result = margin(engine, book(1000, {}), withTests(rule));
    const account = only(result);
    expect(account).toMatchObject({
      status: "incomplete",
      requirementUsd: null,
      excessUsd: null,
      houseRequirementUsd: null,
      binding: null,
      regulatoryRequirementUsd: 1500,
    });
    expect(testOf(account, "large")).toMatchObject({
      status: "not_computed",
      requirementUsd: null,
      reason: "not computed: no shares_outstanding of ABC",
    });
    for (const failures of [account.failures, result.failures])
      expect(failures).toMatchObject([
        { code: "HOUSE_INPUT_MISSING", value: "shares_outstanding of ABC", account: "A" },
      ]);
    expect(result.totals).toMatchObject({ incompleteAccounts: 1, requirementUsd: 0 });
    const call = "SPXW  261218C05000000";
    const options = [{ symbol: call, volatility: 0.2 }];
    const index = only(margin(engine, { ...book(0, {}), options, held: [[call, 1]] }, withTests(rule)));
    expect(index.status).toBe("complete");
    const elsewhere = { ...rule, appliesTo: { symbols: ["XYZ"] } };
    expect(requirement(book(1000, {}), withTests(elsewhere))).toBe(1500);
  });
});

describe("minimum for short options", () => {
  const [call, put, otherCall] = ["ABC   261218C00200000", "ABC   261218P00050000", "ABC   261218C00250000"];
  const options = [call, put, otherCall].map((symbol) => ({ symbol, volatility: 0.1 }));
  const book = (...held: [string, number][]): SmallBook => ({
    underlyings: [{ symbol: "ABC", price: 100 }],
    options,
    held,
  });
  const minimum = (counts: "all" | "uncovered"): object =>
    withTests({ id: "m", kind: "short_option_minimum", perUnitUsd: 1, shareOfDeliverable: 0.005, counts });
  // $1 x 100 against 0.5 % of 10,000: $100 each.
  const asked = (counts: "all" | "uncovered", ...held: [string, number][]): number | null =>
    testOf(only(margin(engine, book(...held), minimum(counts))), "m").requirementUsd;

  test("dollars per unit or a share of the deliverable, whichever is more; calls and puts", () => {
    expect(asked("uncovered", [call, -3], [put, -2])).toBe(500);
  });

  test("long calls and whole lots of long shares cover short calls, not puts", () => {
    // Five short calls: two covered by long calls, two by 250 shares, one left at $100; $37.50 for the six others' contracts.
    // 250 shares lose 3,750 in the range, so the minimum shows only without them.
    expect(asked("uncovered", [call, -5], [otherCall, 2], [put, -1])).toBeCloseTo(
      3 * 100 + 2 * 37.5 + 100 + 0,
      1,
    );
    expect(asked("all", [call, -5], [otherCall, 2])).toBeCloseTo(500, 1);
    const detail = (...held: [string, number][]): readonly string[] =>
      testOf(only(margin(engine, book(...held), minimum("uncovered"))), "m").details;
    expect(detail([call, -5], ["ABC", 250])).toEqual(["ABC: 3 uncovered short options"]);
    expect(detail([call, -5], ["ABC", -500])).toEqual(["ABC: 5 uncovered short options"]);
    expect(detail([put, -5], ["ABC", -500])).toEqual([]);
  });
});

describe("stress limits", () => {
  const underlyings = [
    { symbol: "ABC", price: 100, beta: 2 },
    { symbol: "DEF", price: 100 },
    { symbol: "SPX", price: 5000 },
    { symbol: "SPY", price: 500 },
    { symbol: "UPRO", price: 100 },
  ];
  const stress = (more: object = {}): object =>
    withTests({
      id: "s",
      kind: "stress_limit",
      moves: "beta_weighted",
      index: "SPX",
      scenarios: [{ move: -0.2 }, { move: 0.2 }],
      limits: [{ equityMultiple: 1, ...cited }],
      ...more,
    });
  const loss = (held: [string, number][], more: object = {}): number | null =>
    testOf(only(margin(engine, { underlyings, held }, stress(more))), "s").lossUsd;

  test("beta 2 moves by 40 %, the index's own funds by their leverage; the book nets", () => {
    expect(loss([["ABC", 100]])).toBe(4000);
    expect(loss([["UPRO", 100]])).toBe(6000);
    // 100 ABC (-4,000) against 40 short SPY (+4,000).
    expect(
      loss([
        ["ABC", 100],
        ["SPY", -40],
      ]),
    ).toBe(0);
    expect(
      loss([
        ["ABC", 100],
        ["SPY", -50],
      ]),
    ).toBe(1000); // up: +4,000 - 5,000
  });

  test("betas of the rule file stand behind the table's; then the default; without one the test says so", () => {
    const betas = [
      { symbol: "DEF", beta: 0.5, ...cited },
      { symbol: "ABC", beta: 9, ...cited },
    ];
    expect(loss([["DEF", 100]], { betas })).toBe(1000);
    expect(loss([["ABC", 100]], { betas })).toBe(4000);
    expect(loss([["DEF", 100]], { defaultBeta: 1 })).toBe(2000);
    const account = only(margin(engine, { underlyings, held: [["DEF", 100]] }, stress()));
    expect(account).toMatchObject({ status: "complete", requirementUsd: 1500 });
    expect(testOf(account, "s")).toMatchObject({
      status: "not_computed",
      lossUsd: null,
      reason: "not computed: no beta of DEF",
    });
    const required = only(
      margin(engine, { underlyings, held: [["DEF", 100]] }, stress({ countsAs: "requirement" })),
    );
    expect(required.status).toBe("incomplete");
    expect(required.failures).toMatchObject([{ code: "HOUSE_INPUT_MISSING", value: "beta of DEF" }]);
  });

  test("uniform moves over the whole book, or each class group for itself", () => {
    const held: [string, number][] = [
      ["ABC", 100],
      ["DEF", -50],
      ["SPY", 1],
    ];
    const uniform = { moves: "uniform", index: undefined, scenarios: [{ move: -0.25 }, { move: 0.25 }] };
    // -2,500 + 1,250 - 125.
    expect(loss(held, uniform)).toBe(1375);
    expect(loss(held, { ...uniform, over: "class_group" })).toBe(2500);
    const indexes = { portfolioTypes: ["high_cap_broad_index"] };
    expect(loss(held, { ...uniform, appliesTo: indexes })).toBe(125);
  });
});

describe("the point of no return", () => {
  test("the first crossing, on a straight line within its step", () => {
    const moves = [-0.1, -0.2, -0.3];
    expect(firstRuin(moves, Float64Array.of(-10, -50, -20), 30)).toBeCloseTo(-0.15, 12);
    expect(firstRuin(moves, Float64Array.of(-10, -20, -30), 30)).toBeCloseTo(-0.3, 12);
    expect(firstRuin(moves, Float64Array.of(-10, -20, -29), 30)).toBeNull();
    expect(firstRuin(moves, Float64Array.of(-40, 0, 0), 30)).toBeCloseTo(-0.075, 12);
    expect(firstRuin(moves, Float64Array.of(0, 0, 0), 0)).toBe(0);
  });

  test("a short call: equity and loss meet where the model says, within a step", () => {
    // 10 short 28-day calls struck at 100; up 25 % they lose their time value's worth less than 25,000.
    const call = "ABC   261218C00100000";
    const options = [{ symbol: call, volatility: 0.3 }];
    const underlyings = [{ symbol: "ABC", price: 100 }];
    const ranges = [{ symbols: ["ABC"], down: -0.5, up: 0.5, ...cited }];
    const rules = withTests({ id: "epr", kind: "expected_range", ranges });
    const book = { underlyings, options, held: [[call, -10]] as [string, number][], cash: 20_000 };
    const account = only(margin(engine, book, rules));
    const up = testOf(account, "epr").pointsOfNoReturn[0]?.up ?? Number.NaN;
    expect(up).toBeGreaterThan(0.15);
    expect(up).toBeLessThan(0.25);
    const equity = account.equityUsd ?? Number.NaN;
    const at = withTests({
      id: "at",
      kind: "concentration",
      largest: 1,
      largestRanges: [{ down: 0, up, ...cited }],
    });
    const lossThere = testOf(only(margin(engine, book, at)), "at").requirementUsd ?? Number.NaN;
    expect(Math.abs(lossThere - equity)).toBeLessThan(0.002 * equity);
    // The side is widened to +50 %: about 50,000 less the premium.
    expect(account.requirementUsd).toBeGreaterThan(45_000);
  });
});
