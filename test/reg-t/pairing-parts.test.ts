import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minimise } from "../../src/reg-t/pairing/branch-and-bound.js";
import { optimise, workspace } from "../../src/reg-t/pairing/dual-simplex.js";
import { rebuild, residual } from "../../src/reg-t/pairing/rebuild.js";
import { copyTableau, firstTableau, valuesInto } from "../../src/reg-t/pairing/tableau.js";
import { certify } from "../../src/reg-t/pairing/certificate.js";
import {
  linearProgram,
  ownBounds,
  safeBound,
  type LinearProgram,
} from "../../src/reg-t/pairing/linear-program.js";
import { greatestLoss, type ModelLeg } from "../../src/reg-t/pairing/model.js";
import { listPools } from "../../src/reg-t/pairing/pools.js";
import { cheapestBySubsets, findCheapestPairing, type Pairing } from "../../src/reg-t/pairing/index.js";
import { bookArbitrary, costOf, holdingsOf, universal } from "./pairing-books.js";

/** Small integer programs: up to 4 columns of 0 to 3, up to 3 rows, whole coefficients. */
const programs = fc
  .record({
    columns: fc.array(
      fc.record({
        cost: fc.integer({ min: -9, max: 9 }),
        upper: fc.integer({ min: 0, max: 3 }),
        coefficients: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    rightSides: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 }),
    equation: fc.boolean(),
  })
  .map(({ columns, rightSides, equation }) =>
    linearProgram(
      rightSides.map((rightSide, i) =>
        i === 0 && equation ? { rightSide: 0, isEquation: true } : { rightSide, isEquation: false },
      ),
      columns.map(({ cost, upper, coefficients }) => ({
        cost,
        upper,
        entries: coefficients.flatMap((value, row) => (value === 0 ? [] : [[row, value] as const])),
      })),
      { columns: columns.length, rows: 3 },
    ),
  );

/** Cost of a point, NaN where it breaks a row. */
function exactCost(program: LinearProgram, point: ArrayLike<number>): number {
  const activity = new Float64Array(program.rowCount);
  let cost = 0;
  for (let j = 0; j < program.columnCount; j++) {
    cost += program.cost[j]! * point[j]!;
    for (let e = program.columnStart[j]!; e < program.columnStart[j + 1]!; e++) {
      activity[program.rowOf[e]!]! += program.entry[e]! * point[j]!;
    }
  }
  const meets = activity.every((value, i) =>
    program.isEquation[i] === 1 ? value === program.rightSide[i] : value <= program.rightSide[i]!,
  );
  return meets ? cost : NaN;
}

function everyPoint(program: LinearProgram): number[][] {
  let points: number[][] = [[]];
  for (const upper of program.upper) {
    points = points.flatMap((point) => Array.from({ length: upper + 1 }, (_, value) => [...point, value]));
  }
  return points;
}

describe("branch and bound", () => {
  test("finds the least of all points, 3,000 programs", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const costs = everyPoint(program).map((point) => exactCost(program, point));
        const least = Math.min(...costs.filter((cost) => !Number.isNaN(cost)));
        const found = minimise({
          program,
          costOf: (values) => exactCost(program, values),
          step: 1,
          start: null,
          nodeLimit: 10_000,
          pivotLimit: 100_000,
        });
        expect(found.cost).toBe(least);
        expect(found.lowerBound).toBe(least);
      }),
      { numRuns: 3000 },
    );
  });

  test("any multipliers give a bound, 1,000 programs", () => {
    const multipliers = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(programs, multipliers, (program, y) => {
        const bound = safeBound(program, Float64Array.from(y), ownBounds(program));
        for (const point of everyPoint(program)) {
          const cost = exactCost(program, point);
          if (!Number.isNaN(cost)) expect(cost).toBeGreaterThanOrEqual(bound);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("NaN multipliers give no bound", () => {
    const program = linearProgram(
      [{ rightSide: 1, isEquation: true }],
      [{ cost: 1, upper: 1, entries: [[0, 1]] }],
      { columns: 1, rows: 1 },
    );
    expect(safeBound(program, Float64Array.of(NaN), ownBounds(program))).toBeNaN();
  });
});

describe("a table made anew", () => {
  test("from the program's own numbers: the same basis, values, reduced costs, 1,000 programs", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const work = workspace(program.columnCount, 1000);
        const tableau = firstTableau(program);
        if (optimise(tableau, work) !== "optimal") return;
        const size = program.columnCount + program.rowCount;
        const [before, after] = [new Float64Array(size), new Float64Array(size)];
        valuesInto(tableau, before);
        const basis = new Set(tableau.basis);
        const spoilt = copyTableau(tableau);
        // What drift does, a thousand times as much.
        spoilt.entries.forEach((value, i) => (spoilt.entries[i] = value * (1 + 1e-3 * (i % 3))));
        spoilt.basicValue.fill(0.5);
        rebuild(program, spoilt, work);
        expect(new Set(spoilt.basis)).toEqual(basis);
        valuesInto(spoilt, after);
        for (let v = 0; v < size; v++) expect(after[v]).toBeCloseTo(before[v]!, 9);
        expect(residual(program, after)).toBeLessThan(1e-9);
        expect(spoilt.objective).toBeCloseTo(tableau.objective, 9);
        expect(optimise(spoilt, work)).toBe("optimal");
      }),
      { numRuns: 1000 },
    );
  });

  test("a point that does not meet the rows has a residual", () => {
    const program = linearProgram(
      [{ rightSide: 3, isEquation: false }],
      [{ cost: -1, upper: 9, entries: [[0, 1]] }],
      { columns: 1, rows: 1 },
    );
    expect(residual(program, Float64Array.of(2, 1))).toBe(0);
    expect(residual(program, Float64Array.of(2, 1.5))).toBe(0.5);
  });
});

