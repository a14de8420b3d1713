import { readFileSync } from "node:fs";
import {
  array,
  assert,
  boolean,
  constantFrom,
  integer,
  property,
  record,
  shuffledSubarray,
} from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { diffBooks } from "../../src/analysis/diff/diff-books.js";
import { apportioned } from "../../src/analysis/diff/parts.js";
import type { DiffAccount, DiffResult, DiffStepName } from "../../src/analysis/diff/result.js";
import { diffText } from "../../src/cli/diff-text.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import { readSpxChain } from "../../examples/readers/spx-chain.js";
import { treasuryRates } from "../../examples/readers/tables.js";
import { hasMarketFiles, marketFile } from "../chains/files.js";
import { books } from "../properties/books.js";
import { referenceMargin } from "../reference/margin.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

type Rows = Record<string, unknown>[];
type Book = Record<string, unknown> & { positions: Rows; underlyings: Rows; options: Rows };

const example = (name: string): Book =>
  JSON.parse(readFileSync(new URL(`../../examples/diff/${name}.json`, import.meta.url), "utf8")) as Book;

const cents = (usd: number | null): number => Math.round((usd ?? Number.NaN) * 100);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const account = (result: DiffResult, name?: string): DiffAccount =>
  result.accounts.find((each) => name === undefined || each.account === name)!;
const requirements = ({ steps }: DiffAccount): Record<string, number | null> =>
  Object.fromEntries(steps.map(({ step, requirementUsd }) => [step, requirementUsd]));
const amounts = ({ steps }: DiffAccount): Record<string, number | null> =>
  Object.fromEntries(steps.map(({ step, amountUsd }) => [step, amountUsd]));
const required = (book: object, rules?: string): number | null =>
  engine.margin(book, rules === undefined ? {} : { rules }).accounts[0]!.requirementUsd;

/** All that must add up, at every level. */
function expectToAddUp(result: DiffResult): void {
  for (const each of result.accounts.filter(({ status }) => status === "compared")) {
    expect(sum(each.steps.map(({ amountUsd }) => (amountUsd === null ? 0 : cents(amountUsd))))).toBe(
      cents(each.differenceUsd),
    );
    expect(cents(each.aUsd) + cents(each.differenceUsd)).toBe(cents(each.bUsd));
    for (const { amountUsd, parts } of each.steps) {
      if (amountUsd === null) expect(parts).toEqual([]);
      else expect(sum(parts.map((part) => cents(part.amountUsd)))).toBe(cents(amountUsd));
      for (const part of parts.filter(({ kind }) => kind === "classGroup"))
        expect(sum(part.positions.map((position) => cents(position.amountUsd)))).toBe(cents(part.amountUsd));
    }
  }
  const { totals } = result;
  expect(sum(totals.steps.map(({ amountUsd }) => cents(amountUsd)))).toBe(cents(totals.differenceUsd));
}

