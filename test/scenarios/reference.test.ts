import {
  array,
  assert,
  boolean,
  constantFrom,
  integer,
  option,
  property,
  record,
  uniqueArray,
  type Arbitrary,
} from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { RuleSetDocument } from "../../src/rules/schema.js";
import { compareAccounts } from "../chains/compare.js";
import { books, ruleDocument } from "../properties/books.js";
import { referenceMargin } from "../reference/margin.js";
import { finra4210g, type ReferenceRules } from "../reference/rules.js";

const hundredths = (least: number, most: number): Arbitrary<number> =>
  integer({ min: least, max: most }).map((n) => n / 100);

interface Rules {
  readonly engine: RuleSetDocument;
  readonly reference: ReferenceRules;
}

const cited = { source: "F1", standing: "unverified" } as const;
const wideMoves = [-0.5, -0.4, -0.3, -0.2, -0.1, 0.1, 0.4, 0.7, 1, 1.3];

interface Kinds {
  /** Hundredths. */
  readonly leastMove: number;
  readonly inPoints: readonly boolean[];
}

/** Rule sets with every kind of volatility move and extra scenario, in both engines' words. */
const volatilityRules = (kinds: Kinds): Arbitrary<Rules> =>
  record({
    inPoints: constantFrom(...kinds.inPoints),
    sizes: uniqueArray(hundredths(kinds.leastMove, 60), { minLength: 1, maxLength: 3 }),
    fading: option(
      record({
        days: integer({ min: 5, max: 120 }),
        power: constantFrom(0.25, 0.5, 1 / 3, 0.8, 1),
        least: hundredths(0, 50),
        most: hundredths(100, 400),
      }),
    ),
    atPoints: option(array(integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 4 })),
    pricesInTurn: boolean(),
    extremes: array(
      record({
        up: boolean(),
        times: constantFrom(1.5, 2, 3),
        volatilityMove: hundredths(Math.max(-20, kinds.leastMove), 50),
        part: hundredths(10, 100),
      }),
      { maxLength: 2 },
    ),
    wide: boolean(),
    ofShortOptions: boolean(),
  }).map((drawn) => {
    const { inPoints, sizes, fading, atPoints, pricesInTurn, extremes, wide, ofShortOptions } = drawn;
    const document = ruleDocument();
    return {
      reference: {
        ...finra4210g,
        volatilityMoves: sizes,
        volatility: {
          inPoints,
          pricesInTurn,
          ...(fading === null ? {} : { fading }),
          ...(atPoints === null ? {} : { atPoints }),
        },
        extremes: extremes.map(({ up, times, ...rest }) => ({ ...rest, times: up ? times : -times })),
        ...(wide ? { movesOfClass: { AAA: wideMoves } } : {}),
        minimumOfShortOptions: ofShortOptions,
      },
      engine: {
        ...document,
        volatilityMoves: {
          ...cited,
          unit: inPoints ? "points" : "relative",
          moves: sizes,
          order: pricesInTurn ? "price" : "volatility",
          ...(fading === null
            ? {}
            : {
                decay: {
                  referenceDays: fading.days,
                  exponent: fading.power,
                  least: fading.least,
                  most: fading.most,
                },
              }),
          ...(atPoints === null ? {} : { atPoints }),
        },
        extraScenarios: extremes.map(({ up, times, volatilityMove, part }) => ({
          ...cited,
          side: up ? ("up" as const) : ("down" as const),
          multiple: times,
          volatilityMove,
          cover: part,
        })),
        classGrids: wide ? [{ ...cited, classGroups: ["AAA"], moves: wideMoves }] : [],
        minimum: {
          ...document.minimum,
          appliesTo: ofShortOptions ? ("short_options" as const) : ("all" as const),
        },
      },
    };
  });

describe("volatility moves, extra scenarios and grids of class groups: the reference engine", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  test("European options and shares: within 1e-10 USD a unit", () => {
    const rulesets = volatilityRules({ leastMove: -40, inPoints: [false, true] });
    const law = property(books({ american: false, priced: true }), rulesets, (book, rules) => {
      const result = engine.margin(book, { rules: rules.engine });
      expect(result.failures).toEqual([]);
      const reference = referenceMargin(book, rules.reference);
      reference.forEach((expected, i) => {
        expect(compareAccounts(result.accounts[i]!, expected, () => 1e-10)).toBeLessThanOrEqual(1);
      });
    });
    assert(law);
  });

  test("American options, with yield and with cash dividends: within 5e-3 per 100 of strike or spot", () => {
    // No volatility comes near 0, where a lattice has no probabilities.
    const rulesets = volatilityRules({ leastMove: -10, inPoints: [false] });
    const law = property(books({ american: true, priced: true }), rulesets, (book, rules) => {
      const spots = new Map(book.underlyings.map(({ symbol, price }) => [symbol, price]));
      const result = engine.margin(book, { rules: rules.engine });
      expect(result.failures).toEqual([]);
      const reference = referenceMargin(book, rules.reference);
      // The lattice's own error, greatest at low volatility.
      const lattice = (symbol: string): number => {
        const spot = spots.get(symbol.slice(0, 6).trimEnd()) ?? Number.NaN;
        return (5e-3 / 100) * Math.max(spot, Number(symbol.slice(13)) / 1000);
      };
      reference.forEach((expected, i) => {
        expect(compareAccounts(result.accounts[i]!, expected, lattice)).toBeLessThanOrEqual(1);
      });
    });
    assert(law, { numRuns: 25 });
  });
});