describe("greatest loss", () => {
  const legs = fc.array(
    fc.record({
      isShort: fc.boolean(),
      isCall: fc.boolean(),
      strike: fc.integer({ min: 1, max: 20 }),
      count: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  );

  test("strikes of longs are enough: no price on a fine grid loses more, 2,000 balanced spreads", () => {
    fc.assert(
      fc.property(legs, (list) => {
        // Each type balanced by one more leg at the outermost strike.
        const rows = list.map(({ count, ...leg }): [ModelLeg, number] => [
          { ...leg, units: 1, spreadChange: 0 },
          count,
        ]);
        for (const isCall of [true, false]) {
          const net = rows.reduce(
            (sum, [leg, count]) => sum + (leg.isCall === isCall ? (leg.isShort ? count : -count) : 0),
            0,
          );
          if (net === 0) continue;
          const strike = isCall ? 21 : 0;
          rows.push([{ isShort: net < 0, isCall, strike, units: 1, spreadChange: 0 }, Math.abs(net)]);
        }
        let worst = 0;
        for (let price = 0; price <= 24; price += 0.25) {
          const loss = rows.reduce((sum, [leg, count]) => {
            const value = Math.max(0, leg.isCall ? price - leg.strike : leg.strike - price);
            return sum + (leg.isShort ? 1 : -1) * count * value;
          }, 0);
          worst = Math.max(worst, loss);
        }
        const found = greatestLoss(
          rows.map(([leg]) => leg),
          rows.map(([, count]) => count),
        );
        expect(found).toBe(worst);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("pools", () => {
  const option = (isCall: boolean, expiry: number, quantity: number) => ({
    isCall,
    strike: 100,
    expiry,
    units: 100,
    quantity,
    pairedCost: 0,
  });

  test("a long that expires first covers no later short", () => {
    expect(listPools([option(true, 1, 1), option(true, 2, -1)], "literal")).toEqual([]);
    expect(listPools([option(true, 2, 1), option(true, 1, -1)], "literal")).toEqual([{ legs: [0, 1] }]);
    expect(listPools([option(true, 2, 1), option(true, 1, -1)], "same_expiry")).toEqual([]);
  });

  test("a pool within another is left out; one with longs of its own is not", () => {
    const shorts = [option(true, 1, -1), option(true, 2, -1)];
    expect(listPools([...shorts, option(true, 3, 1)], "literal")).toEqual([{ legs: [0, 1, 2] }]);
    expect(listPools([...shorts, option(true, 3, 1)], "single_short_expiry")).toHaveLength(2);
    expect(listPools([...shorts, option(true, 1, 1), option(true, 3, 1)], "literal")).toHaveLength(2);
  });
});

describe("certificate", () => {
  const tampered: [string, (pairing: Pairing) => Pairing][] = [
    ["a total of one unit less", (p) => ({ ...p, total: p.total - 1, lowerBound: p.lowerBound - 1 })],
    ["a bound above the total", (p) => ({ ...p, lowerBound: p.total + 1 })],
    ["a proof without one", (p) => ({ ...p, lowerBound: p.total - 1, proven: true })],
    ["a group left out", (p) => ({ ...p, groups: p.groups.slice(1) })],
    ["a group twice", (p) => ({ ...p, groups: [...p.groups, p.groups[0]!] })],
    [
      "a part that is not held",
      (p) => ({ ...p, groups: [...p.groups, { parts: [{ holding: 99, quantity: 1 }], times: 1 }] }),
    ],
    [
      "a group minus once and once more",
      (p) => ({
        ...p,
        groups: [...p.groups, p.groups[0]!, { ...p.groups[0]!, times: -p.groups[0]!.times }],
      }),
    ],
    ["NaN", (p) => ({ ...p, total: NaN })],
  ];

  test.each(tampered)("%s is an error", (_, change) => {
    fc.assert(
      fc.property(bookArbitrary(6), (book) => {
        const holdings = holdingsOf(book);
        const cost = costOf(book);
        const found = findCheapestPairing({ holdings, cost, switches: universal });
        expect(() => certify(holdings, cost, found)).not.toThrow();
        expect(() => certify(holdings, cost, change(found))).toThrow(/INTERNAL/);
      }),
      { numRuns: 100 },
    );
  });

  test("a price list without a price is an error, never a number", () => {
    fc.assert(
      fc.property(bookArbitrary(6), (book) => {
        const question = { holdings: holdingsOf(book), cost: () => NaN, switches: universal };
        expect(() => findCheapestPairing(question)).toThrow(/INTERNAL/);
      }),
      { numRuns: 50 },
    );
  });
});

test("subsets: too many states are no number", () => {
  const legs = Array.from({ length: 13 }, (_, i) => ({
    isCall: true,
    strike: i,
    expiry: 1,
    units: 100,
    quantity: 1,
    pairedCost: 0,
  }));
  expect(cheapestBySubsets({ options: legs, stocks: [] }, () => 0, 100)).toBeNaN();
});
