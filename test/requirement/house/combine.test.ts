import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../../src/engine.js";
import { cited, margin, only, type SmallBook, testOf, withHouse, withTests } from "./house-book.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

// 100 shares at 100: the rule asks for 1,500.
const book: SmallBook = { underlyings: [{ symbol: "ABC", price: 100 }], held: [["ABC", 100]], cash: -4000 };

/** A test that asks for a share of the 10,000 that the position is worth. */
const asks = (id: string, share: number, more: object = {}): object => ({
  id,
  kind: "concentration",
  largest: 1,
  largestRanges: [{ down: -share, up: share, ...cited }],
  ...more,
});

describe("the house figure", () => {
  test("without a test above it, the regulatory requirement stands and binds", () => {
    const account = only(margin(engine, book, withTests(asks("low", 0.1))));
    expect(account).toMatchObject({
      status: "complete",
      regulatoryRequirementUsd: 1500,
      houseRequirementUsd: 1500,
      initialRequirementUsd: 1500,
      requirementUsd: 1500,
      requirementOfUsedUsd: 1500,
      equityUsd: 6000,
      excessUsd: 4500,
      binding: "regulatory",
    });
    expect(testOf(account, "low")).toMatchObject({
      requirementUsd: 1000,
      addedUsd: 0,
      binding: false,
      rule: { source: "X", paragraph: null, standing: "confirmed" },
    });
  });

  test("the greatest of several, the first of equals, is named", () => {
    const rules = withTests(asks("a", 0.2), asks("b", 0.3), asks("c", 0.3));
    const account = only(margin(engine, book, rules));
    expect(account).toMatchObject({ requirementUsd: 3000, binding: "b", excessUsd: 3000 });
    expect(account.houseTests?.map(({ binding }) => binding)).toEqual([false, true, false]);
    expect(account.houseTests?.map(({ reason }) => reason)).toEqual([
      "not above b",
      "the greatest figure, which sets the requirement",
      "not above b",
    ]);
  });

  test("added whole, or with what is above the regulatory requirement", () => {
    const rules = withTests(
      asks("a", 0.2),
      asks("add", 0.05, { combine: "added" }),
      asks("beyond", 0.18, { combine: "excess_added" }),
      asks("nothing", 0.1, { combine: "excess_added" }),
    );
    const account = only(margin(engine, book, rules));
    // 2,000 + 500 + (1,800 - 1,500) + 0.
    expect(account).toMatchObject({ requirementUsd: 2800, binding: "a" });
    expect(account.houseTests?.map(({ addedUsd }) => addedUsd)).toEqual([0, 500, 300, 0]);
    expect(account.houseTests?.map(({ binding }) => binding)).toEqual([true, true, true, false]);
    expect(testOf(account, "nothing").reason).toBe("adds nothing");
  });

  test("110 % for opening trades stands beside; a multiplier of maintenance is in the figure", () => {
    const initial = { id: "i", kind: "multiplier", factor: 1.1, appliesTo: "initial" };
    const beside = only(margin(engine, book, withTests(asks("a", 0.2), initial)));
    expect(beside).toMatchObject({ requirementUsd: 2000, initialRequirementUsd: 2200, binding: "a" });
    expect(testOf(beside, "i")).toMatchObject({
      binding: false,
      requirementUsd: null,
      reason: "110 % of the requirement, for opening trades",
    });
    const whole = { id: "m", kind: "multiplier", factor: 1.25, appliesTo: "maintenance" };
    const inside = only(margin(engine, book, withTests(initial, whole)));
    // 1,500 x 1.25 = 1,875; x 1.1 = 2,062.50.
    expect(inside).toMatchObject({ requirementUsd: 1875, initialRequirementUsd: 2062.5 });
    expect(testOf(inside, "m").binding).toBe(true);
  });

  test("minimum equity: state and consequence are named, and are no requirement", () => {
    const tiers = [
      { belowUsd: 150_000, state: "notice", consequence: "reduce risk from day 6", ...cited },
      { belowUsd: 100_000, state: "restricted", consequence: "closing trades only", ...cited },
    ];
    const rule = { id: "e", kind: "minimum_equity", startUsd: 175_000, maintainUsd: 150_000, tiers };
    const reason = (cash: number): string => {
      const account = only(margin(engine, { ...book, cash }, withTests(rule)));
      expect(account).toMatchObject({ status: "complete", requirementUsd: 1500, binding: "regulatory" });
      // 10,000 of shares beside the cash.
      const room = { lossUsd: null, limitUsd: 150_000, excessUsd: Math.round((140_000 - cash) * 100) / 100 };
      expect(testOf(account, "e")).toMatchObject(room);
      return testOf(account, "e").reason;
    };
    expect(reason(140_000)).toBe("equity at or above the minimum of 150000 USD");
    expect(reason(139_999.99)).toBe("equity below 150000 USD: notice; reduce risk from day 6");
    expect(reason(89_999)).toBe("equity below 100000 USD: restricted; closing trades only");
  });

  test("an account that is incomplete has no house figures, and a set without house rules has none of the keys", () => {
    const account = only(margin(engine, { ...book, held: [["XYZ", 1]] }, withTests(asks("a", 0.2))));
    expect(account).toMatchObject({
      status: "incomplete",
      requirementUsd: null,
      regulatoryRequirementUsd: null,
      houseRequirementUsd: null,
      initialRequirementUsd: null,
      binding: null,
      houseTests: [],
    });
    expect(
      Object.keys(only(margin(engine, book, withHouse({ tests: [{ ...cited, ...asks("a", 0.2) }] })))),
    ).toContain("houseTests");
    const plain = only(
      engine.margin({
        asOf: "2026-11-20T16:00:00-05:00",
        underlyings: book.underlyings,
        positions: [{ account: "A", symbol: "ABC", quantity: 1 }],
      }),
    );
    for (const key of ["regulatoryRequirementUsd", "houseRequirementUsd", "binding", "houseTests"])
      expect(plain).not.toHaveProperty(key);
  });

  test("shares that are not eligible are in the regulatory figure and in every whole requirement", () => {
    const underlyings = [...book.underlyings, { symbol: "OTC", price: 10, margin_eligible: false }];
    const held: [string, number][] = [
      ["ABC", 100],
      ["OTC", 50],
    ];
    const range = { id: "r", kind: "range", ranges: [{ down: -0.3, up: 0.3, ...cited }] };
    const account = only(margin(engine, { underlyings, held }, withTests(range)));
    expect(account).toMatchObject({ regulatoryRequirementUsd: 2000, requirementUsd: 3500 });
  });

  test("an unverified figure of a test in force is named in the result", () => {
    const doubtful = asks("a", 0.2, { standing: "unverified" });
    const result = margin(engine, book, withTests(doubtful));
    expect(only(result).unverified).toEqual(["house test a of mine"]);
    expect(result.notes).toContain("Unverified entries of mine were used: house test a of mine.");
    expect(only(margin(engine, book, withTests(asks("a", 0.2)))).unverified).toEqual([]);
  });
});