describe("the example of docs/diff.md", () => {
  const a = example("november");
  const b = example("december");
  const newRow = b.underlyings.find(({ symbol }) => symbol === "NEW")!;
  /** The book after each step, put together here by hand: every volatility of the example is given. */
  const byHand = (): Record<string, object> => {
    const positions = { ...a, positions: b.positions, underlyings: [...a.underlyings, newRow] };
    const prices = { ...positions, underlyings: b.underlyings };
    const volatilities = { ...prices, options: b.options };
    const time = { ...volatilities, asOf: b["asOf"] };
    const carried = { ...time, rates: b["rates"], dividends: b["dividends"] };
    return { positions, terms: positions, prices, volatilities, time, dividends_and_rates: carried };
  };

  test("each step is the requirement of the book put together by hand, to the cent", () => {
    const found = account(diffBooks(engine, a, b));
    const expected = Object.fromEntries(
      Object.entries(byHand()).map(([step, book]) => [step, required(book)]),
    );
    expect(requirements(found)).toEqual({
      ...expected,
      theoretical_values: expected["dividends_and_rates"],
      rules: required(b),
    });
    expect(found.aUsd).toBe(required(a));
    for (const { step, amountUsd } of found.steps)
      if (!["terms", "theoretical_values"].includes(step))
        expect([step, amountUsd === 0]).toEqual([step, false]);
  });

  test("adds up; says what moved, what came and what went", () => {
    const result = diffBooks(engine, a, b);
    expectToAddUp(result);
    const found = account(result);
    expect(found.positions.map(({ symbol, state }) => [symbol, state])).toEqual([
      ["NEW", "opened"],
      ["SPY   270115P00570000", "changed"],
      ["XYZ   261204P00095000", "expired"],
    ]);
    expect(result.arrivals).toEqual(["NEW"]);
    const moved = found.steps.flatMap(({ step, moved: groups }) =>
      groups.map(({ id, before, after }) => [
        step,
        id,
        before?.worst.move ?? null,
        after?.worst.move ?? null,
      ]),
    );
    expect(moved).toContainEqual(["prices", "XYZ", -0.15, 0.15]);
    expect(moved).toContainEqual(["positions", "NEW", null, -0.15]);
    expect(moved.filter(([step]) => step === "time" || step === "dividends_and_rates")).toEqual([]);
    expect(result.inputs.map(({ step }) => step)).toEqual([
      "prices",
      "volatilities",
      "time",
      "dividends_and_rates",
      "rules",
    ]);
    const text = diffText(result, { a: "november", b: "december" });
    expect(text).toContain("XYZ -15 % → +15 %");
    expect(text).toContain("Not in A's market, so B's from the first step: NEW");
  });

  test("docs/diff.md prints what the command prints", () => {
    const text = diffText(diffBooks(engine, a, b), {
      a: "snapshot examples/diff/november.json",
      b: "snapshot examples/diff/december.json",
    });
    const page = readFileSync(new URL("../../docs/diff.md", import.meta.url), "utf8");
    const shown = /```text\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const withoutHashes = (lines: string): string => lines.replaceAll(/input [0-9a-f]{12}/g, "input …");
    expect(withoutHashes(shown).trimEnd()).toBe(withoutHashes(text).trimEnd());
  });

  test("forth and back: the differences are opposite", () => {
    const [forth, back] = [diffBooks(engine, a, b), diffBooks(engine, b, a)];
    expect(account(back).differenceUsd).toBe(-account(forth).differenceUsd!);
    expectToAddUp(back);
  });

  test("a book with itself: nothing, everywhere", () => {
    for (const book of [a, b]) {
      const result = diffBooks(engine, book, book);
      const { steps, differenceUsd, positions } = account(result);
      expect(
        steps.map(({ amountUsd, isChanged, moved, parts }) => [amountUsd, isChanged, moved, parts]),
      ).toEqual(steps.map(() => [0, false, [], []]));
      expect([differenceUsd, positions, result.inputs, result.arrivals]).toEqual([0, [], [], []]);
    }
  });
});

describe("one input at a time", () => {
  const base: Book = { ...example("november"), rules: undefined };
  const changedRows = (rows: Rows, symbol: string, cells: object): Rows =>
    rows.map((row) => (row["symbol"] === symbol ? { ...row, ...cells } : row));
  const cases: readonly [DiffStepName, Book][] = [
    ["positions", { ...base, positions: changedRows(base.positions, "PAYS", { quantity: 700 }) }],
    [
      "terms",
      { ...base, underlyings: changedRows(base.underlyings, "XYZ", { portfolio_type: "broad_index" }) },
    ],
    ["prices", { ...base, underlyings: changedRows(base.underlyings, "XYZ", { price: 103 }) }],
    [
      "volatilities",
      { ...base, options: changedRows(base.options, "SPY   270115P00570000", { volatility: 0.3 }) },
    ],
    ["time", { ...base, asOf: "2026-11-25T16:00:00-05:00" }],
    ["dividends_and_rates", { ...base, rates: 0.06 }],
    [
      "dividends_and_rates",
      { ...base, underlyings: changedRows(base.underlyings, "SPY", { dividend_yield: 0.03 }) },
    ],
    ["dividends_and_rates", { ...base, dividends: [] }],
    ["rules", { ...base, rules: "rbh" }],
  ];

  test.each(cases)("%s alone", (step, other) => {
    const found = account(diffBooks(engine, base, other));
    expect(found.differenceUsd).not.toBe(0);
    expect(found.steps.filter(({ isChanged }) => isChanged).map((each) => each.step)).toEqual([step]);
    expect(amounts(found)).toEqual({
      ...Object.fromEntries(found.steps.map((each) => [each.step, 0])),
      [step]: found.differenceUsd,
    });
    expect(found.bUsd).toBe(required(other));
  });
});

describe("volatilities that prices imply", () => {
  const quoted = (spot: number, price: number): Book => ({
    asOf: "2026-11-20T16:00:00-05:00",
    rates: 0.04,
    underlyings: [{ symbol: "XYZ", price: spot }],
    options: [{ symbol: "XYZ   270115P00095000", price }],
    positions: [{ account: "A", symbol: "XYZ   270115P00095000", quantity: -10 }],
  });

  test("the price moves at A's volatility, then the volatility to B's", () => {
    const [a, b] = [quoted(100, 3), quoted(96, 4.4)];
    const volatility = (book: Book): number =>
      engine.margin(book).accounts[0]!.portfolioGroups[0]!.productGroups[0]!.classGroups[0]!.positions[0]!
        .volatility!;
    const priced = {
      ...b,
      options: [{ symbol: "XYZ   270115P00095000", price: 4.4, volatility: volatility(a) }],
    };
    const found = account(diffBooks(engine, a, b));
    expect(requirements(found)["positions"]).toBe(required(a));
    expect(requirements(found)["prices"]).toBe(required(priced));
    expect(requirements(found)["volatilities"]).toBe(required(b));
    expect(diffBooks(engine, a, b).inputs.map(({ step }) => step)).toEqual(["prices", "volatilities"]);
    expect(found.differenceUsd).toBe(Math.round((required(b)! - required(a)!) * 100) / 100);
  });

  test("an account's mark is a price; one that stands in for the market gives the volatility too", () => {
    const marked = (price: number): Book => ({
      ...quoted(100, 0),
      options: [],
      positions: [
        { account: "A", symbol: "XYZ   270115P00095000", quantity: -10, price },
        { account: "B", symbol: "XYZ   270115P00095000", quantity: 10 },
      ],
    });
    const result = diffBooks(engine, marked(3), marked(3.5));
    expectToAddUp(result);
    expect(amounts(account(result, "A"))["prices"]).toBe(0);
    expect(amounts(account(result, "A"))["volatilities"]).toBe(account(result, "A").differenceUsd);
    expect(account(result, "A").differenceUsd).not.toBe(0);
  });
});

describe("what only one side has", () => {
  const a = example("november");
  const b = example("december");

  test("accounts: opened against nothing, closed against nothing", () => {
    const other = { account: "NEW", symbol: "SPY", quantity: 10 };
    const gone = { account: "OLD", symbol: "SPY", quantity: 10 };
    const result = diffBooks(
      engine,
      { ...a, accounts: [], positions: [...a.positions, gone] },
      { ...b, accounts: [], positions: [...b.positions, other] },
    );
    expectToAddUp(result);
    expect(account(result, "NEW")).toMatchObject({ onlyIn: "b", aUsd: 0 });
    expect(account(result, "OLD")).toMatchObject({ onlyIn: "a", bUsd: 0 });
    // 10 shares at 600, 8 % down; then 590, and the rule set's own moves.
    expect(requirements(account(result, "NEW"))).toMatchObject({ positions: 480, prices: 472 });
    expect(amounts(account(result, "OLD"))["positions"]).toBe(-480);
    expect(account(result, "OLD").differenceUsd).toBe(-480);
  });

  test("a contract that A does not quote is B's from the first step, and named", () => {
    const option = { symbol: "XYZ   270319C00120000", volatility: 0.31 };
    const later = {
      ...a,
      options: [...a.options, option],
      positions: [...a.positions, { account: "A-1", symbol: option.symbol, quantity: -3 }],
    };
    const result = diffBooks(engine, a, later);
    expect(result.arrivals).toEqual([option.symbol]);
    expect(amounts(account(result))["positions"]).toBe(account(result).differenceUsd);
    expectToAddUp(result);
  });

  test("an incomplete account is named with its failures and has no steps; the others are compared", () => {
    const bad = { account: "BAD", symbol: "NONE", quantity: 5 };
    const result = diffBooks(
      engine,
      { ...a, accounts: [] },
      { ...b, accounts: [], positions: [...b.positions, bad] },
    );
    expect(account(result, "BAD")).toMatchObject({
      status: "incomplete",
      note: "the account is incomplete in B",
      differenceUsd: null,
      steps: [],
    });
    expect(account(result, "BAD").failures.b.map(({ code }) => code)).toEqual(["UNDERLYING_UNKNOWN"]);
    expect(result.totals).toMatchObject({ compared: 1, incomplete: 1 });
    expect(diffText(result, { a: "a", b: "b" })).toContain("Account BAD: not compared");
    expectToAddUp(result);
  });

  test("a step that cannot be computed says so, and the next one holds it", () => {
    // From December back to November: the option that had expired cannot be valued at December's time.
    const result = diffBooks(engine, b, a);
    const found = account(result);
    const open = found.steps.filter(({ amountUsd }) => amountUsd === null);
    expect(open.map(({ step }) => step)).toEqual(["positions", "terms", "prices", "volatilities"]);
    for (const { note } of open) expect(note).toContain("CONTRACT_EXPIRED");
    expect(diffText(result, { a: "a", b: "b" })).toContain("its amount is in the next step that has one");
    expectToAddUp(result);
  });

  test("an account of neither book is wrong use", () => {
    expect(() => diffBooks(engine, a, b, { account: "NOBODY" })).toThrow("ACCOUNT_UNKNOWN");
  });
});

describe("theoretical values and house rules", () => {
  const symbol = "XYZ   270115P00095000";
  const points = [-0.15, -0.12, -0.09, -0.06, -0.03, 0.03, 0.06, 0.09, 0.12, 0.15];
  const given = (scale: number): object => ({
    symbol,
    close: 3,
    ...Object.fromEntries(points.map((move, k) => [`p${k + 1}`, -move * scale])),
  });
  const book: Book = {
    asOf: "2026-11-20T16:00:00-05:00",
    rates: 0.04,
    underlyings: [{ symbol: "XYZ", price: 100 }],
    options: [{ symbol, volatility: 0.3 }],
    positions: [{ account: "A", symbol, quantity: -2 }],
  };

  test("other values, and the model against values, are a step of their own", () => {
    const [one, two] = [
      { ...book, theoretical: [given(40)] },
      { ...book, theoretical: [given(50)] },
    ];
    // 2 contracts × 100 × 0.15 × 40, and × 50.
    const between = account(diffBooks(engine, one, two));
    expect([between.aUsd, between.bUsd]).toEqual([1200, 1500]);
    expect(amounts(between)["theoretical_values"]).toBe(300);
    const from = account(diffBooks(engine, book, two));
    expect(amounts(from)["theoretical_values"]).toBe(from.differenceUsd);
    const back = account(diffBooks(engine, two, book));
    expect(amounts(back)["theoretical_values"]).toBe(back.differenceUsd);
  });

  test("values for another number of scenarios wait for the rule set that has it", () => {
    const sixteen = Object.fromEntries(
      Array.from({ length: 16 }, (_, k) => [`p${k + 1}`, k === 12 ? -9 : 1]),
    );
    const other = { ...book, rules: "span-16", theoretical: [{ symbol, close: 3, ...sixteen }] };
    const found = account(diffBooks(engine, { ...book, theoretical: [given(40)] }, other));
    expect(found.steps.find(({ step }) => step === "theoretical_values")).toMatchObject({ amountUsd: null });
    expect(amounts(found)["rules"]).toBe(found.differenceUsd);
    expect(found.bUsd).toBe(required(other));
  });

  test("what house rules ask above the rule is a part of its own", () => {
    const rules = "house-example-ibkr";
    const shares = { ...example("november"), rules: undefined };
    const result = diffBooks(engine, shares, shares, { rulesB: rules });
    expectToAddUp(result);
    const found = account(result);
    const house = engine.margin(shares, { rules }).accounts[0]!;
    expect(found.bUsd).toBe(house.requirementUsd);
    if (house.requirementUsd !== house.requirementOfUsedUsd)
      expect(found.steps.at(-1)!.parts.map(({ kind }) => kind)).toContain("house");
    expect(found.steps.at(-1)!.setBy).toEqual({ before: "regulatory", after: house.binding });
  });
});

describe("laws", () => {
  const changes = record({
    positions: boolean(),
    prices: integer({ min: -12, max: 12 }),
    volatilities: integer({ min: -5, max: 20 }),
    days: constantFrom(0, 0, 3, 6, 40),
    dividends: boolean(),
    rules: constantFrom("finra-4210g", "price-volatility", "rbh"),
    withoutOption: boolean(),
    withoutUnderlying: boolean(),
    quantities: array(integer({ min: -20, max: 20 }), { minLength: 9, maxLength: 9 }),
  });
  type Changes = typeof changes extends { generate: (...args: never[]) => { value: infer Value } }
    ? Value
    : never;

  /** A's book and B's, of one random book and what is to change. */
  function pairOf(book: Book, of: Changes): [Book, Book] {
    const moved = (value: unknown, percent: number): number => (Number(value) * (100 + percent)) / 100;
    const b: Book = {
      ...book,
      rules: of.rules,
      asOf: new Date(Date.parse("2024-03-15T20:00:00Z") + of.days * 86_400_000).toISOString(),
      underlyings: book.underlyings.map((row) => ({ ...row, price: moved(row["price"], of.prices) })),
      options: book.options.map((row) => ({
        ...row,
        volatility: moved(row["volatility"], of.volatilities * 3),
      })),
      dividends: of.dividends ? [{ symbol: "BBB", ex_date: "2024-04-12", amount: 0.5 }] : book["dividends"],
      positions: of.positions
        ? book.positions.map((row, i) => ({ ...row, quantity: of.quantities[i] || 1 }))
        : book.positions,
    };
    const option = of.withoutOption ? String(book.options[0]?.["symbol"]) : "";
    const root = of.withoutUnderlying ? "AAA" : "?";
    const isGone = (row: Record<string, unknown>): boolean =>
      row["symbol"] === option || String(row["symbol"]).slice(0, 6).trim() === root;
    const a: Book = {
      ...book,
      asOf: "2024-03-15T20:00:00.000Z",
      options: book.options.filter((row) => !isGone(row)),
      underlyings: book.underlyings.filter((row) => !isGone(row)),
      positions: book.positions.filter((row) => !isGone(row)),
    };
    return [a, b];
  }

  test("random changes: steps add up, an input that is the same does nothing", () => {
    let compared = 0;
    const law = property(books({ american: true, priced: false }), changes, (book, of) => {
      const [a, b] = pairOf(book as unknown as Book, of);
      const result = diffBooks(engine, a, b);
      expectToAddUp(result);
      for (const each of result.accounts.filter(({ status }) => status === "compared")) {
        compared += 1;
        const same: Partial<Record<DiffStepName, boolean>> = {
          terms: true,
          prices: of.prices === 0,
          volatilities: of.volatilities === 0,
          time: of.days === 0,
          dividends_and_rates: !of.dividends,
          theoretical_values: true,
          rules: of.rules === "finra-4210g",
        };
        for (const { step, amountUsd, isChanged, parts } of each.steps) {
          if (same[step] === true) expect([step, isChanged, amountUsd, parts]).toEqual([step, false, 0, []]);
        }
        if (each.positions.length === 0) expect(each.steps[0]!.amountUsd).toBe(0);
        expect(each.aUsd).toBe(
          engine.margin(a).accounts.find((one) => one.account === each.account)?.requirementUsd ?? 0,
        );
      }
    });
    assert(law, { numRuns: 40 });
    expect(compared).toBeGreaterThan(30);
  });

  test("the order of rows is of no account", () => {
    const law = property(
      books({ american: false, priced: true }),
      changes,
      boolean(),
      (book, of, isPriced) => {
        const [a, b] = pairOf(book as unknown as Book, { ...of, days: 0 });
        const stripped = (each: Book): Book =>
          isPriced
            ? { ...each, options: each.options.map(({ symbol, price }) => ({ symbol, price })) }
            : each;
        const turned = (each: Book): Book => ({
          ...each,
          positions: each.positions.toReversed(),
          options: each.options.toReversed(),
          underlyings: each.underlyings.toReversed(),
        });
        const plain = diffBooks(engine, stripped(a), stripped(b));
        const other = diffBooks(engine, turned(stripped(a)), turned(stripped(b)));
        const whole = ({ accounts }: DiffResult): DiffAccount[] =>
          accounts.filter(({ status }) => status === "compared");
        expect(whole(other)).toEqual(whole(plain));
        expectToAddUp(plain);
      },
    );
    assert(law, { numRuns: 30 });
  });

  test("two books that have nothing to do with each other: every account is explained or named", () => {
    const sets = constantFrom("finra-4210g", "price-volatility", "span-16", "house-example-ibkr");
    const any = record({
      book: books({ american: true, priced: true }),
      rules: sets,
      days: integer({ min: 0, max: 60 }),
      given: integer({ min: 0, max: 3 }),
      isSpoilt: boolean(),
    }).map(({ book, rules, days, given, isSpoilt }): Book => {
      const points = Array.from({ length: 10 }, (_, k) => [`p${k + 1}`, (k - 4.5) / 3]);
      const theoretical = book.options!.slice(0, given).map(({ symbol }) => ({
        symbol,
        close: 2,
        ...Object.fromEntries(points),
      }));
      const spoilt = isSpoilt ? [{ account: "two", symbol: "NONE", quantity: 1 }] : [];
      return {
        ...(book as unknown as Book),
        asOf: new Date(Date.parse("2024-03-15T20:00:00Z") + days * 86_400_000).toISOString(),
        rules,
        theoretical,
        positions: [...book.positions, ...spoilt] as Rows,
      };
    });
    const seen = { compared: 0, open: 0, incomplete: 0 };
    const law = property(any, any, (a, b) => {
      const result = diffBooks(engine, a, b);
      expectToAddUp(result);
      const [first, last] = [a, b].map(
        (book) => new Map(engine.margin(book).accounts.map((each) => [each.account, each.requirementUsd])),
      ) as [Map<string, number | null>, Map<string, number | null>];
      for (const each of result.accounts) {
        const whole = first.get(each.account) !== null && last.get(each.account) !== null;
        expect(each.status).toBe(whole ? "compared" : "incomplete");
        if (!whole) {
          expect(each.failures.a.length + each.failures.b.length).toBeGreaterThan(0);
          seen.incomplete += 1;
          continue;
        }
        expect([each.aUsd, each.bUsd]).toEqual([first.get(each.account) ?? 0, last.get(each.account) ?? 0]);
        expect(each.steps.at(-1)!.requirementUsd).toBe(each.bUsd);
        for (const step of each.steps) expect(step.note === null).toBe(step.amountUsd !== null);
        seen.compared += 1;
        seen.open += each.steps.some(({ amountUsd }) => amountUsd === null) ? 1 : 0;
      }
      expect(diffText(result, { a: "a", b: "b" })).not.toMatch(/NaN|undefined|null/);
    });
    assert(law, { numRuns: 40 });
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(2);
  });

  test("cents are shared out whole, each part within a cent of its own", () => {
    const law = property(
      array(integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 12 }),
      (tenths) => {
        const parts = tenths.map((each) => each / 1000);
        const total = Math.round(sum(parts) * 100);
        const shared = apportioned(parts, total);
        expect(sum(shared)).toBe(total);
        shared.forEach((each, i) => expect(Math.abs(each - parts[i]! * 100)).toBeLessThan(1 + 1e-6));
      },
    );
    assert(law);
    expect(apportioned([0.004, 0.004, 0.002], 1)).toEqual([1, 0, 0]);
    expect(apportioned([1e-13, -1e-13, 5], 500)).toEqual([0, 0, 500]);
    expect(apportioned([], 0)).toEqual([]);
  });
});

const chains = ["SPX_20190513", "SPX_20190603"].map((name) => `spx-2019-cboe/${name}.csv.gz`);
const ratesFile = "us-treasury/data-ust_ust.csv.gz";

describe.skipIf(!hasMarketFiles(...chains, ratesFile))(
  "SPX chains of 13 May and 3 June 2019, the same positions (skipped where absent)",
  () => {
    const held: readonly [string, string, number][] = [
      ["condor", "SPX   190719P02600000", 5],
      ["condor", "SPX   190719P02700000", -5],
      ["condor", "SPX   190719C02950000", -5],
      ["condor", "SPX   190719C03050000", 5],
      ["strangle", "SPXW  190628P02650000", -2],
      ["strangle", "SPXW  190628C02900000", -2],
      ["protected", "SPX   190621P02750000", 1],
      ["protected", "SPY", 1000],
    ];
    const positions = held.map(([name, symbol, quantity]) => ({ account: name, symbol, quantity }));
    const day = (file: string, date: string): Book => {
      const rates = treasuryRates(marketFile(ratesFile), { day: date, unit: 0.01 });
      const tables = readSpxChain(marketFile(file), rates);
      const spy = { symbol: "SPY", price: tables.underlyings[0]!.price / 10 };
      return { ...tables, underlyings: [...tables.underlyings, spy], positions };
    };
    let a: Book;
    let b: Book;
    let result: DiffResult;
    beforeAll(() => {
      a = day(chains[0]!, "2019-05-13");
      b = day(chains[1]!, "2019-06-03");
      result = diffBooks(engine, a, b);
    });

    test("the steps add up to the cent, and every one of them does something", () => {
      expectToAddUp(result);
      expect(result.accounts.map(({ account: name, status }) => [name, status])).toEqual([
        ["condor", "compared"],
        ["protected", "compared"],
        ["strangle", "compared"],
      ]);
      for (const each of result.accounts) {
        expect(each.positions).toEqual([]);
        const found = amounts(each);
        expect([found["positions"], found["terms"], found["theoretical_values"], found["rules"]]).toEqual([
          0, 0, 0, 0,
        ]);
        expect(found["prices"]).not.toBe(0);
        expect(found["volatilities"]).not.toBe(0);
      }
    });

    test("each step is the requirement of a book put together by hand", () => {
      const volatilities = (book: Book): Map<string, number> =>
        new Map(
          engine
            .margin(book)
            .accounts.flatMap(({ portfolioGroups }) =>
              portfolioGroups.flatMap((group) =>
                group.productGroups.flatMap((part) =>
                  part.classGroups.flatMap((member) =>
                    member.positions.map(({ symbol, volatility }) => [symbol, volatility ?? 0] as const),
                  ),
                ),
              ),
            ),
        );
      const [before, after] = [volatilities(a), volatilities(b)];
      const priceOf = (book: Book, symbol: string): number =>
        Number(book.underlyings.find((row) => row["symbol"] === symbol)!["price"]);
      const put = (of: { at: Map<string, number>; prices: Book; asOf: Book; rates: Book }): object => ({
        asOf: of.asOf["asOf"],
        rates: of.rates["rates"],
        underlyings: [
          {
            symbol: "SPX",
            price: priceOf(of.prices, "SPX"),
            dividend_yield: of.rates.underlyings[0]!["dividend_yield"],
          },
          { symbol: "SPY", price: priceOf(of.prices, "SPY") },
        ],
        // No quotes: the options' own prices cap a minimum at most, and none binds here.
        options: [...of.at]
          .filter(([symbol]) => symbol.length > 3)
          .map(([symbol, volatility]) => ({ symbol, volatility })),
        positions,
      });
      const expected: Record<string, object> = {
        positions: put({ at: before, prices: a, asOf: a, rates: a }),
        prices: put({ at: before, prices: b, asOf: a, rates: a }),
        volatilities: put({ at: after, prices: b, asOf: a, rates: a }),
        time: put({ at: after, prices: b, asOf: b, rates: a }),
        dividends_and_rates: put({ at: after, prices: b, asOf: b, rates: b }),
      };
      for (const [step, book] of Object.entries(expected)) {
        for (const { account: name, requirementUsd } of engine.margin(book).accounts)
          expect([step, name, requirements(account(result, name))[step]]).toEqual([
            step,
            name,
            requirementUsd,
          ]);
        // And by the engine of the tests, which shares no code with the product.
        for (const { account: name, requirement } of referenceMargin(book as never))
          expect(Math.abs(requirements(account(result, name))[step]! - requirement)).toBeLessThan(0.0051);
      }
    });

    test("the price alone turns the worst scenario of condor and strangle from up to down", () => {
      for (const name of ["condor", "strangle"]) {
        const moved = account(result, name).steps.flatMap(({ step, moved: groups }) =>
          groups.map(({ id, before, after }) => [step, id, before?.worst.move, after?.worst.move]),
        );
        expect(moved).toEqual([["prices", "US-INDEX", 0.06, -0.08]]);
      }
      expect(account(result, "protected").steps.flatMap(({ moved }) => moved)).toEqual([]);
    });
  },
);

test("shuffled accounts give the same result", () => {
  const [a, b] = [example("november"), example("december")];
  const plain = JSON.stringify(diffBooks(engine, a, b).accounts);
  const law = property(shuffledSubarray(b.positions, { minLength: b.positions.length }), (positions) => {
    expect(JSON.stringify(diffBooks(engine, a, { ...b, positions }).accounts)).toBe(plain);
  });
  assert(law, { numRuns: 5 });
});
