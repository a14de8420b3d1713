import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cheapestBySubsets,
  findCheapestPairing,
  loadLargeSolver,
  type PairingOptions,
  type PairingSwitches,
} from "../../src/reg-t/pairing/index.js";
import { bookArbitrary, costOf, holdingsOf, universal } from "./pairing-books.js";
import { exhaustiveOptimum, type ReferenceBook, type ReferenceLeg } from "./pairing-reference.js";

const named: PairingSwitches = { ...universal, spreads: "named" };
const twoLeg: PairingSwitches = { ...universal, spreads: "two_leg" };

function solve(book: ReferenceBook, switches = universal, options: PairingOptions = {}) {
  return findCheapestPairing({ holdings: holdingsOf(book), cost: costOf(book), switches }, options);
}

describe("against exhaustive search over all partitions", () => {
  test("spreads of any number of legs, 3,000 books", () => {
    fc.assert(
      fc.property(bookArbitrary(7), (book) => {
        const found = solve(book);
        expect(found.total).toBe(exhaustiveOptimum(book));
        expect(found.proven).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test("spreads of at most four contracts, and of two, 800 books each", () => {
    fc.assert(
      fc.property(bookArbitrary(7), (book) => {
        expect(solve(book, named).total).toBe(exhaustiveOptimum(book, 100, 4));
        expect(solve(book, twoLeg).total).toBe(exhaustiveOptimum(book, 100, 2));
      }),
      { numRuns: 800 },
    );
  });

  test("the subset dynamic program finds the same, 800 books", () => {
    fc.assert(
      fc.property(bookArbitrary(7), (book) => {
        const subsets = cheapestBySubsets(holdingsOf(book), costOf(book), 100);
        expect(solve(book).total).toBe(subsets);
      }),
      { numRuns: 800 },
    );
  });

  test("mixed sizes: ten mini contracts balance one of 100 shares", () => {
    const spot = 1_000_000;
    const leg = { kind: "call", expiry: 30, price: 20_000 } as const;
    const book: ReferenceBook = {
      ...plain(spot),
      legs: [
        { ...leg, strike: 1_000_000, units: 100, quantity: -1 },
        { ...leg, strike: 1_050_000, units: 10, quantity: 10 },
      ],
    };
    // One spread of 100 shares each way, 5 dollars wide.
    expect(solve(book).total).toBe(5_000_000);
    expect(solve({ ...book, legs: [book.legs[0]!, { ...book.legs[1]!, quantity: 9 }] }).total).toBe(
      22_000_000,
    );
  });
});

/** Settings of a share without positions. */
function plain(spot: number): Omit<ReferenceBook, "legs"> {
  return { spot, a: 20, b: 10, stockPercent: 25, shortStockPercent: 30, european: false };
}

/** Lehmer's generator: one seed, one list of books on every machine. */
function lehmer(seed: number): (n: number) => number {
  let state = seed;
  return (n) => (state = (state * 48271) % 2147483647) % n;
}

/** That many series of two expiries around the price, up to five contracts either way, and shares. */
function middlingBook(draw: (n: number) => number, count: number): ReferenceBook {
  const spot = 1_000_000;
  const legs = new Map<string, ReferenceLeg>();
  while (legs.size < count) {
    const kind = draw(2) === 0 ? "call" : "put";
    const strike = spot + 50_000 * (draw(11) - 5);
    const expiry = 30 * (1 + draw(2));
    const intrinsic = Math.max(0, kind === "call" ? spot - strike : strike - spot);
    const quantity = (1 + draw(5)) * (draw(2) === 0 ? 1 : -1);
    const price = intrinsic + 100 * (1 + draw(300));
    legs.set(`${kind} ${strike} ${expiry}`, { kind, strike, expiry, units: 100, quantity, price });
  }
  const shares = { kind: "stock", strike: 0, expiry: 0, units: 1, quantity: 300, price: spot } as const;
  return { ...plain(spot), legs: [...legs.values(), shares] };
}

describe("laws", () => {
  const books = bookArbitrary(9);

  test("one more long option never raises the total", () => {
    fc.assert(
      fc.property(books, bookArbitrary(3, false), (book, more) => {
        const longs = more.legs.map((leg) => ({ ...leg, quantity: Math.abs(leg.quantity) }));
        const richer = { ...book, legs: [...book.legs, ...longs] };
        expect(solve(richer).total).toBeLessThanOrEqual(solve(book).total);
      }),
      { numRuns: 400 },
    );
  });

  test("n times the quantities need at most n times as much", () => {
    fc.assert(
      fc.property(books, fc.integer({ min: 2, max: 9 }), (book, n) => {
        const legs = book.legs.map((leg) => ({ ...leg, quantity: leg.quantity * n }));
        const many = solve({ ...book, legs });
        expect(many.lowerBound).toBeLessThanOrEqual(solve(book).total * n);
        expect(many.total).toBeLessThanOrEqual(solve(book).total * n);
      }),
      { numRuns: 300 },
    );
  });

  test("two accounts together need at most their sum", () => {
    fc.assert(
      fc.property(bookArbitrary(7, false), bookArbitrary(7, false), (a, b) => {
        const rows = b.legs.map((leg) => ({ ...leg }));
        const both = { ...a, european: false, legs: [...a.legs, ...rows] };
        const apart = solve({ ...a, european: false }).total + solve({ ...b, european: false }).total;
        expect(solve(both).total).toBeLessThanOrEqual(apart);
      }),
      { numRuns: 300 },
    );
  });

  test("a leg in two rows needs the same", () => {
    fc.assert(
      fc.property(books, (book) => {
        const legs = book.legs.flatMap((leg) =>
          leg.kind === "stock" || Math.abs(leg.quantity) < 2
            ? [leg]
            : [
                { ...leg, quantity: Math.sign(leg.quantity) },
                { ...leg, quantity: leg.quantity - Math.sign(leg.quantity) },
              ],
        );
        expect(solve({ ...book, legs }).total).toBe(solve(book).total);
      }),
      { numRuns: 300 },
    );
  });

  test("rows in another order: the same bytes", () => {
    const shown = (book: ReferenceBook): string => {
      const found = solve(book);
      const rows = [
        ...book.legs.filter((leg) => leg.kind !== "stock"),
        ...book.legs.filter((leg) => leg.kind === "stock"),
      ];
      const groups = found.groups.map((group) => ({
        times: group.times,
        parts: group.parts.map((part) => [rows[part.holding], part.quantity]),
      }));
      return JSON.stringify({ ...found, groups });
    };
    fc.assert(
      fc.property(
        books.chain((book) =>
          fc.tuple(fc.constant(book), fc.shuffledSubarray([...book.legs], { minLength: book.legs.length })),
        ),
        ([book, legs]) => {
          expect(shown({ ...book, legs })).toBe(shown(book));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("fewer legs to a spread never need less: two >= four >= any", () => {
    fc.assert(
      fc.property(books, (book) => {
        const four = solve(book, named).total;
        expect(solve(book, twoLeg).total).toBeGreaterThanOrEqual(four);
        expect(four).toBeGreaterThanOrEqual(solve(book).total);
      }),
      { numRuns: 400 },
    );
  });

  test("stricter readings of the expiry condition never need less", () => {
    fc.assert(
      fc.property(books, (book) => {
        const literal = solve(book).total;
        const single = solve(book, { ...universal, expiry: "single_short_expiry" }).total;
        const same = solve(book, { ...universal, expiry: "same_expiry" }).total;
        expect(single).toBeGreaterThanOrEqual(literal);
        expect(same).toBeGreaterThanOrEqual(single);
      }),
      { numRuns: 300 },
    );
  });

  test("puts mirrored into calls about the price need the same", () => {
    fc.assert(
      fc.property(bookArbitrary(8, false), (base) => {
        // Without a minimum of the strike, and premiums alike, nothing tells a call from its mirror.
        const book = { ...base, b: 0, european: false };
        const legs = book.legs.map((leg) => ({
          ...leg,
          kind: leg.kind === "call" ? ("put" as const) : ("call" as const),
          strike: 2 * book.spot - leg.strike,
        }));
        expect(solve({ ...book, legs }).total).toBe(solve(book).total);
      }),
      { numRuns: 300 },
    );
  });
});

describe("options of the search", () => {
  test("a cache changes no byte, and is used", () => {
    const cache = new Map();
    fc.assert(
      fc.property(bookArbitrary(7), (book) => {
        const plainly = JSON.stringify(solve(book));
        expect(JSON.stringify(solve(book, universal, { cache }))).toBe(plainly);
        const size = cache.size;
        expect(JSON.stringify(solve(book, universal, { cache }))).toBe(plainly);
        expect(cache.size).toBe(size);
      }),
      { numRuns: 200 },
    );
    expect(cache.size).toBeGreaterThan(50);
  });

  test("a shape at a hundred times the price is the same shape", () => {
    const cache = new Map();
    fc.assert(
      fc.property(bookArbitrary(6, false), (book) => {
        const dear = {
          ...book,
          spot: book.spot * 100,
          legs: book.legs.map((leg) => ({ ...leg, strike: leg.strike * 100, price: leg.price * 100 })),
        };
        const found = solve(book, universal, { cache });
        const size = cache.size;
        const dearer = solve(dear, universal, { cache });
        expect(cache.size).toBe(size);
        expect(dearer.total).toBe(found.total * 100);
        expect(dearer.groups).toEqual(found.groups);
      }),
      { numRuns: 200 },
    );
  });

  test("without a budget: a bound, everything alone, and no claim of proof", () => {
    fc.assert(
      fc.property(bookArbitrary(7), (book) => {
        const found = solve(book, universal, { limits: { nodes: 0, pivots: 0, solverNodes: 0 } });
        const best = exhaustiveOptimum(book);
        expect(found.total).toBeGreaterThanOrEqual(best);
        expect(found.lowerBound).toBeLessThanOrEqual(best);
        if (found.proven) expect(found.total).toBe(best);
      }),
      { numRuns: 300 },
    );
  });

  test("a budget of few steps: bounds stay bounds", () => {
    fc.assert(
      fc.property(bookArbitrary(8), fc.integer({ min: 1, max: 12 }), (book, pivots) => {
        const found = solve(book, universal, { limits: { nodes: 3, pivots, solverNodes: 0 } });
        const best = exhaustiveOptimum(book);
        expect(found.total).toBeGreaterThanOrEqual(best);
        expect(found.lowerBound).toBeLessThanOrEqual(best);
      }),
      { numRuns: 500 },
    );
  });

  test("the integer solver finds the same optimum as the own search", async () => {
    const solver = await loadLargeSolver();
    fc.assert(
      fc.property(bookArbitrary(9), (book) => {
        const other = solve(book, universal, { solver, limits: { nodes: 0, pivots: 0, solverNodes: 1000 } });
        expect(other.total).toBe(solve(book).total);
      }),
      { numRuns: 40 },
    );
  });

  describe("books of 24 legs, drawn from a fixed sequence", () => {
    const draw = lehmer(19891013);
    const books = Array.from({ length: 6 }, () => middlingBook(draw, 24));

    test("the own search proves what the integer solver finds without it", async () => {
      const solver = await loadLargeSolver();
      for (const book of books) {
        const own = solve(book);
        const limits = { nodes: 0, pivots: 0, solverNodes: 5000 };
        const other = solve(book, universal, { solver, limits });
        expect(own.proven).toBe(true);
        expect(other.proven).toBe(true);
        expect(own.total).toBe(other.total);
      }
    });

    test("whatever the budget, the optimum is between bound and total; the same budget, the same bytes", () => {
      for (const book of books) {
        const best = solve(book).total;
        for (const [nodes, pivots] of [
          [1, 40],
          [2, 300],
          [20, 400],
          [60, 800],
          [300, 1500],
        ] as const) {
          const limits = { nodes, pivots, solverNodes: 0 };
          const found = solve(book, universal, { limits });
          expect(found.total).toBeGreaterThanOrEqual(best);
          expect(found.lowerBound).toBeLessThanOrEqual(best);
          expect(found.lowerBound).toBeGreaterThan(-Infinity);
          expect(JSON.stringify(solve(book, universal, { limits }))).toBe(JSON.stringify(found));
        }
      }
    });
  });

  test("a book of 120 legs, past the dense search: the same bytes twice, within 3 % of its bound", async () => {
    const draw = lehmer(20070223);
    const spot = 1_000_000;
    const legs: ReferenceLeg[] = [];
    for (let step = -15; step < 15; step++) {
      for (const kind of ["call", "put"] as const) {
        for (const expiry of [30, 60]) {
          const strike = spot + 25_000 * step;
          const intrinsic = Math.max(0, kind === "call" ? spot - strike : strike - spot);
          const quantity = (1 + draw(5)) * (draw(2) === 1 ? 1 : -1);
          legs.push({ kind, strike, expiry, units: 100, quantity, price: intrinsic + 100 * (1 + draw(300)) });
        }
      }
    }
    legs.push({ kind: "stock", strike: 0, expiry: 0, units: 1, quantity: 500, price: spot });
    const book = { ...plain(spot), legs };
    const limits = { nodes: 300, pivots: 6000, solverNodes: 20 };
    const solver = await loadLargeSolver();
    const first = solve(book, universal, { solver, limits });
    expect(first.total - first.lowerBound).toBeLessThan(0.03 * first.total);
    expect(first.lowerBound).toBeGreaterThan(0);
    const again = solve(book, universal, { solver: await loadLargeSolver(), limits });
    expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  });
});