describe("a switch by a series", () => {
  // 2026-11-20 is a Friday; six values before it, in calendar days of the file.
  const days = [
    "2026-11-12",
    "2026-11-13",
    "2026-11-16",
    "2026-11-17",
    "2026-11-18",
    "2026-11-19",
    "2026-11-20",
  ];
  const change = (to: string, bound: object, values: number): object => ({ to, ...bound, values, ...cited });
  const rules = (levels: number[], maxAgeDays = 4): object =>
    withHouse({
      series: [
        { id: "VIX", values: levels.map((value, i) => ({ date: days[i], value })), maxAgeDays, ...cited },
      ],
      regimes: [
        {
          id: "market",
          series: "VIX",
          start: "calm",
          changes: [
            change("volatile", { above: 30 }, 1),
            change("volatile", { above: 25 }, 5),
            change("calm", { below: 20 }, 1),
            change("calm", { below: 25 }, 5),
          ],
        },
      ],
      tests: [
        { ...asks("calm", 0.2), when: { regime: "market", is: "calm" }, ...cited },
        { ...asks("volatile", 0.3), when: { regime: "market", is: "volatile" }, ...cited },
      ],
    });
  const bindingOf = (levels: number[]): string | null | undefined =>
    only(margin(engine, book, rules(levels))).binding;

  test.each([
    ["calm from the start", [15, 16, 15, 14, 15, 16, 15], "calm"],
    ["above 25 for four values", [15, 15, 15, 26, 26, 26, 26], "calm"],
    ["above 25 for five", [15, 15, 26, 26, 26, 26, 26], "volatile"],
    ["above 30 once, and it lasts", [15, 31, 24, 24, 24, 24, 26], "volatile"],
    ["below 20 once ends it", [15, 31, 24, 24, 19, 24, 24], "calm"],
    ["below 25 for five ends it", [31, 20.5, 24, 24, 24, 24, 24], "calm"],
    ["a value on the bound is not beyond it", [15, 15, 25, 26, 26, 26, 26], "calm"],
  ])("%s", (_, levels, expected) => {
    expect(bindingOf(levels)).toBe(expected);
  });

  test("today's value may be the price of an underlying; an assumed state is said to be one", () => {
    const rulesWith = (more: object): object =>
      withHouse({
        series: [{ id: "VIX", underlying: "VIX", maxAgeDays: 0, ...cited }],
        regimes: [
          {
            id: "market",
            series: "VIX",
            start: "calm",
            changes: [change("volatile", { above: 30 }, 1)],
            ...more,
          },
        ],
        tests: [
          { ...asks("calm", 0.2), when: { regime: "market", is: "calm" }, ...cited },
          { ...asks("volatile", 0.3), when: { regime: "market", is: "volatile" }, ...cited },
        ],
      });
    const at = (price: number): SmallBook => ({
      ...book,
      underlyings: [...book.underlyings, { symbol: "VIX", price }],
    });
    expect(only(margin(engine, at(30), rulesWith({}))).binding).toBe("calm");
    expect(only(margin(engine, at(30.01), rulesWith({}))).binding).toBe("volatile");
    expect(only(margin(engine, book, rulesWith({}))).status).toBe("incomplete");
    const assumed = only(margin(engine, book, rulesWith({ assumed: "volatile" })));
    expect(assumed.binding).toBe("volatile");
    expect(testOf(assumed, "volatile").details[0]).toBe("market taken as volatile: no recent value of VIX");
  });

  test("an initial multiplier that is not in force counts as 1; one whose regime is unknown leaves no figure", () => {
    const rulesWith = (values: object[]): object =>
      withHouse({
        series: [{ id: "VIX", values, maxAgeDays: 4, ...cited }],
        regimes: [
          { id: "market", series: "VIX", start: "calm", changes: [change("volatile", { above: 30 }, 1)] },
        ],
        tests: [
          {
            id: "i",
            kind: "multiplier",
            factor: 1.5,
            appliesTo: "initial",
            when: { regime: "market", is: "volatile" },
            ...cited,
          },
        ],
      });
    const initial = (values: object[]): number | null | undefined =>
      only(margin(engine, book, rulesWith(values))).initialRequirementUsd;
    expect(initial([{ date: "2026-11-19", value: 20 }])).toBe(1500);
    expect(initial([{ date: "2026-11-19", value: 40 }])).toBe(2250);
    const unknown = only(margin(engine, book, rulesWith([])));
    expect(unknown).toMatchObject({ status: "complete", requirementUsd: 1500, initialRequirementUsd: null });
  });

  test("the other variant says why it is not in force", () => {
    const account = only(margin(engine, book, rules([15, 15, 15, 15, 15, 15, 15])));
    expect(account.requirementUsd).toBe(2000);
    expect(testOf(account, "volatile")).toMatchObject({
      status: "not_in_force",
      requirementUsd: null,
      binding: false,
      reason: "not in force: market is calm, not volatile",
    });
  });

  test("values after the as-of day do not count; without a young one both variants are uncomputed", () => {
    const early = { ...book, asOf: "2026-11-13T16:00:00-05:00" };
    expect(only(margin(engine, early, rules([15, 15, 99]))).binding).toBe("calm");
    const old = only(margin(engine, book, rules([15, 15, 15], 3)));
    expect(old.status).toBe("incomplete");
    expect(old.failures.map(({ code }) => code)).toEqual(["HOUSE_INPUT_MISSING", "HOUSE_INPUT_MISSING"]);
    expect(testOf(old, "calm").reason).toBe("not computed: no recent value of VIX");
  });
});

describe("with what else the engine knows", () => {
  const call = "ABC   261218C00100000";
  const profits = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`p${i + 1}`, i < 5 ? -1 : 1]));
  const given = {
    asOf: "2026-11-20T16:00:00-05:00",
    rates: 0,
    underlyings: book.underlyings,
    options: [{ symbol: call, volatility: 0.3 }],
    theoretical: [{ symbol: call, close: 5, ...profits }],
    positions: [{ account: "A", symbol: call, quantity: -1 }],
  };

  test("given theoretical values have no values under a test's own grid: the test is not computed", () => {
    const result = engine.margin(given, { rules: withTests(asks("a", 0.2)) });
    const account = only(result);
    // Ten points of a short option: it loses 1 a share at the five points up.
    expect(account).toMatchObject({
      status: "incomplete",
      regulatoryRequirementUsd: 100,
      requirementUsd: null,
    });
    expect(testOf(account, "a").reason).toBe(`not computed: no value by the model of ${call}`);
    expect(account.failures.map(({ code }) => code)).toEqual(["HOUSE_INPUT_MISSING"]);
  });

  test("nor can the point of no return be sought with them: not computed, and no lower figure", () => {
    const rule = { id: "e", kind: "expected_range", ranges: [{ down: -0.5, up: 0.5, ...cited }] };
    const account = only(engine.margin(given, { rules: withTests(rule) }));
    expect(testOf(account, "e")).toMatchObject({ status: "not_computed", requirementUsd: null });
    expect(account.requirementUsd).toBeNull();
  });

  test("a test without a grid of its own is computed on them", () => {
    const rule = { id: "m", kind: "short_option_minimum", perUnitUsd: 3, counts: "all" };
    expect(only(engine.margin(given, { rules: withTests(rule) })).requirementUsd).toBe(300);
  });

  test("worker threads give the same result", async () => {
    const threaded = await loadEngine({ threads: 2 });
    try {
      const { theoretical: _, ...input } = given;
      const rules = withTests(asks("a", 0.2), { id: "r", kind: "range", ranges: [{ down: -0.4, ...cited }] });
      expect(await threaded.marginOnThreads(input, { rules })).toEqual(engine.margin(input, { rules }));
    } finally {
      await threaded.close();
    }
  });
});
